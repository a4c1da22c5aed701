//! Tokens to trees: one for the text itself and one for each template that it defines.
//!
//! The text is a flat row of pieces, and each is dealt with by itself: [`Parser::action`] reads one action, and blocks
//! that wait for their `{{end}}` lie on a stack, the innermost on top. An action adds a node to the block on top, opens
//! another, or closes it. Pipelines are read by [`pipeline`].

mod cursor;
mod pipeline;

use super::TemplateError;
use super::ast::{Branch, Node, Pipe, is_blank};
use super::lex::{Kind, Token};
use crate::quote;
use cursor::{Cursor, Parsed, fail};
use std::collections::{BTreeMap, BTreeSet};

/// How deep parentheses and control structures may nest. Go allows more; no one needs as much, and the stack is finite
/// when the tree is walked.
const MAX_DEPTH: usize = 250;

/// Parses `text` into trees by name; the text's own has the name `name`.
pub(super) fn parse(
    name: &str,
    text: &str,
    functions: &BTreeSet<&str>,
) -> Result<BTreeMap<String, Vec<Node>>, TemplateError> {
    let mut parser = Parser {
        cursor: Cursor::new(name, text),
        functions,
        trees: BTreeMap::new(),
        blocks: Vec::new(),
        nodes: Vec::new(),
        vars: vec![ROOT_VARIABLE.to_owned()],
    };
    match parser.text() {
        Ok(()) => Ok(parser.trees),
        Err(why) => Err(parser.cursor.locate(why)),
    }
}

/// The variable that every template has: what it is executed over.
const ROOT_VARIABLE: &str = "$";

struct Parser<'a> {
    cursor: Cursor<'a>,
    functions: &'a BTreeSet<&'a str>,
    trees: BTreeMap<String, Vec<Node>>,
    /// The blocks that wait for their end, the innermost last.
    blocks: Vec<Block>,
    /// The nodes of the innermost block so far.
    nodes: Vec<Node>,
    /// The variables that can be seen.
    vars: Vec<String>,
}

/// A block that waits for its end, and what to come back to then.
struct Block {
    kind: BlockKind,
    /// The nodes of the block around it.
    around: Vec<Node>,
    /// How many variables could be seen before it.
    vars: usize,
}

enum BlockKind {
    Branch {
        keyword: Keyword,
        pipe: Pipe,
        /// What stood before `{{else}}`, once that has come.
        body: Option<Vec<Node>>,
        /// It is the `if` of an `{{else if}}` and ends with the block around it.
        chained: bool,
    },
    Definition {
        name: String,
        context: &'static str,
        /// What `{{block}}` leaves in its place.
        call: Option<Node>,
        /// The last token of the clause.
        clause: usize,
        /// The variables of the template around it.
        outer_vars: Vec<String>,
    },
}

/// What begins a branch.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keyword {
    If,
    With,
    Range,
}

impl Keyword {
    fn of(token: &Token) -> Option<Keyword> {
        if token.kind != Kind::Keyword {
            return None;
        }
        match token.text.as_str() {
            "if" => Some(Keyword::If),
            "with" => Some(Keyword::With),
            "range" => Some(Keyword::Range),
            _ => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Keyword::If => "if",
            Keyword::With => "with",
            Keyword::Range => "range",
        }
    }

    fn node(self, branch: Branch) -> Node {
        match self {
            Keyword::If => Node::If(branch),
            Keyword::With => Node::With(branch),
            Keyword::Range => Node::Range(branch),
        }
    }
}

const END: &str = "{{end}}";
const ELSE: &str = "{{else}}";

impl Parser<'_> {
    fn text(&mut self) -> Parsed<()> {
        loop {
            let token = self.cursor.take_word();
            match token.kind {
                Kind::Text => self.nodes.push(Node::Text(token.text)),
                Kind::LeftDelim => self.action(token.line)?,
                Kind::Eof if self.blocks.is_empty() => break,
                Kind::Eof => return fail("unexpected EOF"),
                _ => return self.cursor.unexpected(&token, "input"),
            }
        }
        let nodes = std::mem::take(&mut self.nodes);
        self.add(self.cursor.name.to_owned(), nodes)
    }

    /// One action, whose left delimiter is behind us.
    fn action(&mut self, line: usize) -> Parsed<()> {
        let token = self.cursor.peek_word().clone();
        let is = |word| token.is_keyword(word);
        if is("define") && self.blocks.is_empty() {
            self.cursor.skip();
            return self.define();
        }
        self.cursor.action = Some(line);
        if token.kind != Kind::Keyword || is("define") {
            let pipe = self.pipeline("command")?;
            self.nodes.push(Node::Action(pipe));
        } else {
            self.cursor.skip();
            if let Some(keyword) = Keyword::of(&token) {
                // errors up to the next action still name this one
                return self.branch(keyword, false);
            }
            match token.text.as_str() {
                "end" => self.end()?,
                "else" => self.otherwise()?,
                "template" => self.template()?,
                "block" => self.block()?,
                "break" => self.jump(&token, Node::Break)?,
                _ => self.jump(&token, Node::Continue)?,
            }
        }
        self.cursor.action = None;
        Ok(())
    }

    /// Opens a block; what follows goes into it.
    fn open(&mut self, kind: BlockKind, vars: usize) -> Parsed<()> {
        if self.blocks.len() >= MAX_DEPTH {
            return fail("max expression depth exceeded");
        }
        let around = std::mem::take(&mut self.nodes);
        self.blocks.push(Block { kind, around, vars });
        Ok(())
    }

    fn branch(&mut self, keyword: Keyword, chained: bool) -> Parsed<()> {
        let vars = self.vars.len();
        let pipe = self.pipeline(keyword.word())?;
        let body = None;
        let kind = BlockKind::Branch {
            keyword,
            pipe,
            body,
            chained,
        };
        self.open(kind, vars)
    }

    fn end(&mut self) -> Parsed<()> {
        self.cursor.expect(Kind::RightDelim, "end")?;
        if self.blocks.is_empty() {
            return fail(format!("unexpected {END}"));
        }
        while let Some(block) = self.blocks.pop() {
            let nodes = std::mem::replace(&mut self.nodes, block.around);
            match block.kind {
                BlockKind::Definition {
                    name,
                    call,
                    outer_vars,
                    ..
                } => {
                    self.vars = outer_vars;
                    self.add(name, nodes)?;
                    self.nodes.extend(call);
                    return Ok(());
                }
                BlockKind::Branch {
                    keyword,
                    pipe,
                    body,
                    chained,
                } => {
                    self.vars.truncate(block.vars);
                    let (body, otherwise) = match body {
                        Some(body) => (body, Some(nodes)),
                        None => (nodes, None),
                    };
                    self.nodes.push(keyword.node(Branch {
                        pipe,
                        body,
                        otherwise,
                    }));
                    if !chained {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    fn otherwise(&mut self) -> Parsed<()> {
        let next = self.cursor.peek_word().clone();
        let chained = Keyword::of(&next).filter(|keyword| *keyword != Keyword::Range);
        if chained.is_none() {
            self.cursor.expect(Kind::RightDelim, "else")?;
        }
        let keyword = match self.blocks.last_mut().map(|block| &mut block.kind) {
            None => return fail(format!("unexpected {ELSE}")),
            Some(BlockKind::Definition {
                context,
                call,
                clause,
                ..
            }) => {
                // what is wrong with a block is said of its clause
                if call.is_some() {
                    self.cursor.seen = *clause;
                }
                return fail(format!("unexpected {ELSE} in {context}"));
            }
            Some(BlockKind::Branch { body: Some(_), .. }) => {
                return fail(format!("expected end; found {ELSE}"));
            }
            Some(BlockKind::Branch { keyword, body, .. }) => {
                *body = Some(std::mem::take(&mut self.nodes));
                *keyword
            }
        };
        self.cursor.action = None;
        match chained {
            None => Ok(()),
            Some(next) if next == keyword => {
                self.cursor.skip();
                self.branch(keyword, true)
            }
            Some(_) => self.cursor.unexpected(&next, "input"),
        }
    }

    fn jump(&mut self, token: &Token, node: Node) -> Parsed<()> {
        let jump = format!("{{{{{}}}}}", token.text);
        self.cursor.expect(Kind::RightDelim, &jump)?;
        // the innermost template only, and not what follows a loop's else
        let inside = self
            .blocks
            .iter()
            .rev()
            .map_while(|block| match &block.kind {
                BlockKind::Branch { keyword, body, .. } => {
                    Some(*keyword == Keyword::Range && body.is_none())
                }
                BlockKind::Definition { .. } => None,
            });
        if !inside.into_iter().any(|is_loop| is_loop) {
            return fail(format!("{jump} outside {{{{range}}}}"));
        }
        self.nodes.push(node);
        Ok(())
    }

    fn template(&mut self) -> Parsed<()> {
        const CONTEXT: &str = "template clause";
        let pos = self.cursor.peek_word().pos;
        let name = self.template_name(CONTEXT)?;
        let alone = self.cursor.peek_word().kind == Kind::RightDelim;
        let pipe = if alone {
            self.cursor.skip();
            None
        } else {
            Some(self.pipeline(CONTEXT)?)
        };
        self.nodes.push(Node::Template { pos, name, pipe });
        Ok(())
    }

    /// `{{define "name"}}`, whose keyword is behind us.
    fn define(&mut self) -> Parsed<()> {
        const CONTEXT: &str = "define clause";
        let name = self.template_name(CONTEXT)?;
        self.cursor.expect(Kind::RightDelim, CONTEXT)?;
        self.define_as(name, CONTEXT, None)
    }

    /// `{{block "name" pipe}}`: a definition, and its execution where it stands.
    fn block(&mut self) -> Parsed<()> {
        const CONTEXT: &str = "block clause";
        let pos = self.cursor.peek_word().pos;
        let name = self.template_name(CONTEXT)?;
        let pipe = Some(self.pipeline(CONTEXT)?);
        let call = Node::Template {
            pos,
            name: name.clone(),
            pipe,
        };
        self.define_as(name, CONTEXT, Some(call))
    }

    /// Opens the body of a template, which sees none of the variables around it.
    fn define_as(&mut self, name: String, context: &'static str, call: Option<Node>) -> Parsed<()> {
        let outer_vars = std::mem::replace(&mut self.vars, vec![ROOT_VARIABLE.to_owned()]);
        let kind = BlockKind::Definition {
            name,
            context,
            call,
            clause: self.cursor.seen,
            outer_vars,
        };
        self.open(kind, 0)
    }

    fn template_name(&mut self, context: &str) -> Parsed<String> {
        let token = self.cursor.take_word();
        match token.kind {
            Kind::Str | Kind::RawString => unquote(&token.text),
            _ => self.cursor.unexpected(&token, context),
        }
    }

    /// Keeps a tree; one that is not blank may not take the place of another.
    fn add(&mut self, name: String, nodes: Vec<Node>) -> Parsed<()> {
        let taken = self.trees.get(&name).is_some_and(|old| !is_blank(old));
        if !taken {
            self.trees.insert(name, nodes);
        } else if !is_blank(&nodes) {
            let name = quote::quote(&name);
            return fail(format!("template: multiple definition of template {name}"));
        }
        Ok(())
    }
}

fn unquote(literal: &str) -> Parsed<String> {
    match quote::unquote_bytes(literal) {
        Some(bytes) => Ok(gust_bytes::text(&bytes).into_owned()),
        None => fail("invalid syntax"),
    }
}
