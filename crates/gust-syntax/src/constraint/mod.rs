//! Build constraints: `//go:build` expressions, the older `// +build` lines, and file names.
//!
//! [`parse()`] reads a line of either form. An expression is asked with [`Expr::eval`], which consults *every*
//! tag even when the answer is already known, since go reports all consulted tags (`go list`'s AllTags).

mod error;
mod expr;
mod file_name;
mod line;
mod parse;
mod token;

pub use error::{Problem, SyntaxError};
pub use expr::Expr;
pub use file_name::{file_name_matches, file_name_tags};
pub use line::{ParseError, is_go_build, is_plus_build, parse, parse_go_build, parse_plus_build};
pub use parse::{parse_expr, parse_plus_expr};
