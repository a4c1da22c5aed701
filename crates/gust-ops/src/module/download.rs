//! `go mod download`: modules into the module cache.

use crate::error::{OpError, OpErrorKind};
use crate::list::reuse;
use crate::modules::{commit, failure};
use crate::report::Reporter;
use crate::workspace::Workspace;
use gust_fetch::{FetchError, Fetcher, Origin};
use gust_modules::{InfoMode, MainModule, ModulePublic, Modules, ModulesError, Requirements};
use gust_syntax::gover;
use serde::Serialize;
use std::sync::Arc;

/// go.mod files at this version or later name every module that packages of the main module come from.
const NAMES_INDIRECT: &str = "1.17";

/// What to download.
pub struct DownloadRequest {
    /// Modules, as path@version or patterns; none: what the main module requires.
    pub args: Vec<String>,
    /// -reuse: the file of an earlier answer; empty for none.
    pub reuse: String,
    /// go.sum is completed even though some modules could not be downloaded (-json).
    pub tolerant: bool,
}

/// What was downloaded.
pub struct DownloadOutcome {
    /// Each module, in order.
    pub downloads: Vec<Download>,
    /// Why the list may be incomplete.
    pub error: Option<OpError>,
}

/// Why nothing was downloaded.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// -reuse within a module.
    #[error("go mod download -reuse cannot be used inside a module")]
    ReuseInModule,
    /// There is no main module, and nothing is named.
    #[error("no modules specified (see 'go help mod download')")]
    Nothing,
    /// A module could not be downloaded, in go's words.
    #[error("{0}")]
    Module(String),
}

impl DownloadError {
    pub(crate) fn is_prefixed(&self) -> bool {
        !matches!(self, DownloadError::ReuseInModule)
    }
}

/// What is told of a module.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Download {
    /// The module path.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// The version.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The query that led to the version.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub query: String,
    /// Why it could not be downloaded, in go's words; empty when it was.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub error: String,
    /// Its .info file.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub info: String,
    /// Its .mod file.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub go_mod: String,
    /// Its .zip file.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub zip: String,
    /// Its directory.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub dir: String,
    /// The hash of its files, as in go.sum.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sum: String,
    /// The hash of its go.mod, as in go.sum.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub go_mod_sum: String,
    /// Where the version control system has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Taken over from an earlier answer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reuse: bool,
}

/// Downloads modules.
///
/// # Errors
/// [`OpError`] when it cannot be told which; a module that cannot be downloaded says so in the outcome.
pub fn download(
    workspace: &Workspace,
    request: DownloadRequest,
    reporter: &dyn Reporter,
) -> Result<DownloadOutcome, OpError> {
    let modules = super::modules(workspace)?;
    let nothing = DownloadOutcome {
        downloads: Vec::new(),
        error: None,
    };
    let Some(asked) = arguments(workspace, modules, &request.args, reporter)? else {
        return Ok(nothing);
    };
    if !request.reuse.is_empty() && modules.has_root() {
        return Err(DownloadError::ReuseInModule.into());
    }
    let reuse = reuse(workspace, Some(&request.reuse))?;
    let mut listed = modules
        .list_reusing(
            &asked.requirements,
            &asked.args,
            InfoMode::default(),
            &reuse,
        )
        .map_err(|error| failure(workspace, error))?;
    let list_error = listed.error.take();
    let requirements = Arc::clone(&listed.requirements);
    let keeps_sums = !request.args.is_empty() || modules.workspace().is_some();
    if !keeps_sums {
        // Downloading everything is no reason to list everything in go.sum.
        commit(workspace, modules, &listed.requirements)?;
    }
    let (downloads, newer) = download_all(workspace, modules, listed.modules)?;
    if keeps_sums
        && workspace.can_switch()
        && let Some((what, version)) = newer
    {
        return Err(workspace.switch(&what, &version, errors(&downloads)));
    }
    let failed = downloads.iter().any(|download| !download.error.is_empty());
    if keeps_sums
        && (request.tolerant || !failed)
        && let Err(error) = commit(workspace, modules, &requirements)
    {
        reporter.complain(&format_args!("go: {error}"));
    }
    Ok(DownloadOutcome {
        downloads,
        error: list_error
            .filter(|_| request.tolerant || !failed)
            .map(OpError::from),
    })
}

fn errors(downloads: &[Download]) -> OpError {
    let errors = downloads.iter().filter(|d| !d.error.is_empty());
    let errors = errors.map(|d| DownloadError::Module(d.error.clone()).into());
    OpErrorKind::Several(errors.collect()).into()
}

/// Modules to download, as [`DownloadRequest::args`] has them, of requirements.
struct Asked {
    args: Vec<String>,
    requirements: Arc<Requirements>,
}

/// What to download; nothing if there is nothing to do, and that has been said.
fn arguments(
    workspace: &Workspace,
    modules: &Modules,
    given: &[String],
    reporter: &dyn Reporter,
) -> Result<Option<Asked>, OpError> {
    let stated = |args: Vec<String>| Asked {
        args,
        requirements: Arc::clone(modules.stated()),
    };
    if !given.is_empty() {
        skip_main_modules(modules, given, reporter);
        return Ok(Some(stated(given.to_vec())));
    }
    let all = vec!["all".to_owned()];
    if modules.workspace().is_some() {
        return Ok(Some(stated(all)));
    }
    let first = modules.main_modules().first();
    let Some((main, file)) = first.and_then(|main| Some((main, main.file.as_ref()?))) else {
        return Err(DownloadError::Nothing.into());
    };
    let required: Vec<String> = file
        .require
        .iter()
        .map(|require| require.module.path.to_string())
        .collect();
    let none = required.is_empty();
    let asked = match names_all_modules(main) {
        true => {
            // The whole graph is looked at so that later commands find its go.mod files in the cache; requirements that it
            // contradicts are raised.
            let found = modules.build_list(modules.stated());
            if let Some(error) = found.error {
                return Err(failure(workspace, error));
            }
            Asked {
                args: required,
                requirements: found.requirements,
            }
        }
        false => stated(all),
    };
    if none {
        reporter.note(&"go: no module dependencies to download");
        return Ok(None);
    }
    Ok(Some(asked))
}

fn names_all_modules(main: &MainModule) -> bool {
    let go = main.go_line();
    !go.is_empty() && gover::compare(go, NAMES_INDIRECT).is_ge()
}

/// Says of arguments that mean a main module that nothing is downloaded for them.
fn skip_main_modules(modules: &Modules, given: &[String], reporter: &dyn Reporter) {
    let mains = modules.main_modules().iter();
    for main in mains.filter(|main| main.file.is_some()) {
        let path = &main.module.path;
        let itself = [
            path.to_string(),
            format!("{path}@upgrade"),
            format!("{path}@patch"),
        ];
        for arg in given.iter().filter(|arg| itself.contains(arg)) {
            reporter.note(&format_args!(
                "go: skipping download of {arg} that resolves to the main module"
            ));
        }
    }
}

/// A module version that needs a newer release, and which.
type Newer = Option<(String, String)>;

fn download_all(
    workspace: &Workspace,
    modules: &Modules,
    listed: Vec<ModulePublic>,
) -> Result<(Vec<Download>, Newer), OpError> {
    let mut downloads: Vec<Download> = listed.into_iter().filter_map(to_download).collect();
    let fetcher = modules.fetcher();
    let results = fetcher.for_all(downloads.len(), |i| {
        let wanted = &downloads[i];
        let known = wanted.error.is_empty() && !wanted.reuse;
        known.then(|| fetch(fetcher, &wanted.path, &wanted.version))
    });
    let mut newer: Newer = None;
    for (download, result) in downloads.iter_mut().zip(results) {
        let Some((found, result)) = result else {
            continue;
        };
        let asked = std::mem::take(download);
        *download = Download {
            path: asked.path,
            version: asked.version,
            query: asked.query,
            origin: asked.origin,
            reuse: asked.reuse,
            ..found
        };
        match result {
            Ok(()) => {}
            Err(error) if error.is_fatal() => return Err(error.into()),
            Err(error) => {
                note_newer(&mut newer, &error);
                download.error = told(workspace, &error);
            }
        }
    }
    Ok((downloads, newer))
}

/// What is to be downloaded of a listed module, if anything can be.
fn to_download(module: ModulePublic) -> Option<Download> {
    let module = match module.replace {
        Some(replace) => *replace,
        None => module,
    };
    if module.version.is_empty() && module.error.is_none() {
        return None;
    }
    Some(Download {
        path: module.path,
        version: module.version,
        query: module.query,
        error: module.error.map(|err| err.err).unwrap_or_default(),
        origin: module.origin,
        reuse: module.reuse,
        ..Download::default()
    })
}

/// The newest need counts; of several, the one whose name sorts first.
fn note_newer(newer: &mut Newer, error: &FetchError) {
    let FetchError::TooNew {
        what, go_version, ..
    } = error
    else {
        return;
    };
    let counts = newer.as_ref().is_none_or(|(known, v)| {
        let order = gover::compare(go_version, v).then(known.as_str().cmp(what.as_str()));
        order.is_gt()
    });
    if counts {
        *newer = Some((what.clone(), go_version.clone()));
    }
}

/// The error in go's words: of a module that is too new, with what led to the present release.
fn told(workspace: &Workspace, error: &FetchError) -> String {
    let FetchError::TooNew {
        what,
        go_version,
        local,
    } = error
    else {
        return error.to_string();
    };
    let explained = ModulesError::TooNew {
        what: what.clone(),
        go_version: go_version.clone(),
        toolchain: String::new(),
        local: local.clone(),
        note: workspace.too_new_explanation(),
    };
    explained.to_string()
}

/// Everything there is of a version; as far as it went, when it failed.
fn fetch(fetcher: &Fetcher, path: &str, version: &str) -> (Download, Result<(), FetchError>) {
    let mut found = Download::default();
    let shown = |path: &std::path::Path| path.display().to_string();
    let result = (|| {
        found.info = shown(&fetcher.info_file(path, version)?.1);
        found.go_mod = shown(&fetcher.go_mod_file(path, version)?);
        found.go_mod_sum = fetcher.go_mod_sum(path, version)?;
        let downloaded = fetcher.download(path, version);
        if let Some(zip) = fetcher.downloaded_zip(path, version) {
            found.zip = shown(&zip);
            found.sum = fetcher.cached_sum(path, version).unwrap_or_default();
        }
        found.dir = shown(&downloaded?);
        Ok(())
    })();
    (found, result)
}
