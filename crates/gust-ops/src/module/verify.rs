//! `go mod verify`: the module cache against what was downloaded.

use crate::error::OpError;
use crate::modules::failure;
use crate::workspace::Workspace;
use gust_fetch::VerifyError;
use gust_syntax::gover;

/// What was found.
pub struct VerifyOutcome {
    /// What is not as it was downloaded; nothing when all is well.
    pub wrong: Vec<VerifyError>,
}

/// Hashes zips and directories of the build list.
///
/// # Errors
/// [`OpError`] when the build list cannot be told.
pub fn verify(workspace: &Workspace) -> Result<VerifyOutcome, OpError> {
    let modules = super::modules(workspace)?;
    let list = modules.build_list(modules.stated());
    if let Some(error) = list.error {
        return Err(failure(workspace, error));
    }
    let downloaded: Vec<(String, String)> = list
        .modules
        .iter()
        .filter(|m| !gover::is_toolchain_module(&m.path) && modules.main(&m.path).is_none())
        .map(|m| (m.path.to_string(), m.version.to_string()))
        .collect();
    let wrong = modules.fetcher().verify(&downloaded);
    Ok(VerifyOutcome { wrong })
}
