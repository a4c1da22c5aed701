//! `go mod`: what its commands do.

mod download;
mod edit;
mod graph;
mod init;
mod tidy;
mod vendor;
mod verify;
mod why;

pub use download::{Download, DownloadError, DownloadOutcome, DownloadRequest, download};
pub use edit::{Change, Edit, EditFileError, EditOutcome, EditRequest, edit};
pub use graph::{GraphRequest, graph};
pub use init::{InitError, InitRequest, init};
pub use tidy::{TidyOutcome, TidyRequest, tidy};
pub use vendor::{VendorFailure, VendorRequest, vendor};
pub use verify::{VerifyOutcome, verify};
pub use why::{Need, WhyError, WhyRequest, why};

use crate::error::OpError;
use crate::workspace::Workspace;
use gust_modules::{Modules, ModulesError};
use std::sync::Arc;

/// The modules, which there must be.
pub(crate) fn modules(workspace: &Workspace) -> Result<&Arc<Modules>, OpError> {
    Ok(workspace.modules()?.ok_or(ModulesError::Disabled)?)
}
