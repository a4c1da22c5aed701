//! What stands inside of an action: variables, commands, operands.
//!
//! Pipelines nest by parentheses. Those that are open lie on a stack, the innermost on top, so that a deep nest costs
//! no more than a flat one.

use super::super::ast::{Expr, ExprKind, Pipe};
use super::super::lex::{Kind, Token};
use super::super::number::Number;
use super::cursor::{Fail, Parsed, fail};
use super::{MAX_DEPTH, Parser, unquote};
use crate::quote;

/// A pipeline that is being read.
struct Open<'c> {
    pipe: Pipe,
    /// The operands of the command that is being read; none between commands.
    command: Vec<Expr>,
    /// How errors call it.
    context: &'c str,
    /// The token that closes it.
    end: Kind,
}

/// What was found where an operand may stand.
enum Found {
    Operand(Expr),
    /// A parenthesis, which begins a pipeline of its own.
    Paren,
    /// The end of the innermost pipeline.
    Closed,
    Nothing,
}

impl Parser<'_> {
    /// Variables that take the result, then commands joined by `|`, up to the end of the action.
    pub(super) fn pipeline(&mut self, context: &str) -> Parsed<Pipe> {
        let mut outer = Vec::new();
        let mut open = self.begin(context, Kind::RightDelim)?;
        loop {
            let operand = match self.find_operand(&open)? {
                Found::Operand(operand) => Some(operand),
                Found::Nothing => None,
                Found::Paren => {
                    if outer.len() + self.blocks.len() >= MAX_DEPTH {
                        return fail("max expression depth exceeded");
                    }
                    let inner = self.begin("parenthesized pipeline", Kind::RightParen)?;
                    outer.push(std::mem::replace(&mut open, inner));
                    continue;
                }
                Found::Closed => {
                    let pipe = open.close()?;
                    let Some(around) = outer.pop() else {
                        return Ok(pipe);
                    };
                    open = around;
                    Some(Expr {
                        pos: pipe.pos,
                        kind: ExprKind::Pipe(Box::new(pipe)),
                    })
                }
            };
            if let Some(operand) = operand {
                let operand = self.with_fields(operand)?;
                open.command.push(operand);
            }
            let separator = self.cursor.peek().kind;
            match separator {
                Kind::Space | Kind::Pipe => self.cursor.skip(),
                Kind::RightDelim | Kind::RightParen => {}
                _ => {
                    let token = self.cursor.take();
                    return self.cursor.unexpected(&token, "operand");
                }
            }
            if separator != Kind::Space {
                open.pipe.commands.push(std::mem::take(&mut open.command));
            }
        }
    }

    /// Begins a pipeline: the variables that it declares or sets.
    fn begin<'c>(&mut self, context: &'c str, end: Kind) -> Parsed<Open<'c>> {
        let mut pipe = Pipe {
            pos: self.cursor.peek_word().pos,
            assign: false,
            decl: Vec::new(),
            commands: Vec::new(),
        };
        while let Some((name, separator)) = self.declared() {
            self.vars.push(name.clone());
            pipe.decl.push(name);
            if separator != Kind::Char {
                pipe.assign = separator == Kind::Assign;
                break;
            }
            if context != "range" || pipe.decl.len() > 1 {
                return fail(format!("too many declarations in {context}"));
            }
            let next = self.cursor.peek_word().kind;
            if !matches!(next, Kind::Variable | Kind::RightDelim | Kind::RightParen) {
                return fail("range can only initialize variables");
            }
        }
        Ok(Open {
            pipe,
            command: Vec::new(),
            context,
            end,
        })
    }

    /// A variable with the `,`, `=` or `:=` behind it; when nothing of that follows, it is an operand and stays.
    fn declared(&mut self) -> Option<(String, Kind)> {
        if self.cursor.peek_word().kind != Kind::Variable {
            return None;
        }
        let before = self.cursor.place();
        let name = self.cursor.take().text;
        let next = self.cursor.peek_word();
        let separates = match next.kind {
            Kind::Char => next.text == ",",
            kind => matches!(kind, Kind::Assign | Kind::Declare),
        };
        let kind = next.kind;
        if separates {
            self.cursor.skip();
            return Some((name, kind));
        }
        self.cursor.back_to(before);
        None
    }

    fn find_operand(&mut self, open: &Open<'_>) -> Parsed<Found> {
        let token = self.cursor.peek_word().clone();
        let between_commands = open.command.is_empty();
        if between_commands && token.kind == open.end {
            self.cursor.skip();
            return Ok(Found::Closed);
        }
        if token.kind == Kind::LeftParen {
            self.cursor.skip();
            return Ok(Found::Paren);
        }
        match self.operand(&token)? {
            Some(kind) => {
                self.cursor.skip();
                let pos = token.pos;
                Ok(Found::Operand(Expr { pos, kind }))
            }
            None if between_commands => self.cursor.unexpected(&token, open.context),
            None => Ok(Found::Nothing),
        }
    }

    /// The operand that is a token by itself.
    fn operand(&self, token: &Token) -> Parsed<Option<ExprKind>> {
        let text = &token.text;
        Ok(Some(match token.kind {
            Kind::Dot => ExprKind::Dot,
            Kind::Nil => ExprKind::Nil,
            Kind::Bool => ExprKind::Bool(text == "true"),
            Kind::Field => ExprKind::Field(vec![text[1..].to_owned()]),
            Kind::Number => ExprKind::Number(Number::parse(text).map_err(Fail)?),
            Kind::CharConstant => ExprKind::Number(Number::parse_char(text).map_err(Fail)?),
            Kind::Str | Kind::RawString => ExprKind::Str {
                quoted: text.clone(),
                value: unquote(text)?,
            },
            Kind::Ident if self.functions.contains(text.as_str()) => ExprKind::Ident(text.clone()),
            Kind::Ident => return fail(format!("function {} not defined", quote::quote(text))),
            Kind::Variable if self.vars.contains(text) => ExprKind::Variable(vec![text.clone()]),
            Kind::Variable => return fail(format!("undefined variable {}", quote::quote(text))),
            _ => return Ok(None),
        }))
    }

    /// The operand with the fields that follow it at once.
    fn with_fields(&mut self, operand: Expr) -> Parsed<Expr> {
        let pos = self.cursor.peek().pos;
        let mut names = Vec::new();
        while self.cursor.peek().kind == Kind::Field {
            names.push(self.cursor.take().text[1..].to_owned());
        }
        if names.is_empty() {
            return Ok(operand);
        }
        let kind = match operand.kind {
            ExprKind::Field(mut path) => {
                path.append(&mut names);
                ExprKind::Field(path)
            }
            ExprKind::Variable(mut path) => {
                path.append(&mut names);
                ExprKind::Variable(path)
            }
            ExprKind::Ident(_) | ExprKind::Pipe(_) | ExprKind::Chain(..) => {
                ExprKind::Chain(Box::new(operand), names)
            }
            _ => {
                let term = quote::quote(&operand.to_string());
                return fail(format!("unexpected . after term {term}"));
            }
        };
        Ok(Expr { pos, kind })
    }
}

impl Open<'_> {
    /// The finished pipeline: it has a command, and every command but the first can take the result of the one before.
    fn close(self) -> Parsed<Pipe> {
        use ExprKind::{Bool, Dot, Nil, Number, Str};
        let commands = &self.pipe.commands;
        if commands.is_empty() {
            return fail(format!("missing value for {}", self.context));
        }
        let value = |command: &Vec<Expr>| {
            matches!(
                command[0].kind,
                Bool(_) | Dot | Nil | Number(_) | Str { .. }
            )
        };
        match commands.iter().skip(1).position(value) {
            Some(n) => fail(format!(
                "non executable command in pipeline stage {}",
                n + 2
            )),
            None => Ok(self.pipe),
        }
    }
}
