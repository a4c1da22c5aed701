//! What a program needs besides its imports, because of how it will be linked.

use crate::config::LoadConfig;
use crate::model::{Package, Problem};

/// Import paths that the linker adds to a main package.
pub(super) fn linker_deps(config: &LoadConfig, p: &Package) -> Result<Vec<&'static str>, Problem> {
    let (b, cx) = (&config.build, &config.context);
    let mut deps = vec!["runtime"];
    if let Some(reason) = external_link_reason(config, p) {
        if !cx.cgo_enabled {
            return Err(Problem::ExternalLink(reason));
        }
        deps.push("runtime/cgo");
    }
    let wanted = [
        (&*cx.goarch == "arm", "math"),
        (b.race, "runtime/race"),
        (b.msan, "runtime/msan"),
        (b.asan, "runtime/asan"),
        (b.cover, "runtime/coverage"),
    ];
    deps.extend(
        wanted
            .iter()
            .filter(|(want, _)| *want)
            .map(|(_, path)| path),
    );
    Ok(deps)
}

/// Why the system's linker is needed even for a program without cgo.
fn external_link_reason(config: &LoadConfig, p: &Package) -> Option<String> {
    let (b, cx) = (&config.build, &config.context);
    let (os, arch) = (&*cx.goos, &*cx.goarch);
    if must_link_external(os, arch) {
        return Some(format!("{os}/{arch}"));
    }
    let mode = b.buildmode.as_str();
    if mode == "plugin" || mode == "c-shared" && arch != "wasm" {
        return Some(format!("-buildmode={mode}"));
    }
    if b.linkshared {
        return Some("-linkshared".into());
    }
    let default_mode = mode.is_empty() || mode == "default";
    let pie = mode == "pie" || default_mode && default_pie(os, b.race);
    if pie && !internal_link_pie(os, arch) {
        return Some(if mode == "pie" {
            "-buildmode=pie".into()
        } else {
            "default PIE binary".into()
        });
    }
    link_mode_flag(config, p)
}

/// `-ldflags=-linkmode=external`; the last one counts.
fn link_mode_flag(config: &LoadConfig, p: &Package) -> Option<String> {
    let (_, flags) = config
        .build
        .ldflags
        .iter()
        .rev()
        .find(|(m, _)| m.matches(p))?;
    for (i, flag) in flags.iter().enumerate().rev() {
        let next = flags.get(i + 1).map(String::as_str);
        let mode = match flag.strip_prefix("-linkmode") {
            Some("") => next,
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        match mode {
            Some("external") => return Some(flag.clone()),
            Some("internal") => return None,
            _ => {}
        }
    }
    None
}

fn must_link_external(os: &str, arch: &str) -> bool {
    match os {
        "android" => arch != "arm64",
        "ios" => arch == "arm64",
        _ => false,
    }
}

fn default_pie(os: &str, race: bool) -> bool {
    match os {
        "android" | "ios" | "darwin" => true,
        "windows" => !race,
        _ => false,
    }
}

fn internal_link_pie(os: &str, arch: &str) -> bool {
    match os {
        "android" => arch == "arm64",
        "darwin" => matches!(arch, "amd64" | "arm64"),
        "linux" => matches!(arch, "amd64" | "arm64" | "loong64" | "ppc64le"),
        "windows" => matches!(arch, "386" | "amd64" | "arm64"),
        _ => false,
    }
}
