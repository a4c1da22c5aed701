//! The walk over a template's nodes, which writes the output. What an expression is worth, [`super::eval`] knows.

use super::ast::{Branch, Expr, Node, Pipe};
use super::value::Val;
use super::{Funcs, Template, TemplateError};
use crate::{fmt, quote};

/// How deep templates may call each other. Go allows 100,000, on a stack that grows.
const MAX_CALLS: usize = 200;

/// Executes `template`.
pub(super) fn run<'v>(
    template: &Template,
    out: &mut String,
    data: Val<'v>,
    funcs: &Funcs<'v>,
) -> Result<(), TemplateError> {
    let Some(nodes) = template.trees.get(&template.name) else {
        let message = format!(
            "{} is an incomplete or empty template",
            quote::quote(&template.name)
        );
        return Err(TemplateError::Other {
            name: template.name.clone(),
            message,
        });
    };
    let mut state = State {
        template,
        funcs,
        executing: &template.name,
        vars: vec![("$", data.clone())],
        at: At::Nowhere,
        depth: 0,
    };
    state
        .nodes(out, &data, nodes)
        .map(drop)
        .map_err(|Fail(message)| state.error(message))
}

/// A message; the place is what [`State::at`] says.
pub(super) struct Fail(pub(super) String);

pub(super) type Done<T> = Result<T, Fail>;

pub(super) fn fail<T>(message: impl Into<String>) -> Done<T> {
    Err(Fail(message.into()))
}

/// The part of the template that an error is about.
#[derive(Clone, Copy)]
pub(super) enum At<'t> {
    Nowhere,
    Pipe(&'t Pipe),
    Command(&'t [Expr]),
    Expr(&'t Expr),
    Template {
        pos: usize,
        name: &'t str,
        pipe: Option<&'t Pipe>,
    },
}

/// How a list of nodes ended.
#[derive(PartialEq)]
enum Flow {
    On,
    Break,
    Continue,
}

/// Where an execution stands.
pub(super) struct State<'t, 'v> {
    template: &'t Template,
    pub(super) funcs: &'t Funcs<'v>,
    /// The definition being executed.
    executing: &'t str,
    pub(super) vars: Vec<(&'t str, Val<'v>)>,
    pub(super) at: At<'t>,
    depth: usize,
}

impl<'t, 'v> State<'t, 'v> {
    fn error(&self, message: String) -> TemplateError {
        let (pos, context) = match self.at {
            At::Nowhere => {
                return TemplateError::Other {
                    name: self.template.name.clone(),
                    message,
                };
            }
            At::Pipe(pipe) => (pipe.pos, pipe.to_string()),
            At::Command(words) => (
                words.first().map_or(0, |w| w.pos),
                super::ast::CommandText(words).to_string(),
            ),
            At::Expr(expr) => (expr.pos, expr.to_string()),
            At::Template { pos, name, pipe } => {
                let pipe = pipe.map(|p| format!(" {p}")).unwrap_or_default();
                (
                    pos,
                    format!("{{{{template {}{pipe}}}}}", quote::quote(name)),
                )
            }
        };
        let before = self.template.text.get(..pos).unwrap_or(&self.template.text);
        TemplateError::Exec {
            name: self.template.name.clone(),
            line: 1 + before.matches('\n').count(),
            column: before.rfind('\n').map_or(pos, |newline| pos - newline - 1),
            executing: self.executing.to_owned(),
            context,
            message,
        }
    }

    fn nodes(&mut self, out: &mut String, dot: &Val<'v>, nodes: &'t [Node]) -> Done<Flow> {
        for node in nodes {
            let flow = self.node(out, dot, node)?;
            if flow != Flow::On {
                return Ok(flow);
            }
        }
        Ok(Flow::On)
    }

    fn node(&mut self, out: &mut String, dot: &Val<'v>, node: &'t Node) -> Done<Flow> {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Action(pipe) => {
                let value = self.pipeline(dot, pipe)?;
                if pipe.decl.is_empty() {
                    self.at = At::Pipe(pipe);
                    self.print(out, pipe, &value)?;
                }
            }
            Node::If(branch) => return self.branch(out, dot, branch, false),
            Node::With(branch) => return self.branch(out, dot, branch, true),
            Node::Range(branch) => {
                let mark = self.vars.len();
                let flow = self.range(out, dot, branch);
                self.vars.truncate(mark);
                return flow;
            }
            Node::Template { pos, name, pipe } => self.call(out, dot, *pos, name, pipe.as_ref())?,
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::On)
    }

    fn branch(
        &mut self,
        out: &mut String,
        dot: &Val<'v>,
        branch: &'t Branch,
        with: bool,
    ) -> Done<Flow> {
        let mark = self.vars.len();
        let value = self.pipeline(dot, &branch.pipe)?;
        let flow = match (value.truth(), &branch.otherwise) {
            (true, _) => self.nodes(out, if with { &value } else { dot }, &branch.body),
            (false, Some(nodes)) => self.nodes(out, dot, nodes),
            (false, None) => Ok(Flow::On),
        };
        self.vars.truncate(mark);
        flow
    }

    fn range(&mut self, out: &mut String, dot: &Val<'v>, branch: &'t Branch) -> Done<Flow> {
        let value = self.pipeline(dot, &branch.pipe)?;
        let (value, _) = value.indirect();
        let mark = self.vars.len();
        let mut ran = false;
        // One turn; true when the loop goes on.
        let mut turn = |state: &mut Self, index: Val<'v>, element: Val<'v>| -> Done<bool> {
            ran = true;
            state.range_variables(&branch.pipe, mark, index, &element)?;
            let flow = state.nodes(out, &element, &branch.body);
            state.vars.truncate(mark);
            Ok(flow? != Flow::Break)
        };
        match value {
            Val::Int(_) | Val::Uint(_) | Val::Byte(_) => {
                let (count, make): (u64, fn(u64) -> Val<'v>) = match value {
                    Val::Int(n) => (u64::try_from(*n).unwrap_or(0), |i| Val::Int(i as i64)),
                    Val::Uint(n) => (*n, Val::Uint),
                    Val::Byte(n) => (u64::from(*n), |i| Val::Byte(i as u8)),
                    _ => (0, Val::Uint),
                };
                if branch.pipe.decl.len() > 1 {
                    return fail(format!(
                        "can't use {} to iterate over more than one variable",
                        shown(value)
                    ));
                }
                let mut i = 0;
                while i < count && turn(self, Val::Invalid, make(i))? {
                    i += 1;
                }
            }
            Val::List(list) => {
                let mut i = 0;
                while i < list.len() && turn(self, Val::Int(i as i64), list.get(i))? {
                    i += 1;
                }
            }
            Val::Map(map) => {
                for (key, element) in map.entries() {
                    if !turn(self, key, element)? {
                        break;
                    }
                }
            }
            Val::Invalid => {}
            other => return fail(format!("range can't iterate over {}", shown(other))),
        }
        match &branch.otherwise {
            Some(nodes) if !ran => self.nodes(out, dot, nodes),
            _ => Ok(Flow::On),
        }
    }

    /// Gives the loop's variables their values for one turn. `mark` lies just above them on the stack.
    fn range_variables(
        &mut self,
        pipe: &'t Pipe,
        mark: usize,
        index: Val<'v>,
        element: &Val<'v>,
    ) -> Done<()> {
        match (pipe.decl.as_slice(), pipe.assign) {
            ([], _) => {}
            ([one], true) => self.assign(one, element.clone())?,
            ([first, second, ..], true) => {
                self.assign(first, index)?;
                self.assign(second, element.clone())?;
            }
            (names, false) => {
                if let Some((_, slot)) = mark.checked_sub(1).and_then(|top| self.vars.get_mut(top))
                {
                    *slot = element.clone();
                }
                if names.len() > 1
                    && let Some((_, slot)) = mark
                        .checked_sub(2)
                        .and_then(|below| self.vars.get_mut(below))
                {
                    *slot = index;
                }
            }
        }
        Ok(())
    }

    /// `=`: the nearest variable of that name. One that only the assignment itself names is not there.
    pub(super) fn assign(&mut self, name: &str, value: Val<'v>) -> Done<()> {
        match self.vars.iter_mut().rev().find(|(n, _)| *n == name) {
            Some((_, slot)) => *slot = value,
            None => return fail(format!("undefined variable: {name}")),
        }
        Ok(())
    }

    fn call(
        &mut self,
        out: &mut String,
        dot: &Val<'v>,
        pos: usize,
        name: &'t str,
        pipe: Option<&'t Pipe>,
    ) -> Done<()> {
        self.at = At::Template { pos, name, pipe };
        let template = self.template;
        let Some(nodes) = template.trees.get(name) else {
            return fail(format!("template {} not defined", quote::quote(name)));
        };
        if self.depth == MAX_CALLS {
            return fail(format!("exceeded maximum template depth ({MAX_CALLS})"));
        }
        let dot = match pipe {
            Some(pipe) => self.pipeline(dot, pipe)?,
            None => Val::Invalid,
        };
        // Variables of the caller are not seen by the called.
        let mut inner = State {
            template,
            funcs: self.funcs,
            executing: name,
            vars: vec![("$", dot.clone())],
            at: self.at,
            depth: self.depth + 1,
        };
        let result = inner.nodes(out, &dot, nodes);
        if result.is_err() {
            (self.at, self.executing) = (inner.at, inner.executing);
        }
        result.map(drop)
    }

    fn print(&mut self, out: &mut String, pipe: &Pipe, value: &Val<'v>) -> Done<()> {
        let value = printable(value);
        if let Val::Func(func) = &value {
            return fail(format!(
                "can't print {{{{{pipe}}}}} of type {}",
                func.type_name()
            ));
        }
        match &value {
            Val::Invalid => out.push_str("<no value>"),
            Val::Str(text) => out.push_str(text),
            other => out.push_str(&fmt::sprint(std::slice::from_ref(other))),
        }
        Ok(())
    }
}

/// What a value prints as: pointers are followed first.
pub(super) fn printable<'v>(value: &Val<'v>) -> Val<'v> {
    value.indirect().0.clone()
}

/// A value in an error message: `%v` of it.
fn shown(value: &Val<'_>) -> String {
    fmt::sprint(std::slice::from_ref(value))
}
