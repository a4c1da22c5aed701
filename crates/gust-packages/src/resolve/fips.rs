//! The FIPS 140 module: its packages come from the release's own sources, or from a snapshot that stands in for these (GOFIPS140).

use std::path::{Path, PathBuf};

use crate::model::Str;
use crate::paths::has_path_prefix;

/// What the packages of the module have in front of their names.
const MODULE: &str = "crypto/internal/fips140";

/// A snapshot of the module. Its packages have the version in their import paths; whoever imports them leaves it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FipsSnapshot {
    /// The version, such as v1.0.0-c2097c7c.
    pub version: String,
    /// The directory that stands in for GOROOT/src/crypto/internal/fips140: it has one directory, of the version's name.
    pub dir: PathBuf,
}

impl FipsSnapshot {
    /// The canonical path of one that names a package of the module without the version. `None`: it means itself.
    pub(crate) fn meaning(&self, path: &str) -> Option<Str> {
        let below = below(path)?;
        let full = format!("{MODULE}/{}", self.version);
        if has_path_prefix(path, &full) {
            return None;
        }
        Some(match below {
            "" => full.into(),
            below => format!("{full}/{below}").into(),
        })
    }

    /// The directory of a path within the module, whether it is there or not.
    pub(crate) fn place(&self, path: &str) -> Option<PathBuf> {
        below(path).map(|below| self.dir.join(below))
    }

    /// The directory in GOROOT/src that nobody is to look into, and the one to look into in its place.
    pub(crate) fn binding(&self, src: &Path) -> (PathBuf, PathBuf) {
        (src.join(MODULE), self.dir.clone())
    }
}

/// The rest of a path within the module.
fn below(path: &str) -> Option<&str> {
    has_path_prefix(path, MODULE).then(|| path[MODULE.len()..].trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_named_with_the_version() {
        let snapshot = FipsSnapshot {
            version: "v1.2.3".to_owned(),
            dir: PathBuf::from("/c/fips140"),
        };
        let meaning = |path: &str| snapshot.meaning(path).map(|path| path.to_string());
        let versioned = "crypto/internal/fips140/v1.2.3/sha256";
        assert_eq!(
            meaning("crypto/internal/fips140/sha256").as_deref(),
            Some(versioned)
        );
        assert_eq!(
            meaning("crypto/internal/fips140").as_deref(),
            Some("crypto/internal/fips140/v1.2.3")
        );
        for path in [versioned, "crypto/internal/fips140deps", "crypto/sha256"] {
            assert_eq!(meaning(path), None, "{path}");
        }
        assert_eq!(
            snapshot.place(versioned),
            Some(PathBuf::from("/c/fips140/v1.2.3/sha256"))
        );
        assert_eq!(snapshot.place("crypto/sha256"), None);
    }
}
