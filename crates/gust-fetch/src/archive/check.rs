//! What a module's zip may hold.
//!
//! Every file lies under `path@version/`, has a name that all file systems can keep, none twice
//! (whatever the case), one go.mod at most and that in the root, and sizes within limits. The
//! checks are made on the directory of the zip alone; that the content keeps to the stated sizes
//! is checked when it is inflated.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use super::{Archive, MAX_GO_MOD, MAX_LICENSE, MAX_ZIP, ZipError};
use crate::names;

/// Checks the directory of the zip for a module version.
pub(crate) fn check(
    archive: &Archive<'_>,
    len: u64,
    path: &str,
    version: &str,
) -> Result<(), ZipError> {
    names::check_zip_module(path, version).map_err(ZipError::Module)?;
    if len > MAX_ZIP {
        return Err(ZipError::ZipTooLarge { size: len });
    }
    let prefix = format!("{path}@{version}/");
    let mut seen = Seen::default();
    let mut files = Vec::new();
    let mut total: u64 = 0;
    let mut too_large = false;
    for entry in &archive.entries {
        let full = gust_bytes::text(entry.name);
        let checked = check_name(&full, entry.name, &prefix).and_then(|name| {
            let Some((name, is_dir)) = name else {
                return Ok(());
            };
            seen.add(name, is_dir)?;
            if is_dir {
                return Ok(());
            }
            check_go_mod_place(name)?;
            total = total.saturating_add(entry.size);
            too_large |= total > MAX_ZIP;
            match name {
                "go.mod" if entry.size > MAX_GO_MOD => Err(format!(
                    "go.mod file too large (max size is {MAX_GO_MOD} bytes)"
                )),
                "LICENSE" if entry.size > MAX_LICENSE => Err(format!(
                    "LICENSE file too large (max size is {MAX_LICENSE} bytes)"
                )),
                _ => Ok(()),
            }
        });
        if let Err(why) = checked {
            files.push(format!("{full}: {why}"));
        }
    }
    if too_large {
        return Err(ZipError::ContentTooLarge);
    }
    if files.is_empty() {
        Ok(())
    } else {
        Err(ZipError::Files { files })
    }
}

/// The name within the module and whether it is a directory; `None` for the root itself.
fn check_name<'n>(
    full: &'n str,
    bytes: &[u8],
    prefix: &str,
) -> Result<Option<(&'n str, bool)>, String> {
    let Some(name) = full.strip_prefix(prefix) else {
        return Err(format!(
            "path does not have prefix {}",
            names::quote(prefix)
        ));
    };
    if name.is_empty() {
        return Ok(None);
    }
    let (name, is_dir) = match name.strip_suffix('/') {
        Some(name) => (name, true),
        None => (name, false),
    };
    if !is_clean(name) {
        return Err("file path is not clean".to_owned());
    }
    if std::str::from_utf8(bytes).is_err() {
        return Err(format!(
            "malformed file path {}: invalid UTF-8",
            names::quote(name)
        ));
    }
    names::check_file_path(name)?;
    Ok(Some((name, is_dir)))
}

fn check_go_mod_place(name: &str) -> Result<(), String> {
    let base = name.rsplit('/').next().unwrap_or(name);
    if !base.eq_ignore_ascii_case("go.mod") {
        return Ok(());
    }
    if base.len() != name.len() {
        return Err("go.mod file not in module root directory".to_owned());
    }
    if name != "go.mod" {
        return Err("go.mod files must have lowercase names".to_owned());
    }
    Ok(())
}

/// Whether no part is empty, `.` or a `..` that could be resolved.
pub(super) fn is_clean(name: &str) -> bool {
    if name == "." || name == ".." {
        return true;
    }
    if name.is_empty() || name.ends_with('/') {
        return false;
    }
    let mut above = true;
    name.split('/').enumerate().all(|(i, part)| match part {
        "" => i == 0 && name.len() > 1,
        "." => false,
        ".." => above && !name.starts_with('/'),
        _ => {
            above = false;
            true
        }
    })
}

/// The names seen so far, by what a file system without case makes of them.
#[derive(Default)]
pub(super) struct Seen {
    by_fold: HashMap<String, (String, bool)>,
}

impl Seen {
    pub(super) fn add(&mut self, name: &str, is_dir: bool) -> Result<(), String> {
        let (mut name, mut is_dir) = (name, is_dir);
        loop {
            match self.by_fold.entry(fold(name)) {
                Slot::Vacant(slot) => {
                    slot.insert((name.to_owned(), is_dir));
                }
                Slot::Occupied(slot) => {
                    let (other, other_is_dir) = slot.get();
                    if other != name {
                        let (other, name) = (names::quote(other), names::quote(name));
                        return Err(format!(
                            "case-insensitive file name collision: {other} and {name}"
                        ));
                    }
                    if *other_is_dir != is_dir {
                        return Err(format!(
                            "entry {} is both a file and a directory",
                            names::quote(name)
                        ));
                    }
                    if !is_dir {
                        return Err(format!("multiple entries for file {}", names::quote(name)));
                    }
                    // A directory known already has had its parents checked.
                    return Ok(());
                }
            }
            match name.rfind('/') {
                Some(slash) if slash > 0 => (name, is_dir) = (&name[..slash], true),
                _ => return Ok(()),
            }
        }
    }
}

fn fold(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let upper = name.chars().map(|c| c.to_uppercase().next().unwrap_or(c));
    upper
        .map(|c| c.to_lowercase().next().unwrap_or(c))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_by_case_only_clash() {
        let mut seen = Seen::default();
        seen.add("a/B/c.go", false).unwrap();
        assert!(
            seen.add("a/b/d.go", false)
                .unwrap_err()
                .contains("case-insensitive")
        );
        assert!(
            seen.add("a/B", false)
                .unwrap_err()
                .contains("both a file and a directory")
        );
        assert!(
            seen.add("a/B/c.go", false)
                .unwrap_err()
                .contains("multiple entries")
        );
        assert!(seen.add("\u{212a}", false).is_ok() && seen.add("k", false).is_err());
    }

    #[test]
    fn clean_names() {
        for name in ["a", "a/b", "..", "../a", "/a"] {
            assert!(is_clean(name), "{name}");
        }
        for name in ["", "a//b", "a/./b", "a/../b", "a/..", "./a", "/.."] {
            assert!(!is_clean(name), "{name}");
        }
    }
}
