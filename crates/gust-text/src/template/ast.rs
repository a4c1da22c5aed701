//! The tree of a parsed template. `Display` gives the text that error messages show as context.

use super::number::Number;
use std::fmt;

/// One piece of a template's text.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Text(String),
    Action(Pipe),
    If(Branch),
    With(Branch),
    Range(Branch),
    Template {
        pos: usize,
        name: String,
        pipe: Option<Pipe>,
    },
    Break,
    Continue,
}

/// A control structure: its pipeline, its body, what follows `else`.
#[derive(Debug, Clone)]
pub(super) struct Branch {
    pub(super) pipe: Pipe,
    pub(super) body: Vec<Node>,
    pub(super) otherwise: Option<Vec<Node>>,
}

/// Commands joined by `|`, perhaps with variables that take the result.
#[derive(Debug, Clone)]
pub(super) struct Pipe {
    pub(super) pos: usize,
    /// `=` rather than `:=`.
    pub(super) assign: bool,
    pub(super) decl: Vec<String>,
    pub(super) commands: Vec<Vec<Expr>>,
}

/// An operand.
#[derive(Debug, Clone)]
pub(super) struct Expr {
    pub(super) pos: usize,
    pub(super) kind: ExprKind,
}

#[derive(Debug, Clone)]
pub(super) enum ExprKind {
    Dot,
    Nil,
    Bool(bool),
    Number(Number),
    Str {
        quoted: String,
        value: String,
    },
    /// `.A.B`
    Field(Vec<String>),
    /// `$x.A`; the first holds the `$`.
    Variable(Vec<String>),
    Ident(String),
    /// `(pipe).A` or `func.A`
    Chain(Box<Expr>, Vec<String>),
    Pipe(Box<Pipe>),
}

/// Empty but for space.
pub(super) fn is_blank(nodes: &[Node]) -> bool {
    nodes
        .iter()
        .all(|node| matches!(node, Node::Text(text) if text.trim().is_empty()))
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Dot => f.write_str("."),
            ExprKind::Nil => f.write_str("nil"),
            ExprKind::Bool(b) => write!(f, "{b}"),
            ExprKind::Number(n) => f.write_str(&n.text),
            ExprKind::Str { quoted, .. } => f.write_str(quoted),
            ExprKind::Field(names) => names.iter().try_for_each(|name| write!(f, ".{name}")),
            ExprKind::Variable(names) => f.write_str(&names.join(".")),
            ExprKind::Ident(name) => f.write_str(name),
            ExprKind::Chain(base, names) => {
                match &base.kind {
                    ExprKind::Pipe(_) => write!(f, "({base})")?,
                    _ => write!(f, "{base}")?,
                }
                names.iter().try_for_each(|name| write!(f, ".{name}"))
            }
            ExprKind::Pipe(pipe) => write!(f, "{pipe}"),
        }
    }
}

/// A command's words; a pipeline among them stands in parentheses.
pub(super) struct CommandText<'a>(pub(super) &'a [Expr]);

impl fmt::Display for CommandText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, arg) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(" ")?;
            }
            match &arg.kind {
                ExprKind::Pipe(pipe) => write!(f, "({pipe})")?,
                _ => write!(f, "{arg}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.decl.is_empty() {
            f.write_str(&self.decl.join(", "))?;
            f.write_str(if self.assign { " = " } else { " := " })?;
        }
        for (i, command) in self.commands.iter().enumerate() {
            if i > 0 {
                f.write_str(" | ")?;
            }
            write!(f, "{}", CommandText(command))?;
        }
        Ok(())
    }
}
