//! Reading a directory's files for the first time.

use super::facts::{DirIndex, Facts, FileFacts, FileKind, Language, SubDir};
use super::persist::Seal;
use gust_fs::errtext::PathError;
use gust_fs::{FileKind as EntryKind, View};
use gust_syntax::header::{scan, scan_other};
use std::io;
use std::path::Path;

/// Files from this size on are mapped: their headers are a small part of them.
const LARGE: u64 = 256 << 10;

/// Lists the directory and reads the headers of its files; with them the signatures by which the outcome can be checked later.
pub(super) fn read_dir(view: &View, dir: &Path) -> io::Result<(DirIndex, Seal)> {
    let dir_meta = view.stat(dir)?;
    let mut index = DirIndex::new(dir);
    let mut found = Facts::default();
    let mut names = Vec::new();
    // What ends in .go and is no plain file.
    let mut unsure: Vec<&str> = Vec::new();
    let listing = view.read_dir(dir)?;
    for entry in listing.iter() {
        let name: &str = &entry.name;
        let symlink = entry.kind == EntryKind::Symlink;
        if entry.kind == EntryKind::Dir || symlink && is_link_to_dir(view, dir, name) {
            found.dirs.push(SubDir {
                name: name.into(),
                symlink,
            });
            continue;
        }
        index.settled &= entry.kind == EntryKind::File;
        index.has_go_mod |= name == "go.mod";
        if name.ends_with(".go") {
            index.has_go_names = true;
            match entry.kind {
                EntryKind::File => index.has_go_files = true,
                _ => unsure.push(name),
            }
        }
        if !name.starts_with(['_', '.'])
            && let Some(language) = Language::of(name)
        {
            names.push((name.to_string(), language));
        }
    }
    if !index.has_go_files {
        look_behind(view, &mut index, &unsure);
    }
    let read = |(name, language): &(String, Language)| {
        let path = dir.join(name);
        let signature = view.stat(&path).ok().map(|meta| (meta.sig, meta.size));
        let kind = read_file(
            view,
            &path,
            *language,
            signature.as_ref().map_or(0, |s| s.1),
        );
        (
            FileFacts {
                name: name.as_str().into(),
                kind,
            },
            signature.map(|s| s.0),
        )
    };
    // One after the other: directories are what is read in parallel.
    let mut seal = Seal::new(dir_meta.sig);
    for (facts, signature) in names.iter().map(read) {
        seal.add(signature);
        found.files.push(facts);
    }
    Ok((index.with_facts(found), seal))
}

/// Links to Go files count as such; one that leads nowhere is a problem where there is nothing else.
fn look_behind(view: &View, index: &mut DirIndex, names: &[&str]) {
    for name in names {
        let path = index.dir.join(name);
        match view.stat(&path) {
            Ok(meta) if meta.is_file() => {
                index.has_go_files = true;
                index.go_files_problem = None;
                return;
            }
            Ok(_) => {}
            Err(error) => {
                let actual = view.actual(&path);
                let problem = || PathError::new("stat", &actual, error).to_string().into();
                index.go_files_problem.get_or_insert_with(problem);
            }
        }
    }
}

/// A link that cannot be followed counts as a file, so that opening it says why.
fn is_link_to_dir(view: &View, dir: &Path, name: &str) -> bool {
    view.is_dir(&dir.join(name))
}

fn read_file(view: &View, path: &Path, language: Language, size: u64) -> FileKind {
    if language == Language::Object {
        return FileKind::Object;
    }
    let scanned = |bytes: &[u8]| match language {
        Language::Go => FileKind::Go(Box::new(scan(bytes))),
        _ => FileKind::Other(scan_other(bytes)),
    };
    let read = if size < LARGE {
        view.read(path).map(|bytes| scanned(&bytes))
    } else {
        view.map(path).map(|bytes| scanned(&bytes))
    };
    read.unwrap_or_else(|e| {
        let op = if e.kind() == io::ErrorKind::IsADirectory {
            "read"
        } else {
            "open"
        };
        let path = view.actual(path);
        FileKind::Unreadable(PathError::new(op, &path, e).to_string().into())
    })
}
