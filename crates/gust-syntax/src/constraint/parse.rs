//! Text to expression: `//go:build` by two stacks, `// +build` word by word.

use super::error::{Problem, SyntaxError};
use super::expr::{Expr, Joint, is_tag};
use super::token::{Kind, Token, token_at};

/// go refuses a `//go:build` expression with more operands than this; a parenthesis counts as one.
const MAX_OPERANDS: usize = 1000;
/// go refuses a `// +build` line with more operators than this.
const MAX_OLD_OPERATORS: usize = 100;

/// Parses what follows `//go:build`.
pub fn parse_expr(text: &str) -> Result<Expr, SyntaxError> {
    let mut yard = Yard {
        text,
        at: 0,
        last: 0,
        operands: 0,
        waiting: Vec::new(),
        done: Expr::with_capacity(text.len()),
    };
    loop {
        while yard.operand()? == Operand::Opened {}
        if yard.after_operand()? == After::End {
            return Ok(yard.done);
        }
    }
}

/// A shunting yard: operators wait until what binds closer is done.
struct Yard<'t> {
    text: &'t str,
    /// Where the next token is looked for.
    at: usize,
    /// Where the last token began.
    last: usize,
    operands: usize,
    waiting: Vec<Waiting>,
    done: Expr,
}

enum Waiting {
    Join(Joint),
    /// A parenthesis, where it stands, and whether `!` stands before it.
    Open {
        at: usize,
        negated: bool,
    },
}

#[derive(PartialEq)]
enum Operand {
    Opened,
    Tag,
}

#[derive(PartialEq)]
enum After {
    Operator,
    End,
}

impl Yard<'_> {
    fn next(&mut self) -> Result<Token, SyntaxError> {
        let token = token_at(self.text, self.at)?;
        (self.last, self.at) = (token.start, token.end);
        Ok(token)
    }

    /// An operand up to its tag, or up to the parenthesis that begins it.
    fn operand(&mut self) -> Result<Operand, SyntaxError> {
        self.operands += 1;
        if self.operands > MAX_OPERANDS {
            return Err(SyntaxError {
                offset: self.last,
                problem: Problem::TooLarge,
            });
        }
        let mut token = self.next()?;
        let negated = token.kind == Kind::Not;
        if negated {
            token = self.next()?;
        }
        match token.kind {
            Kind::Tag => {
                self.done.push_tag(&self.text[token.start..token.end]);
                if negated {
                    self.done.push_not();
                }
                Ok(Operand::Tag)
            }
            Kind::Open => {
                let at = token.start;
                self.waiting.push(Waiting::Open { at, negated });
                Ok(Operand::Opened)
            }
            Kind::Not => Err(SyntaxError {
                offset: token.start,
                problem: Problem::DoubleNegation,
            }),
            Kind::End if self.innermost_open().is_some() => Err(SyntaxError {
                offset: token.start,
                problem: Problem::Unclosed,
            }),
            _ => Err(self.unexpected(token)),
        }
    }

    /// What follows an operand: closing parentheses, then an operator or the end.
    fn after_operand(&mut self) -> Result<After, SyntaxError> {
        loop {
            let token = self.next()?;
            match token.kind {
                Kind::Join(joint) => {
                    self.settle(joint);
                    self.waiting.push(Waiting::Join(joint));
                    return Ok(After::Operator);
                }
                Kind::Close | Kind::End => self.settle(Joint::Or),
                _ => {}
            }
            match (token.kind, self.innermost_open()) {
                (Kind::Close, Some((_, negated))) => {
                    self.waiting.pop();
                    if negated {
                        self.done.push_not();
                    }
                }
                (Kind::End, None) => return Ok(After::End),
                (_, None) => return Err(self.unexpected(token)),
                (_, Some((offset, _))) => {
                    let problem = Problem::Unclosed;
                    return Err(SyntaxError { offset, problem });
                }
            }
        }
    }

    /// Carries out the waiting operators, down to the innermost parenthesis, that bind as closely as `joint` or closer.
    fn settle(&mut self, joint: Joint) {
        while let Some(&Waiting::Join(before)) = self.waiting.last()
            && before >= joint
        {
            self.waiting.pop();
            self.done.push_join(before);
        }
    }

    fn innermost_open(&self) -> Option<(usize, bool)> {
        self.waiting.iter().rev().find_map(|waiting| match waiting {
            Waiting::Open { at, negated } => Some((*at, *negated)),
            Waiting::Join(_) => None,
        })
    }

    fn unexpected(&self, token: Token) -> SyntaxError {
        let problem = match token.kind {
            Kind::End => Problem::End,
            _ => Problem::Token(self.text[token.start..token.end].to_owned()),
        };
        SyntaxError {
            offset: token.start,
            problem,
        }
    }
}

/// Parses what follows `// +build`: spaces mean or, commas mean and.
pub fn parse_plus_expr(text: &str) -> Result<Expr, SyntaxError> {
    let mut expr = Expr::with_capacity(text.len());
    let mut operators = 0;
    for word in text.split_whitespace() {
        let first_word = expr.is_empty();
        for (n, literal) in word.split(',').enumerate() {
            push_literal(&mut expr, literal);
            if n > 0 {
                expr.push_join(Joint::And);
                operators += 1;
            }
        }
        if !first_word {
            expr.push_join(Joint::Or);
            operators += 1;
        }
    }
    if operators > MAX_OLD_OPERATORS {
        return Err(SyntaxError {
            offset: 0,
            problem: Problem::TooComplex,
        });
    }
    if expr.is_empty() {
        expr.push_tag(NEVER);
    }
    Ok(expr)
}

/// The tag that stands for what can be no tag: nobody sets it.
const NEVER: &str = "ignore";

fn push_literal(expr: &mut Expr, literal: &str) {
    let (negated, tag) = match literal.strip_prefix('!') {
        None => (false, literal),
        Some("") => (false, NEVER),
        Some(rest) if rest.starts_with('!') => (false, NEVER),
        Some(tag) => (true, tag),
    };
    expr.push_tag(if is_tag(tag) { tag } else { NEVER });
    if negated {
        expr.push_not();
    }
}
