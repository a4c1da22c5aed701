//! `go mod tidy`: go.mod and go.sum with what the packages need, and nothing else.

use crate::error::OpError;
use crate::load::loading;
use crate::modules::edit_failure;
use crate::request::BuildFlags;
use crate::workspace::Workspace;
use gust_packages::config::Needs;
use gust_syntax::gover;
use gust_text::diff;

/// How to tidy.
pub struct TidyRequest {
    /// The flags of a build: they say how packages are loaded.
    pub flags: BuildFlags,
    /// -go: the go line to come.
    pub go_version: Option<String>,
    /// -compat: the release that must still find the same.
    pub compat: Option<String>,
    /// -e: errors of packages are told, and no more.
    pub keep_going: bool,
    /// -diff: nothing is written.
    pub diff: bool,
}

/// What it came to.
pub enum TidyOutcome {
    /// The files are as they should be.
    Tidied,
    /// How go.mod and go.sum differ from what they should be; a text that is empty if a file does not.
    Differences([String; 2]),
}

/// Makes go.mod and go.sum agree with the sources, or says how they do not.
///
/// # Errors
/// [`OpError`] when packages cannot be found, versions or checksums cannot be had, or the files cannot be written.
pub fn tidy(workspace: &Workspace, request: TidyRequest) -> Result<TidyOutcome, OpError> {
    let modules = super::modules(workspace)?;
    modules.fetcher().sums().pass_over_malformed();
    let go_version = request
        .go_version
        .clone()
        .unwrap_or_else(|| modules.go_version());
    let needs = Needs {
        tests: true,
        embeds: false,
        every_build: true,
        bare_modules: true,
        // Old releases did without the go.mod files of what only tests of dependencies import.
        go_mods: gover::compare(&go_version, gover::TIDY_GO_SUM).is_ge(),
        ..Needs::default()
    };
    let mut loading = loading(workspace, &request.flags, needs)?;
    let asked = gust_edit::tidy::TidyRequest {
        go_version: request.go_version,
        compat: request.compat,
        keep_going: request.keep_going,
        verbose: request.flags.verbose,
        quiet: false,
    };
    let failed = |error| edit_failure(workspace, error);
    let edits = gust_edit::tidy::tidy(modules, &mut loading.loader, &asked).map_err(failed)?;
    loading.loader.save();
    if !request.diff {
        gust_edit::commit(modules, &edits).map_err(failed)?;
        return Ok(TidyOutcome::Tidied);
    }
    let [before, after] = edits.go_mod(modules);
    let go_mod = diff::unified("current/go.mod", &before, "tidy/go.mod", &after);
    let [before, after] = edits.go_sum(modules).map_err(failed)?;
    let go_sum = diff::unified("current/go.sum", &before, "tidy/go.sum", &after);
    Ok(TidyOutcome::Differences([go_mod, go_sum]))
}
