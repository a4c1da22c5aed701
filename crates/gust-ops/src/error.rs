//! How an operation ends that does not end well.

use gust_toolchain::Environ;
use std::fmt::Display;
use std::path::PathBuf;

/// What an operation gives back.
pub type Outcome = Result<(), OpError>;

/// Why an operation could not be done. What was told on the way is not repeated in it.
#[derive(Debug)]
pub struct OpError {
    /// Whole lines for standard error.
    pub lines: Vec<String>,
    /// The least exit code.
    pub code: u8,
    /// Another program is to take this one's place, and only what keeps it from that is an error.
    pub hand_over: Option<Box<HandOver>>,
}

/// The go command of another release that is to do the work.
#[derive(Debug)]
pub struct HandOver {
    /// The release's name, such as go1.27.0.
    pub toolchain: String,
    /// What to start.
    pub program: PathBuf,
    /// Its environment.
    pub environ: Environ,
    /// It is to run as a child of this process (GODEBUG=gotoolchainexec=0).
    pub as_child: bool,
}

impl OpError {
    fn new(lines: Vec<String>, code: u8) -> OpError {
        OpError {
            lines,
            code,
            hand_over: None,
        }
    }

    /// `go: message`, exit code 1: what most errors are.
    pub fn error(message: impl Display) -> OpError {
        OpError::new(vec![format!("go: {message}")], 1)
    }

    /// The message as it stands, exit code 1.
    pub fn plain(message: impl Display) -> OpError {
        OpError::with_code(message, 1)
    }

    /// The message as it stands with a code of its own.
    pub fn with_code(message: impl Display, code: u8) -> OpError {
        OpError::new(vec![message.to_string()], code)
    }

    /// Lines as they stand with a code of their own.
    pub fn with_lines(lines: Vec<String>, code: u8) -> OpError {
        OpError::new(lines, code)
    }

    /// Only the code: everything has been said.
    pub fn silent(code: u8) -> OpError {
        OpError::new(Vec::new(), code)
    }

    /// Many errors, each with `go: ` before it.
    pub fn errors<E: Display>(errors: impl IntoIterator<Item = E>) -> OpError {
        OpError::new(errors.into_iter().map(|e| format!("go: {e}")).collect(), 1)
    }

    /// Another program is to take over.
    pub fn hand_over(to: HandOver) -> OpError {
        OpError {
            hand_over: Some(Box::new(to)),
            ..OpError::silent(1)
        }
    }
}

impl<E: std::error::Error> From<E> for OpError {
    fn from(error: E) -> OpError {
        OpError::error(error)
    }
}
