//! What is told when a package's turn has come, and at the end.

use std::path::PathBuf;
use std::sync::Arc;

use gust_build::plan::{ActionKind, Surroundings};
use gust_build::run::BuildError;

use super::testing::Testing;

/// Prints what a test said, if it was held back.
#[derive(Debug)]
pub(super) struct Print {
    pub(super) testing: Arc<Testing>,
    pub(super) number: usize,
}

impl ActionKind for Print {
    fn mode(&self) -> String {
        "test print".to_owned()
    }

    fn act(&self, _: &Surroundings<'_>) -> Option<Result<Option<PathBuf>, BuildError>> {
        let text = self.testing.held(self.number);
        if !text.is_empty() {
            self.testing.outlet.print(&text);
        }
        Some(Ok(None))
    }
}

/// Says at the end that something failed, when several packages may have.
#[derive(Debug)]
pub(super) struct End {
    pub(super) testing: Arc<Testing>,
}

impl ActionKind for End {
    fn mode(&self) -> String {
        "go test".to_owned()
    }

    fn act(&self, _: &Surroundings<'_>) -> Option<Result<Option<PathBuf>, BuildError>> {
        let asked = &self.testing.asked;
        if self.testing.has_failed() && asked.named && asked.events.is_none() && !asked.fuzzing {
            self.testing.outlet.print(b"FAIL\n");
        }
        Some(Ok(None))
    }
}
