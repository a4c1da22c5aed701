//! Getting to the release that is wanted: the settings of another one, a fetched one, or its own go command instead of gust.

use crate::error::{HandOver, OpError, OpErrorKind};
use crate::network;
use crate::report::{Lines, Reporter};
use gust_fetch::{Config, FetchError, Fetcher};
use gust_toolchain::child::SWITCH_COUNT;
use gust_toolchain::goroot::Found;
use gust_toolchain::memo::Memo;
use gust_toolchain::release::{
    self, NoReleaseError, ProvideError, SelectError, Selection, Startup,
};
use gust_toolchain::vars;
use gust_toolchain::{Environ, Inputs, Settings};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why another release cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// What is wanted is no release.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// A fetched release cannot be made ready.
    #[error(transparent)]
    Provide(#[from] ProvideError),
    /// No release is new enough.
    #[error(transparent)]
    None(#[from] NoReleaseError),
    /// One release started another, which started another.
    #[error("too many toolchain switches")]
    TooManySwitches,
    /// GOTOOLCHAIN wants releases from PATH, and there it is not.
    #[error("cannot find {} in PATH", gust_text::quote::quote(.0))]
    NotOnPath(String),
    /// What was downloaded is not what it should be.
    #[error(transparent)]
    Fetch(Box<FetchError>),
    /// It could not be downloaded.
    #[error("download {toolchain}: {source}")]
    Download {
        /// The release.
        toolchain: String,
        /// Why.
        source: Box<FetchError>,
    },
    /// The name of a language version stands in the place of a release's.
    #[error("invalid toolchain: {0} is a language version but not a toolchain version ({0}.x)")]
    LanguageVersion(String),
    /// There is no such release.
    #[error("download {toolchain} for {platform}: toolchain not available")]
    NotAvailable {
        /// The release.
        toolchain: String,
        /// GOOS/GOARCH.
        platform: String,
    },
    /// A module needs a newer release.
    #[error("switching to go >= {version}: {source}")]
    Switch {
        /// Which version it needs.
        version: String,
        /// Why that cannot be.
        source: Box<OpError>,
    },
}

/// The settings of the release that does the work, and what went into the choice.
pub fn settings(
    reporter: &Arc<dyn Reporter>,
    mut inputs: Inputs,
    args: &[String],
) -> Result<(Settings, Startup), OpError> {
    let mut settings = resolve(inputs.clone());
    if settings.goroot_found() == Found::Nowhere
        && let Some(dir) = bootstrap(reporter, &settings)?
    {
        inputs.release = Some(dir);
        settings = resolve(inputs.clone());
    }
    if is_exempt(args) {
        return Ok((settings, Startup::default()));
    }
    let Some(selection) = release::select(&settings).map_err(ReleaseError::from)? else {
        return Ok((settings, Startup::default()));
    };
    let target = settings.environ().get(release::TARGET).to_owned();
    if !target.is_empty() && hook(settings.environ(), vars::TESTGO_VERSION_SWITCH) != "loop" {
        let local = settings.local_toolchain();
        if local != target {
            return Err(ReleaseError::from(SelectError::Mismatch {
                local: local.to_owned(),
                target,
            })
            .into());
        }
        // What the other go command said is not for the programs that this one starts.
        inputs.environ.remove(release::TARGET);
        return Ok((resolve(inputs), selection.startup));
    }
    if settings.godebug_value("toolchaintrace") == "1" {
        selection.trace.iter().for_each(|line| reporter.note(line));
        if selection.is_local {
            reporter.note(&format_args!(
                "go: using local toolchain {}",
                settings.local_toolchain()
            ));
        }
    }
    if selection.is_local {
        return Ok((settings, selection.startup));
    }
    enter(reporter, settings, inputs, &selection)
}

fn resolve(inputs: Inputs) -> Settings {
    let version = hook(&inputs.environ, vars::TESTGO_VERSION);
    let version_override = (!version.is_empty()).then(|| version.to_owned());
    Settings::resolve(Inputs {
        version_override,
        ..inputs
    })
}

/// A variable of the acceptance suite; always empty in a release binary.
pub fn hook<'a>(environ: &'a Environ, name: &str) -> &'a str {
    if cfg!(feature = "conformance") {
        environ.get(name)
    } else {
        ""
    }
}

/// Command lines that any release answers alike, so that a setting that cannot be followed can still be seen and mended.
fn is_exempt(args: &[String]) -> bool {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["env", vars::GOTOOLCHAIN | vars::GOMOD | vars::GOWORK] => true,
        ["env", "-w", setting] => setting.starts_with("GOTOOLCHAIN="),
        _ => false,
    }
}

/// Settings for the chosen release, driven by gust; or no return, because its own go command has taken over.
fn enter(
    reporter: &Arc<dyn Reporter>,
    settings: Settings,
    inputs: Inputs,
    selection: &Selection,
) -> Result<(Settings, Startup), OpError> {
    let toolchain = &selection.toolchain;
    match provide(reporter, &settings, toolchain)? {
        Provided::Goroot(dir) if release::driven(toolchain) => {
            let mut inputs = inputs;
            inputs.environ.remove(SWITCH_COUNT);
            let settings = resolve(Inputs {
                release: Some(dir),
                ..inputs
            });
            if settings.local_toolchain() != toolchain {
                let local = settings.local_toolchain().to_owned();
                return Err(ReleaseError::from(SelectError::Mismatch {
                    local,
                    target: toolchain.clone(),
                })
                .into());
            }
            // What the chosen release makes of the same lines is what its errors tell.
            let startup = release::select(&settings)
                .map_err(ReleaseError::from)?
                .map(|s| s.startup)
                .unwrap_or_default();
            Ok((settings, startup))
        }
        Provided::Goroot(dir) => Err(hand_over(
            &settings,
            toolchain,
            Some(&dir),
            &dir.join("bin/go"),
        )),
        Provided::Program(program) => Err(hand_over(&settings, toolchain, None, &program)),
        Provided::Myself => {
            let goroot = PathBuf::from(settings.environ().get(vars::GOROOT));
            Err(hand_over(
                &settings,
                toolchain,
                Some(&goroot),
                settings.program(),
            ))
        }
    }
}

/// A module needs another release: what is to be started in the place of this one, or why that cannot be.
pub fn restart_as(reporter: &Arc<dyn Reporter>, settings: &Settings, toolchain: &str) -> OpError {
    match provide(reporter, settings, toolchain) {
        Err(error) => error.into(),
        Ok(Provided::Goroot(dir)) => {
            let program = if release::driven(toolchain) {
                settings.program().to_owned()
            } else {
                dir.join("bin/go")
            };
            hand_over(settings, toolchain, Some(&dir), &program)
        }
        Ok(Provided::Program(program)) => hand_over(settings, toolchain, None, &program),
        Ok(Provided::Myself) => {
            let goroot = PathBuf::from(settings.environ().get(vars::GOROOT));
            hand_over(settings, toolchain, Some(&goroot), settings.program())
        }
    }
}

/// Where a release is.
enum Provided {
    /// A whole distribution.
    Goroot(PathBuf),
    /// A program that is its go command.
    Program(PathBuf),
    /// This very program plays it, for the acceptance suite.
    Myself,
}

/// Finds the release on PATH, or has it fetched.
fn provide(
    reporter: &Arc<dyn Reporter>,
    settings: &Settings,
    toolchain: &str,
) -> Result<Provided, ReleaseError> {
    let count: u32 = settings.environ().get(SWITCH_COUNT).parse().unwrap_or(0);
    if count >= release::MAX_SWITCHES - 10 {
        reporter.note(&format_args!(
            "go: switching from go{} to {toolchain} [depth {count}]",
            settings.go_version()
        ));
    }
    if count >= release::MAX_SWITCHES {
        return Err(ReleaseError::TooManySwitches);
    }
    let trace = settings.godebug_value("toolchaintrace") == "1";
    if !hook(settings.environ(), vars::TESTGO_VERSION_SWITCH).is_empty() {
        if trace {
            let program = settings.program().display();
            reporter.note(&format_args!(
                "go: using {toolchain} toolchain from cache located at {program}"
            ));
        }
        return Ok(Provided::Myself);
    }
    if let Some((program, goroot)) = release::on_path(settings, toolchain) {
        if trace {
            reporter.note(&format_args!(
                "go: using {toolchain} toolchain located in system PATH ({})",
                program.display()
            ));
        }
        return Ok(goroot.map_or(Provided::Program(program), Provided::Goroot));
    }
    if release::has_path(settings) {
        return Err(ReleaseError::NotOnPath(toolchain.to_owned()));
    }
    let dir = fetch(reporter, settings, toolchain)?;
    if trace {
        reporter.note(&format_args!(
            "go: using {toolchain} toolchain from cache located at {}",
            dir.join("bin/go").display()
        ));
    }
    Ok(Provided::Goroot(dir))
}

/// Downloads the release into the module cache, checked against the checksum database, unless it is there.
fn fetch(
    reporter: &Arc<dyn Reporter>,
    settings: &Settings,
    toolchain: &str,
) -> Result<PathBuf, ReleaseError> {
    let mut config = network::config(settings);
    if settings.goroot_found() == Found::Nowhere {
        // No release has said where releases come from.
        for (value, default) in [
            (&mut config.goproxy, "https://proxy.golang.org,direct"),
            (&mut config.gosumdb, "sum.golang.org"),
        ] {
            if value.is_empty() {
                *value = default.to_owned();
            }
        }
    }
    let memo = settings
        .state_dir()
        .map_or_else(Memo::in_memory, |dir| Memo::open(&dir));
    let version = release::module_version(toolchain);
    let proof = proof(settings, &config, &version);
    if let Some((dir, key)) = &proof
        && memo.get(key).is_some()
    {
        return Ok(dir.clone());
    }
    let lines = Arc::new(Lines(Arc::clone(reporter)));
    let fetcher = Fetcher::new(config.clone(), Arc::clone(settings.view()), lines);
    let dir = fetcher
        .dir(gust_fetch::toolchain::MODULE, &version)
        .map_err(|error| explain(settings, toolchain, error))?;
    release::make_usable(toolchain, &dir)?;
    if let Some((_, key)) = proof {
        memo.put(key, b"verified".to_vec());
        memo.flush();
    }
    settings.view().forget_all();
    Ok(dir)
}

/// Where the release would be, and the name under which it is remembered that it was checked in its present state, by the present
/// checksum database. A directory of the module cache never changes; that it is a new one shows in its signature.
fn proof(settings: &Settings, config: &Config, version: &str) -> Option<(PathBuf, Vec<u8>)> {
    let dir = config
        .gomodcache
        .join(format!("{}@{version}", gust_fetch::toolchain::MODULE));
    let hash = config.gomodcache.join(format!(
        "cache/download/{}/@v/{version}.ziphash",
        gust_fetch::toolchain::MODULE
    ));
    let states = [settings.signature(&dir)?, settings.signature(&hash)?];
    let [dir_state, hash_state] = &states;
    // Without what the database said there is nothing to go by, not even a memory of it.
    let said = config.gomodcache.join("cache/download/sumdb");
    if settings.view().exists(&hash.with_extension("partial")) || !settings.view().exists(&said) {
        return None;
    }
    let parts = [
        "release",
        dir.to_str()?,
        dir_state,
        hash_state,
        &config.gosumdb,
        &config.gonosumdb,
    ];
    let key = gust_toolchain::memo::key(&parts);
    Some((dir, key))
}

fn explain(settings: &Settings, toolchain: &str, error: FetchError) -> ReleaseError {
    if error.is_fatal() {
        return ReleaseError::Fetch(Box::new(error));
    }
    let toolchain = toolchain.to_owned();
    if !error.is_not_exist() {
        let source = Box::new(error);
        return ReleaseError::Download { toolchain, source };
    }
    let version = gust_syntax::gover::from_toolchain(&toolchain).unwrap_or("");
    if gust_syntax::gover::is_lang(version) && gust_syntax::gover::compare(version, "1.21").is_ge()
    {
        return ReleaseError::LanguageVersion(toolchain);
    }
    let platform = format!("{}/{}", settings.gohostos(), settings.gohostarch());
    ReleaseError::NotAvailable {
        toolchain,
        platform,
    }
}

/// There is no Go here: the release that GOTOOLCHAIN names, or the newest that gust knows, is fetched.
/// Its directory; none when it is to be none, or this very program plays it.
fn bootstrap(
    reporter: &Arc<dyn Reporter>,
    settings: &Settings,
) -> Result<Option<PathBuf>, OpError> {
    let setting = settings.gotoolchain();
    let named = setting.split('+').next().unwrap_or("");
    let toolchain = match named {
        "local" => return Ok(None),
        "" | "auto" | "path" => release::NEWEST_KNOWN.to_owned(),
        name => name.to_owned(),
    };
    if !toolchain.starts_with("go1") || gust_syntax::gover::from_toolchain(&toolchain).is_none() {
        return Err(ReleaseError::from(SelectError::Setting(setting.to_owned())).into());
    }
    match provide(reporter, settings, &toolchain)? {
        Provided::Goroot(dir) if release::driven(&toolchain) => Ok(Some(dir)),
        Provided::Goroot(dir) => {
            let program = dir.join("bin/go");
            Err(hand_over(settings, &toolchain, Some(&dir), &program))
        }
        Provided::Program(program) => Err(hand_over(settings, &toolchain, None, &program)),
        Provided::Myself => Ok(None),
    }
}

/// Another program is to take this one's place, told which release it is to be.
fn hand_over(
    settings: &Settings,
    toolchain: &str,
    goroot: Option<&Path>,
    program: &Path,
) -> OpError {
    let mut environ = settings.environ().clone();
    let count: u32 = environ.get(SWITCH_COUNT).parse().unwrap_or(0);
    environ.set(SWITCH_COUNT, (count + 1).to_string());
    environ.set(release::TARGET, toolchain);
    if hook(&environ, vars::TESTGO_VERSION_SWITCH) == "switch" {
        environ.set(vars::TESTGO_VERSION, toolchain);
    }
    match goroot {
        Some(dir) => environ.set(vars::GOROOT, dir.as_os_str()),
        None => environ.remove(vars::GOROOT),
    }
    let to = HandOver {
        toolchain: toolchain.to_owned(),
        program: program.to_owned(),
        environ,
        as_child: settings.godebug_value("gotoolchainexec") == "0",
    };
    OpErrorKind::HandOver(Box::new(to)).into()
}
