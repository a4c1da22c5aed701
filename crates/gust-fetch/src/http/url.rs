//! URLs as far as module proxies need them: taken apart, joined, shown without a password.

use std::fmt;
use std::path::PathBuf;

/// A URL; its path is kept decoded, and is encoded when the URL is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Url {
    pub(crate) scheme: String,
    user: Option<(String, Option<String>)>,
    pub(crate) host: String,
    path: String,
    /// Query and fragment, with their `?` and `#`.
    rest: String,
}

impl Url {
    /// Takes a URL apart; the error is go's.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let bad = |why: &str| format!("parse {}: {why}", crate::names::quote(text));
        if text.chars().any(|c| c.is_ascii_control()) {
            return Err(bad("net/url: invalid control character in URL"));
        }
        let end = text.find(['?', '#']).unwrap_or(text.len());
        let (main, rest) = text.split_at(end);
        let (scheme, after) = split_scheme(main).map_err(bad)?;
        let (authority, path) = match after.strip_prefix("//") {
            Some(after) if !scheme.is_empty() => {
                let slash = after.find('/').unwrap_or(after.len());
                after.split_at(slash)
            }
            _ => ("", after),
        };
        if scheme.is_empty()
            && path
                .split('/')
                .next()
                .is_some_and(|first| first.contains(':'))
        {
            return Err(bad("first path segment in URL cannot contain colon"));
        }
        let (user, host) = match authority.rsplit_once('@') {
            None => (None, authority),
            Some((user, host)) => (Some(split_user(user)), host),
        };
        Ok(Self {
            scheme: scheme.to_ascii_lowercase(),
            user,
            host: host.to_owned(),
            path: decode(path),
            rest: rest.to_owned(),
        })
    }

    /// Whether there is nothing but a scheme and a path.
    pub(crate) fn is_plain_path(&self) -> bool {
        self.user.is_none() && self.host.is_empty() && self.rest.is_empty()
    }

    pub(crate) fn has_user(&self) -> bool {
        self.user.is_some()
    }

    /// User and password, decoded.
    pub(crate) fn credentials(&self) -> Option<(String, Option<String>)> {
        let (user, password) = self.user.as_ref()?;
        Some((decode(user), password.as_deref().map(decode)))
    }

    /// The URL of something below this one. `path` is not encoded.
    pub(crate) fn join(&self, path: &str) -> Self {
        let base = self.path.strip_suffix('/').unwrap_or(&self.path);
        let path = format!("{base}/{}", path.trim_start_matches('/'));
        Self {
            path,
            ..self.clone()
        }
    }

    /// The same behind another protocol.
    pub(crate) fn with_scheme(&self, scheme: &str) -> Self {
        Self {
            scheme: scheme.to_owned(),
            ..self.clone()
        }
    }

    /// The file that a file URL means.
    pub(crate) fn file_path(&self) -> PathBuf {
        PathBuf::from(&self.path)
    }

    /// Text for people: the password is hidden.
    pub(crate) fn redacted(&self) -> String {
        let user = self.user.as_ref().map(|(user, password)| match password {
            Some(_) => format!("{user}:xxxxx"),
            None => user.clone(),
        });
        self.write(user.as_deref())
    }

    /// The URL for a request: without user, which travels in a header.
    pub(crate) fn for_request(&self) -> String {
        self.write(None)
    }

    fn write(&self, user: Option<&str>) -> String {
        let at = user.map(|user| format!("{user}@")).unwrap_or_default();
        let slashes = if self.host.is_empty() && self.path.is_empty() {
            ""
        } else {
            "//"
        };
        let Self {
            scheme, host, rest, ..
        } = self;
        format!(
            "{scheme}:{slashes}{at}{host}{}{rest}",
            encode_path(&self.path)
        )
    }

    /// The host without its port.
    pub(crate) fn host_name(&self) -> &str {
        let host = self.host.as_str();
        if let Some(v6) = host.strip_prefix('[') {
            return v6.split(']').next().unwrap_or(v6);
        }
        host.rsplit_once(':').map_or(host, |(name, _)| name)
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted())
    }
}

fn split_scheme(text: &str) -> Result<(&str, &str), &'static str> {
    for (i, c) in text.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if i > 0 => {}
            ':' if i == 0 => return Err("missing protocol scheme"),
            ':' => return Ok((&text[..i], &text[i + 1..])),
            _ => break,
        }
    }
    Ok(("", text))
}

fn split_user(user: &str) -> (String, Option<String>) {
    match user.split_once(':') {
        Some((user, password)) => (user.to_owned(), Some(password.to_owned())),
        None => (user.to_owned(), None),
    }
}

fn decode(text: &str) -> String {
    let bytes = gust_bytes::raw(text);
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = |at: usize| bytes.get(at).and_then(|&b| (b as char).to_digit(16));
        match (bytes[i], hex(i + 1), hex(i + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                i += 3;
            }
            (byte, ..) => {
                out.push(byte);
                i += 1;
            }
        }
    }
    gust_bytes::into_text(out)
}

/// The encoding of a path whose slashes stay.
fn encode_path(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for &byte in gust_bytes::raw(path).iter() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(byte as char),
            b'-' | b'_' | b'.' | b'~' | b'$' | b'&' | b'+' | b'/' | b':' | b'=' | b'@' => {
                out.push(byte as char);
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_joined_and_redacted() {
        let url = Url::parse("https://me:secret@example.com:80/p/").unwrap();
        let url = url.join("github.com/!azure/x/@v/list");
        assert_eq!(
            url.redacted(),
            "https://me:xxxxx@example.com:80/p/github.com/%21azure/x/@v/list"
        );
        assert_eq!(
            url.for_request(),
            "https://example.com:80/p/github.com/%21azure/x/@v/list"
        );
        assert_eq!(
            url.credentials(),
            Some(("me".to_owned(), Some("secret".to_owned())))
        );
        assert_eq!(url.host_name(), "example.com");
        let file = Url::parse("file:///a%20b").unwrap().join("x");
        assert_eq!(file.file_path(), PathBuf::from("/a b/x"));
        assert_eq!(file.redacted(), "file:///a%20b/x");
    }

    #[test]
    fn bad_urls_are_refused() {
        assert!(
            Url::parse(":x")
                .unwrap_err()
                .ends_with("missing protocol scheme")
        );
        assert!(Url::parse("a\nb").is_err());
        assert_eq!(Url::parse("/tmp/x").unwrap().scheme, "");
    }
}
