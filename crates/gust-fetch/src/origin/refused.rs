//! Where nothing may be asked.

use std::path::Path;
use std::sync::Arc;

use gust_fs::disk::File;

use super::Origin;
use crate::error::FetchError;
use crate::info::{Info, Origin as Rests, Versions};

/// An origin that has one answer to everything: why it must not be asked.
pub(super) struct Refused(pub(super) FetchError);

impl Origin for Refused {
    fn versions(&self, _prefix: &str) -> Result<Versions, FetchError> {
        Err(self.0.clone())
    }

    fn stat(&self, _rev: &str) -> Result<Info, FetchError> {
        Err(self.0.clone())
    }

    fn latest(&self) -> Result<Info, FetchError> {
        Err(self.0.clone())
    }

    fn go_mod(&self, _version: &str) -> Result<Arc<[u8]>, FetchError> {
        Err(self.0.clone())
    }

    fn zip(&self, _version: &str, _to: &mut File, _name: &Path) -> Result<(), FetchError> {
        Err(self.0.clone())
    }

    fn check_reuse(&self, _old: &Rests) -> Result<(), FetchError> {
        Err(self.0.clone())
    }
}
