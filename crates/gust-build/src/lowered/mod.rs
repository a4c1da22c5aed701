//! A plan with every action lowered, to be written down and carried out elsewhere.
//!
//! **The problem.** A [`Plan`](crate::Plan) speaks of packages, and what its actions have to do shows only on the way: action
//! IDs hold the content of what was made before, and so do the command lines that they stand in. Another process, on
//! another machine, knows no packages and has made nothing yet.
//!
//! **Terms.** A *lowered action* says what it comes after, the recipe of its key, the files that it reads, its commands, and
//! the files that it leaves to others. What is not known yet is a *hole* in a [`Text`]: the work directory, an action's ID,
//! the content of an action's result. Whoever carries the plan out fills the holes from what the actions before came to.
//!
//! **The decision.** The commands are those that a build here would run: the same functions lower both, from results that are
//! real in one case and made of holes in the other ([`mod@write`]). Only one thing cannot be known by a text with holes, whether
//! cgo's trial link succeeds; so both ways are written down ([`Step::Try`]). Questions to this machine (version control,
//! pkg-config, what a C compiler can do) are answered when the plan is written: they are part of what is asked for.
//!
//! **Left out.** Files keep their absolute names, which the results hold: another machine puts them where they were. C
//! headers outside of GOROOT and the modules belong to the C toolchain. The name of a plugin made of files on the command
//! line is a hash of its own ID, which no hole stands for: such a plan cannot be written down.

pub mod carry;
mod inputs;
mod symbolic;
mod text;
mod write;

use serde::{Deserialize, Serialize};

use crate::command::Command;

pub use carry::{Carrier, CarryError};
pub use text::{Piece, Text};
pub use write::lower;

/// A plan that needs nothing but its toolchain and its inputs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoweredPlan {
    /// The toolchain that it needs.
    pub toolchain: Toolchain,
    /// Where the build runs.
    pub dir: String,
    /// What every tool is started with.
    pub environment: Vec<(String, String)>,
    /// What is to be done: each action comes after those that it needs.
    pub actions: Vec<LoweredAction>,
}

/// A release of Go, as the plan knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toolchain {
    /// `go1.26.8`: IDs hold it.
    pub release: String,
    /// GOROOT
    pub goroot: String,
    /// What its tools say they are.
    pub tools: Vec<(String, String)>,
}

/// One action.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoweredAction {
    /// Its name in `-debug-actiongraph`.
    pub mode: String,
    /// The package, with its variant; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub package: String,
    /// The actions that it comes after, as places in the plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<usize>,
    /// The lines of its key, whose hash is its ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Vec<Text>>,
    /// The seed of names in a C object: a part of the ID of the action at this place, told apart by the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<(usize, Text)>,
    /// Its directory, with a slash at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objdir: Option<Text>,
    /// The files that it reads, besides the toolchain's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Input>,
    /// What it does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// The files that it leaves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<Text>,
}

/// A file that an action reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Input {
    /// A file of the sources.
    Source {
        /// Where it is.
        path: String,
        /// The SHA-256 of its content, in hexadecimal.
        sha256: String,
    },
    /// What an action before leaves.
    Output {
        /// Which action.
        of: usize,
        /// Where it is.
        path: Text,
    },
}

/// A step of an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "step")]
pub enum Step {
    /// A command that must succeed.
    Run {
        /// Which.
        command: Command<Text>,
    },
    /// A command whose success decides what comes next, to the end of the action.
    Try {
        /// Which.
        command: Command<Text>,
        /// The steps after it, if it succeeds.
        succeeded: Vec<Step>,
        /// If it fails.
        failed: Vec<Step>,
    },
}

impl LoweredPlan {
    /// The plan as JSON.
    ///
    /// # Errors
    /// None that a plan can cause; serde's type wants it.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self)
    }

    /// Reads a plan back.
    ///
    /// # Errors
    /// When the text is no plan.
    pub fn from_json(text: &str) -> serde_json::Result<LoweredPlan> {
        serde_json::from_str(text)
    }
}
