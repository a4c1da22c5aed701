//! Whether a target can be fuzzed: where, with what, and whose it is.

use super::{TestError, TestRequest};
use crate::error::OpError;
use crate::workspace::Workspace;
use gust_packages::{Package, PackageGraph, PackageId};
use gust_toolchain::Settings;

/// Why a target cannot be fuzzed.
#[derive(Debug, thiserror::Error)]
pub enum FuzzError {
    /// Not on this platform.
    #[error("-fuzz flag is not supported on {goos}/{goarch}")]
    Platform {
        /// GOOS.
        goos: String,
        /// GOARCH.
        goarch: String,
    },
    /// One package at a time.
    #[error("cannot use -fuzz flag with multiple packages")]
    Several,
    /// A profile says nothing of runs that are made anew all the time.
    #[error("cannot use {0} flag with -fuzz flag")]
    Profile(String),
    /// Inputs that fail are written into the package's directory, which must be one's own.
    #[error("cannot use -fuzz flag on package outside the main module")]
    Foreign,
}

/// Systems on which the standard library can fuzz. (internal/platform.)
const SYSTEMS: [&str; 5] = ["darwin", "freebsd", "linux", "openbsd", "windows"];
/// Architectures for which the compiler counts branches. (internal/platform.)
const COUNTED: [&str; 3] = ["amd64", "arm64", "loong64"];

/// Whether inputs are chosen by the ways that earlier ones took.
pub(super) fn is_guided(settings: &Settings) -> bool {
    SYSTEMS.contains(&settings.goos()) && COUNTED.contains(&settings.goarch())
}

/// What speaks against it.
pub(super) fn check(
    workspace: &Workspace,
    request: &TestRequest,
    graph: &PackageGraph,
    roots: &[PackageId],
) -> Result<(), OpError> {
    let settings = workspace.settings();
    let refuse = |error: FuzzError| Err(TestError::Fuzz(error).into());
    if !SYSTEMS.contains(&settings.goos()) {
        return refuse(FuzzError::Platform {
            goos: settings.goos().to_owned(),
            goarch: settings.goarch().to_owned(),
        });
    }
    let [root] = roots else {
        return refuse(FuzzError::Several);
    };
    let cover = request.cover_profile.as_ref().map(|_| "-coverprofile");
    if let Some(flag) = cover.or(request.profile.as_deref()) {
        return refuse(FuzzError::Profile(flag.to_owned()));
    }
    match is_own(workspace, &graph[*root])? {
        true => Ok(()),
        false => refuse(FuzzError::Foreign),
    }
}

/// It belongs to a main module, or to no module at all.
fn is_own(workspace: &Workspace, package: &Package) -> Result<bool, OpError> {
    if let Some(module) = &package.module {
        return Ok(module.is_main());
    }
    let Some(modules) = workspace.modules()?.filter(|_| package.place.standard) else {
        return Ok(true);
    };
    let of_commands = package.import_path.starts_with("cmd/");
    let wanted = if of_commands { "cmd" } else { "std" };
    let source = workspace.settings().goroot_src();
    let mut mains = modules.main_modules().iter();
    Ok(mains.any(|main| main.module.path.as_str() == wanted && main.dir.starts_with(&source)))
}
