//! `<meta name="go-import" content="PREFIX SYSTEM URL [SUBDIR]">`: where a page says that a repository is.
//!
//! Pages are read as far as the end of their head, as go reads them: as XML that forgives much, since what people serve is HTML. What cannot be
//! read ends the reading; only if nothing was found until then is it an error.

use crate::names::quote;

use super::sites::has_prefix;

/// What one meta tag says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    /// The import path that the repository's root has.
    pub(super) prefix: String,
    /// The command of the system, or `mod` for a module proxy.
    pub(super) system: String,
    /// The repository.
    pub(super) url: String,
    /// The directory in the repository that the prefix stands for.
    pub(super) subdir: String,
}

/// The tags of a page, those about proxies first: they stand in front of others with the same prefix, or with `modules` false do not count.
pub(super) fn tags(page: &[u8], modules: bool) -> Result<Vec<Tag>, String> {
    let mut found = Vec::new();
    let mut reader = Reader { page, at: 0 };
    loop {
        match reader.next() {
            Ok(Some(Token::Start(name, attributes))) => {
                if name.eq_ignore_ascii_case("body") {
                    break;
                }
                if name.eq_ignore_ascii_case("meta") {
                    found.extend(tag(&attributes));
                }
            }
            Ok(Some(Token::End(name))) if name.eq_ignore_ascii_case("head") => break,
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(err) if found.is_empty() => return Err(err),
            Err(_) => break,
        }
    }
    let (proxies, mut others): (Vec<Tag>, Vec<Tag>) =
        found.into_iter().partition(|tag| tag.system == "mod");
    if !modules {
        return Ok(others);
    }
    others.retain(|tag| proxies.iter().all(|proxy| proxy.prefix != tag.prefix));
    Ok(proxies.into_iter().chain(others).collect())
}

fn tag(attributes: &[(String, String)]) -> Option<Tag> {
    let value = |name: &str| {
        let found = attributes
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.as_str())
    };
    if value("name") != "go-import" {
        return None;
    }
    let words: Vec<&str> = value("content").split_whitespace().collect();
    let (prefix, system, url, subdir) = match words.as_slice() {
        [prefix, system, url] => (*prefix, *system, *url, ""),
        [prefix, system, url, subdir] => (*prefix, *system, *url, *subdir),
        _ => return None,
    };
    Some(Tag {
        prefix: prefix.to_owned(),
        system: system.to_owned(),
        url: url.to_owned(),
        subdir: subdir.to_owned(),
    })
}

/// Why no tag is the one for a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoMatch {
    /// There are none, or all are about other paths.
    Others(String),
    /// Several speak for the path.
    Several(String),
}

/// The one tag that speaks for `path`.
pub(super) fn matching<'t>(tags: &'t [Tag], path: &str) -> Result<&'t Tag, NoMatch> {
    let mut chosen: Option<&Tag> = None;
    let mut others = Vec::new();
    for tag in tags {
        if !has_prefix(path, &tag.prefix) {
            others.push(format!(
                "meta tag {} did not match import path {path}",
                tag.prefix
            ));
            continue;
        }
        match chosen {
            // A proxy stands first, and for all.
            Some(first) if first.system == "mod" && tag.system != "mod" => break,
            Some(_) => {
                let path = quote(path);
                return Err(NoMatch::Several(format!(
                    "multiple meta tags match import path {path}"
                )));
            }
            None => chosen = Some(tag),
        }
    }
    chosen.ok_or_else(|| NoMatch::Others(others.join(", ")))
}

enum Token {
    Start(String, Vec<(String, String)>),
    End(String),
    Other,
}

/// Tokens of a page, as lenient as Go's XML decoder is when it is told not to be strict.
struct Reader<'p> {
    page: &'p [u8],
    at: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Result<Option<Token>, String> {
        let Some(&byte) = self.page.get(self.at) else {
            return Ok(None);
        };
        if byte != b'<' {
            let rest = &self.page[self.at..];
            let len = rest.iter().position(|&b| b == b'<').unwrap_or(rest.len());
            if std::str::from_utf8(&rest[..len]).is_err() {
                return Err(self.wrong("invalid UTF-8"));
            }
            self.at += len;
            return Ok(Some(Token::Other));
        }
        self.at += 1;
        match self.page.get(self.at) {
            Some(b'/') => {
                self.at += 1;
                let name = self
                    .name()
                    .ok_or_else(|| self.wrong("expected element name after </"))?;
                self.space();
                if !self.eat(b'>') {
                    let text = format!("invalid characters between </{name} and >");
                    return Err(self.wrong(&text));
                }
                Ok(Some(Token::End(name)))
            }
            Some(b'?') => {
                let start = self.at + 1;
                self.past("?>")?;
                self.check_encoding(start)?;
                Ok(Some(Token::Other))
            }
            Some(b'!') => self.declaration().map(Some),
            _ => self.start().map(Some),
        }
    }

    /// Comments, CDATA, and `<!DOCTYPE` with whatever is quoted and nested in it.
    fn declaration(&mut self) -> Result<Token, String> {
        let rest = &self.page[self.at..];
        if rest.starts_with(b"!--") {
            self.at += 3;
            self.past("-->")?;
        } else if rest.starts_with(b"![CDATA[") {
            self.past("]]>")?;
        } else {
            let (mut depth, mut quoted) = (0usize, None);
            loop {
                let byte = *self
                    .page
                    .get(self.at)
                    .ok_or_else(|| self.unexpected_end())?;
                self.at += 1;
                match (quoted, byte) {
                    (Some(mark), byte) if mark == byte => quoted = None,
                    (Some(_), _) => {}
                    (None, b'"' | b'\'') => quoted = Some(byte),
                    (None, b'<') => depth += 1,
                    (None, b'>') if depth == 0 => break,
                    (None, b'>') => depth -= 1,
                    _ => {}
                }
            }
        }
        Ok(Token::Other)
    }

    fn start(&mut self) -> Result<Token, String> {
        let name = self
            .name()
            .ok_or_else(|| self.wrong("expected element name after <"))?;
        let mut attributes = Vec::new();
        loop {
            self.space();
            match self.page.get(self.at) {
                None => return Err(self.unexpected_end()),
                Some(b'/') => {
                    self.at += 1;
                    if !self.eat(b'>') {
                        return Err(self.wrong("expected /> in element"));
                    }
                    break;
                }
                Some(b'>') => {
                    self.at += 1;
                    break;
                }
                Some(_) => {
                    let key = self.name();
                    let key =
                        key.ok_or_else(|| self.wrong("expected attribute name in element"))?;
                    self.space();
                    let value = if self.eat(b'=') {
                        self.space();
                        self.value()?
                    } else {
                        key.clone()
                    };
                    attributes.push((key, value));
                }
            }
        }
        Ok(Token::Start(name, attributes))
    }

    /// Quoted, or as long as it looks like a name.
    fn value(&mut self) -> Result<String, String> {
        let rest = &self.page[self.at..];
        match rest.first() {
            None => Err(self.unexpected_end()),
            Some(&mark @ (b'"' | b'\'')) => {
                let len = rest[1..].iter().position(|&b| b == mark);
                let len = len.ok_or_else(|| self.unexpected_end())?;
                self.at += len + 2;
                let text = gust_bytes::text(&rest[1..=len]);
                Ok(unescape(&text))
            }
            Some(_) => {
                let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':' | b'-');
                let len = rest.iter().position(|&b| !plain(b)).unwrap_or(rest.len());
                if len == 0 {
                    return Err(self.wrong("unquoted or missing attribute value in element"));
                }
                self.at += len;
                Ok(gust_bytes::text(&rest[..len]).into_owned())
            }
        }
    }

    /// A name without what stands before a colon in it.
    fn name(&mut self) -> Option<String> {
        let rest = &self.page[self.at..];
        let part = |b: u8| {
            b >= 0x80 || b.is_ascii_alphanumeric() || matches!(b, b'_' | b':' | b'.' | b'-')
        };
        let len = rest.iter().position(|&b| !part(b)).unwrap_or(rest.len());
        let starts = rest
            .first()
            .is_some_and(|&b| part(b) && !b.is_ascii_digit() && b != b'.' && b != b'-');
        if !starts {
            return None;
        }
        self.at += len;
        let name = gust_bytes::text(&rest[..len]).into_owned();
        Some(match name.split_once(':') {
            Some((space, local)) if !space.is_empty() && !local.is_empty() => local.to_owned(),
            _ => name,
        })
    }

    fn space(&mut self) {
        while matches!(self.page.get(self.at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let there = self.page.get(self.at) == Some(&byte);
        self.at += usize::from(there);
        there
    }

    fn past(&mut self, end: &str) -> Result<(), String> {
        let rest = &self.page[self.at..];
        let found = rest
            .windows(end.len())
            .position(|window| window == end.as_bytes());
        match found {
            Some(at) => {
                self.at += at + end.len();
                Ok(())
            }
            None => {
                self.at = self.page.len();
                Err(self.unexpected_end())
            }
        }
    }

    /// `<?xml encoding="...">`: only what can be read as UTF-8 is.
    fn check_encoding(&self, start: usize) -> Result<(), String> {
        let text = gust_bytes::text(&self.page[start..self.at]).into_owned();
        let Some(rest) = text.strip_prefix("xml") else {
            return Ok(());
        };
        let Some((_, rest)) = rest.split_once("encoding=") else {
            return Ok(());
        };
        let Some(mark @ ('"' | '\'')) = rest.chars().next() else {
            return Ok(());
        };
        let charset = rest[1..].split(mark).next().unwrap_or_default();
        match charset.to_ascii_lowercase().as_str() {
            "" | "utf-8" | "ascii" => Ok(()),
            _ => Err(format!(
                "xml: opening charset {}: can't decode XML document using charset {}",
                quote(charset),
                quote(charset)
            )),
        }
    }

    fn wrong(&self, what: &str) -> String {
        let line = 1 + self.page[..self.at.min(self.page.len())]
            .iter()
            .filter(|&&b| b == b'\n')
            .count();
        format!("XML syntax error on line {line}: {what}")
    }

    fn unexpected_end(&self) -> String {
        self.wrong("unexpected EOF")
    }
}

/// The five entities that every XML has, and numbers; what is none stays as it stands.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let entity = rest
            .find(';')
            .and_then(|end| Some((entity(&rest[1..end])?, end)));
        match entity {
            Some((c, end)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(page: &str) -> String {
        match tags(page.as_bytes(), true) {
            Ok(tags) => {
                let each = tags
                    .iter()
                    .map(|t| format!("{} {} {} {}", t.prefix, t.system, t.url, t.subdir));
                each.collect::<Vec<_>>().join("; ")
            }
            Err(err) => err,
        }
    }

    #[test]
    fn pages_are_read_to_the_end_of_their_head() {
        let meta = r#"<meta name="go-import" content="a/b git https://r">"#;
        for (page, expected) in [
            (meta.to_owned(), "a/b git https://r "),
            (
                format!("<!doctype html><HTML><head>{meta}</head>{meta}"),
                "a/b git https://r ",
            ),
            (format!("<body>{meta}"), ""),
            (format!("<!-- {meta} -->"), ""),
            (
                format!("<script>if (x &lt; 2) {{}}</script>{meta}<<<"),
                "a/b git https://r ",
            ),
            (
                "<META NAME=go-import content='x hg https://h/?a=1&amp;b sub/dir'/>".to_owned(),
                "x hg https://h/?a=1&b sub/dir",
            ),
            (
                format!(r#"{meta}<meta name="go-import" content="a/b mod https://p">"#),
                "a/b mod https://p ",
            ),
            (
                format!(r#"{meta}<meta name="go-import" content="a mod https://p">"#),
                "a mod https://p ; a/b git https://r ",
            ),
            (
                "<meta name=\"go-import\" content=\"only two\">".to_owned(),
                "",
            ),
            (
                "<meta name=\"go-import\" content=\"a b".to_owned(),
                "XML syntax error on line 1: unexpected EOF",
            ),
            (
                "<?xml encoding=\"latin1\"?>".to_owned(),
                "xml: opening charset \"latin1\": can't decode XML document using charset \"latin1\"",
            ),
        ] {
            assert_eq!(shown(&page), expected, "{page}");
        }
    }

    #[test]
    fn one_tag_speaks_for_a_path() {
        let tag = |prefix: &str, system: &str| Tag {
            prefix: prefix.to_owned(),
            system: system.to_owned(),
            url: "https://r".to_owned(),
            subdir: String::new(),
        };
        let all = [tag("a.example/x", "git"), tag("a.example/y", "git")];
        assert_eq!(
            matching(&all, "a.example/x/z").unwrap().prefix,
            "a.example/x"
        );
        let others = matching(&all, "a.example/xz").unwrap_err();
        assert_eq!(others, NoMatch::Others("meta tag a.example/x did not match import path a.example/xz, meta tag a.example/y did not match import path a.example/xz".to_owned()));
        let twice = [tag("a", "git"), tag("a/b", "hg")];
        assert!(matches!(matching(&twice, "a/b"), Err(NoMatch::Several(_))));
        let proxy = [tag("a", "mod"), tag("a/b", "hg")];
        assert_eq!(matching(&proxy, "a/b").unwrap().system, "mod");
    }
}
