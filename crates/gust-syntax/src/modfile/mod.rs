//! go.mod: a tree of lines that keeps comments, order and blocks, and what the lines mean.
//!
//! [`parse`] reads a main module's file and reports everything wrong with it at once; [`parse_lax`] reads a dependency's and
//! passes over what it does not know. Edits change meaning and lines together; [`ModFile::format`] writes the file in go's
//! style. `Display` of the errors is go's text.

mod directive;
mod edit;
mod error;
mod lexer;
mod print;
mod requires;
mod sort;
mod syntax;
mod tree;
mod values;

pub use directive::{Fix, FixError, ModFile, parse, parse_lax};
pub(crate) use directive::{
    Wrong, error_at, parse_go, parse_godebug, parse_one_path, parse_replace, parse_toolchain,
};
pub use edit::EditError;
pub(crate) use edit::{add_godebug, add_replace, drop_where};
pub use error::{ModFileError, ModFileErrors};
pub use print::format;
pub(crate) use sort::{drop_duplicate_replaces, sort_block_lines};
pub use syntax::parse as parse_syntax;
pub use tree::{Block, Comment, Comments, Hint, Line, LineId, Position, Statement, Syntax};
pub use values::{
    Exclude, Go, Godebug, Ignore, Interval, Module, Replace, Require, Retract, Tool, Toolchain,
    auto_quote, is_directory_path, must_quote,
};

/// The module path that a go.mod states, however wrong the rest of the file; empty if there is none.
pub fn module_path(data: &[u8]) -> String {
    let text = gust_bytes::text(data);
    for line in text.split('\n') {
        let line = line.find("//").map_or(line, |end| &line[..end]).trim();
        let Some(rest) = line.strip_prefix("module") else {
            continue;
        };
        let path = rest.trim_start();
        if path.len() == rest.len() || path.is_empty() {
            continue;
        }
        if path.starts_with(['"', '`']) {
            return values::unquote(path).unwrap_or_default();
        }
        return path.to_owned();
    }
    String::new()
}
