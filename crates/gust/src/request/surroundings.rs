//! What a command line says of the surroundings of a command: modules, overlay, traces, whether other modules' packages are meant.

use super::Request;
use crate::commands::{Arguments, Versions};
use gust_build::stamp::vcs::Stamping;
use gust_ops::{ModuleFlags, Reporter, WorkspaceParts};
use gust_toolchain::Settings;
use gust_toolchain::release::Startup;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// What the workspace of a request is made of.
pub(crate) fn workspace_parts(
    request: &Request,
    settings: Settings,
    startup: Startup,
    reporter: Arc<dyn Reporter>,
    interrupt: Arc<AtomicBool>,
) -> WorkspaceParts {
    WorkspaceParts {
        settings: Arc::new(settings),
        startup,
        policy: request.command.policy.modules,
        modules: module_flags(request),
        overlay: request.flags.text("overlay").to_owned(),
        show: request.flags.bool("x"),
        stamping: stamping(request),
        command_line: request.command_line(),
        at_version: at_version(request),
        reporter,
        interrupt,
    }
}

/// build -json and its kin: what builds say goes to standard output as JSON.
pub(crate) fn builds_as_json(request: &Request, settings: &Settings) -> bool {
    let tests = request.command.policy.arguments == Arguments::Tests;
    let as_text = tests && settings.godebug_value("gotestjsonbuildtext") == "1";
    request.command.policy.json_builds && request.flags.bool("json") && !as_text
}

/// -buildvcs
pub(super) fn stamping(request: &Request) -> Stamping {
    let flags = &request.flags;
    match flags.last("buildvcs") {
        None | Some("" | "auto") => Stamping::Auto,
        Some(_) if flags.bool("buildvcs") => Stamping::Always,
        Some(_) => Stamping::Never,
    }
}

fn module_flags(request: &Request) -> ModuleFlags {
    let flags = &request.flags;
    let file = flags.last("modfile").filter(|file| !file.is_empty());
    ModuleFlags {
        mode: flags.text("mod").to_owned(),
        mode_in_goflags: request.in_goflags("mod"),
        file: file.map(str::to_owned),
        file_in_goflags: request.in_goflags("modfile"),
        cache_rw: flags.bool("modcacherw"),
        cache_rw_in_goflags: request.in_goflags("modcacherw"),
    }
}

/// Packages at a version are asked for, whatever module one stands in.
fn at_version(request: &Request) -> bool {
    let may = match request.command.policy.versions {
        Versions::Nowhere => &[],
        Versions::Anywhere => request.args.as_slice(),
        // What ends in .go is a file, whatever else stands in its name.
        Versions::First => match request.args.first() {
            Some(first) if first.ends_with(".go") => &[],
            _ => request.args.get(..1).unwrap_or_default(),
        },
    };
    may.iter().any(|arg| gust_ops::has_version(arg))
}
