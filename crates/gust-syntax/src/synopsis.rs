//! The first sentence of a doc comment, on one line (`go list`'s Doc).
//!
//! Three steps: where the sentence ends; the lines up to there as blocks, of which the first must be a paragraph; and
//! one pass over that paragraph, which leaves out the brackets of links, curls doubled quotes and squeezes space.

use crate::unicode::{is_letter, is_punct, is_upper};

/// How a notice about the file begins, in small letters; it says nothing of the package.
const NOTICES: [&str; 3] = ["copyright", "all rights", "author"];

/// The first sentence of a comment's text; empty when the comment is a notice or starts with anything but a paragraph.
pub fn synopsis(text: &str) -> String {
    let sentence = &text[..sentence_end(text)];
    let small = sentence.to_lowercase();
    if NOTICES.iter().any(|notice| small.starts_with(notice)) {
        return String::new();
    }
    let lines = without_margin(sentence);
    match opening_paragraph(&lines) {
        Some(paragraph) => Plain::of(&paragraph, definitions(&lines)),
        None => String::new(),
    }
}

/// Behind the first full stop. A period counts when space follows, unless it is that of an initial; an ideographic one always.
fn sentence_end(text: &str) -> usize {
    let stops = text.match_indices(['.', '。', '．']);
    let mut ends = stops.filter(|(at, stop)| {
        let space_follows = text[at + stop.len()..].starts_with([' ', '\t', '\r', '\n']);
        *stop != "." || (space_follows && !ends_with_initial(&text[..*at]))
    });
    ends.next().map_or(text.len(), |(at, stop)| at + stop.len())
}

/// Does the text end with one capital letter that no other stands before?
fn ends_with_initial(text: &str) -> bool {
    let mut backwards = text.chars().rev();
    backwards.next().is_some_and(is_upper) && !backwards.next().is_some_and(is_upper)
}

/// A line of a comment, without the margin that all lines share.
#[derive(Clone, Copy)]
struct Line<'t>(&'t str);

impl<'t> Line<'t> {
    fn is_blank(self) -> bool {
        self.0.is_empty()
    }

    fn is_indented(self) -> bool {
        self.0.starts_with([' ', '\t'])
    }

    fn is_heading(self) -> bool {
        self.0.strip_prefix('#').is_some_and(begins_words)
    }

    /// Does it begin with a bullet or a number?
    fn is_item(self) -> bool {
        let line = self.0.trim();
        let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let text = match line.strip_prefix(['•', '*', '+', '-']) {
            None if numbered.len() < line.len() => numbered.strip_prefix(['.', ')']),
            text => text,
        };
        text.is_some_and(begins_words)
    }

    /// The link that the line defines, as `[text]: https://...` does.
    fn definition(self) -> Option<Definition<'t>> {
        const SCHEMES: [&str; 7] = ["file", "ftp", "gopher", "http", "https", "mailto", "nntp"];
        let (text, url) = self.0.strip_prefix('[')?.split_once("]:")?;
        let (scheme, _) = url.split_once("://")?;
        let good = begins_words(url) && SCHEMES.contains(&scheme.trim());
        good.then(|| Definition {
            text,
            url: url.trim(),
            used: false,
        })
    }

    fn is_definition(self) -> bool {
        self.definition().is_some()
    }
}

/// A text in brackets that is a link, and to where.
struct Definition<'t> {
    text: &'t str,
    url: &'t str,
    used: bool,
}

/// Space, and then something else.
fn begins_words(text: &str) -> bool {
    text.starts_with([' ', '\t']) && !text.trim().is_empty()
}

/// The first block, if it is a paragraph: neither code, nor a list, nor a heading. Link definitions are no block.
///
/// Headings without a mark, which could stand first only behind link definitions, are not looked for.
fn opening_paragraph(lines: &[Line<'_>]) -> Option<String> {
    let mut groups = groups(lines);
    loop {
        let group = groups.next()?;
        let block = &group[..paragraph_length(group)];
        match block {
            [] => return None,
            [line] if line.is_heading() => return None,
            _ if !block.iter().all(|line| line.is_definition()) => {
                let words: Vec<&str> = block.iter().map(|line| line.0).collect();
                return Some(words.join("\n"));
            }
            // what is left of the group is indented
            _ if block.len() < group.len() => return None,
            _ => {}
        }
    }
}

/// Runs of lines that are not blank.
fn groups<'l, 't>(lines: &'l [Line<'t>]) -> impl Iterator<Item = &'l [Line<'t>]> {
    lines
        .split(|line| line.is_blank())
        .filter(|group| !group.is_empty())
}

/// The links that groups of their own define.
fn definitions<'t>(lines: &[Line<'t>]) -> Vec<Definition<'t>> {
    groups(lines)
        .filter(|group| group.iter().all(|line| line.is_definition()))
        .flatten()
        .filter_map(|line| line.definition())
        .collect()
}

/// How many of the lines, none of them blank, belong to a paragraph. Where indented lines follow at once, people forgot to
/// indent what stands before: items of a list, or the line that opens a block of code.
fn paragraph_length(group: &[Line<'_>]) -> usize {
    let flush = group.iter().take_while(|line| !line.is_indented()).count();
    let (Some(next), Some(last)) = (group.get(flush), group[..flush].last()) else {
        return flush;
    };
    if next.is_item() {
        flush
    } else if last.is_item() {
        let items = group[..flush]
            .iter()
            .rev()
            .take_while(|line| line.is_item());
        flush - items.count()
    } else if last.0.ends_with(['{', '\\']) {
        flush - 1
    } else {
        flush
    }
}

/// The lines without the space that all of them begin with; those that hold nothing else are blank.
fn without_margin(text: &str) -> Vec<Line<'_>> {
    let space = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let mut filled = text.split('\n').filter(|line| !line.is_empty());
    let first = filled.next().unwrap_or_default();
    let margin = filled.fold(&first[..space(first)], |margin, line| {
        let shared = margin.bytes().zip(line.bytes());
        &margin[..shared.take_while(|(a, b)| a == b).count()]
    });
    text.split('\n')
        .map(|line| line.strip_prefix(margin).unwrap_or(line))
        .map(|line| Line(if line.trim().is_empty() { "" } else { line }))
        .collect()
}

/// A paragraph's text as it is read, on one line.
#[derive(Default)]
struct Plain {
    text: String,
    /// White space was met since the last character.
    gap: bool,
}

impl Plain {
    /// The paragraph's text; the definitions that it uses follow, on lines of their own.
    fn of(paragraph: &str, mut definitions: Vec<Definition<'_>>) -> String {
        let mut plain = Plain::default();
        let mut rest = paragraph;
        while let Some((before, link, behind)) = next_link(paragraph, rest, &mut definitions) {
            plain.push(before);
            plain.push(link);
            rest = behind;
        }
        plain.push(rest);
        for (n, used) in definitions.iter().filter(|d| d.used).enumerate() {
            let separator = if n == 0 { "\n\n" } else { "\n" };
            plain.text += &format!("{separator}[{}]: {}", used.text, used.url);
        }
        plain.text
    }

    /// Appends text without links.
    fn push(&mut self, piece: &str) {
        let mut rest = piece;
        while let Some(c) = rest.chars().next() {
            let quotes = rest.len() - rest.trim_start_matches(c).len();
            let length = match (c, quotes) {
                ('`', 2) => self.put("“", 2),
                // as in Markdown's fences; go takes longer ones for one only where the text begins with it
                ('`', 3..) if rest.len() == piece.len() => self.put(&rest[..quotes], quotes),
                ('`', 3..) => self.put(&rest[..3], 3),
                ('\'', 2..) => self.put("”", 2),
                _ if c.is_whitespace() => {
                    self.gap = true;
                    c.len_utf8()
                }
                _ => self.put(&rest[..c.len_utf8()], c.len_utf8()),
            };
            rest = &rest[length..];
        }
    }

    /// Appends visible text that stands for `length` bytes.
    fn put(&mut self, text: &str, length: usize) -> usize {
        if std::mem::take(&mut self.gap) && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(text);
        length
    }
}

/// The first link in `rest`, which ends the paragraph: the text before it, its own, the text behind. It is one that is
/// defined, or names a package or a symbol.
fn next_link<'t>(
    paragraph: &'t str,
    rest: &'t str,
    definitions: &mut [Definition<'_>],
) -> Option<(&'t str, &'t str, &'t str)> {
    let start = paragraph.len() - rest.len();
    for (open, _) in rest.match_indices('[') {
        let inside = &rest[open + 1..];
        let close = inside.find(['[', ']'])?;
        let (text, behind) = inside.split_at(close);
        let Some(behind) = behind.strip_prefix(']') else {
            continue;
        };
        let on_one_line = text.replace(['\n', '\t'], " ");
        if let Some(definition) = definitions.iter_mut().find(|d| d.text == on_one_line) {
            definition.used = true;
            return Some((&rest[..open], text, behind));
        }
        let before = paragraph[..start + open].chars().next_back();
        if is_edge(before) && is_edge(behind.chars().next()) && names_package(text) {
            return Some((&rest[..open], text, behind));
        }
    }
    None
}

/// May a link touch this?
fn is_edge(c: Option<char>) -> bool {
    c.is_none_or(|c| is_punct(c) || matches!(c, ' ' | '\t' | '\n'))
}

/// A package, or one of its symbols: `encoding/json`, `*os.File`, `os.File.Read`.
fn names_package(text: &str) -> bool {
    let symbol = text.strip_prefix('*').unwrap_or(text);
    let package = without_name(symbol).map(|rest| without_name(rest).unwrap_or(rest));
    is_package(package.unwrap_or(symbol))
}

/// What stands before `.Name`; nothing when all of it is a name.
fn without_name(text: &str) -> Option<&str> {
    let (before, name) = text.rsplit_once('.').unwrap_or(("", text));
    let plain = |c: char| c == '_' || c.is_ascii_digit() || is_letter(c);
    (name.starts_with(is_upper) && name.chars().all(plain)).then_some(before)
}

/// The packages of the standard library whose paths have one element, in order.
const STANDARD: [&str; 40] = [
    "bufio", "bytes", "cmp", "context", "crypto", "embed", "encoding", "errors", "expvar", "flag",
    "fmt", "hash", "html", "image", "io", "iter", "log", "maps", "math", "mime", "net", "os",
    "path", "plugin", "reflect", "regexp", "runtime", "slices", "sort", "strconv", "strings",
    "structs", "sync", "syscall", "testing", "time", "unicode", "unique", "unsafe", "weak",
];

/// Standard packages of one element, and anything with a slash that could be an import path.
fn is_package(path: &str) -> bool {
    let could_be = |element: &str| {
        let mut bytes = element.bytes();
        !element.is_empty()
            && !element.starts_with('.')
            && !element.ends_with('.')
            && bytes.all(|b| b.is_ascii_alphanumeric() || b"-.~_+".contains(&b))
    };
    match path.contains('/') {
        true => !path.starts_with('-') && path.split('/').all(could_be),
        false => STANDARD.binary_search(&path).is_ok(),
    }
}
