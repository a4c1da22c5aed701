//! Whether what lies in the module cache is still what was downloaded.

use std::path::PathBuf;

use rayon::prelude::*;

use crate::dirhash;
use crate::error::{FetchError, errno_text};
use crate::fetcher::Fetcher;

/// Something that is not as it was when it was downloaded. `Display` is go's text.
#[derive(Debug, Clone, thiserror::Error)]
pub enum VerifyError {
    /// The zip or the directory is there, and not the hash that it had.
    #[error("{path} {version}: missing ziphash: {err}")]
    MissingHash {
        /// The module path.
        path: String,
        /// The version.
        version: String,
        /// Why it could not be read.
        err: FetchError,
    },
    /// The zip has another hash.
    #[error("{path} {version}: zip has been modified ({})", file.display())]
    Zip {
        /// The module path.
        path: String,
        /// The version.
        version: String,
        /// The zip.
        file: PathBuf,
    },
    /// The directory has another hash.
    #[error("{path} {version}: dir has been modified ({})", dir.display())]
    Dir {
        /// The module path.
        path: String,
        /// The version.
        version: String,
        /// The directory.
        dir: PathBuf,
    },
    /// Either could not be read.
    #[error("{path} {version}: {err}")]
    Unreadable {
        /// The module path.
        path: String,
        /// The version.
        version: String,
        /// Why.
        err: FetchError,
    },
}

impl Fetcher {
    /// Holds zips and directories of versions against the hashes kept with them. Versions that
    /// were never downloaded are passed over. What is wrong, in the order of `modules`.
    ///
    /// All files of all modules are hashed by all processors; nothing is remembered from earlier
    /// runs, for the point of this is not to believe.
    pub fn verify(&self, modules: &[(String, String)]) -> Vec<VerifyError> {
        let each = modules.par_iter().with_max_len(1);
        each.flat_map_iter(|(path, version)| self.verify_one(path, version))
            .collect()
    }

    fn verify_one(&self, path: &str, version: &str) -> Vec<VerifyError> {
        let of = || (path.to_owned(), version.to_owned());
        let unreadable = |err: FetchError| {
            let (path, version) = of();
            vec![VerifyError::Unreadable { path, version, err }]
        };
        let files = self.file(path, version, "zip").and_then(|zip| {
            Ok((
                zip,
                self.file(path, version, "ziphash")?,
                self.dir_of(path, version)?,
            ))
        });
        let (zip, hash_file, dir) = match files {
            Ok(files) => files,
            Err(err) => return unreadable(err),
        };
        let has_zip = self.view().exists(&zip);
        let has_dir = self.cached_dir(path, version).is_some();
        let known = match self.view().read(&hash_file) {
            Ok(data) => gust_bytes::text(&data).trim().to_owned(),
            Err(_) if !has_zip && !has_dir => return Vec::new(),
            Err(err) => {
                let err = FetchError::message(format!(
                    "open {}: {}",
                    hash_file.display(),
                    errno_text(&err)
                ));
                let (path, version) = of();
                return vec![VerifyError::MissingHash { path, version, err }];
            }
        };
        let (of_zip, of_dir) = rayon::join(
            || has_zip.then(|| dirhash::of_zip(self.view(), &zip)),
            || has_dir.then(|| dirhash::of_dir(&dir, &format!("{path}@{version}"))),
        );
        let mut wrong = Vec::new();
        match of_zip {
            Some(Err(err)) => return unreadable(err),
            Some(Ok(hash)) if hash != known => {
                let (path, version) = of();
                wrong.push(VerifyError::Zip {
                    path,
                    version,
                    file: zip,
                });
            }
            _ => {}
        }
        match of_dir {
            Some(Err(err)) => wrong.extend(unreadable(err)),
            Some(Ok(hash)) if hash != known => {
                let (path, version) = of();
                wrong.push(VerifyError::Dir { path, version, dir });
            }
            _ => {}
        }
        wrong
    }
}
