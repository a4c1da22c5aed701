//! `go mod download`: modules into the module cache.

use crate::session::Session;
use crate::ui::{Failure, Outcome};
use gust_fetch::{FetchError, Fetcher, Origin};
use gust_modules::{InfoMode, ModulePublic, Modules, ModulesError};
use gust_ops::modules;
use gust_syntax::gover;
use serde::Serialize;

/// go.mod files at this version or later name every module that packages of the main module come from.
const NAMES_INDIRECT: &str = "1.17";

/// What is told of a module with -json.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Download {
    #[serde(skip_serializing_if = "String::is_empty")]
    path: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    version: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    query: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    error: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    info: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    go_mod: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    zip: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    dir: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    sum: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    go_mod_sum: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Origin>,
    #[serde(skip_serializing_if = "is_false")]
    reuse: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// Downloads what the arguments name, or what the main module requires.
pub(crate) fn run(session: &Session) -> Outcome {
    session.watch();
    let Some(modules) = session.workspace().modules()? else {
        return Err(Failure::error(ModulesError::Disabled));
    };
    let explicit = !session.args().is_empty();
    let args = match arguments(session, modules)? {
        Some(args) => args,
        None => return Ok(()),
    };
    if !session.flags().text("reuse").is_empty() {
        if modules.has_root() {
            return Err(Failure::plain(
                "go mod download -reuse cannot be used inside a module",
            ));
        }
        return Err(Failure::with_code(
            "go: -reuse is not supported by gust yet: it comes with version control",
            2,
        ));
    }
    let mut listed = modules
        .list(&args, InfoMode::default(), &[])
        .map_err(|err| modules::failure(session.workspace(), &err))?;
    let list_error = listed.error.take();
    let keeps_sums = explicit || modules.workspace().is_some();
    if !keeps_sums {
        // Downloading everything is no reason to list everything in go.sum.
        modules
            .commit()
            .map_err(|err| modules::failure(session.workspace(), &err))?;
    }
    let (downloads, newer) = download_all(session, modules, listed.modules)?;
    if keeps_sums
        && session.workspace().can_switch()
        && let Some((what, version)) = newer
    {
        let errors = downloads
            .iter()
            .map(|d| d.error.as_str())
            .filter(|e| !e.is_empty());
        return Err(session
            .workspace()
            .switch(&what, &version, Failure::errors(errors)));
    }
    print(session, &downloads);
    if session.ui().code() != 0 && !session.flags().bool("json") {
        return Err(Failure::silent(1));
    }
    if keeps_sums && let Err(err) = modules.commit() {
        session.ui().error(err);
    }
    match list_error {
        Some(err) => Err(Failure::error(err)),
        None => Ok(()),
    }
}

/// What to download; nothing if there is nothing to do, and that has been said.
fn arguments(session: &Session, modules: &Modules) -> Result<Option<Vec<String>>, Failure> {
    let given = session.args();
    if !given.is_empty() {
        for main in modules
            .main_modules()
            .iter()
            .filter(|main| main.file.is_some())
        {
            let path = &main.module.path;
            let itself = [
                path.to_string(),
                format!("{path}@upgrade"),
                format!("{path}@patch"),
            ];
            for arg in given.iter().filter(|arg| itself.contains(arg)) {
                let text =
                    format!("go: skipping download of {arg} that resolves to the main module");
                session.ui().note(text);
            }
        }
        return Ok(Some(given.to_vec()));
    }
    let all = vec!["all".to_owned()];
    if modules.workspace().is_some() {
        return Ok(Some(all));
    }
    let file = modules
        .main_modules()
        .first()
        .and_then(|main| main.file.as_ref());
    let Some(file) = file else {
        return Err(Failure::error(
            "no modules specified (see 'go help mod download')",
        ));
    };
    let mut required: Vec<String> = file
        .require
        .iter()
        .map(|require| require.module.path.to_string())
        .collect();
    let main = &modules.main_modules()[0];
    if main.go_line().is_empty() || gover::compare(main.go_line(), NAMES_INDIRECT).is_lt() {
        if !required.is_empty() {
            required = all;
        }
    } else if let (_, Some(err)) = modules.build_list() {
        // The whole graph is looked at so that later commands find its go.mod files in the cache.
        return Err(modules::failure(session.workspace(), &err));
    }
    if required.is_empty() {
        session.ui().note("go: no module dependencies to download");
        return Ok(None);
    }
    Ok(Some(required))
}

/// A module version that needs a newer release, and which.
type Newer = Option<(String, String)>;

fn download_all(
    session: &Session,
    modules: &Modules,
    listed: Vec<ModulePublic>,
) -> Result<(Vec<Download>, Newer), Failure> {
    let mut downloads = Vec::new();
    for module in listed {
        let module = match module.replace {
            Some(replace) => *replace,
            None => module,
        };
        if module.version.is_empty() && module.error.is_none() {
            continue;
        }
        downloads.push(Download {
            path: module.path,
            version: module.version,
            query: module.query,
            error: module.error.map(|err| err.err).unwrap_or_default(),
            origin: module.origin,
            reuse: module.reuse,
            ..Download::default()
        });
    }
    let fetcher = modules.fetcher();
    let results = fetcher.for_all(downloads.len(), |i| {
        let Download {
            path,
            version,
            error,
            ..
        } = &downloads[i];
        error.is_empty().then(|| download(fetcher, path, version))
    });
    let mut newer: Newer = None;
    for (download, result) in downloads.iter_mut().zip(results) {
        let Some((found, result)) = result else {
            continue;
        };
        let Download {
            info,
            go_mod,
            zip,
            dir,
            sum,
            go_mod_sum,
            ..
        } = found;
        *download = Download {
            info,
            go_mod,
            zip,
            dir,
            sum,
            go_mod_sum,
            ..std::mem::take(download)
        };
        let Err(err) = result else { continue };
        if err.is_fatal() {
            return Err(Failure::plain(err));
        }
        if let FetchError::TooNew {
            what, go_version, ..
        } = &err
        {
            // The newest need counts; of several, the one whose name sorts first.
            let counts = newer.as_ref().is_none_or(|(known, v)| {
                let order = gover::compare(go_version, v).then(known.as_str().cmp(what.as_str()));
                order.is_gt()
            });
            if counts {
                newer = Some((what.clone(), go_version.clone()));
            }
            let text = err.to_string();
            let told = text.strip_suffix(')').unwrap_or(&text);
            download.error = format!("{told}{})", session.workspace().too_new_explanation());
        } else {
            download.error = err.to_string();
        }
    }
    Ok((downloads, newer))
}

/// Everything there is of a version; as far as it went, when it failed.
fn download(fetcher: &Fetcher, path: &str, version: &str) -> (Download, Result<(), FetchError>) {
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

fn print(session: &Session, downloads: &[Download]) {
    let json = session.flags().bool("json");
    for download in downloads {
        if json {
            session
                .ui()
                .line(gust_text::json::to_string_indent(download).unwrap_or_default());
            if !download.error.is_empty() {
                session.ui().set_code(1);
            }
        } else if !download.error.is_empty() {
            session.ui().error(&download.error);
        }
    }
}
