//! `go env`: every setting, or those that are named; changes to the user's file.

mod write;

pub use write::{set, unset};

use crate::error::OpError;
use crate::load::check_compilers;
use crate::report::Reporter;
use crate::workspace::{Workspace, check_platform};
use gust_fs::errtext::PathError;
use gust_text::quote::{FieldsError, quote};
use gust_toolchain::compiler::Compilers;
use gust_toolchain::envfile::NoEnvFile;
use gust_toolchain::locate::{self, ModuleMode};
use gust_toolchain::vars;
use gust_toolchain::{Settings, Variable};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The variables that cost something to work out: compilers may have to be asked.
const COSTLY: &[&str] = &[
    vars::CGO_CFLAGS,
    vars::CGO_CPPFLAGS,
    vars::CGO_CXXFLAGS,
    vars::CGO_FFLAGS,
    vars::CGO_LDFLAGS,
    vars::PKG_CONFIG,
    vars::GOGCCFLAGS,
];

/// Which settings.
pub struct EnvRequest {
    /// Their names; none for all.
    pub names: Vec<String>,
    /// Only what differs from the default.
    pub changed: bool,
    /// -x: the work directory that flags hide is named.
    pub show: bool,
}

/// Settings to show, in the order in which they were named.
pub struct EnvOutcome {
    /// Name and value of each.
    pub variables: Vec<Variable>,
}

/// What is wrong with settings, or with changes to them.
#[derive(Debug, thiserror::Error)]
pub enum EnvError {
    /// An assignment where a name belongs.
    #[error("invalid variable name {} (use -w to set variable)", quote(.0))]
    Assignment(String),
    /// There is no place for temporary files.
    #[error("creating work dir: {0}")]
    WorkDir(PathError),
    /// GOOS and GOARCH do not go together.
    #[error("{0}")]
    Platform(String),
    /// -w without anything.
    #[error("no KEY=VALUE arguments given")]
    NothingToSet,
    /// -w with something else than an assignment.
    #[error("arguments must be KEY=VALUE: invalid argument: {0}")]
    NoAssignment(String),
    /// -w with one name twice.
    #[error("multiple values for key: {0}")]
    Twice(String),
    /// -u without anything.
    #[error("'go env -u' requires an argument")]
    NothingToUnset,
    /// Not a setting but a fact.
    #[error("{0} cannot be modified")]
    Fixed(String),
    /// Only the environment can say it.
    #[error("{0} can only be set using the OS environment")]
    OnlyEnvironment(String),
    /// Nobody knows it.
    #[error("unknown go command variable {0}")]
    Unknown(String),
    /// Not one of the few values that there are.
    #[error("invalid {name} value {}", quote(value))]
    Value {
        /// The variable.
        name: String,
        /// The value.
        value: String,
    },
    /// A path as only a shell understands it.
    #[error("GOPATH entry cannot start with shell metacharacter '~': {}", quote(.0))]
    Tilde(String),
    /// A path that depends on where one stands.
    #[error("{name} entry is relative; must be absolute path: {}", quote(value))]
    Relative {
        /// The variable.
        name: String,
        /// The path.
        value: String,
    },
    /// GOTMPDIR depends on where one stands.
    #[error("GOTMPDIR must be an absolute path")]
    RelativeTmpDir,
    /// A compiler's words cannot be told apart.
    #[error("invalid {name}: {source}")]
    Words {
        /// The variable.
        name: String,
        /// Why.
        source: FieldsError,
    },
    /// A compiler that is only space.
    #[error("{0} entry cannot contain only space")]
    OnlySpace(String),
    /// A byte that is no part of a character.
    #[error("invalid UTF-8 in {0}=... value")]
    NotUtf8(String),
    /// A zero byte.
    #[error("invalid NUL in {0}=... value")]
    Nul(String),
    /// A line break.
    #[error("invalid newline in {0}=... value")]
    Newline(String),
    /// A platform that there is none.
    #[error("unsupported GOOS/GOARCH pair {goos}/{goarch}")]
    NoPlatform {
        /// GOOS
        goos: String,
        /// GOARCH
        goarch: String,
    },
    /// There is no place for the user's file.
    #[error("cannot find go env config: {0}")]
    NoFile(NoEnvFile),
    /// The user's file cannot be read.
    #[error("reading go env config: {0}")]
    Read(PathError),
    /// The user's file cannot be written.
    #[error("writing go env config: {0}")]
    Write(PathError),
}

/// Works out settings.
///
/// # Errors
/// [`OpError`] when a name is none, or settings that are asked for cannot be what they are.
pub fn env(
    workspace: &Workspace,
    request: &EnvRequest,
    reporter: &dyn Reporter,
) -> Result<EnvOutcome, OpError> {
    let settings = workspace.settings();
    check_platform(settings)?;
    let names = &request.names;
    if let Some(name) = names.iter().find(|n| n.contains('=')) {
        return Err(EnvError::Assignment(name.clone()).into());
    }
    let mut all = settings.variables();
    all.extend(position(settings, reporter)?);
    if names.is_empty() || names.iter().any(|n| COSTLY.contains(&n.as_str())) {
        check_compilers(settings)?;
        all.extend(costly(workspace, request.show, reporter)?);
    }
    let mut variables = match names.is_empty() {
        true => all,
        false => named(settings, &all, names, request.changed),
    };
    variables.retain(|v| v.changed || !request.changed);
    Ok(EnvOutcome { variables })
}

/// The variables of these names; what nobody knows is empty, unless only changes are asked for.
fn named(settings: &Settings, all: &[Variable], names: &[String], changed: bool) -> Vec<Variable> {
    let find = |name: &String| all.iter().find(|v| v.name == *name).cloned();
    if changed {
        return names.iter().filter_map(find).collect();
    }
    let other = |name: &String| {
        let value = match settings.is_known(name) {
            true => settings.get(name).to_owned(),
            false => String::new(),
        };
        Variable::new(name, value, false)
    };
    names
        .iter()
        .map(|name| find(name).unwrap_or_else(|| other(name)))
        .collect()
}

/// GOMOD and GOWORK: where the person stands.
fn position(settings: &Settings, reporter: &dyn Reporter) -> Result<[Variable; 2], OpError> {
    let gomod = go_mod(settings, reporter)?;
    let gowork = match settings.gowork() {
        "off" => "off".to_owned(),
        _ => {
            let file = locate::work_file(settings, settings.cwd())?;
            file.map_or_else(String::new, |f| f.to_string_lossy().into_owned())
        }
    };
    Ok([
        Variable::new(vars::GOMOD, gomod, false),
        Variable::new(vars::GOWORK, gowork, false),
    ])
}

fn go_mod(settings: &Settings, reporter: &dyn Reporter) -> Result<String, OpError> {
    settings.fips()?;
    let none = match locate::module_mode(settings)? {
        ModuleMode::Off => return Ok(String::new()),
        ModuleMode::On => "/dev/null",
        ModuleMode::Auto => "",
    };
    let Some(root) = locate::module_root(settings.view(), settings.cwd()) else {
        return Ok(none.to_owned());
    };
    if locate::is_temp_root(settings, &root) {
        let temp = locate::temp_dir(settings);
        reporter.note(&format_args!(
            "go: warning: ignoring go.mod in system temp root {}",
            temp.display()
        ));
        return Ok(none.to_owned());
    }
    if let Some(first) = settings.gopath().first()
        && settings.view().exists(&first.join("go.mod"))
    {
        reporter.note(&format_args!(
            "go: warning: ignoring go.mod in $GOPATH {}",
            first.display()
        ));
    }
    Ok(root.join("go.mod").to_string_lossy().into_owned())
}

/// C compilers and what is known of them. The work directory that their flags hide need not be there.
fn compilers(workspace: &Workspace) -> Compilers<'static> {
    workspace.settings().view().note_unprovable();
    let name = format!("go-build{}", gust_fs::write::unique());
    let workdir: PathBuf = workspace.settings().gotmpdir().join(name);
    Compilers::new(
        Arc::clone(workspace.memo()),
        workdir.to_string_lossy().into_owned(),
    )
}

fn costly(
    workspace: &Workspace,
    show: bool,
    reporter: &dyn Reporter,
) -> Result<Vec<Variable>, OpError> {
    let settings = workspace.settings();
    let temp = settings.gotmpdir();
    let compilers = compilers(workspace);
    let failed = match settings.view().stat(&temp) {
        Ok(meta) if meta.is_dir() => None,
        Ok(_) => {
            let work = Path::new(compilers.workdir());
            let error = io::Error::from(io::ErrorKind::NotADirectory);
            Some(PathError::new("mkdir", work, error))
        }
        Err(error) => Some(PathError::new("stat", &temp, error)),
    };
    if let Some(error) = failed {
        return Err(EnvError::WorkDir(error).into());
    }
    if show {
        reporter.note(&format_args!("WORK={}", compilers.workdir()));
    }
    settings.check_platform().map_err(EnvError::Platform)?;
    let flags = settings.cgo_flags()?;
    let cc = settings.cc();
    if cc
        .first()
        .is_some_and(|name| settings.look_path(name).is_some())
    {
        workspace.build_cache_dir()?;
    }
    let gcc = settings.compiler_command(&compilers, &cc, ".", "");
    compilers.flush();
    let joined =
        |words: &[String]| gust_text::quote::join_fields(words).unwrap_or_else(|_| words.join(" "));
    let flag = |name: &str, words: &[String]| {
        let value = joined(words);
        let changed = value != gust_toolchain::cflags::DEFAULT_CFLAGS;
        Variable::new(name, value, changed)
    };
    let cppflags = joined(&flags.cppflags);
    let pkg_config = settings.pkg_config();
    Ok(vec![
        flag(vars::CGO_CFLAGS, &flags.cflags),
        Variable::new(vars::CGO_CPPFLAGS, cppflags.clone(), !cppflags.is_empty()),
        flag(vars::CGO_CXXFLAGS, &flags.cxxflags),
        flag(vars::CGO_FFLAGS, &flags.fflags),
        flag(vars::CGO_LDFLAGS, &flags.ldflags),
        Variable::new(
            vars::PKG_CONFIG,
            pkg_config.clone(),
            pkg_config != "pkg-config",
        ),
        Variable::new(
            vars::GOGCCFLAGS,
            joined(gcc.get(3..).unwrap_or_default()),
            false,
        ),
    ])
}
