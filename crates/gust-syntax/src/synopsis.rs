//! The first sentence of a doc comment, on one line (`go list`'s Doc).

use crate::unicode::{is_letter, is_punct, is_upper};

/// The first sentence of a comment's text; empty when the comment is a notice or starts with anything but a paragraph.
pub fn synopsis(text: &str) -> String {
    let sentence = first_sentence(text);
    let lower = sentence.to_lowercase();
    if ["copyright", "all rights", "author"]
        .iter()
        .any(|notice| lower.starts_with(notice))
    {
        return String::new();
    }
    let Some(paragraph) = first_paragraph(sentence) else {
        return String::new();
    };
    let plain = unbracket(&paragraph);
    curl_quotes(&plain)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// Ends at a period followed by white space, unless a single capital letter stands before it.
fn first_sentence(text: &str) -> &str {
    let (mut before_last, mut last, mut c1) = ('\0', '\0', '\0');
    for (n, c) in text.char_indices() {
        let c = if matches!(c, '\n' | '\r' | '\t') {
            ' '
        } else {
            c
        };
        if c == ' ' && c1 == '.' && (!is_upper(last) || is_upper(before_last)) {
            return &text[..n];
        }
        if matches!(c1, '。' | '．') {
            return &text[..n];
        }
        (before_last, last, c1) = (last, c1, c);
    }
    text
}

/// The first block when it is a paragraph: not code, a list or a heading. Blocks of link definitions are no blocks.
fn first_paragraph(text: &str) -> Option<String> {
    let all: Vec<&str> = text.split('\n').collect();
    let lines = unindent(&all);
    let mut at = 0;
    loop {
        while lines.get(at)?.is_empty() {
            at += 1;
        }
        if is_indented(lines[at]) {
            return None;
        }
        let start = at;
        while at < lines.len() && !lines[at].is_empty() && !is_indented(lines[at]) {
            at += 1;
        }
        let mut end = at;
        if at < lines.len() && !lines[at].is_empty() && !is_list_item(lines[at]) {
            if is_list_item(lines[at - 1]) {
                while end > start && is_list_item(lines[end - 1]) {
                    end -= 1;
                }
            } else if lines[at - 1].ends_with(['{', '\\']) {
                end -= 1;
            }
            if start == end {
                return None;
            }
        }
        let block = &lines[start..end];
        if block.len() == 1 && is_heading(block[0]) {
            return None;
        }
        if !block.iter().all(|line| is_link_definition(line)) {
            return Some(block.join("\n"));
        }
    }
}

fn unindent<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let first = lines
        .iter()
        .position(|l| !l.is_empty())
        .unwrap_or(lines.len());
    let last = lines
        .iter()
        .rposition(|l| !l.is_empty())
        .map_or(first, |n| n + 1);
    let lines = &lines[first..last];
    let indent = |line: &'a str| &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
    let mut prefix = lines.first().map_or("", |line| indent(line));
    for line in lines.iter().filter(|l| !l.is_empty()) {
        let common = prefix
            .bytes()
            .zip(indent(line).bytes())
            .take_while(|(a, b)| a == b)
            .count();
        prefix = &prefix[..common];
    }
    let strip = |line: &&'a str| match line.strip_prefix(prefix).unwrap_or(line) {
        line if line.trim().is_empty() => "",
        line => line,
    };
    let mut out: Vec<&str> = lines.iter().map(strip).collect();
    while out.last().is_some_and(|l| l.is_empty()) {
        out.pop();
    }
    out
}

fn is_indented(line: &str) -> bool {
    line.starts_with([' ', '\t'])
}

fn is_heading(line: &str) -> bool {
    line.strip_prefix('#')
        .is_some_and(|rest| is_indented(rest) && !rest.trim().is_empty())
}

fn is_list_item(line: &str) -> bool {
    let line = line.trim();
    let rest = match line.strip_prefix(['•', '*', '+', '-']) {
        Some(rest) => rest,
        None => {
            let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
            match rest.strip_prefix(['.', ')']) {
                Some(rest_) if rest.len() < line.len() => rest_,
                _ => return false,
            }
        }
    };
    is_indented(rest) && !rest.trim().is_empty()
}

/// `[text]: scheme://...`
fn is_link_definition(line: &str) -> bool {
    let Some((_, url)) = line
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("]:"))
    else {
        return false;
    };
    let Some(url) = url.strip_prefix([' ', '\t']) else {
        return false;
    };
    url.trim()
        .split_once("://")
        .is_some_and(|(scheme, _)| is_scheme(scheme))
}

fn is_scheme(scheme: &str) -> bool {
    matches!(
        scheme,
        "file" | "ftp" | "gopher" | "http" | "https" | "mailto" | "nntp"
    )
}

/// Removes the brackets of links to packages and their symbols.
fn unbracket(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut open, mut wrote) = (None, 0);
    for (n, c) in text.char_indices() {
        match c {
            '[' => open = Some(n),
            ']' => {
                if let Some(start) = open.take()
                    && is_doc_link(&text[start + 1..n], &text[..start], &text[n + 1..])
                {
                    out.push_str(&text[wrote..start]);
                    out.push_str(&text[start + 1..n]);
                    wrote = n + 1;
                }
            }
            _ => {}
        }
    }
    out.push_str(&text[wrote..]);
    out
}

fn is_doc_link(text: &str, before: &str, after: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| is_punct(c) || matches!(c, ' ' | '\t' | '\n'));
    if !edge(before.chars().next_back()) || !edge(after.chars().next()) {
        return false;
    }
    let text = text.strip_prefix('*').unwrap_or(text);
    let package = match split_name(text) {
        Some(before) => split_name(before).unwrap_or(before),
        None => text,
    };
    is_package(package)
}

/// What stands before `.Name`; nothing when all of it is a name.
fn split_name(text: &str) -> Option<&str> {
    let (before, name) = text.rsplit_once('.').unwrap_or(("", text));
    let capital = name.chars().next().is_some_and(is_upper);
    let plain = name
        .chars()
        .all(|c| c == '_' || c.is_ascii_digit() || is_letter(c));
    (capital && plain).then_some(before)
}

/// Standard packages of one element, and anything with a slash that could be an import path.
fn is_package(path: &str) -> bool {
    const STANDARD: [&str; 41] = [
        "bufio", "bytes", "cmp", "context", "crypto", "embed", "encoding", "errors", "expvar",
        "flag", "fmt", "hash", "html", "image", "io", "iter", "log", "maps", "math", "mime", "net",
        "os", "path", "plugin", "reflect", "regexp", "runtime", "slices", "sort", "strconv",
        "strings", "structs", "sync", "syscall", "testing", "time", "unicode", "unique", "unsafe",
        "weak", "",
    ];
    if !path.contains('/') {
        return !path.is_empty() && STANDARD.contains(&path);
    }
    !path.starts_with('-')
        && path.split('/').all(|element| {
            !element.is_empty()
                && !element.starts_with('.')
                && !element.ends_with('.')
                && element
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-.~_+".contains(&b))
        })
}

/// Two back quotes or apostrophes stand for curly quotation marks; three back quotes or more stay.
fn curl_quotes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("```") {
            let length = rest.len() - rest.trim_start_matches('`').len();
            out.push_str(&rest[..length]);
            rest = &rest[length..];
        } else if let Some(after) = rest.strip_prefix("``") {
            out.push('“');
            rest = after;
        } else if let Some(after) = rest.strip_prefix("''") {
            out.push('”');
            rest = after;
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::synopsis;

    #[test]
    fn sentences() {
        for (text, want) in [
            ("Package p is.\n\nMore.", "Package p is."),
            ("By A. B. Smith works. No", "By A. B. Smith works."),
            ("Copyright X", ""),
            ("\tcode\n", "code"),
            ("wraps\nover lines. x", "wraps over lines."),
            (
                "see [encoding/json] and [x]. y",
                "see encoding/json and [x].",
            ),
            ("``q''", "“q”"),
            ("# Title\n", ""),
        ] {
            assert_eq!(synopsis(text), want, "{text:?}");
        }
    }
}
