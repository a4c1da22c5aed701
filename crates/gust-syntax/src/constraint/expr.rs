//! Constraint expressions and their two parsers.

use crate::unicode::{is_digit, is_letter};
use std::fmt;

/// A boolean expression over build tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// A tag: holds when the tag is set.
    Tag(Box<str>),
    /// Negation.
    Not(Box<Expr>),
    /// Both hold.
    And(Box<Expr>, Box<Expr>),
    /// One or both hold.
    Or(Box<Expr>, Box<Expr>),
}

/// A constraint that cannot be parsed. `Display` is go's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// Byte offset in the expression.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
}

/// go refuses a `//go:build` expression with more operands than this.
const MAX_OPERANDS: usize = 1000;
/// go refuses a `// +build` line with more operators than this.
const MAX_OLD_OPERATORS: usize = 100;

impl Expr {
    /// Evaluates the expression; `holds` is asked for every tag in it, from left to right.
    pub fn eval(&self, holds: &mut dyn FnMut(&str) -> bool) -> bool {
        match self {
            Expr::Tag(tag) => holds(tag),
            Expr::Not(x) => !x.eval(holds),
            Expr::And(x, y) => {
                let (x, y) = (x.eval(holds), y.eval(holds));
                x && y
            }
            Expr::Or(x, y) => {
                let (x, y) = (x.eval(holds), y.eval(holds));
                x || y
            }
        }
    }

    /// Evaluates with every tag but `ignore` and malformed ones taken as both set and not set:
    /// whether a file could be used in any build at all.
    pub fn may_hold(&self) -> bool {
        self.eval_either(true)
    }

    fn eval_either(&self, prefer: bool) -> bool {
        match self {
            Expr::Tag(tag) => is_valid_tag(tag) && &**tag != "ignore" && prefer,
            Expr::Not(x) => !x.eval_either(!prefer),
            Expr::And(x, y) => x.eval_either(prefer) && y.eval_either(prefer),
            Expr::Or(x, y) => x.eval_either(prefer) || y.eval_either(prefer),
        }
    }

    /// The least Go release that the expression implies (`go1.22`), if it cannot hold without one.
    pub fn go_version(&self) -> Option<String> {
        match self.minimum(true)? {
            0 => Some("go1".into()),
            n => Some(format!("go1.{n}")),
        }
    }

    fn minimum(&self, positive: bool) -> Option<u32> {
        match self {
            Expr::Not(x) => x.minimum(!positive),
            Expr::Tag(tag) if positive => match tag.strip_prefix("go1") {
                Some("") => Some(0),
                _ => tag.split_once("go1.")?.1.parse().ok(),
            },
            Expr::Tag(_) => None,
            Expr::And(x, y) | Expr::Or(x, y) => {
                let both = matches!(self, Expr::And(..)) == positive;
                let (x, y) = (x.minimum(positive), y.minimum(positive));
                if both { x.max(y) } else { x.min(y) }
            }
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operand = |f: &mut fmt::Formatter<'_>, x: &Expr, parenthesize: bool| {
            if parenthesize {
                write!(f, "({x})")
            } else {
                write!(f, "{x}")
            }
        };
        match self {
            Expr::Tag(tag) => f.write_str(tag),
            Expr::Not(x) => {
                f.write_str("!")?;
                operand(f, x, matches!(**x, Expr::And(..) | Expr::Or(..)))
            }
            Expr::And(x, y) => {
                operand(f, x, matches!(**x, Expr::Or(..)))?;
                f.write_str(" && ")?;
                operand(f, y, matches!(**y, Expr::Or(..)))
            }
            Expr::Or(x, y) => {
                operand(f, x, matches!(**x, Expr::And(..)))?;
                f.write_str(" || ")?;
                operand(f, y, matches!(**y, Expr::And(..)))
            }
        }
    }
}

/// Parses what follows `//go:build`.
pub fn parse_expr(text: &str) -> Result<Expr, SyntaxError> {
    let mut parser = Parser {
        text,
        next: 0,
        token: "",
        is_tag: false,
        at: 0,
        operands: 0,
    };
    let expr = parser.or()?;
    if parser.token.is_empty() {
        Ok(expr)
    } else {
        Err(parser.unexpected())
    }
}

struct Parser<'a> {
    text: &'a str,
    next: usize,
    token: &'a str,
    is_tag: bool,
    at: usize,
    operands: usize,
}

impl<'a> Parser<'a> {
    fn error<T>(&self, offset: usize, message: impl Into<String>) -> Result<T, SyntaxError> {
        Err(SyntaxError {
            offset,
            message: message.into(),
        })
    }

    fn unexpected(&self) -> SyntaxError {
        SyntaxError {
            offset: self.at,
            message: format!("unexpected token {}", self.token),
        }
    }

    fn or(&mut self) -> Result<Expr, SyntaxError> {
        let mut x = self.and()?;
        while self.token == "||" {
            x = Expr::Or(Box::new(x), Box::new(self.and()?));
        }
        Ok(x)
    }

    fn and(&mut self) -> Result<Expr, SyntaxError> {
        let mut x = self.not()?;
        while self.token == "&&" {
            x = Expr::And(Box::new(x), Box::new(self.not()?));
        }
        Ok(x)
    }

    fn not(&mut self) -> Result<Expr, SyntaxError> {
        self.operands += 1;
        if self.operands > MAX_OPERANDS {
            return self.error(self.at, "build expression too large");
        }
        self.lex()?;
        if self.token != "!" {
            return self.atom();
        }
        self.lex()?;
        if self.token == "!" {
            return self.error(self.at, "double negation not allowed");
        }
        Ok(Expr::Not(Box::new(self.atom()?)))
    }

    fn atom(&mut self) -> Result<Expr, SyntaxError> {
        if self.token == "(" {
            return self.parenthesized();
        }
        if !self.is_tag {
            if self.token.is_empty() {
                return self.error(self.at, "unexpected end of expression");
            }
            return Err(self.unexpected());
        }
        let tag = Expr::Tag(self.token.into());
        self.lex()?;
        Ok(tag)
    }

    fn parenthesized(&mut self) -> Result<Expr, SyntaxError> {
        let open = self.at;
        let unclosed = |mut e: SyntaxError| {
            if e.message == "unexpected end of expression" {
                e.message = "missing close paren".into();
            }
            e
        };
        let x = self.or().map_err(unclosed)?;
        if self.token != ")" {
            return self.error(open, "missing close paren");
        }
        self.lex().map_err(unclosed)?;
        Ok(x)
    }

    fn lex(&mut self) -> Result<(), SyntaxError> {
        self.is_tag = false;
        let rest = self.text[self.next..].trim_start_matches([' ', '\t']);
        self.at = self.text.len() - rest.len();
        let Some(first) = rest.chars().next() else {
            self.token = "";
            self.next = self.at;
            return Ok(());
        };
        let length = match first {
            '(' | ')' | '!' => 1,
            '&' | '|' if rest[1..].starts_with(first) => 2,
            '&' | '|' => return self.error(self.at, format!("invalid syntax at {first}")),
            _ => {
                let end = rest.find(|c| !is_tag_char(c)).unwrap_or(rest.len());
                if end == 0 {
                    return self.error(self.at, format!("invalid syntax at {first}"));
                }
                self.is_tag = true;
                end
            }
        };
        self.token = &rest[..length];
        self.next = self.at + length;
        Ok(())
    }
}

/// Parses what follows `// +build`: spaces mean or, commas mean and.
pub fn parse_plus_expr(text: &str) -> Result<Expr, SyntaxError> {
    let mut operators = 0;
    let mut join = |x: Option<Expr>, y: Expr, make: fn(Box<Expr>, Box<Expr>) -> Expr| match x {
        None => Ok(y),
        Some(x) => {
            operators += 1;
            if operators > MAX_OLD_OPERATORS {
                let message = "expression too complex for // +build lines".into();
                return Err(SyntaxError { offset: 0, message });
            }
            Ok(make(Box::new(x), Box::new(y)))
        }
    };
    let mut all = None;
    for clause in text.split_whitespace() {
        let mut terms = None;
        for literal in clause.split(',') {
            terms = Some(join(terms, plus_literal(literal), Expr::And)?);
        }
        if let Some(terms) = terms {
            all = Some(join(all, terms, Expr::Or)?);
        }
    }
    Ok(all.unwrap_or_else(ignore))
}

fn plus_literal(literal: &str) -> Expr {
    if literal.starts_with("!!") || literal == "!" {
        return ignore();
    }
    let (negated, tag) = match literal.strip_prefix('!') {
        Some(tag) => (true, tag),
        None => (false, literal),
    };
    let expr = if is_valid_tag(tag) {
        Expr::Tag(tag.into())
    } else {
        ignore()
    };
    if negated {
        Expr::Not(Box::new(expr))
    } else {
        expr
    }
}

fn ignore() -> Expr {
    Expr::Tag("ignore".into())
}

fn is_valid_tag(word: &str) -> bool {
    !word.is_empty() && word.chars().all(is_tag_char)
}

fn is_tag_char(c: char) -> bool {
    c == '_' || c == '.' || is_letter(c) || is_digit(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse_expr(text).unwrap_err().to_string()
    }

    #[test]
    fn go_build() {
        assert_eq!(
            parse_expr("a && (b || !c)").unwrap().to_string(),
            "a && (b || !c)"
        );
        assert_eq!(error(""), "unexpected end of expression");
        assert_eq!(error("(a"), "missing close paren");
        assert_eq!(error("a b"), "unexpected token b");
        assert_eq!(error("!!a"), "double negation not allowed");
        assert_eq!(error("a & b"), "invalid syntax at &");
        assert_eq!(error("a #"), "invalid syntax at #");
    }

    #[test]
    fn plus_build() {
        let show = |s| parse_plus_expr(s).unwrap().to_string();
        assert_eq!(show("a,b !c"), "(a && b) || !c");
        assert_eq!(show("!! -x"), "ignore || ignore");
        assert_eq!(show(""), "ignore");
    }

    #[test]
    fn versions() {
        let version = |s| parse_expr(s).unwrap().go_version();
        assert_eq!(version("linux && go1.22").as_deref(), Some("go1.22"));
        assert_eq!(
            version("(linux && go1.22) || (windows && go1.20)").as_deref(),
            Some("go1.20")
        );
        assert_eq!(version("linux || (windows && go1.22)"), None);
        assert_eq!(version("!go1.22"), None);
        assert_eq!(version("go1").as_deref(), Some("go1"));
    }

    #[test]
    fn every_tag_is_asked() {
        let mut asked = Vec::new();
        let expr = parse_expr("a && b || c").unwrap();
        expr.eval(&mut |tag| {
            asked.push(tag.to_string());
            false
        });
        assert_eq!(asked, ["a", "b", "c"]);
    }
}
