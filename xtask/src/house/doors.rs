//! Doors: clippy keeps them shut, and this keeps clippy's list, its reach, and the places where a door may stand open.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::{Source, code};

/// What clippy.toml must forbid. Taking a door off its hinges is a breach, not a configuration.
const SHUT: &[&str] = &[
    "std::env::var",
    "std::env::var_os",
    "std::env::vars",
    "std::env::vars_os",
    "std::env::set_var",
    "std::env::current_dir",
    "std::env::set_current_dir",
    "std::env::temp_dir",
    "std::process::exit",
    "std::process::Command::new",
    "std::process::Command::arg",
    "std::process::Command::args",
    "std::process::Command::env",
    "std::process::Command::envs",
    "std::process::Command::current_dir",
    "gust_bytes::command",
    "std::string::String::from_utf8_lossy",
    "std::fs::read",
    "std::fs::read_to_string",
    "std::fs::read_dir",
    "std::fs::metadata",
    "std::fs::symlink_metadata",
    "std::fs::exists",
    "std::fs::write",
    "std::fs::File::open",
    "std::path::Path::exists",
    "std::path::Path::is_file",
    "std::path::Path::is_dir",
    "std::path::Path::metadata",
    "std::path::Path::read_dir",
    "std::fs::canonicalize",
    "std::fs::copy",
    "std::fs::create_dir",
    "std::fs::create_dir_all",
    "std::fs::hard_link",
    "std::fs::read_link",
    "std::fs::remove_dir",
    "std::fs::remove_dir_all",
    "std::fs::remove_file",
    "std::fs::rename",
    "std::fs::set_permissions",
    "std::os::unix::fs::symlink",
    "std::os::unix::fs::chown",
    "std::os::unix::fs::lchown",
    "std::path::Path::canonicalize",
    "std::path::Path::is_symlink",
    "std::path::Path::read_link",
    "std::path::Path::symlink_metadata",
    "std::path::Path::try_exists",
    "rustix::fs::open",
    "rustix::fs::openat",
    "rustix::fs::openat2",
    "rustix::fs::stat",
    "rustix::fs::lstat",
    "rustix::fs::statat",
    "rustix::fs::fstat",
    "rustix::fs::statx",
    "rustix::fs::access",
    "rustix::fs::accessat",
    "rustix::fs::mkdir",
    "rustix::fs::mkdirat",
    "rustix::fs::unlink",
    "rustix::fs::unlinkat",
    "rustix::fs::rename",
    "rustix::fs::renameat",
    "rustix::fs::renameat_with",
    "rustix::fs::link",
    "rustix::fs::linkat",
    "rustix::fs::symlink",
    "rustix::fs::symlinkat",
    "rustix::fs::readlink",
    "rustix::fs::readlinkat",
    "rustix::fs::chmod",
    "rustix::fs::chmodat",
    "rustix::fs::fchmod",
    "rustix::fs::utimensat",
    "rustix::fs::futimens",
    "rustix::fs::ftruncate",
    "rustix::fs::fallocate",
    "rustix::fs::flock",
    "rustix::fs::copy_file_range",
    "tempfile::tempdir",
    "tempfile::tempdir_in",
    "tempfile::tempfile",
    "tempfile::tempfile_in",
    "gust_fs::disk::read",
    "gust_fs::disk::read_to_string",
    "gust_fs::disk::metadata",
    "gust_fs::disk::symlink_metadata",
    "gust_fs::disk::read_dir",
    "gust_fs::disk::canonicalize",
    "gust_fs::disk::File::open",
    "gust_fs::disk::Dir::open",
    "gust_fs::Mapped::open",
    "tokio::runtime::Builder::new_multi_thread",
    "std::fs::DirBuilder",
    "std::fs::DirEntry",
    "std::fs::File",
    "std::fs::OpenOptions",
    "std::fs::Permissions",
    "std::fs::Metadata",
    "std::fs::ReadDir",
    "tokio::fs::DirBuilder",
    "tokio::fs::DirEntry",
    "tokio::fs::File",
    "tokio::fs::OpenOptions",
    "tokio::fs::ReadDir",
    "rustix::fs::Dir",
    "rustix::fs::RawDir",
    "memmap2::Mmap",
    "memmap2::MmapMut",
    "memmap2::MmapOptions",
    "tempfile::NamedTempFile",
    "tempfile::TempDir",
    "std::println",
    "std::print",
    "std::eprintln",
    "std::eprint",
];

/// The lints without which the doors, and the duty to document, are only words.
const LINTS: &[&str] = &[
    "missing_docs",
    "disallowed_methods",
    "disallowed_macros",
    "disallowed_types",
    "undocumented_unsafe_blocks",
];

/// Where a door may stand open: a path or the beginning of one, and for what.
const OPEN: &[(&str, &str)] = &[
    (
        "crates/gust-bytes/src/lib.rs",
        "text becomes a child's words there",
    ),
    (
        "crates/gust-text/src/decode.rs",
        "what is no UTF-8 in JSON is U+FFFD to Go",
    ),
    ("crates/gust-fs/src/lib.rs", "it is the door to the disk"),
    (
        "crates/gust-cache/src/lib.rs",
        "several programs write the build cache at once",
    ),
    (
        "crates/gust-warm/src/",
        "records are gust's own, and files are held against them as they are now",
    ),
    (
        "crates/gust-fetch/src/",
        "the module cache is written there, under locks; network; version control",
    ),
    ("crates/gust-build/src/run/", "build tools start there"),
    ("crates/gust-test/src/run/", "people's tests start there"),
    (
        "crates/gust-test/src/action/run.rs",
        "what a test has just written is read",
    ),
    (
        "crates/gust-toolchain/src/compiler.rs",
        "a compiler is asked who it is and what it can do",
    ),
    (
        "crates/gust-toolchain/src/toolid.rs",
        "a tool is asked who it is",
    ),
    (
        "crates/gust-toolchain/src/release/provide.rs",
        "a release is unpacked",
    ),
    ("crates/gust-testkit/src/lib.rs", "fixtures for tests"),
    (
        "crates/gust/src/process/browser.rs",
        "the person's browser starts here",
    ),
    (
        "crates/gust/src/process.rs",
        "the binary reads the environment, starts people's programs and ends the process",
    ),
    (
        "crates/gust/src/signals.rs",
        "the binary ends the process when it is told to",
    ),
    ("crates/gust/src/ui.rs", "the binary prints"),
];

/// Holds clippy.toml, the manifests and every opened door against the tables.
pub(super) fn breaches(top: &Path, sources: &[Source]) -> Result<Vec<String>> {
    let read = |name: &str| fs::read_to_string(top.join(name)).with_context(|| name.to_owned());
    let mut found = of_clippy(&read("clippy.toml")?);
    found.extend(of_workspace(&read("Cargo.toml")?));
    for dir in super::crates(sources) {
        let name = dir.join("Cargo.toml");
        found.extend(of_manifest(
            &dir.to_string_lossy(),
            &read(&name.to_string_lossy())?,
        ));
    }
    found.extend(sources.iter().flat_map(of_source));
    found.extend(idle(sources));
    Ok(found)
}

fn of_clippy(text: &str) -> Vec<String> {
    let shut = |door: &&&str| !text.contains(&format!("path = \"{door}\""));
    SHUT.iter()
        .filter(shut)
        .map(|door| format!("doors: clippy.toml does not shut {door}"))
        .collect()
}

fn of_workspace(manifest: &str) -> Vec<String> {
    let lints = manifest
        .split("[workspace.lints.rust]")
        .nth(1)
        .unwrap_or_default();
    let lints = lints.split("[profile").next().unwrap_or_default();
    let on = |lint: &&&str| {
        let level = lints
            .lines()
            .find_map(|line| line.strip_prefix(**lint)?.trim_start().strip_prefix('='));
        level.is_none_or(|level| level.contains("allow"))
    };
    LINTS
        .iter()
        .filter(on)
        .map(|lint| format!("doors: the workspace's lints do not have {lint}"))
        .collect()
}

fn of_manifest(name: &str, manifest: &str) -> Option<String> {
    let lints = manifest.split("[lints]").nth(1).unwrap_or_default();
    let kept = lints.trim_start().starts_with("workspace = true");
    (!kept).then(|| format!("doors: {name} does not take the workspace's lints"))
}

fn of_source(source: &Source) -> Vec<String> {
    let path = source.path.to_string_lossy();
    if !path.starts_with("crates/") || !path.contains("/src/") {
        return Vec::new();
    }
    let code = &code::product(&source.text);
    let mut found = Vec::new();
    for (at, _) in code.match_indices("clippy::disallowed_") {
        let line = code[..at].lines().count();
        let attribute = attribute_around(code, at);
        if !attribute.contains("reason") {
            found.push(format!(
                "doors: {path}:{line}: a door stands open without a reason"
            ));
        }
        if !OPEN.iter().any(|(place, _)| path.starts_with(place)) {
            found.push(format!("doors: {path}:{line}: a door stands open here; if it must, xtask/src/house/doors.rs says so"));
        }
    }
    found
}

/// The places where a door may stand open and none does.
fn idle(sources: &[Source]) -> Vec<String> {
    let used = |place: &str| {
        sources.iter().any(|source| {
            source.path.to_string_lossy().starts_with(place)
                && source.text.contains("clippy::disallowed_")
        })
    };
    OPEN.iter()
        .filter(|(place, _)| !used(place))
        .map(|(place, _)| format!("doors: no door stands open in {place}: strike it off the table"))
        .collect()
}

/// The attribute that byte `at` stands in, up to its closing bracket.
fn attribute_around(code: &str, at: usize) -> &str {
    let start = code[..at].rfind('#').unwrap_or(at);
    let end = code[at..].find(")]").map_or(code.len(), |end| at + end);
    &code[start..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(path: &str, text: &str) -> usize {
        of_source(&Source {
            path: path.into(),
            text: text.to_owned(),
        })
        .len()
    }

    #[test]
    fn a_door_taken_out_is_a_breach() {
        let whole: String = SHUT
            .iter()
            .map(|door| format!("{{ path = \"{door}\" }},\n"))
            .collect();
        assert_eq!(of_clippy(&whole).len(), 0);
        assert_eq!(
            of_clippy(&whole.replace("\"std::env::var\"", "\"x\"")),
            ["doors: clippy.toml does not shut std::env::var"]
        );
    }

    #[test]
    fn lints_put_off_are_a_breach() {
        let lints = "[workspace.lints.rust]\nmissing_docs = \"warn\"\n[workspace.lints.clippy]\ndisallowed_methods = \"warn\"\n\
                     disallowed_macros = \"deny\"\ndisallowed_types = \"warn\"\nundocumented_unsafe_blocks = \"warn\"\n[profile.release]\n";
        assert_eq!(of_workspace(lints).len(), 0);
        assert_eq!(
            of_workspace(&lints.replace("missing_docs = \"warn\"", "missing_docs = \"allow\""))
                .len(),
            1
        );
        assert_eq!(
            of_workspace(&lints.replace("disallowed_methods", "other")).len(),
            1
        );
        assert!(of_manifest("x", "[package]\n\n[lints]\nworkspace = true\n").is_none());
        assert!(of_manifest("x", "[package]\n").is_some());
    }

    #[test]
    fn a_place_without_an_open_door_is_a_breach() {
        let open = |places: &[&str]| -> Vec<Source> {
            let source = |place: &&str| Source {
                path: format!("{place}x.rs").into(),
                text: "#[expect(clippy::disallowed_methods)]".to_owned(),
            };
            places.iter().map(source).collect()
        };
        let places: Vec<&str> = OPEN.iter().map(|(place, _)| *place).collect();
        assert_eq!(idle(&open(&places)), Vec::<String>::new());
        assert_eq!(idle(&open(&places[1..])).len(), 1);
    }

    #[test]
    fn an_open_door_wants_a_place_and_a_reason() {
        let with = "#![expect(\n    clippy::disallowed_methods,\n    reason = \"so\"\n)]\n";
        assert_eq!(opened("crates/gust-fs/src/lib.rs", with), 0);
        assert_eq!(opened("crates/gust-modules/src/lib.rs", with), 1);
        assert_eq!(
            opened(
                "crates/gust-fs/src/lib.rs",
                "#![allow(clippy::disallowed_methods)]\n"
            ),
            1
        );
        assert_eq!(
            opened(
                "crates/gust-syntax/src/lib.rs",
                "#[allow(clippy::disallowed_macros)]\n// reason\n"
            ),
            2
        );
        assert_eq!(
            opened(
                "crates/gust-syntax/src/lib.rs",
                "fn f() {}\n#[cfg(test)]\n#[allow(clippy::disallowed_methods)]\nmod tests {}\n"
            ),
            0
        );
    }
}
