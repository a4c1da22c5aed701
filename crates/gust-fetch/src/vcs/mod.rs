//! Version control as the build sees it: which repository a directory belongs to, and what state it is in.
//!
//! The systems' own commands are asked, as go asks them: their configuration and quirks are the user's.
//! Everything that starts such a command goes through [`Command`], the one place for it.
//!
//! | module | what it is |
//! |---|---|
//! | `repository` | which repository a directory belongs to |
//! | `checkout` | one working copy during one command: each question asked once, in a thread of its own if need be |
//! | `status` | what is stamped: revision, time, whether all is committed |
//! | `history` | what versions follow from: tags on and below the revision, go.mod files at it |
//! | `git`, `mercurial`, `subversion`, `bazaar`, `fossil` | both of these, of one system |
//! | `version` | the rules: from tags and go.mod files to the module's version |
//! | `facts` | what cannot change any more, kept between commands |

mod batch;
mod bazaar;
mod checkout;
mod command;
mod facts;
mod fossil;
mod git;
mod history;
mod mercurial;
mod repository;
mod status;
mod subversion;
mod version;

use gust_fs::FileKind;

pub use checkout::Checkout;
pub use command::{Command, CommandError, FindProgram};
pub use facts::Facts;
pub use repository::{Repositories, Repository, RepositoryError};
pub use status::{Status, StatusError};

/// A version control system that go knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum System {
    /// Mercurial, `hg`.
    Mercurial,
    /// Git, `git`.
    Git,
    /// Subversion, `svn`.
    Subversion,
    /// Bazaar, `bzr`.
    Bazaar,
    /// Fossil, `fossil`.
    Fossil,
}

impl System {
    /// In the order in which a directory is searched for them.
    pub const ALL: [System; 5] = [
        System::Mercurial,
        System::Git,
        System::Subversion,
        System::Bazaar,
        System::Fossil,
    ];

    /// The command that speaks for the system; also what the build stamp calls it.
    #[must_use]
    pub fn command(self) -> &'static str {
        match self {
            System::Mercurial => "hg",
            System::Git => "git",
            System::Subversion => "svn",
            System::Bazaar => "bzr",
            System::Fossil => "fossil",
        }
    }

    /// Whether a question locks the working copy: another one at the same time fails.
    #[must_use]
    pub fn takes_turns(self) -> bool {
        matches!(self, System::Bazaar | System::Fossil)
    }

    /// The system's name as people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            System::Mercurial => "Mercurial",
            System::Git => "Git",
            System::Subversion => "Subversion",
            System::Bazaar => "Bazaar",
            System::Fossil => "Fossil",
        }
    }

    /// What marks the root of a working copy: a name, and whether it is a directory.
    fn marks(self) -> &'static [(&'static str, FileKind)] {
        match self {
            System::Mercurial => &[(".hg", FileKind::Dir)],
            System::Git => &[(".git", FileKind::Dir)],
            System::Subversion => &[(".svn", FileKind::Dir)],
            System::Bazaar => &[(".bzr", FileKind::Dir)],
            System::Fossil => &[(".fslckout", FileKind::File), ("_FOSSIL_", FileKind::File)],
        }
    }
}
