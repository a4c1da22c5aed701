//! What is wrong with a go.mod or go.work.

use super::tree::Position;
use std::fmt;

/// One thing that is wrong, and where. `Display` is go's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModFileError {
    /// The file as it is to be named.
    pub file: String,
    /// Where; line 0 if nowhere in particular.
    pub pos: Position,
    /// The directive, or nothing.
    pub verb: String,
    /// The module that the directive is about, or nothing.
    pub module: String,
    /// What is wrong.
    pub message: String,
}

impl std::error::Error for ModFileError {}

impl fmt::Display for ModFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column, .. } = self.pos;
        // The first column is not mentioned: only errors below the level of lines have another.
        if column > 1 {
            write!(f, "{}:{line}:{column}: ", self.file)?;
        } else if line > 0 {
            write!(f, "{}:{line}: ", self.file)?;
        } else if !self.file.is_empty() {
            write!(f, "{}: ", self.file)?;
        }
        if !self.module.is_empty() {
            write!(f, "{} {}: ", self.verb, self.module)?;
        } else if !self.verb.is_empty() {
            write!(f, "{}: ", self.verb)?;
        }
        f.write_str(&self.message)
    }
}

/// Everything wrong with a file, in its order; one a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModFileErrors(pub Vec<ModFileError>);

impl std::error::Error for ModFileErrors {}

impl ModFileErrors {
    /// The same with the file under another name where a line begins; names inside a message stay as they are.
    #[must_use]
    pub fn named(mut self, file: &str) -> ModFileErrors {
        for error in &mut self.0 {
            file.clone_into(&mut error.file);
        }
        self
    }
}

impl fmt::Display for ModFileErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}
