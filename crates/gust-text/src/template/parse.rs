//! Tokens to trees: one for the text itself and one for each template that it defines.

use super::TemplateError;
use super::ast::{Branch, Expr, ExprKind, Node, Pipe, is_blank};
use super::lex::{self, Kind, Token};
use super::number::Number;
use crate::quote;
use std::collections::{BTreeMap, BTreeSet};

/// How deep parentheses and control structures may nest. Go allows more; no one needs as much, and the stack is finite.
const MAX_DEPTH: usize = 250;

/// Parses `text` into trees by name; the text's own has the name `name`.
pub(super) fn parse(
    name: &str,
    text: &str,
    functions: &BTreeSet<&str>,
) -> Result<BTreeMap<String, Vec<Node>>, TemplateError> {
    let tokens = lex::lex(text);
    let mut parser = Parser {
        tokens,
        at: 0,
        furthest: 0,
        action_line: 0,
        functions,
        trees: BTreeMap::new(),
        name,
        depth: 0,
    };
    parser.run().map_err(|Fail(message)| {
        let line = parser
            .tokens
            .get(parser.furthest.saturating_sub(1))
            .map_or(0, |token| token.line);
        TemplateError::Parse {
            name: name.to_owned(),
            line,
            message,
        }
    })?;
    Ok(parser.trees)
}

/// A message; the line is where the parser stands.
struct Fail(String);

type Parsed<T> = Result<T, Fail>;

fn fail<T>(message: impl Into<String>) -> Parsed<T> {
    Err(Fail(message.into()))
}

struct Parser<'a> {
    tokens: Vec<Token>,
    /// The next token.
    at: usize,
    /// One past the last token looked at; errors name its line.
    furthest: usize,
    /// The line on which the current action began; 0 outside of one.
    action_line: usize,
    functions: &'a BTreeSet<&'a str>,
    trees: BTreeMap<String, Vec<Node>>,
    name: &'a str,
    depth: usize,
}

/// What a definition's body knows: its variables and the loops around it.
struct Scope {
    vars: Vec<String>,
    loops: usize,
}

impl Scope {
    fn new() -> Scope {
        Scope {
            vars: vec!["$".to_owned()],
            loops: 0,
        }
    }
}

/// How a list of nodes ended.
enum End {
    End,
    Else,
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            End::End => "{{end}}",
            End::Else => "{{else}}",
        })
    }
}

/// A node, or the end of the list in which it stood.
enum Item {
    Node(Node),
    End(End),
}

impl Parser<'_> {
    fn run(&mut self) -> Parsed<()> {
        let mut nodes = Vec::new();
        let mut scope = Scope::new();
        while self.peek().kind != Kind::Eof {
            if self.peek().kind == Kind::LeftDelim {
                let before = self.at;
                self.at += 1;
                if self.next_non_space().is_keyword("define") {
                    self.definition()?;
                    continue;
                }
                self.at = before;
            }
            match self.text_or_action(&mut scope)? {
                Item::Node(node) => nodes.push(node),
                Item::End(end) => return fail(format!("unexpected {end}")),
            }
        }
        self.add(self.name.to_owned(), nodes)
    }

    /// Keeps a tree; one that is not blank may not take the place of another.
    fn add(&mut self, name: String, nodes: Vec<Node>) -> Parsed<()> {
        match self.trees.get(&name) {
            Some(old) if !is_blank(old) => {
                if !is_blank(&nodes) {
                    return fail(format!(
                        "template: multiple definition of template {}",
                        quote::quote(&name)
                    ));
                }
            }
            _ => drop(self.trees.insert(name, nodes)),
        }
        Ok(())
    }

    fn peek(&mut self) -> &Token {
        let last = self.tokens.len() - 1;
        let at = self.at.min(last);
        self.furthest = self.furthest.max(at + 1);
        &self.tokens[at]
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn peek_non_space(&mut self) -> &Token {
        while self.peek().kind == Kind::Space {
            self.at += 1;
        }
        self.peek()
    }

    fn next_non_space(&mut self) -> Token {
        self.peek_non_space();
        self.next()
    }

    fn expect(&mut self, kind: Kind, context: &str) -> Parsed<Token> {
        let token = self.next_non_space();
        if token.kind == kind {
            Ok(token)
        } else {
            self.unexpected(&token, context)
        }
    }

    fn unexpected<T>(&mut self, token: &Token, context: &str) -> Parsed<T> {
        if token.kind != Kind::Error {
            return fail(format!("unexpected {token} in {context}"));
        }
        let mut extra = String::new();
        if self.action_line != 0 && self.action_line != token.line {
            let action = if token.text.ends_with(" action") {
                ""
            } else {
                " in action"
            };
            extra = format!("{action} started at {}:{}", self.name, self.action_line);
        }
        fail(format!("{token}{extra}"))
    }

    fn deeper(&mut self) -> Parsed<()> {
        if self.depth >= MAX_DEPTH {
            return fail("max expression depth exceeded");
        }
        self.depth += 1;
        Ok(())
    }

    /// `{{define "name"}}` up to its `{{end}}`; the keyword is behind us.
    fn definition(&mut self) -> Parsed<()> {
        const CONTEXT: &str = "define clause";
        let name = self.template_name(CONTEXT)?;
        self.expect(Kind::RightDelim, CONTEXT)?;
        self.body(name, CONTEXT)
    }

    /// The body of a definition or a block, with variables of its own.
    fn body(&mut self, name: String, context: &str) -> Parsed<()> {
        let action_line = std::mem::take(&mut self.action_line);
        let (nodes, end) = self.items(&mut Scope::new())?;
        self.action_line = action_line;
        if let End::Else = end {
            return fail(format!("unexpected {end} in {context}"));
        }
        self.add(name, nodes)
    }

    fn template_name(&mut self, context: &str) -> Parsed<String> {
        let token = self.next_non_space();
        match token.kind {
            Kind::Str | Kind::RawString => unquote(&token.text),
            _ => self.unexpected(&token, context),
        }
    }

    /// Nodes up to `{{end}}` or `{{else}}`.
    fn items(&mut self, scope: &mut Scope) -> Parsed<(Vec<Node>, End)> {
        self.deeper()?;
        let mut nodes = Vec::new();
        while self.peek_non_space().kind != Kind::Eof {
            match self.text_or_action(scope)? {
                Item::Node(node) => nodes.push(node),
                Item::End(end) => {
                    self.depth -= 1;
                    return Ok((nodes, end));
                }
            }
        }
        fail("unexpected EOF")
    }

    fn text_or_action(&mut self, scope: &mut Scope) -> Parsed<Item> {
        let token = self.next_non_space();
        match token.kind {
            Kind::Text => Ok(Item::Node(Node::Text(token.text))),
            Kind::LeftDelim => {
                self.action_line = token.line;
                let item = self.action(scope)?;
                self.action_line = 0;
                Ok(item)
            }
            _ => self.unexpected(&token, "input"),
        }
    }

    fn action(&mut self, scope: &mut Scope) -> Parsed<Item> {
        let token = self.peek_non_space().clone();
        if token.kind != Kind::Keyword || token.text == "define" {
            let pipe = self.pipeline("command", Kind::RightDelim, scope)?;
            return Ok(Item::Node(Node::Action(pipe)));
        }
        self.at += 1;
        Ok(Item::Node(match token.text.as_str() {
            "if" => Node::If(self.control("if", scope)?),
            "with" => Node::With(self.control("with", scope)?),
            "range" => Node::Range(self.control("range", scope)?),
            "block" => self.block(scope)?,
            "template" => self.template(scope)?,
            "end" => {
                self.expect(Kind::RightDelim, "end")?;
                return Ok(Item::End(End::End));
            }
            "else" => {
                let next = self.peek_non_space();
                if !next.is_keyword("if") && !next.is_keyword("with") {
                    self.expect(Kind::RightDelim, "else")?;
                }
                return Ok(Item::End(End::Else));
            }
            jump => {
                let token = self.next_non_space();
                if token.kind != Kind::RightDelim {
                    return self.unexpected(&token, &format!("{{{{{jump}}}}}"));
                }
                if scope.loops == 0 {
                    return fail(format!("{{{{{jump}}}}} outside {{{{range}}}}"));
                }
                if jump == "break" {
                    Node::Break
                } else {
                    Node::Continue
                }
            }
        }))
    }

    /// `if`, `with` or `range`, whose keyword is behind us, to its `{{end}}`.
    fn control(&mut self, context: &str, scope: &mut Scope) -> Parsed<Branch> {
        let vars = scope.vars.len();
        let pipe = self.pipeline(context, Kind::RightDelim, scope)?;
        let inside = usize::from(context == "range");
        scope.loops += inside;
        let (body, end) = self.items(scope)?;
        scope.loops -= inside;
        let otherwise = match end {
            End::End => None,
            End::Else => Some(self.otherwise(context, scope)?),
        };
        scope.vars.truncate(vars);
        Ok(Branch {
            pipe,
            body,
            otherwise,
        })
    }

    /// What follows `{{else}}`, or the nested structure of `{{else if}}` and `{{else with}}`, which need no `{{end}}` of their own.
    fn otherwise(&mut self, context: &str, scope: &mut Scope) -> Parsed<Vec<Node>> {
        if context != "range" && self.peek().is_keyword(context) {
            self.at += 1;
            self.deeper()?;
            let branch = self.control(context, scope)?;
            self.depth -= 1;
            return Ok(vec![if context == "if" {
                Node::If(branch)
            } else {
                Node::With(branch)
            }]);
        }
        let (nodes, end) = self.items(scope)?;
        match end {
            End::End => Ok(nodes),
            End::Else => fail(format!("expected end; found {end}")),
        }
    }

    fn block(&mut self, scope: &mut Scope) -> Parsed<Node> {
        const CONTEXT: &str = "block clause";
        let pos = self.peek_non_space().pos;
        let name = self.template_name(CONTEXT)?;
        let pipe = self.pipeline(CONTEXT, Kind::RightDelim, scope)?;
        self.body(name.clone(), CONTEXT)?;
        Ok(Node::Template {
            pos,
            name,
            pipe: Some(pipe),
        })
    }

    fn template(&mut self, scope: &mut Scope) -> Parsed<Node> {
        const CONTEXT: &str = "template clause";
        let pos = self.peek_non_space().pos;
        let name = self.template_name(CONTEXT)?;
        if self.peek_non_space().kind == Kind::RightDelim {
            self.at += 1;
            return Ok(Node::Template {
                pos,
                name,
                pipe: None,
            });
        }
        let pipe = self.pipeline(CONTEXT, Kind::RightDelim, scope)?;
        Ok(Node::Template {
            pos,
            name,
            pipe: Some(pipe),
        })
    }

    /// Variables that take the result, then commands joined by `|`, up to `end`.
    fn pipeline(&mut self, context: &str, end: Kind, scope: &mut Scope) -> Parsed<Pipe> {
        let pos = self.peek_non_space().pos;
        let mut pipe = Pipe {
            pos,
            assign: false,
            decl: Vec::new(),
            commands: Vec::new(),
        };
        self.declarations(context, &mut pipe, scope)?;
        loop {
            let token = self.peek_non_space().clone();
            if token.kind == end {
                self.at += 1;
                break;
            }
            match token.kind {
                Kind::Bool
                | Kind::CharConstant
                | Kind::Dot
                | Kind::Field
                | Kind::Ident
                | Kind::Number
                | Kind::Nil => {}
                Kind::RawString | Kind::Str | Kind::Variable | Kind::LeftParen => {}
                _ => {
                    self.at += 1;
                    return self.unexpected(&token, context);
                }
            }
            let command = self.command(scope)?;
            pipe.commands.push(command);
        }
        if pipe.commands.is_empty() {
            return fail(format!("missing value for {context}"));
        }
        for (i, command) in pipe.commands.iter().enumerate().skip(1) {
            use ExprKind::{Bool, Dot, Nil, Number, Str};
            if matches!(
                command[0].kind,
                Bool(_) | Dot | Nil | Number(_) | Str { .. }
            ) {
                return fail(format!(
                    "non executable command in pipeline stage {}",
                    i + 1
                ));
            }
        }
        Ok(pipe)
    }

    fn declarations(&mut self, context: &str, pipe: &mut Pipe, scope: &mut Scope) -> Parsed<()> {
        while self.peek_non_space().kind == Kind::Variable {
            let before = self.at;
            let name = self.next().text;
            let next = self.peek_non_space().clone();
            let comma = next.kind == Kind::Char && next.text == ",";
            if !comma && !matches!(next.kind, Kind::Assign | Kind::Declare) {
                self.at = before;
                return Ok(());
            }
            self.at += 1;
            pipe.decl.push(name.clone());
            scope.vars.push(name);
            if !comma {
                pipe.assign = next.kind == Kind::Assign;
                return Ok(());
            }
            if context != "range" || pipe.decl.len() >= 2 {
                return fail(format!("too many declarations in {context}"));
            }
            if !matches!(
                self.peek_non_space().kind,
                Kind::Variable | Kind::RightDelim | Kind::RightParen
            ) {
                return fail("range can only initialize variables");
            }
        }
        Ok(())
    }

    /// Operands up to a `|`, which is taken, or a delimiter, which is left.
    fn command(&mut self, scope: &mut Scope) -> Parsed<Vec<Expr>> {
        let mut args = Vec::new();
        loop {
            self.peek_non_space();
            if let Some(operand) = self.operand(scope)? {
                args.push(operand);
            }
            let token = self.next();
            match token.kind {
                Kind::Space => continue,
                Kind::RightDelim | Kind::RightParen => self.at -= 1,
                Kind::Pipe => {}
                _ => return self.unexpected(&token, "operand"),
            }
            break;
        }
        if args.is_empty() {
            return fail("empty command");
        }
        Ok(args)
    }

    /// A term with the fields that follow it.
    fn operand(&mut self, scope: &mut Scope) -> Parsed<Option<Expr>> {
        let Some(term) = self.term(scope)? else {
            return Ok(None);
        };
        if self.peek().kind != Kind::Field {
            return Ok(Some(term));
        }
        let pos = self.peek().pos;
        let mut names = Vec::new();
        while self.peek().kind == Kind::Field {
            names.push(self.next().text[1..].to_owned());
        }
        let kind = match term.kind {
            ExprKind::Field(mut first) => {
                first.extend(names);
                ExprKind::Field(first)
            }
            ExprKind::Variable(mut first) => {
                first.extend(names);
                ExprKind::Variable(first)
            }
            ExprKind::Ident(_) | ExprKind::Pipe(_) | ExprKind::Chain(..) => {
                ExprKind::Chain(Box::new(term), names)
            }
            _ => {
                return fail(format!(
                    "unexpected . after term {}",
                    quote::quote(&term.to_string())
                ));
            }
        };
        Ok(Some(Expr { pos, kind }))
    }

    fn term(&mut self, scope: &mut Scope) -> Parsed<Option<Expr>> {
        let token = self.next_non_space();
        let kind = match token.kind {
            Kind::Ident => {
                if !self.functions.contains(token.text.as_str()) {
                    return fail(format!(
                        "function {} not defined",
                        quote::quote(&token.text)
                    ));
                }
                ExprKind::Ident(token.text)
            }
            Kind::Dot => ExprKind::Dot,
            Kind::Nil => ExprKind::Nil,
            Kind::Variable => {
                if !scope.vars.contains(&token.text) {
                    return fail(format!("undefined variable {}", quote::quote(&token.text)));
                }
                ExprKind::Variable(vec![token.text])
            }
            Kind::Field => ExprKind::Field(vec![token.text[1..].to_owned()]),
            Kind::Bool => ExprKind::Bool(token.text == "true"),
            Kind::Number => ExprKind::Number(Number::parse(&token.text).map_err(Fail)?),
            Kind::CharConstant => ExprKind::Number(Number::parse_char(&token.text).map_err(Fail)?),
            Kind::LeftParen => {
                self.deeper()?;
                let pipe = self.pipeline("parenthesized pipeline", Kind::RightParen, scope)?;
                self.depth -= 1;
                return Ok(Some(Expr {
                    pos: pipe.pos,
                    kind: ExprKind::Pipe(Box::new(pipe)),
                }));
            }
            Kind::Str | Kind::RawString => {
                let value = unquote(&token.text)?;
                ExprKind::Str {
                    quoted: token.text,
                    value,
                }
            }
            _ => {
                self.at -= 1;
                return Ok(None);
            }
        };
        Ok(Some(Expr {
            pos: token.pos,
            kind,
        }))
    }
}

fn unquote(literal: &str) -> Parsed<String> {
    match quote::unquote_bytes(literal) {
        Some(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        None => fail("invalid syntax"),
    }
}
