//! A release at hand: found on PATH, or fetched and made to run.
//!
//! Here files are changed that nobody has looked at through a view yet, so the disk is asked directly.

#![expect(
    clippy::disallowed_methods,
    reason = "a release is finished before any view sees it"
)]

use crate::goroot;
use crate::settings::Settings;
use gust_fs::disk as fs;
use gust_fs::errtext::go_text;
use gust_syntax::gover;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A fetched release that cannot be made to run.
#[derive(Debug, Error)]
#[error("download {toolchain}: {why}")]
pub struct ProvideError {
    /// The release.
    pub toolchain: String,
    /// What failed.
    pub why: String,
}

/// The version of the module golang.org/toolchain that holds the release for this platform.
pub fn module_version(toolchain: &str) -> String {
    format!(
        "v0.0.1-{toolchain}.{}-{}",
        crate::platform::HOST_OS,
        crate::platform::HOST_ARCH
    )
}

/// Whether gust drives the release itself; a newer one than it knows gets its own go command.
pub fn driven(toolchain: &str) -> bool {
    let Some(version) = gover::from_toolchain(toolchain) else {
        return false;
    };
    let lang = gover::lang(version);
    gover::compare(&lang, "1.21").is_ge() && gover::compare(&lang, "1.27").is_le()
}

/// A program on PATH by the release's name, and the distribution around it when it has one of that name.
pub fn on_path(settings: &Settings, toolchain: &str) -> Option<(PathBuf, Option<PathBuf>)> {
    let program = settings.look_path(toolchain)?;
    let goroot = settings
        .view()
        .canonicalize(&program)
        .ok()
        .and_then(|real| Some(real.parent()?.parent()?.to_owned()));
    let goroot = goroot.filter(|dir| {
        goroot::is_goroot(settings.view(), dir)
            && goroot::release_name(settings.view(), dir).as_deref() == Some(toolchain)
    });
    Some((program, goroot))
}

/// Finishes a release in the module cache: its programs become executable and its `_go.mod` files get their names. Several
/// processes may do so at once.
pub fn make_usable(toolchain: &str, dir: &Path) -> Result<(), ProvideError> {
    let fail = |why: String| ProvideError {
        toolchain: toolchain.to_owned(),
        why,
    };
    let go = dir.join("bin/go");
    let mode = mode_of(&go).map_err(|e| fail(format!("stat {}: {}", go.display(), go_text(&e))))?;
    if mode & 0o111 == 0 {
        // bin/go last: that it is executable tells others that all is done.
        allow_exec(&dir.join("pkg/tool"), &|_| true)
            .and_then(|()| allow_exec(&dir.join("lib"), &is_exec_wrapper))
            .and_then(|()| allow_exec(&dir.join("bin/gofmt"), &|_| true))
            .and_then(|()| allow_exec(&dir.join("bin"), &|_| true))
            .map_err(|e| fail(go_text(&e)))?;
    }
    let (kept, wanted) = (dir.join("src/_go.mod"), dir.join("src/go.mod"));
    if size(&kept) != size(&wanted) {
        name_go_mods(dir, &kept)
            .and_then(|()| copy(&kept))
            .map_err(|e| fail(go_text(&e)))?;
    }
    Ok(())
}

/// Names like go_android_arm_exec, which run programs for another platform.
fn is_exec_wrapper(name: &str) -> bool {
    let middle = name
        .strip_prefix("go_")
        .and_then(|n| n.strip_suffix("_exec"));
    middle.is_some_and(|m| {
        m.split_once('_')
            .is_some_and(|(a, b)| !a.is_empty() && !b.is_empty())
    })
}

fn mode_of(path: &Path) -> std::io::Result<u32> {
    Ok(fs::metadata(path)?.mode)
}

fn allow_exec(path: &Path, wanted: &dyn Fn(&str) -> bool) -> std::io::Result<()> {
    let meta = fs::metadata(path)?;
    if meta.is_dir() {
        for entry in fs::read_dir(path)? {
            allow_exec(&path.join(entry.name()), wanted)?;
        }
        return Ok(());
    }
    if path
        .file_name()
        .and_then(|n| n.to_str())
        .is_some_and(wanted)
    {
        fs::set_mode(path, meta.mode & 0o777 | 0o111)?;
    }
    Ok(())
}

/// Gives every _go.mod below its name but the one that comes last.
fn name_go_mods(dir: &Path, last: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = dir.join(entry.name());
        if entry.kind.is_dir() {
            name_go_mods(&path, last)?;
        } else if entry.name() == "_go.mod" && path != last {
            copy(&path)?;
        }
    }
    Ok(())
}

/// Writes go.mod beside a _go.mod. The file is not cut first: who writes at the same time writes the same.
fn copy(from: &Path) -> std::io::Result<()> {
    use std::io::Write;
    let to = from.with_file_name("go.mod");
    if size(from) == size(&to) {
        return Ok(());
    }
    let (Some(dir), content) = (from.parent(), fs::read(from)?) else {
        return Ok(());
    };
    let before = mode_of(dir)?;
    fs::set_mode(dir, before | 0o200)?;
    let written = fs::File::options()
        .create(true)
        .write(true)
        .truncate(false)
        .open(&to)
        .and_then(|mut f| f.write_all(&content));
    if written.is_ok() {
        let _ = fs::set_mode(&to, mode_of(from)?);
    }
    let _ = fs::set_mode(dir, before);
    if written.is_err() && size(from) == size(&to) {
        Ok(())
    } else {
        written
    }
}

fn size(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().map(|m| m.size)
}
