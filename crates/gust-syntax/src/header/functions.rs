//! The functions of a test file that a test binary calls.
//!
//! Declarations are told apart and function bodies skipped by their brackets: what a body holds is the compiler's concern, but
//! for the comment at the end of an example.

use super::comment_text::comment_text;
use super::lex::{Lexer, Token};
use super::lines::Lines;
use super::parse::{Parse, Parser};
use super::{Pos, SyntaxError, without_bom};
use std::ops::Range;

/// What a test file offers to a test binary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestFile {
    /// The functions, in order, up to the first error.
    pub functions: Vec<TestFunction>,
    /// Other files that positions speak of; see [`Header::files`](super::Header::files).
    pub files: Vec<Box<str>>,
    /// What is wrong with the file, if anything.
    pub error: Option<TestFileError>,
}

/// One function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestFunction {
    /// Its name.
    pub name: Box<str>,
    /// What it is.
    pub kind: TestKind,
}

/// What a test binary does with a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestKind {
    /// `func TestX(t *testing.T)`
    Test,
    /// `func BenchmarkX(b *testing.B)`
    Benchmark,
    /// `func FuzzX(f *testing.F)`
    Fuzz,
    /// `func TestMain(m *testing.M)`
    Main,
    /// `func ExampleX()`. Without an output comment it is compiled only.
    Example {
        /// What it must print.
        output: Option<String>,
        /// In any order of lines.
        unordered: bool,
    },
}

/// Why a test file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestFileError {
    /// Syntax errors, in order of position; never empty. Those within functions are not looked for.
    Syntax(Vec<SyntaxError>),
    /// A function that is named as a test but is none.
    Signature {
        /// The function.
        pos: Pos,
        /// Its name.
        name: Box<str>,
        /// The parameter's type that it should have; `None`: it has type parameters.
        wanted: Option<char>,
    },
}

/// Reads the functions of a test file.
pub fn scan_tests(src: &[u8]) -> TestFile {
    let src = without_bom(src);
    let mut lexer = Lexer::new(src);
    let mut parser = Parser::new(&mut lexer);
    let mut functions = Vec::new();
    if parser.file().is_ok() && parser.out.package.is_some() {
        // Giving up keeps the errors found so far.
        let _ = parser.declarations(&mut functions);
    }
    let parsed = std::mem::take(&mut parser.out);
    let mut out = TestFile::default();
    let mut lines = Lines::new(src);
    let mut pos = |offset| lines.pos(offset, &lexer.line_comments, &mut out.files);
    if !parsed.errors.is_empty() {
        let mut errors: Vec<SyntaxError> = parsed
            .errors
            .iter()
            .map(|(offset, message)| SyntaxError {
                pos: pos(*offset),
                message: message.as_str().into(),
            })
            .collect();
        errors.sort_by_key(|e| (e.pos.line, e.pos.col));
        out.error = Some(TestFileError::Syntax(errors));
        return out;
    }
    for function in functions {
        match function.kind(src, &parsed.comments, &parsed.groups) {
            Ok(None) => {}
            Ok(Some(kind)) => out.functions.push(TestFunction {
                name: function.name,
                kind,
            }),
            Err(wanted) => {
                let pos = pos(function.start);
                out.error = Some(TestFileError::Signature {
                    pos,
                    name: function.name,
                    wanted,
                });
                break;
            }
        }
    }
    if out.error.is_some() {
        out.functions
            .retain(|f| !matches!(f.kind, TestKind::Example { .. }));
    }
    out
}

/// A function as it is declared.
struct Function {
    start: usize,
    name: Box<str>,
    generic: bool,
    /// The type that its only parameter points to, without its package; `None`: it is declared otherwise.
    points_to: Option<Box<str>>,
    no_parameters: bool,
    results: bool,
    body: Option<Range<usize>>,
}

impl Function {
    /// What the function is to a test binary; `Err` when its name says more than its type holds.
    fn kind(
        &self,
        src: &[u8],
        comments: &[Range<usize>],
        groups: &[Range<usize>],
    ) -> Result<Option<TestKind>, Option<char>> {
        let takes = |arg: char| {
            let mut text = [0; 4];
            let points_to = self.points_to.as_deref() == Some(&*arg.encode_utf8(&mut text));
            !self.results && points_to
        };
        let checked = |arg: char, kind: TestKind| match (self.generic, takes(arg)) {
            (true, _) => Err(None),
            (_, false) => Err(Some(arg)),
            _ => Ok(Some(kind)),
        };
        let is = |prefix| is_test_name(&self.name, prefix);
        if &*self.name == "TestMain" {
            if takes('T') {
                return Ok(Some(TestKind::Test));
            }
            return checked('M', TestKind::Main);
        }
        if is("Test") {
            return checked('T', TestKind::Test);
        }
        if is("Benchmark") {
            return checked('B', TestKind::Benchmark);
        }
        if is("Fuzz") {
            return checked('F', TestKind::Fuzz);
        }
        if !is("Example") || !self.no_parameters || self.results {
            return Ok(None);
        }
        Ok(self
            .body
            .as_ref()
            .map(|body| example(src, body, comments, groups)))
    }
}

/// `TestX`, but not `Testx`.
fn is_test_name(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix)
        .is_some_and(|rest| !rest.chars().next().is_some_and(char::is_lowercase))
}

/// Reads the output comment: the last one in the body.
fn example(
    src: &[u8],
    body: &Range<usize>,
    comments: &[Range<usize>],
    groups: &[Range<usize>],
) -> TestKind {
    let inside = |group: &&Range<usize>| {
        let of = &comments[(*group).clone()];
        of.first().is_some_and(|c| c.start >= body.start)
            && of.last().is_some_and(|c| c.end <= body.end)
    };
    let last = groups.iter().rev().find(inside);
    let text =
        last.map(|group| comment_text(comments[group.clone()].iter().map(|c| &src[c.clone()])));
    match text.as_deref().and_then(output) {
        Some((output, unordered)) => TestKind::Example {
            output: Some(output.to_string()),
            unordered,
        },
        None => TestKind::Example {
            output: None,
            unordered: false,
        },
    }
}

/// `Output:` or `Unordered output:`, and what follows.
fn output(text: &str) -> Option<(&str, bool)> {
    let strip = |text: &'_ str, word: &str| -> Option<usize> {
        text.get(..word.len())
            .filter(|head| head.eq_ignore_ascii_case(word))
            .map(|_| word.len())
    };
    let text = text.trim_start_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
    let (text, unordered) = match strip(text, "unordered ") {
        Some(n) => (&text[n..], true),
        None => (text, false),
    };
    let text = text[strip(text, "output:")?..].trim_start_matches(' ');
    Some((text.strip_prefix('\n').unwrap_or(text), unordered))
}

impl Parser<'_, '_> {
    fn declarations(&mut self, functions: &mut Vec<Function>) -> Parse {
        let mut imports_may_follow = true;
        while self.token != Token::Eof {
            match self.token {
                Token::Keyword("func") => functions.extend(self.function()?),
                Token::Keyword("import") => {
                    if !imports_may_follow {
                        self.error(
                            self.start,
                            "imports must appear before other declarations".into(),
                        )?;
                    }
                    self.skip_declaration()?;
                    continue;
                }
                Token::Keyword("const" | "type" | "var") => {
                    self.skip_declaration()?;
                }
                _ => {
                    self.expected("declaration")?;
                    self.advance(|token| {
                        matches!(token, Token::Keyword("import" | "const" | "type" | "var"))
                    });
                }
            }
            imports_may_follow = false;
        }
        Ok(())
    }

    /// A function; methods are nobody's tests.
    fn function(&mut self) -> Parse<Option<Function>> {
        let start = self.start;
        self.next();
        let method = self.token == Token::Op("(");
        if method {
            self.skip_brackets()?;
        }
        let name: Box<str> = gust_bytes::text(&self.lexer.src[self.start..self.end]).into();
        self.expect(Token::Ident)?;
        let generic = self.token == Token::Op("[");
        if generic {
            self.skip_brackets()?;
        }
        if self.token != Token::Op("(") {
            self.expected("'('")?;
        }
        let words = self.skip_brackets()?;
        let no_parameters = words.is_empty();
        let mut results = !matches!(
            self.token,
            Token::Op("{") | Token::Semicolon { .. } | Token::Eof
        );
        if self.token == Token::Op("(") {
            results = !self.skip_brackets()?.is_empty();
        }
        let body_start = (self.token == Token::Op("{")).then_some(self.start);
        let end = if is_test_name(&name, "Example") {
            self.skip_declaration_noting_comments()?
        } else {
            self.skip_declaration()?
        };
        Ok((!method).then(|| Function {
            start,
            name,
            generic,
            points_to: pointed_to(&words),
            no_parameters,
            results,
            body: body_start.map(|start| start..end),
        }))
    }

    /// Skips from an opening bracket past its closing one. The first words between them, more than a test's parameters have.
    fn skip_brackets(&mut self) -> Parse<Vec<String>> {
        let mut words = Vec::new();
        let mut depth = 0usize;
        loop {
            match self.token {
                Token::Op("(" | "[" | "{") => depth += 1,
                Token::Op(")" | "]" | "}") => depth = depth.saturating_sub(1),
                Token::Eof => {
                    self.expected("')'")?;
                    return Ok(words);
                }
                _ => {}
            }
            if depth == 0 {
                self.next();
                words.drain(..words.len().min(1));
                return Ok(words);
            }
            if words.len() < 8 {
                words.push(gust_bytes::text(&self.lexer.src[self.start..self.end]).into_owned());
            }
            self.next();
        }
    }

    fn skip_declaration(&mut self) -> Parse<usize> {
        self.skip_statement(false)
    }

    fn skip_declaration_noting_comments(&mut self) -> Parse<usize> {
        self.skip_statement(true)
    }

    /// Skips to the end of a declaration, brackets and all; the offset where its last token ends.
    fn skip_statement(&mut self, note_comments: bool) -> Parse<usize> {
        let mut depth = 0usize;
        let mut end = self.end;
        loop {
            match self.token {
                Token::Op("{") if !note_comments && self.lexer.skip_braces() => {
                    self.end = self.lexer.end;
                }
                Token::Op("(" | "[" | "{") => depth += 1,
                Token::Op(")" | "]" | "}") => depth = depth.saturating_sub(1),
                Token::Semicolon { .. } if depth == 0 => {
                    self.next();
                    return Ok(end);
                }
                Token::Eof => {
                    if depth > 0 {
                        self.expected("'}'")?;
                    }
                    return Ok(end);
                }
                _ => {}
            }
            end = self.end;
            self.next();
        }
    }
}

/// `t *testing.T`: `T`.
fn pointed_to(words: &[String]) -> Option<Box<str>> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let words = words.strip_suffix(&[","]).unwrap_or(&words);
    let words = match words {
        [name, rest @ ..] if *name != "*" && rest.first() == Some(&"*") => rest,
        _ => words,
    };
    match words {
        ["*", name] | ["*", _, ".", name] => Some((*name).into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(body: &str) -> TestFile {
        scan_tests(format!("package p\n\n{body}").as_bytes())
    }

    fn names(body: &str) -> Vec<(String, TestKind)> {
        scan(body)
            .functions
            .into_iter()
            .map(|f| (f.name.into(), f.kind))
            .collect()
    }

    #[test]
    fn functions_by_kind() {
        let body = "import \"testing\"\n\nfunc TestA(t *testing.T) { if true { } }\nfunc Testing(t int) {}\n\
            func BenchmarkB(*B) {}\nfunc FuzzC(f *testing.F,) {}\nfunc TestMain(m *testing.M) {}\nfunc (x T) TestM() {}\n\
            type X struct { f func() }\nvar y = func() { }\n";
        let want = [
            ("TestA", TestKind::Test),
            ("BenchmarkB", TestKind::Benchmark),
            ("FuzzC", TestKind::Fuzz),
            ("TestMain", TestKind::Main),
        ];
        assert_eq!(
            names(body),
            want.map(|(name, kind)| (name.to_string(), kind))
        );
    }

    #[test]
    fn examples() {
        let example = |output: Option<&str>, unordered| TestKind::Example {
            output: output.map(Into::into),
            unordered,
        };
        let one = |body: &str| {
            names(&format!(
                "func ExampleX() {{\n\tf() // no\n{body}}}\n\n// Output: other\n"
            ))[0]
                .1
                .clone()
        };
        assert_eq!(one("\t// Output: a\n"), example(Some("a\n"), false));
        assert_eq!(
            one("\t// Unordered output:\n\t// a\n\t// b\n"),
            example(Some("a\nb\n"), true)
        );
        assert_eq!(one("\t// output:\n"), example(Some(""), false));
        assert_eq!(one(""), example(None, false));
        assert_eq!(
            names("func ExampleX() int { return 1 }\nfunc ExampleY(x int) {}\n"),
            []
        );
    }

    #[test]
    fn errors() {
        let signature = |body: &str| match scan(body).error {
            Some(TestFileError::Signature { pos, name, wanted }) => {
                (pos.line, name.to_string(), wanted)
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(
            signature("func TestBad(t *testing.B) {}\n"),
            (3, "TestBad".into(), Some('T'))
        );
        assert_eq!(
            signature("func TestG[T any](t *testing.T) {}\n"),
            (3, "TestG".into(), None)
        );
        let syntax = |body: &str| match scan(body).error {
            Some(TestFileError::Syntax(list)) => list[0].message.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            syntax("!!!syntax error\n"),
            "expected declaration, found '!'"
        );
        assert_eq!(syntax("func TestA() {\n"), "expected '}', found 'EOF'");
    }
}
