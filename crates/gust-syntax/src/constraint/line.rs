//! Constraint lines: recognizing them and splitting the marker from the expression.

use super::error::SyntaxError;
use super::expr::Expr;
use super::parse::{parse_expr, parse_plus_expr};

/// Why a line is no usable constraint. `Display` is go's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// The line is neither `//go:build` nor `// +build`.
    #[error("not a build constraint")]
    NotConstraint,
    /// The expression is malformed.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
}

/// Parses a line of either form.
pub fn parse(line: &str) -> Result<Expr, ParseError> {
    if let Some(text) = split_go_build(line) {
        return Ok(parse_expr(text)?);
    }
    parse_plus_build(line)
}

/// Parses a `//go:build` line.
pub fn parse_go_build(line: &str) -> Result<Expr, ParseError> {
    Ok(parse_expr(
        split_go_build(line).ok_or(ParseError::NotConstraint)?,
    )?)
}

/// Parses a `// +build` line.
pub fn parse_plus_build(line: &str) -> Result<Expr, ParseError> {
    Ok(parse_plus_expr(
        split_plus_build(line).ok_or(ParseError::NotConstraint)?,
    )?)
}

/// Reports whether the line has the form of a `//go:build` constraint; the expression may be malformed.
pub fn is_go_build(line: &str) -> bool {
    split_go_build(line).is_some()
}

/// Reports whether the line has the form of a `// +build` constraint; the expression may be malformed.
pub fn is_plus_build(line: &str) -> bool {
    split_plus_build(line).is_some()
}

fn split_go_build(line: &str) -> Option<&str> {
    let line = single_line(line)?;
    if !line.starts_with("//go:build") {
        return None;
    }
    after_marker(line.trim().strip_prefix("//go:build")?)
}

fn split_plus_build(line: &str) -> Option<&str> {
    let line = single_line(line)?.strip_prefix("//")?;
    after_marker(line.trim().strip_prefix("+build")?)
}

fn single_line(line: &str) -> Option<&str> {
    let line = line.strip_suffix('\n').unwrap_or(line);
    (!line.contains('\n')).then_some(line)
}

/// The marker must be followed by space or nothing.
fn after_marker(rest: &str) -> Option<&str> {
    let trimmed = rest.trim();
    (rest.is_empty() || trimmed.len() < rest.len()).then_some(trimmed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers() {
        assert!(is_go_build("//go:build linux\n"));
        assert!(is_go_build("//go:build"));
        assert!(!is_go_build("//go:buildx"));
        assert!(!is_go_build("// go:build linux"));
        assert!(is_plus_build("//+build linux"));
        assert!(is_plus_build("//   +build"));
        assert!(!is_plus_build("// +builder"));
        assert_eq!(parse("// hello"), Err(ParseError::NotConstraint));
    }
}
