//! Go's `text/template`: the language that `go list -f` speaks.
//!
//! A text becomes tokens ([`lex`]), tokens a tree ([`ast`], [`parse`]), and the tree is walked over values that describe
//! themselves ([`value`]): structs by a static table of their fields and methods, lists and maps by small traits. Nothing is copied
//! out of the caller's data before a template asks for it.
//!
//! Error texts, positions included, are those of Go; the limits on nesting are our own, so that a hostile text cannot exhaust the stack.

mod ast;
mod builtins;
mod compare;
mod escape;
mod eval;
mod exec;
mod lex;
mod number;
mod parse;
pub mod value;

pub use value::{Func, List, Map, Pointer, Struct, StructType, Type, Val};

use std::collections::{BTreeMap, BTreeSet};

/// Why a template could not be parsed or executed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// The text is not a template.
    #[error("template: {name}:{line}: {message}")]
    Parse {
        /// The template's name.
        name: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// Evaluation failed.
    #[error("template: {name}:{line}:{column}: executing {} at <{context}>: {message}", crate::quote::quote(.executing))]
    Exec {
        /// The name of the text.
        name: String,
        /// The line, from 1.
        line: usize,
        /// Bytes from the start of the line.
        column: usize,
        /// The definition being executed.
        executing: String,
        /// The part of the template being evaluated, as text.
        context: String,
        /// What is wrong.
        message: String,
    },
    /// No position is known.
    #[error("template: {name}: {message}")]
    Other {
        /// The template's name.
        name: String,
        /// What is wrong.
        message: String,
    },
}

/// Functions of the caller, by name.
pub type Funcs<'v> = BTreeMap<&'static str, Func<'v>>;

/// A parsed template and the templates that it defines.
#[derive(Debug, Clone)]
pub struct Template {
    name: String,
    text: String,
    trees: BTreeMap<String, Vec<ast::Node>>,
}

impl Template {
    /// Parses `text`. `functions` are the names of those that will be given to [`Template::execute`], beside the built-in ones.
    pub fn parse(name: &str, text: &str, functions: &[&str]) -> Result<Template, TemplateError> {
        let functions: BTreeSet<&str> = functions
            .iter()
            .copied()
            .chain(builtins::NAMES.iter().copied())
            .collect();
        let trees = parse::parse(name, text, &functions)?;
        Ok(Template {
            name: name.to_owned(),
            text: text.to_owned(),
            trees,
        })
    }

    /// Executes the template over `data` and appends to `out`. After an error `out` holds what was written before it.
    pub fn execute_into<'v>(
        &self,
        out: &mut String,
        data: Val<'v>,
        funcs: &Funcs<'v>,
    ) -> Result<(), TemplateError> {
        exec::run(self, out, data, funcs)
    }

    /// Executes the template over `data`.
    pub fn execute<'v>(&self, data: Val<'v>, funcs: &Funcs<'v>) -> Result<String, TemplateError> {
        let mut out = String::new();
        self.execute_into(&mut out, data, funcs)?;
        Ok(out)
    }
}
