//! From flags and settings to modules.

use crate::commands::Id;
use crate::session::Session;
use crate::ui::{Failure, StderrLines};
use gust_modules::{
    Intent, ModFlag, ModuleSettings, Modules, ModulesError, Release, RootMode, Tools,
};
use gust_toolchain::locate;
use std::sync::Arc;

/// What decides which modules the session's command works with, by its flags and settings and by what kind of command it is.
pub(crate) fn settings(session: &Session) -> Result<ModuleSettings, Failure> {
    let (settings, flags, id) = (
        session.settings(),
        session.flags(),
        session.request().command.id,
    );
    let mod_flag = match flags.text("mod") {
        "" => None,
        text => Some(ModFlag::parse(text).ok_or_else(|| {
            Failure::plain(format!(
                "-mod={text} not supported (can be '', 'mod', 'readonly', or 'vendor')"
            ))
        })?),
    };
    Ok(ModuleSettings {
        cwd: settings.cwd().to_owned(),
        goroot: settings.goroot().to_owned(),
        gopath: settings.gopath(),
        temp_dir: locate::temp_dir(settings),
        go111module: settings.go111module().to_owned(),
        gowork: settings.gowork().to_owned(),
        mod_flag,
        modfile: flags
            .last("modfile")
            .filter(|file| !file.is_empty())
            .map(str::to_owned),
        modfile_in_goflags: session.in_goflags("-modfile"),
        root: match id {
            Id::ModGraph | Id::ModTidy | Id::ModVendor | Id::ModVerify | Id::ModWhy => {
                RootMode::Needed
            }
            _ => RootMode::Auto,
        },
        force_modules: matches!(
            id,
            Id::Get
                | Id::ModDownload
                | Id::ModGraph
                | Id::ModInit
                | Id::ModTidy
                | Id::ModVendor
                | Id::ModVerify
                | Id::ModWhy
                | Id::WorkInit
                | Id::WorkSync
                | Id::WorkUse
                | Id::WorkVendor
        ),
        allow_missing_imports: false,
        workspaces: !matches!(id, Id::Get | Id::ModEdit | Id::ModInit | Id::ModTidy),
        intent: match id {
            Id::Get | Id::ModDownload | Id::ModInit | Id::ModTidy | Id::WorkSync => Intent::Update,
            Id::ModGraph | Id::ModVerify | Id::ModWhy => Intent::Inspect,
            Id::ModVendor | Id::WorkVendor => Intent::MakeVendor,
            _ => Intent::Use,
        },
        is_work_command: matches!(
            id,
            Id::WorkEdit | Id::WorkInit | Id::WorkSync | Id::WorkUse | Id::WorkVendor
        ),
        add_go_line: false,
        release: Release {
            version: settings.go_version().to_owned(),
            toolchain: settings.local_toolchain().to_owned(),
            note: session.too_new_explanation(),
        },
    })
}

/// Loads the modules; none in GOPATH mode.
pub(crate) fn load(
    session: &Session,
    settings: ModuleSettings,
) -> Result<Option<Arc<Modules>>, Failure> {
    session.settings().fips()?;
    let tools = Tools {
        view: Arc::clone(session.view()?),
        fetcher: Arc::clone(session.fetcher()?),
        sink: Arc::new(StderrLines),
    };
    let modules = Modules::load(settings, tools).map_err(|error| failure(session, &error))?;
    if modules.is_none() {
        check_gopath_flags(session)?;
    }
    Ok(modules)
}

/// Flags that make no sense without modules, unless they stand in GOFLAGS for other commands.
fn check_gopath_flags(session: &Session) -> Result<(), Failure> {
    let flags = session.flags();
    let only = |text: String| {
        Err(Failure::plain(format!(
            "build flag {text} only valid when using modules"
        )))
    };
    if let Some(value) = flags.last("mod").filter(|value| !value.is_empty())
        && !session.in_goflags("-mod")
    {
        return only(format!("-mod={value}"));
    }
    if flags.bool("modcacherw") && !session.in_goflags("-modcacherw") {
        return only("-modcacherw".to_owned());
    }
    if !flags.text("modfile").is_empty() && !session.in_goflags("-mod") {
        return only("-modfile".to_owned());
    }
    Ok(())
}

/// Whether the command may start again as a newer release. Those that only look at the main module may not: it is for its go.mod
/// to say which release it needs.
fn switches(session: &Session) -> bool {
    match session.request().command.id {
        Id::Get | Id::ModDownload | Id::ModTidy | Id::WorkSync | Id::WorkUse => true,
        Id::Install | Id::Run => session.args().first().is_some_and(|arg| arg.contains('@')),
        _ => false,
    }
}

/// An error of modules as a command's end. Where it says that a newer release is needed, and GOTOOLCHAIN allows, gust starts
/// again as one and does not come back.
pub(crate) fn failure(session: &Session, error: &ModulesError) -> Failure {
    if let Some(fatal) = error.fatal() {
        return Failure::plain(fatal);
    }
    let failure = match error {
        ModulesError::Several(errors) => Failure::errors(errors),
        error => Failure::error(error),
    };
    match error.too_new() {
        Some((what, version)) if switches(session) => session.switch(what, version, failure),
        _ => failure,
    }
}
