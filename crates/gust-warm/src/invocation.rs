//! What must be the same for two commands to be one question.

use std::path::PathBuf;

use gust_fs::Meta;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

/// A command as it was typed, where, by whom and for which program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invocation {
    /// The file of the program that answers, and what stands there: another build of it is another program.
    pub program: (PathBuf, Meta),
    /// The command's words, the name that the program was started by first.
    pub words: Vec<Vec<u8>>,
    /// The directory in which it was started, as the system names it.
    pub cwd: PathBuf,
    /// The user for whom files are opened: another may be refused what this one was given.
    pub user: u32,
    /// SHA-256 of the variables that are likely to differ between questions that take turns. The others are looked at when a record
    /// is there.
    pub variables: [u8; 32],
}

impl Invocation {
    /// The name of the file that holds the record. Two invocations may share it; the record says which one it is of.
    pub(crate) fn name(&self) -> String {
        let bytes = postcard::to_stdvec(self).unwrap_or_default();
        format!("{:016x}", xxh3_64(&bytes))
    }
}
