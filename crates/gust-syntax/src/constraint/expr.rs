//! What a constraint says: a small program over tags.
//!
//! An expression is kept in postfix order, `a && !b` as `a b ! &&`, its tags one after the other in a single text. One
//! fold over the steps answers every question, each in an algebra of its own: is it true, could it be, how is it
//! written. Tags are met from left to right, every one of them, which is the order in which go asks.

use std::fmt;

use crate::unicode::{is_digit, is_letter};

/// A boolean expression over build tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    /// The tags, without anything between them.
    tags: String,
    steps: Vec<Step>,
}

/// One step: it takes its operands from the stack and leaves a result there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The tag of this many bytes, which follows the tag before.
    Tag(u32),
    Not,
    Join(Joint),
}

/// What joins two operands. The order is that of how closely they bind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Joint {
    Or,
    And,
}

impl Expr {
    /// An expression without steps, to be filled in postfix order; `size` is the length of its source in bytes.
    pub(super) fn with_capacity(size: usize) -> Expr {
        Expr {
            tags: String::with_capacity(size),
            steps: Vec::with_capacity(size.min(16) / 2),
        }
    }

    pub(super) fn push_tag(&mut self, tag: &str) {
        self.tags.push_str(tag);
        // a source line is far shorter than 4 GB
        self.steps.push(Step::Tag(tag.len() as u32));
    }

    pub(super) fn push_not(&mut self) {
        self.steps.push(Step::Not);
    }

    pub(super) fn push_join(&mut self, joint: Joint) {
        self.steps.push(Step::Join(joint));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Runs the steps with values of `T`; `None` for an expression without steps.
    fn fold<'e, T>(
        &'e self,
        mut tag: impl FnMut(&'e str) -> T,
        not: impl Fn(T) -> T,
        join: impl Fn(Joint, T, T) -> T,
    ) -> Option<T> {
        let mut stack = Vec::with_capacity(4);
        let mut tags = self.tags.as_str();
        for step in &self.steps {
            let value = match *step {
                Step::Tag(length) => {
                    let (first, rest) = tags.split_at(length as usize);
                    tags = rest;
                    tag(first)
                }
                Step::Not => not(stack.pop()?),
                Step::Join(joint) => {
                    let right = stack.pop()?;
                    join(joint, stack.pop()?, right)
                }
            };
            stack.push(value);
        }
        stack.pop()
    }

    /// Evaluates the expression; `holds` is asked for every tag in it, from left to right.
    pub fn eval(&self, holds: &mut dyn FnMut(&str) -> bool) -> bool {
        let join = |joint, x, y| match joint {
            Joint::And => x & y,
            Joint::Or => x | y,
        };
        self.fold(holds, |x: bool| !x, join).unwrap_or(false)
    }

    /// Evaluates with every tag but `ignore` and malformed ones taken as both set and not set:
    /// whether a file could be used in any build at all.
    pub fn may_hold(&self) -> bool {
        // of each operand: whether it can be true, and whether it can only be true
        let tag = |tag: &str| (is_tag(tag) && tag != "ignore", false);
        let join = |joint, x: (bool, bool), y: (bool, bool)| match joint {
            Joint::And => (x.0 & y.0, x.1 & y.1),
            Joint::Or => (x.0 | y.0, x.1 | y.1),
        };
        self.fold(tag, |(can, must)| (!must, !can), join)
            .is_some_and(|(can, _)| can)
    }
}

/// Parentheses stand where the two joints meet, and after `!`.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        type Written = (String, Option<Joint>);
        let closed = |(text, joint): Written, parenthesize: bool| match joint {
            Some(_) if parenthesize => format!("({text})"),
            _ => text,
        };
        let tag = |tag: &str| (tag.to_owned(), None);
        let not = |x: Written| (format!("!{}", closed(x, true)), None);
        let join = |joint, x: Written, y: Written| {
            let word = match joint {
                Joint::And => "&&",
                Joint::Or => "||",
            };
            let (mixed_x, mixed_y) = (x.1 != Some(joint), y.1 != Some(joint));
            let text = format!("{} {word} {}", closed(x, mixed_x), closed(y, mixed_y));
            (text, Some(joint))
        };
        let (text, _) = self.fold(tag, not, join).unwrap_or_default();
        f.write_str(&text)
    }
}

/// Is this word a tag?
pub(super) fn is_tag(word: &str) -> bool {
    !word.is_empty() && word.chars().all(is_tag_char)
}

/// May this character stand in a tag?
pub(super) fn is_tag_char(c: char) -> bool {
    c == '_' || c == '.' || is_letter(c) || is_digit(c)
}

#[cfg(test)]
mod tests {
    use super::super::parse_expr;

    #[test]
    fn what_may_hold() {
        for (text, may) in [
            ("a && !a", true),
            ("ignore", false),
            ("!ignore", true),
            ("!(a || ignore)", true),
            ("ignore && a", false),
            ("ignore || a", true),
        ] {
            assert_eq!(parse_expr(text).unwrap().may_hold(), may, "{text}");
        }
    }
}
