//! One command as data: a tool to start, or one of the few things that a build does to files itself.
//!
//! Lowering makes commands, a [`Runner`](crate::run::Runner) carries them out. A command says all that it needs: whoever
//! carries it out knows neither packages nor settings. Strings are of type `T` so that a plan that is written down can
//! leave holes in them (see [`crate::lowered::Text`]); a command that runs has none.

use serde::{Deserialize, Serialize};

/// The word of a compiler's command line that says how many threads it may use. How many is the machine's matter, not the
/// plan's: whoever runs the command puts the number in, or drops the word where one thread is meant.
pub const THREADS: &str = "-c=\u{0}t\u{0}";

/// One command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command<T = String> {
    /// What is done.
    #[serde(flatten)]
    pub operation: Operation<T>,
    /// The directory in which it runs; `.` for where the build runs, empty where it makes no difference.
    pub dir: T,
    /// How what it says is headed, and the directory that its paths are shown relative to. None: as the package's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<(T, T)>,
}

/// What a command does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub enum Operation<T = String> {
    /// Starts a program and waits for it.
    Tool {
        /// Variables beyond those of all tools.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        environment: Vec<(T, T)>,
        /// The program and its arguments.
        words: Vec<T>,
    },
    /// Makes a directory and those above it.
    MakeDir {
        /// Which.
        path: T,
    },
    /// Writes a file.
    Write {
        /// Which.
        file: T,
        /// Its content.
        text: T,
    },
    /// Writes a source that was made up. Scripts do not show it: go's do not.
    Generate {
        /// Which.
        file: T,
        /// Its content.
        text: T,
    },
    /// Copies a file.
    Copy {
        /// What.
        from: T,
        /// Where to.
        to: T,
        /// Permissions before umask.
        mode: u32,
        /// Replaces even what no build made.
        force: bool,
    },
    /// Renames a file if that is as good as copying it; otherwise it [declines](crate::run::Made::declined).
    Move {
        /// What.
        from: T,
        /// Where to.
        to: T,
        /// Permissions before umask.
        mode: u32,
        /// Replaces even what no build made.
        force: bool,
        /// The file is the cache's and must stay where it is.
        shared: bool,
    },
    /// Adds objects to the archive that the compiler made.
    Append {
        /// The archive.
        archive: T,
        /// The objects.
        objects: Vec<T>,
    },
    /// Puts the true build ID, which names the content, in the place of the one that the tools were given.
    SetBuildId {
        /// The archive or program.
        file: T,
        /// The ID that the tools were given.
        given: T,
    },
    /// Holds the linker flags in files that cgo wrote against those that are allowed.
    CheckLinkerFlags {
        /// The files.
        files: Vec<T>,
        /// The flags that cgo was given: they were checked before.
        given: Vec<T>,
        /// CGO_LDFLAGS_ALLOW
        allow: T,
        /// CGO_LDFLAGS_DISALLOW
        disallow: T,
    },
    /// Makes a file look as if it had been made just now.
    Touch {
        /// Which.
        file: T,
    },
    /// Removes a directory with all that is in it.
    Remove {
        /// Which.
        dir: T,
    },
    /// Says again what a tool said when it made a result that the cache still has.
    Replay {
        /// Where the cache keeps it.
        file: T,
        /// What it said.
        text: T,
    },
}

impl<T> Command<T> {
    /// The same command with each string made anew.
    pub fn map<U>(self, make: &mut dyn FnMut(T) -> U) -> Command<U> {
        Command {
            operation: self.operation.map(make),
            dir: make(self.dir),
            heading: self.heading.map(|(desc, dir)| (make(desc), make(dir))),
        }
    }
}

impl<T> Operation<T> {
    fn map<U>(self, make: &mut dyn FnMut(T) -> U) -> Operation<U> {
        let mut each = |list: Vec<T>| list.into_iter().map(&mut *make).collect();
        match self {
            Operation::Tool { environment, words } => Operation::Tool {
                words: each(words),
                environment: environment
                    .into_iter()
                    .map(|(name, value)| (make(name), make(value)))
                    .collect(),
            },
            Operation::MakeDir { path } => Operation::MakeDir { path: make(path) },
            Operation::Write { file, text } => Operation::Write {
                file: make(file),
                text: make(text),
            },
            Operation::Generate { file, text } => Operation::Generate {
                file: make(file),
                text: make(text),
            },
            Operation::Copy {
                from,
                to,
                mode,
                force,
            } => Operation::Copy {
                from: make(from),
                to: make(to),
                mode,
                force,
            },
            Operation::Move {
                from,
                to,
                mode,
                force,
                shared,
            } => Operation::Move {
                from: make(from),
                to: make(to),
                mode,
                force,
                shared,
            },
            Operation::Append { archive, objects } => Operation::Append {
                objects: each(objects),
                archive: make(archive),
            },
            Operation::SetBuildId { file, given } => Operation::SetBuildId {
                file: make(file),
                given: make(given),
            },
            Operation::CheckLinkerFlags {
                files,
                given,
                allow,
                disallow,
            } => Operation::CheckLinkerFlags {
                files: each(files),
                given: each(given),
                allow: make(allow),
                disallow: make(disallow),
            },
            Operation::Touch { file } => Operation::Touch { file: make(file) },
            Operation::Remove { dir } => Operation::Remove { dir: make(dir) },
            Operation::Replay { file, text } => Operation::Replay {
                file: make(file),
                text: make(text),
            },
        }
    }
}

impl Command {
    /// A command of an operation, anywhere.
    pub fn new(operation: Operation) -> Command {
        Command {
            operation,
            dir: String::new(),
            heading: None,
        }
    }

    /// A tool's run in `dir`.
    pub fn tool(dir: &str, environment: Vec<(String, String)>, words: Vec<String>) -> Command {
        Command {
            dir: dir.to_owned(),
            ..Command::new(Operation::Tool { environment, words })
        }
    }

    /// The same, with what it says headed by `desc` and shown relative to where it runs.
    #[must_use]
    pub fn headed(mut self, desc: &str) -> Command {
        self.heading = Some((desc.to_owned(), self.dir.clone()));
        self
    }

    /// A file with this text.
    pub fn write(file: String, text: impl Into<String>) -> Command {
        let text = text.into();
        Command::new(Operation::Write { file, text })
    }

    /// A copy that replaces whatever is there.
    pub fn copy(from: String, to: String, force: bool) -> Command {
        Command::new(Operation::Copy {
            from,
            to,
            mode: 0o666,
            force,
        })
    }

    /// A directory.
    pub fn make_dir(path: &str) -> Command {
        let path = path.to_owned();
        Command::new(Operation::MakeDir { path })
    }
}
