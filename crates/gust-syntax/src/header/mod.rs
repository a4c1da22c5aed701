//! What a source file says before its code begins.
//!
//! [`scan`] reads a Go file's package clause, imports, constraints and directives, and stops behind the imports; only
//! a file that imports `embed` is read to its end, for its `//go:embed` comments. [`scan_other`] reads the constraints in
//! the leading comments of any other source file.
//!
//! The way of a file: `extent` finds how far the header reaches and whether it is odd; `parse` (over the tokens of `lex`)
//! reads it exactly, with go's errors; `constraint_lines` and `import_comment` look at it as text, as go does.

mod comment_text;
mod constraint_lines;
mod embeds;
mod extent;
mod functions;
mod import_comment;
mod lex;
mod lines;
mod parse;
#[cfg(test)]
mod tests;

use crate::cgo;
use crate::literal::unquote;
use crate::synopsis::synopsis;
use crate::unicode::is_graphic;
use comment_text::{comment_text, strip_carriage_returns};
pub use functions::{TestFile, TestFileError, TestFunction, TestKind, scan_tests};
use lex::Lexer;
use lines::Lines;
use parse::Parsed;
use serde::{Deserialize, Serialize};

/// A place in a source file, from 1. A column counts bytes.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Pos {
    /// The line.
    pub line: u32,
    /// The column; 0 when a `//line` comment left it unknown.
    pub col: u32,
    /// 0: the file itself. Otherwise the entry before this one in [`Header::files`]: a `//line` comment speaks of another file.
    pub file: u16,
}

/// One import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// The path, unquoted.
    pub path: Box<str>,
    /// Where the import stands: its name if it has one, else its path.
    pub pos: Pos,
}

/// One pattern of a `//go:embed` comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Embed {
    /// The pattern, unquoted.
    pub pattern: Box<str>,
    /// Where the pattern stands.
    pub pos: Pos,
}

/// A `//go:` comment before the package clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directive {
    /// The whole comment, slashes included.
    pub text: Box<str>,
    /// Where it starts.
    pub pos: Pos,
}

/// When to build the file, as its leading comments say; not yet parsed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Constraint {
    /// Always.
    #[default]
    None,
    /// By this `//go:build` line.
    GoBuild(Box<str>),
    /// When each of these `// +build` lines holds.
    PlusBuild(Vec<Box<str>>),
    /// More than one `//go:build` line: an error.
    Multiple,
}

/// Where the author insists that the package be imported from: `package p // import "example.com/p"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImportComment {
    /// The path.
    Path(Box<str>),
    /// Not a quoted string.
    Malformed,
}

/// A syntax error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyntaxError {
    /// Where.
    pub pos: Pos,
    /// What, in go's words.
    pub message: Box<str>,
}

/// Why a header cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HeaderError {
    /// The text cannot be read at all: go prefixes `read FILE: `.
    Read(Box<str>),
    /// Syntax errors, in order of position; never empty.
    Syntax(Vec<SyntaxError>),
    /// An import path that no package can have.
    ImportPath(SyntaxError),
}

/// What a Go file's header says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The package's name; empty when the package clause is broken.
    pub package: Box<str>,
    /// Where the name stands.
    pub package_pos: Pos,
    /// The first sentence of the package comment.
    pub synopsis: Box<str>,
    /// When to build the file.
    pub constraint: Constraint,
    /// The source is only a stand-in for an archive that somebody compiled (`//go:binary-only-package`).
    pub binary_only: bool,
    /// What the package clause's own comment insists on.
    pub import_comment: Option<ImportComment>,
    /// The imports, in order.
    pub imports: Vec<Import>,
    /// The `#cgo` lines in the comments on `import "C"`.
    pub cgo_lines: Vec<Box<str>>,
    /// The patterns of `//go:embed` comments.
    pub embeds: Vec<Embed>,
    /// `//go:` comments before the package clause.
    pub directives: Vec<Directive>,
    /// Other files that positions speak of, as `//line` comments name them: relative to the directory, not cleaned.
    pub files: Vec<Box<str>>,
    /// What is wrong with the header, if anything.
    pub error: Option<HeaderError>,
    /// It is no header, and a NUL byte stands somewhere in the text: go, where it looks for imports only, reads on to the end and
    /// says that the file cannot be read.
    pub nul: bool,
}

impl Header {
    /// Why the file cannot be read for its imports, in go's words.
    pub fn unreadable(&self) -> Option<&str> {
        match &self.error {
            Some(HeaderError::Read(reason)) => Some(reason),
            _ => self.nul.then_some(NUL),
        }
    }
}

/// go's word for a NUL byte where text is expected.
const NUL: &str = "unexpected NUL in input";

/// Reads the header of a Go file.
pub fn scan(src: &[u8]) -> Header {
    let src = without_bom(src);
    let extent = extent::of_go_file(src);
    if extent.nul {
        return Header {
            error: Some(HeaderError::Read(NUL.into())),
            ..Header::default()
        };
    }
    let text = &src[..extent.end];
    let found = constraint_lines::find(text);
    let mut header = Header {
        nul: extent.syntax_error && src.contains(&0),
        constraint: found.constraint,
        binary_only: found.binary_only,
        import_comment: import_comment::find(text),
        ..Header::default()
    };
    let mut lexer = Lexer::new(text);
    let parsed = parse::parse(&mut lexer);
    let mut reader = Reader {
        text,
        said: &lexer.line_comments,
        lines: Lines::new(text),
        header: &mut header,
    };
    reader.take(parsed);
    if header.error.is_none() && header.imports.iter().any(|import| &*import.path == "embed") {
        header.embeds = embeds::find(src, &mut header.files);
    }
    header
}

/// Reads the constraint in the leading comments of a source file that is not Go; an oddity there means no constraint.
pub fn scan_other(src: &[u8]) -> Constraint {
    let src = without_bom(src);
    let extent = extent::of_comments(src);
    if extent.nul || extent.syntax_error {
        return Constraint::None;
    }
    constraint_lines::find(&src[..extent.end]).constraint
}

fn without_bom(src: &[u8]) -> &[u8] {
    src.strip_prefix("\u{feff}".as_bytes()).unwrap_or(src)
}

/// Fills a header from what was parsed.
struct Reader<'a, 'b> {
    text: &'a [u8],
    said: &'b [lines::LineComment],
    lines: Lines<'a>,
    header: &'b mut Header,
}

impl Reader<'_, '_> {
    fn pos(&mut self, offset: usize) -> Pos {
        self.lines.pos(offset, self.said, &mut self.header.files)
    }

    fn take(&mut self, parsed: Parsed) {
        if let Some(package) = parsed.package {
            self.header.package = gust_bytes::text(&self.text[parsed.name.clone()]).into();
            self.header.package_pos = self.pos(parsed.name.start);
            if let Some(doc) = parsed.doc.clone() {
                self.header.synopsis = synopsis(&self.comment(&parsed, doc)).into();
            }
            if parsed.errors.is_empty() && self.imports(&parsed) {
                self.directives(&parsed, package);
            }
        }
        if !parsed.errors.is_empty() {
            self.errors(parsed.errors);
        }
    }

    fn comment(&self, parsed: &Parsed, group: parse::Group) -> String {
        comment_text(
            parsed.comments[group]
                .iter()
                .map(|range| &self.text[range.clone()]),
        )
    }

    fn errors(&mut self, found: Vec<(usize, String)>) {
        let mut errors: Vec<SyntaxError> = found
            .into_iter()
            .map(|(offset, message)| SyntaxError {
                pos: self.pos(offset),
                message: message.into(),
            })
            .collect();
        errors.sort_by(|a, b| {
            let key = |e: &SyntaxError| (e.pos.line, e.pos.col);
            key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
        });
        self.header.error = Some(HeaderError::Syntax(errors));
    }

    /// Takes the imports; false when one of them is no import path.
    fn imports(&mut self, parsed: &Parsed) -> bool {
        for spec in &parsed.imports {
            let literal = gust_bytes::text(&self.text[spec.literal.clone()]);
            let pos = self.pos(spec.start);
            let Some(path) = unquote(&literal) else {
                let message = format!("parser returned invalid quoted string: <{literal}>");
                self.header.error = Some(HeaderError::Read(message.into()));
                return false;
            };
            if !is_import_path(&path) {
                let message = format!("invalid import path: {path}").into();
                self.header.error = Some(HeaderError::ImportPath(SyntaxError { pos, message }));
                self.header.imports.clear();
                self.header.cgo_lines.clear();
                return false;
            }
            if path == "C"
                && let Some(doc) = spec.doc.clone()
            {
                let preamble = self.comment(parsed, doc);
                self.header
                    .cgo_lines
                    .extend(cgo::directive_lines(&preamble).map(Box::from));
            }
            self.header.imports.push(Import {
                path: path.into(),
                pos,
            });
        }
        true
    }

    fn directives(&mut self, parsed: &Parsed, package: usize) {
        for group in &parsed.groups {
            let comments = &parsed.comments[group.clone()];
            if comments.first().is_none_or(|first| first.start >= package) {
                break;
            }
            for range in comments {
                let text = &self.text[range.clone()];
                if text.starts_with(b"//go:") {
                    let text = strip_carriage_returns(text);
                    let text = gust_bytes::text(&text).into();
                    let pos = self.pos(range.start);
                    self.header.directives.push(Directive { text, pos });
                }
            }
        }
    }
}

/// What may not stand in an import path, beside spaces and what cannot be seen.
fn is_import_path(path: &str) -> bool {
    const ILLEGAL: &str = "!\"#$%&'()*,:;<=>?[\\]^{|}`\u{fffd}";
    !path.is_empty()
        && path
            .chars()
            .all(|c| is_graphic(c) && !c.is_whitespace() && !ILLEGAL.contains(c))
}
