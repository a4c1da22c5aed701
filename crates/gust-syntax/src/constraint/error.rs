//! Why a constraint cannot be read.

/// A constraint that cannot be read. `Display` is go's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct SyntaxError {
    /// Where, in bytes from the start of the expression.
    pub offset: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a constraint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A character that begins no token.
    #[error("invalid syntax at {0}")]
    Character(char),
    /// A token where another kind had to be.
    #[error("unexpected token {0}")]
    Token(String),
    /// An operand is missing at the end.
    #[error("unexpected end of expression")]
    End,
    /// A parenthesis stays open.
    #[error("missing close paren")]
    Unclosed,
    /// `!!`
    #[error("double negation not allowed")]
    DoubleNegation,
    /// More operands in a `//go:build` expression than go reads.
    #[error("build expression too large")]
    TooLarge,
    /// More operators in a `// +build` line than go reads.
    #[error("expression too complex for // +build lines")]
    TooComplex,
}
