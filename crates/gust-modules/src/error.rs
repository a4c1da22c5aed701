//! What can be wrong with modules. `Display` is go's text, without the `go: ` in front.

use std::fmt;
use std::sync::Arc;

use gust_fetch::FetchError;
use gust_syntax::gover;
use gust_syntax::module::{CheckError, ModulePath, ModuleVersion, PathError, VersionError};

/// Why modules could not be loaded, or a question about them not answered.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ModulesError {
    /// GO111MODULE has a value that means nothing.
    #[error("unknown environment setting GO111MODULE={0}")]
    UnknownGo111Module(String),
    /// A command that needs modules, with GO111MODULE=off.
    #[error("modules disabled by GO111MODULE=off; see 'go help modules'")]
    Disabled,
    /// There is no go.mod, or no module in the workspace.
    #[error("{}", no_main_text(*workspace))]
    NoMainModule {
        /// go.work is in use.
        workspace: bool,
    },
    /// There is no go.mod, but a repository.
    #[error(
        "cannot find main module, but found {name} in {dir}\n\tto create a module there, run:\n\t{cd}go mod init"
    )]
    NoMainModuleInRepository {
        /// What was found, such as `.git/config`.
        name: String,
        /// Where.
        dir: String,
        /// `cd DIR && ` or nothing.
        cd: String,
    },
    /// An error of a module (at a version, if that is not empty).
    #[error("{}", of_module_text(module, err))]
    Module {
        /// Which.
        module: ModuleVersion,
        /// What.
        err: Box<ModulesError>,
    },
    /// go.sum has no line for what is needed.
    #[error("missing go.sum entry{hint}")]
    MissingSum {
        /// How to add it, or nothing.
        hint: String,
    },
    /// A module or file that asks for a newer release of Go.
    #[error("{what} requires go >= {go_version} (running go {local}{note})")]
    TooNew {
        /// What asks.
        what: String,
        /// For which release.
        go_version: String,
        /// The toolchain line beside it, or nothing.
        toolchain: String,
        /// The release that runs.
        local: String,
        /// Which settings led to that release: `; GOTOOLCHAIN=local` and the like.
        note: String,
    },
    /// go.mod would have to change, and may not.
    #[error("{}", dirty_text(mode, *explicit, reason))]
    Dirty {
        /// The -mod in effect.
        mode: &'static str,
        /// It was given.
        explicit: bool,
        /// Why it is in effect, or nothing.
        reason: String,
        /// What would have to be required, as far as that was found out.
        wanted: Vec<ModuleVersion>,
    },
    /// A module was found for a package, and has it not.
    #[error("{}", not_in_module_text(module, query, replaced_by.as_ref(), package))]
    PackageNotInModule {
        /// Which.
        module: ModuleVersion,
        /// The query that its version answers.
        query: String,
        /// What stands in its place.
        replaced_by: Option<ModuleVersion>,
        /// The import path, or a pattern.
        package: String,
    },
    /// An error of a module in the graph, and the requirements that lead to it.
    #[error("{}", build_list_text(stack, err))]
    BuildList {
        /// From a main module to the one in trouble.
        stack: Vec<ModuleVersion>,
        /// What.
        err: Box<ModulesError>,
    },
    /// A question that needs the network or the module cache, with -mod=vendor.
    #[error("cannot query module due to -mod={mode}{}", indented(reason))]
    QueryDisabled {
        /// The -mod in effect.
        mode: &'static str,
        /// Why it is in effect, or nothing.
        reason: String,
    },
    /// No version answers the query.
    #[error(
        "no matching versions for query \"{query}\"{}",
        current_text(query, current)
    )]
    NoMatchingVersion {
        /// The query.
        query: String,
        /// The selected version; may be empty or `none`.
        current: String,
    },
    /// The query `patch` where nothing is selected.
    #[error("can't query version \"patch\" of module {path}: no existing version is required")]
    NoPatchBase {
        /// The module.
        path: String,
    },
    /// The version is excluded.
    #[error("excluded by go.mod")]
    Excluded,
    /// The version is retracted.
    #[error("retracted by module author{}", rationale_text(rationale))]
    Retracted {
        /// Why; one text a retraction.
        rationale: Vec<String>,
    },
    /// Whether a version is retracted could not be found out.
    #[error("loading module retractions for {module}: {err}")]
    RetractionLoading {
        /// The version.
        module: ModuleVersion,
        /// Why not.
        err: Box<ModulesError>,
    },
    /// A few words in front of another error.
    #[error("{context}{err}")]
    Context {
        /// The words, up to the error.
        context: String,
        /// The error.
        err: Box<ModulesError>,
    },
    /// One directory or version stands in the place of two modules.
    #[error(
        "{}@{} used for two different module paths ({} and {})",
        replacement.path, replacement.version, paths[0], paths[1]
    )]
    SharedReplacement {
        /// What stands in their place.
        replacement: ModuleVersion,
        /// The module met first, and another.
        paths: [ModulePath; 2],
    },
    /// What a module that was asked for requires cannot be had: the way to the one in trouble.
    #[error("{}", conflict_text(stack, err))]
    Conflict {
        /// From the module that was asked for to the one in trouble.
        stack: Vec<ModuleVersion>,
        /// What.
        err: Box<ModulesError>,
    },
    /// Several errors, one a line.
    #[error("{}", joined(.0))]
    Several(Vec<ModulesError>),
    /// A path that is none.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A version that is none.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// A path or version that is none.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// From where modules come.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// Anything else.
    #[error("{0}")]
    Text(Arc<str>),
}

impl ModulesError {
    /// An error that is a text and nothing else.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Arc::from(text.into()))
    }

    /// Several errors as one; `None` if there are none.
    pub fn of(mut list: Vec<ModulesError>) -> Option<Self> {
        match list.len() {
            0 | 1 => list.pop(),
            _ => Some(Self::Several(list)),
        }
    }

    /// Of those that ask for a newer release, the first that asks for the newest.
    pub fn newest_needed<'a>(
        errors: impl IntoIterator<Item = &'a ModulesError>,
    ) -> Option<&'a ModulesError> {
        let needed = |error: &'a ModulesError| Some((error, error.too_new()?.1));
        let asking = errors.into_iter().filter_map(needed);
        let newest =
            asking.reduce(
                |newest, other| match gover::compare(other.1, newest.1).is_gt() {
                    true => other,
                    false => newest,
                },
            );
        newest.map(|(error, _)| error)
    }

    /// The error as one of a module, unless it is that already.
    pub fn of_module(self, module: &ModuleVersion) -> Self {
        let already = match &self {
            Self::Module { module: m, .. } => m == module,
            Self::Fetch(FetchError::Module { path, version, .. }) => {
                module.path == path.as_str() && module.version == version.as_str()
            }
            _ => false,
        };
        if already {
            return self;
        }
        Self::Module {
            module: module.clone(),
            err: Box::new(self),
        }
    }

    /// The error with words in front.
    pub fn context(self, context: impl Into<String>) -> Self {
        Self::Context {
            context: context.into(),
            err: Box::new(self),
        }
    }

    /// The error within this one at which go ends the whole command, with nothing in front of its text.
    pub fn fatal(&self) -> Option<&FetchError> {
        match self {
            Self::Fetch(err) => err.fatal(),
            Self::Module { err, .. }
            | Self::Context { err, .. }
            | Self::BuildList { err, .. }
            | Self::RetractionLoading { err, .. } => err.fatal(),
            Self::Several(list) => list.iter().find_map(Self::fatal),
            _ => None,
        }
    }

    /// Is it that go.sum lacks a line?
    pub fn is_missing_sum(&self) -> bool {
        match self {
            Self::MissingSum { .. } => true,
            Self::Module { err, .. } | Self::Context { err, .. } => err.is_missing_sum(),
            _ => false,
        }
    }

    /// Does it mean that there is no such thing, rather than that it could not be found out?
    pub fn is_not_exist(&self) -> bool {
        match self {
            Self::Fetch(err) => err.is_not_exist(),
            Self::Module { err, .. }
            | Self::Context { err, .. }
            | Self::RetractionLoading { err, .. } => err.is_not_exist(),
            _ => false,
        }
    }

    /// What the error rests on, as version control tells it.
    pub fn origin(&self) -> Option<&gust_fetch::Origin> {
        match self {
            Self::Fetch(err) => err.origin(),
            Self::Module { err, .. } | Self::Context { err, .. } => err.origin(),
            _ => None,
        }
    }

    /// Is it that the version must not be used (excluded or retracted)?
    pub fn is_disallowed(&self) -> bool {
        match self {
            Self::Excluded | Self::Retracted { .. } => true,
            Self::Module { err, .. } => err.is_disallowed(),
            _ => false,
        }
    }

    /// The reasons given for a retraction, if it is one.
    pub fn rationale(&self) -> &[String] {
        match self {
            Self::Retracted { rationale } => rationale,
            Self::Module { err, .. } => err.rationale(),
            _ => &[],
        }
    }

    /// Is it that no version answers a query?
    pub fn is_no_matching_version(&self) -> bool {
        match self {
            Self::NoMatchingVersion { .. } => true,
            Self::Module { err, .. }
            | Self::RetractionLoading { err, .. }
            | Self::Context { err, .. } => err.is_no_matching_version(),
            _ => false,
        }
    }

    /// An error of the graph behind a module that was asked for, as that module's.
    pub fn as_conflict(self) -> ModulesError {
        match self {
            Self::BuildList { mut stack, err } => {
                // The main module in front, which nobody wrote, is not told.
                stack.retain(|module| !module.version.is_empty());
                Self::Conflict { stack, err }
            }
            other => other,
        }
    }

    /// What asks for a newer release, and for which, if that is what is wrong.
    pub fn too_new(&self) -> Option<(&str, &str)> {
        match self {
            Self::TooNew {
                what, go_version, ..
            } => Some((what, go_version)),
            Self::Module { err, .. }
            | Self::Context { err, .. }
            | Self::Conflict { err, .. }
            | Self::BuildList { err, .. } => err.too_new(),
            Self::Several(list) => Self::newest_needed(list)?.too_new(),
            Self::Fetch(err) => fetched_too_new(err),
            _ => None,
        }
    }
}

/// The same of a module that was downloaded only to find that it wants a newer release.
fn fetched_too_new(err: &FetchError) -> Option<(&str, &str)> {
    match err {
        FetchError::TooNew {
            what, go_version, ..
        } => Some((what, go_version)),
        FetchError::Module { err, .. } | FetchError::Context { err, .. } => fetched_too_new(err),
        _ => None,
    }
}

impl gust_fetch::MayNotExist for ModulesError {
    fn is_not_exist(&self) -> bool {
        Self::is_not_exist(self)
    }

    fn is_use_proxy(&self) -> bool {
        matches!(self, Self::Fetch(err) if gust_fetch::MayNotExist::is_use_proxy(err))
    }
}

fn no_main_text(workspace: bool) -> &'static str {
    if workspace {
        "no modules were found in the current workspace; see 'go help work'"
    } else {
        "go.mod file not found in current directory or any parent directory; see 'go help modules'"
    }
}

fn of_module_text(module: &ModuleVersion, err: &ModulesError) -> String {
    match err {
        ModulesError::Version(v) => format!(
            "{}@{}: invalid {}: {}",
            module.path,
            v.version,
            v.noun(),
            v.reason
        ),
        _ if module.version.is_empty() => format!("module {}: {err}", module.path),
        _ => format!("{module}: {err}"),
    }
}

fn dirty_text(mode: &str, explicit: bool, reason: &str) -> String {
    const UPDATE: &str = "to update it:\n\tgo mod tidy";
    if explicit {
        return format!("updates to go.mod needed, disabled by -mod={mode}; {UPDATE}");
    }
    if !reason.is_empty() {
        return format!(
            "updates to go.mod needed, disabled by -mod={mode}\n\t({reason})\n\t{UPDATE}"
        );
    }
    format!("updates to go.mod needed; {UPDATE}")
}

fn not_in_module_text(
    module: &ModuleVersion,
    query: &str,
    replaced_by: Option<&ModuleVersion>,
    package: &str,
) -> String {
    let ModuleVersion { path, version } = module;
    let found = match (replaced_by, query == &**version) {
        (Some(by), true) => format!(" (replaced by {by})"),
        (Some(by), false) => format!(" ({version}, replaced by {by})"),
        (None, true) => String::new(),
        (None, false) => format!(" ({version})"),
    };
    let what = match package.contains("...") {
        true => format!("packages matching {package}"),
        false => format!("package {package}"),
    };
    format!("module {path}@{query} found{found}, but does not contain {what}")
}

fn build_list_text(stack: &[ModuleVersion], err: &ModulesError) -> String {
    // Main modules in front of the chain have no version, and are not told.
    let told = stack
        .iter()
        .position(|m| !m.version.is_empty())
        .map_or(&[][..], |at| &stack[at..]);
    let Some((last, before)) = told.split_last() else {
        return err.to_string();
    };
    let mut out = String::new();
    for module in before {
        out.push_str(&format!("{module} requires\n\t"));
    }
    let (actual, inner) = match err {
        ModulesError::Module { module, err } => {
            let version = match &**err {
                ModulesError::Version(v) => v.version.as_str().into(),
                _ => module.version.clone(),
            };
            (
                ModuleVersion {
                    path: module.path.clone(),
                    version,
                },
                err.to_string(),
            )
        }
        ModulesError::Fetch(FetchError::Module { path, version, err }) => {
            let version = match &**err {
                FetchError::InvalidVersion { version, .. } => version,
                _ => version,
            };
            (ModuleVersion::new(path, version), err.to_string())
        }
        _ => {
            out.push_str(&err.clone().of_module(last).to_string());
            return out;
        }
    };
    if actual == *last {
        out.push_str(&err.to_string());
    } else {
        out.push_str(&format!("{last} (replaced by {actual}): {inner}"));
    }
    out
}

fn conflict_text(stack: &[ModuleVersion], err: &ModulesError) -> String {
    const WHAT: &str = "version constraints conflict:";
    let (Some(first), Some(last)) = (stack.first(), stack.last()) else {
        return format!("{WHAT}\n\t{err}");
    };
    let err = match err {
        ModulesError::Module { module, err } if module == last => err.to_string(),
        ModulesError::Fetch(FetchError::Module { path, version, err })
            if **path == *last.path && *version == *last.version.as_str() =>
        {
            err.to_string()
        }
        err => err.to_string(),
    };
    match stack.len() {
        1 => format!("{WHAT}\n\t{first}: {err}"),
        2 => format!("{WHAT}\n\t{first} requires {last}: {err}"),
        _ => format!("{WHAT}\n\t{first} indirectly requires {last}: {err}"),
    }
}

fn indented(reason: &str) -> String {
    if reason.is_empty() {
        String::new()
    } else {
        format!("\n\t({reason})")
    }
}

fn current_text(query: &str, current: &str) -> String {
    let shown = matches!(query, "upgrade" | "patch") && !matches!(current, "" | "none");
    if shown {
        format!(" (current version is {current})")
    } else {
        String::new()
    }
}

fn rationale_text(rationale: &[String]) -> String {
    rationale.first().map_or(String::new(), |first| {
        format!(": {}", short_message(first, "retracted by module author"))
    })
}

/// A text of somebody's go.mod as it may be shown on a terminal: its first line, if that is short and printable.
pub fn short_message(message: &str, default: &str) -> String {
    let line = message.split('\n').next().unwrap_or_default().trim();
    if line.is_empty() {
        return default.to_owned();
    }
    if line.len() > 500 {
        return "(message omitted: too long)".to_owned();
    }
    if line
        .chars()
        .any(|c| !gust_syntax::unicode::is_graphic(c) && !c.is_whitespace())
    {
        return "(message omitted: contains non-printable characters)".to_owned();
    }
    line.to_owned()
}

fn joined(list: &[ModulesError]) -> String {
    list.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

/// An operating system's error about a file, in Go's words.
pub(crate) fn io_error(
    op: &'static str,
    path: impl fmt::Display,
    err: &std::io::Error,
) -> ModulesError {
    ModulesError::text(format!("{op} {path}: {}", os_text(err)))
}

pub(crate) fn os_text(err: &std::io::Error) -> String {
    gust_fs::errtext::go_text(err)
}
