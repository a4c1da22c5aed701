//! Requests that build: `build`, `install`, `run`; and the flags of a build for all others that have them.

use super::Request;
use crate::flags::Flags;
use gust_ops::{BuildFlags, BuildRequest, CoverFlags, InstallRequest, RunRequest};
use gust_text::num::parse_bool;

/// `go build`.
pub(crate) fn build(request: &Request) -> BuildRequest {
    BuildRequest {
        flags: build_flags(request),
        patterns: request.args.clone(),
    }
}

/// `go install`.
pub(crate) fn install(request: &Request) -> InstallRequest {
    InstallRequest {
        flags: build_flags(request),
        patterns: request.args.clone(),
    }
}

/// `go run`.
pub(crate) fn run(request: &Request) -> RunRequest {
    let flags = &request.flags;
    RunRequest {
        flags: build_flags(request),
        args: request.args.clone(),
        wrapper: flags.is_set("exec").then(|| flags.words("exec")),
    }
}

/// -cover and the flags that mean it too; of several the last one counts.
fn cover(flags: &Flags) -> Option<CoverFlags> {
    let mut on = false;
    for setting in flags.settings() {
        match setting.name.as_str() {
            "cover" => on = parse_bool(&setting.value).unwrap_or(true),
            "covermode" | "coverpkg" | "coverprofile" => on = true,
            _ => {}
        }
    }
    let patterns = flags.text("coverpkg");
    on.then(|| CoverFlags {
        mode: flags.text("covermode").to_owned(),
        patterns: match patterns {
            "" => Vec::new(),
            list => list.split(',').map(str::to_owned).collect(),
        },
    })
}

/// What the request says of a build.
pub(super) fn build_flags(request: &Request) -> BuildFlags {
    let flags = &request.flags;
    let all = |name: &str| flags.all(name).map(str::to_owned).collect();
    let last = |name: &str| flags.last(name).map(str::to_owned);
    BuildFlags {
        command: request.command.name,
        rebuild: flags.bool("a"),
        dry_run: flags.bool("n"),
        show: flags.bool("x"),
        verbose: flags.bool("v"),
        keep_work: flags.bool("work"),
        jobs: flags.int("p"),
        output: last("o"),
        buildmode: last("buildmode"),
        compiler: last("compiler"),
        race: flags.bool("race"),
        msan: flags.bool("msan"),
        asan: flags.bool("asan"),
        trimpath: flags.bool("trimpath"),
        linkshared: flags.bool("linkshared"),
        cover: cover(flags),
        gcflags: all("gcflags"),
        asmflags: all("asmflags"),
        ldflags: all("ldflags"),
        toolexec: flags.words("toolexec"),
        install_suffix: flags.text("installsuffix").to_owned(),
        tags: flags.tags(),
        pgo: last("pgo"),
        pkgdir: last("pkgdir").filter(|dir| !dir.is_empty()),
        trace: flags.text("debug-trace").to_owned(),
        action_graph: flags.text("debug-actiongraph").to_owned(),
    }
}
