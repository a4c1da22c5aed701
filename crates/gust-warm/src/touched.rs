//! Files that a command gives the current time whenever it finds them as they should be, such as programs that need no linking.

use std::io::Read;
use std::path::{Path, PathBuf};

use gust_fs::disk::File;
use serde::{Deserialize, Serialize};

/// As much of such a file is looked at: a program names what it was made of near its start, and whoever says that it is as it
/// should be has seen no more of it.
const FRONT: u64 = 32 << 10;

/// One of them, by what its times do not tell.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Touched {
    pub(crate) path: PathBuf,
    size: u64,
    mode: u32,
    ino: u64,
    front: [u8; 32],
}

impl Touched {
    /// The file as it is now; none if it cannot be read.
    #[expect(
        clippy::disallowed_methods,
        reason = "looked at as it is now, whatever was seen before"
    )]
    pub(crate) fn of(path: &Path) -> Option<Touched> {
        let file = File::open(path).ok()?;
        let meta = file.metadata().ok()?;
        let mut front = Vec::new();
        file.take(FRONT).read_to_end(&mut front).ok()?;
        Some(Touched {
            path: path.to_owned(),
            size: meta.size,
            mode: meta.mode,
            ino: meta.sig.ino,
            front: gust_fs::sha256(&front),
        })
    }

    /// Whether it still is that file.
    pub(crate) fn is_same(&self) -> bool {
        Self::of(&self.path).is_some_and(|now| now == *self)
    }
}
