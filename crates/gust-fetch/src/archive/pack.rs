//! What goes into a module's zip.
//!
//! A repository holds more than a module: modules below it, vendored packages, symbolic links, whatever its own archiver adds. Those are left out.
//! What may not be in a zip at all (see `check`) is an error that names every such file.

use std::collections::HashSet;
use std::io::{self, Write};

use gust_syntax::{gover, modfile};

use super::check::{Seen, is_clean};
use super::write::ZipWriter;
use super::{MAX_GO_MOD, MAX_LICENSE, MAX_ZIP, ZipError};
use crate::names;

/// From this release on, modules.txt counts as vendored, and a vendor directory further down is found where it is.
const BETTER_VENDOR: &str = "1.24";

/// A file that may come into a zip.
pub(crate) struct Source<'s> {
    /// Its name within the module.
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) is_regular: bool,
    /// Gives its content.
    pub(crate) read: Box<dyn Fn() -> Result<Vec<u8>, ZipError> + 's>,
}

/// Why no zip was made.
#[derive(Debug)]
pub(crate) enum PackError {
    Zip(ZipError),
    Write(io::Error),
}

impl From<ZipError> for PackError {
    fn from(error: ZipError) -> PackError {
        PackError::Zip(error)
    }
}

/// Writes the zip of a module version.
pub(crate) fn pack(
    to: &mut dyn Write,
    path: &str,
    version: &str,
    files: &[Source<'_>],
) -> Result<(), PackError> {
    names::check_zip_module(path, version).map_err(ZipError::Module)?;
    let chosen = choose(files)?;
    let mut zip = ZipWriter::new(to);
    for file in chosen {
        let content = (file.read)()?;
        if content.len() as u64 > file.size {
            let name = names::quote(&file.name);
            let text = format!("file {name} is larger than declared size");
            return Err(ZipError::Module(text).into());
        }
        let name = format!("{path}@{version}/{}", file.name);
        zip.add(&name, &content).map_err(PackError::Write)?;
    }
    zip.finish().map_err(PackError::Write)
}

/// The files that belong to the module, in their order.
fn choose<'f, 's>(files: &'f [Source<'s>]) -> Result<Vec<&'f Source<'s>>, ZipError> {
    let surroundings = Surroundings::of(files);
    let mut seen = Seen::default();
    let mut left = Left::default();
    let mut total = 0u64;
    let mut chosen = Vec::new();
    for file in files {
        let name = file.name.as_str();
        match surroundings.verdict(file) {
            Verdict::Omit => {
                left.paths.insert(name.to_owned());
                continue;
            }
            Verdict::Refuse(why) => {
                left.refuse(name, &why);
                continue;
            }
            Verdict::Take => {}
        }
        if let Err(why) = seen.add(name, false) {
            left.refuse(name, &why);
            continue;
        }
        if !file.is_regular {
            left.paths.insert(name.to_owned());
            continue;
        }
        total = total.saturating_add(file.size);
        let limit = match name {
            "go.mod" => MAX_GO_MOD,
            "LICENSE" => MAX_LICENSE,
            _ => u64::MAX,
        };
        if file.size > limit {
            left.refuse(
                name,
                &format!("{name} file too large (max size is {limit} bytes)"),
            );
            continue;
        }
        chosen.push(file);
    }
    if total > MAX_ZIP {
        let text = format!("module source tree too large (max size is {MAX_ZIP} bytes)");
        return Err(ZipError::Module(text));
    }
    match left.refused.is_empty() {
        true => Ok(chosen),
        false => Err(ZipError::Files {
            files: left.refused,
        }),
    }
}

/// What is not taken; of each name only the first reason counts.
#[derive(Default)]
struct Left {
    paths: HashSet<String>,
    refused: Vec<String>,
}

impl Left {
    fn refuse(&mut self, name: &str, why: &str) {
        if self.paths.insert(name.to_owned()) {
            self.refused.push(format!("{name}: {why}"));
        }
    }
}

enum Verdict {
    Take,
    Omit,
    Refuse(String),
}

/// What decides about a file, beside itself.
struct Surroundings<'f> {
    /// Directories (with a slash at the end) of other modules.
    modules: HashSet<&'f str>,
    better_vendor: bool,
}

impl<'f> Surroundings<'f> {
    fn of(files: &'f [Source<'_>]) -> Surroundings<'f> {
        let mut modules = HashSet::new();
        let mut better_vendor = false;
        for file in files.iter().filter(|file| file.is_regular) {
            let (dir, base) = file
                .name
                .split_at(file.name.rfind('/').map_or(0, |slash| slash + 1));
            if base.eq_ignore_ascii_case("go.mod") && !dir.is_empty() {
                modules.insert(dir);
            }
            if file.name == "go.mod"
                && let Ok(content) = (file.read)()
                && let Ok(parsed) = modfile::parse_lax("go.mod", &content, None)
            {
                let go = gover::lang(parsed.go_version());
                better_vendor = gover::compare(&go, BETTER_VENDOR).is_ge();
            }
        }
        Surroundings {
            modules,
            better_vendor,
        }
    }

    fn verdict(&self, file: &Source<'_>) -> Verdict {
        let name = file.name.as_str();
        if !is_clean(name) {
            return Verdict::Refuse("file path is not clean".to_owned());
        }
        if name.starts_with('/') {
            return Verdict::Refuse("file path is not relative".to_owned());
        }
        // hg archive adds the last one.
        if self.is_vendored(name) || self.is_in_other_module(name) || name == ".hg_archival.txt" {
            return Verdict::Omit;
        }
        if let Err(why) = names::check_file_path(name) {
            return Verdict::Refuse(why);
        }
        if name != "go.mod" && name.eq_ignore_ascii_case("go.mod") {
            return Verdict::Refuse("go.mod files must have lowercase names".to_owned());
        }
        Verdict::Take
    }

    fn is_in_other_module(&self, name: &str) -> bool {
        let slashes = name.match_indices('/').map(|(at, _)| &name[..=at]);
        slashes.into_iter().any(|dir| self.modules.contains(dir))
    }

    /// Packages in vendor directories are; files right in them are not. Checksums of old modules rest on where releases before 1.24 looked
    /// for the package's own part of a name.
    fn is_vendored(&self, name: &str) -> bool {
        const VENDOR: &str = "vendor/";
        if self.better_vendor && name == "vendor/modules.txt" {
            return true;
        }
        let inner = match (name.strip_prefix(VENDOR), name.find("/vendor/")) {
            (Some(rest), _) => rest,
            (None, Some(at)) if self.better_vendor => &name[at + 1 + VENDOR.len()..],
            (None, Some(_)) => name.get(1 + VENDOR.len()..).unwrap_or_default(),
            (None, None) => return false,
        };
        inner.contains('/')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(files: &[(&str, &str)]) -> String {
        let sources: Vec<Source<'_>> = files
            .iter()
            .map(|(name, content)| Source {
                name: (*name).to_owned(),
                size: content.len() as u64,
                is_regular: *content != "->",
                read: Box::new(|| Ok(content.as_bytes().to_vec())),
            })
            .collect();
        match choose(&sources) {
            Ok(chosen) => chosen
                .iter()
                .map(|file| file.name.as_str())
                .collect::<Vec<_>>()
                .join(" "),
            Err(err) => err.to_string(),
        }
    }

    #[test]
    fn a_module_s_own_files_are_chosen() {
        let old = ("go.mod", "module m\n\ngo 1.23\n");
        let new = ("go.mod", "module m\n\ngo 1.24\n");
        for (files, expected) in [
            (
                vec![old, ("a.go", ""), ("sub/go.mod", ""), ("sub/x/b.go", "")],
                "go.mod a.go",
            ),
            (
                vec![old, ("link", "->"), (".hg_archival.txt", "")],
                "go.mod",
            ),
            (
                vec![old, ("vendor/modules.txt", ""), ("vendor/a/b.go", "")],
                "go.mod vendor/modules.txt",
            ),
            (
                vec![new, ("vendor/modules.txt", ""), ("vendor/b.go", "")],
                "go.mod vendor/b.go",
            ),
            (vec![old, ("pkg/vendor/vendor.go", "")], "go.mod"),
            (
                vec![new, ("pkg/vendor/vendor.go", ""), ("pkg/vendor/x/y.go", "")],
                "go.mod pkg/vendor/vendor.go",
            ),
            (
                vec![("GO.MOD", "")],
                "GO.MOD: go.mod files must have lowercase names",
            ),
            (
                vec![("a", ""), ("A", "")],
                "A: case-insensitive file name collision: \"a\" and \"A\"",
            ),
            (
                vec![("con", ""), ("x*", "")],
                "con: malformed file path \"con\": \"con\" disallowed as path element component on Windows\nx*: malformed file path \"x*\": invalid char '*'",
            ),
        ] {
            assert_eq!(packed(&files), expected);
        }
    }
}
