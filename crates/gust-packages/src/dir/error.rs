//! What can be wrong with the files of a directory.

use crate::model::{SourcePos, Str};
use gust_syntax::cgo::CgoError;
use gust_syntax::constraint::ParseError;
use std::path::PathBuf;

/// Why the files of a directory make no package. `Display` is go's text; of several syntax errors it shows the first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectError {
    /// No Go files for this build.
    #[error("no buildable Go source files in {}", dir.display())]
    NoGo {
        /// The directory.
        dir: PathBuf,
    },
    /// A file could not be opened or read.
    #[error("{text}")]
    Read {
        /// go's text, the file's path included.
        text: String,
    },
    /// More than one `//go:build` line.
    #[error("{name}: multiple //go:build comments")]
    MultipleGoBuild {
        /// The file.
        name: Str,
    },
    /// A `//go:build` line that is no expression.
    #[error("{name}: parsing //go:build line: {error}")]
    GoBuild {
        /// The file.
        name: Str,
        /// Why.
        error: ParseError,
    },
    /// The text before the code is not Go.
    #[error("{}", .0.first().map_or("", |(_, message)| message))]
    Syntax(
        /// Positions and messages, in order.
        Vec<(SourcePos, Str)>,
    ),
    /// An import path that no package can have.
    #[error("{}: {message}", full_position(pos))]
    ImportPath {
        /// Where.
        pos: SourcePos,
        /// What.
        message: Str,
    },
    /// The files belong to different packages.
    #[error("found packages {} ({}) and {} ({}) in {}", names[0], files[0], names[1], files[1], dir.display())]
    MultiplePackages {
        /// The directory.
        dir: PathBuf,
        /// Two names.
        names: [Str; 2],
        /// A file of each.
        files: [Str; 2],
    },
    /// An import comment that is not a quoted path.
    #[error("{file}:{line}: cannot parse import comment")]
    ImportComment {
        /// The file, with its directory.
        file: String,
        /// Its line.
        line: u32,
    },
    /// Import comments that contradict each other.
    #[error("found import comments {} ({}) and {} ({}) in {}", quoted(&paths[0]), files[0], quoted(&paths[1]), files[1], dir.display())]
    ImportComments {
        /// The directory.
        dir: PathBuf,
        /// The two paths.
        paths: [Str; 2],
        /// The two files.
        files: [Str; 2],
    },
    /// A test file that imports "C".
    #[error("use of cgo in test {file} not supported")]
    CgoInTest {
        /// The file.
        file: String,
    },
    /// A bad `#cgo` line.
    #[error("{file}: {error}")]
    Cgo {
        /// The file.
        file: String,
        /// What is wrong.
        error: CgoError,
    },
}

impl SelectError {
    /// Where the first error is, when its position is not part of the text.
    pub fn pos(&self) -> Option<&SourcePos> {
        match self {
            SelectError::Syntax(list) => list.first().map(|(pos, _)| pos),
            _ => None,
        }
    }
}

fn full_position(pos: &SourcePos) -> String {
    format!("{}:{}:{}", pos.file.display(), pos.line, pos.column)
}

fn quoted(text: &str) -> String {
    gust_text::quote::quote(text)
}
