//! The directory that a test binary was made in goes as soon as the test has run.

use std::path::PathBuf;

use gust_build::plan::{ActionKind, Surroundings};
use gust_build::run::BuildError;

/// Removes the directory.
#[derive(Debug)]
pub(super) struct Clean;

impl ActionKind for Clean {
    fn mode(&self) -> String {
        "test clean".to_owned()
    }

    fn act(&self, around: &Surroundings<'_>) -> Option<Result<Option<PathBuf>, BuildError>> {
        if !around.site().options.keep_work {
            around.remove(around.objdir());
        }
        Some(Ok(None))
    }
}
