//! From a system's archive to a module's zip.

use std::cell::RefCell;
use std::io::BufWriter;
use std::path::Path;

use gust_fs::disk::File;

use super::module::{Module, Place};
use crate::archive::{self, Archive, Entry, Inflater, MAX_ZIP, PackError, Source};
use crate::error::{FetchError, errno_text};

/// Writes the zip of a version into `to`, which errors call `name`.
pub(super) fn write(
    module: &Module,
    version: &str,
    local_release: &str,
    to: &mut File,
    name: &Path,
) -> Result<(), FetchError> {
    let place = module.place(version)?;
    if let Some(go_mod) = &place.go_mod {
        module.check_release(go_mod, version, local_release)?;
    }
    let data = module.host.archive(&place.rev, &place.dir)?;
    if data.len() as u64 > MAX_ZIP {
        return Err(FetchError::message("downloaded zip file too large"));
    }
    let archive = Archive::open(&data)?;
    let inflater = RefCell::new(Inflater::new());
    let mut files = files(&archive, &place.dir, &inflater)?;
    let license = license(module, &place, &files)?;
    if let Some(license) = license {
        files.push(Source {
            name: "LICENSE".to_owned(),
            size: license.len() as u64,
            is_regular: true,
            read: Box::new(move || Ok(license.clone())),
        });
    }
    let mut out = BufWriter::new(to);
    archive::pack(&mut out, &module.path, version, &files).map_err(|error| match error {
        PackError::Zip(error) => FetchError::Zip(error).context("create zip"),
        PackError::Write(error) => FetchError::message(format!(
            "create zip: write {}: {}",
            name.display(),
            errno_text(&error)
        )),
    })
}

/// The files below `dir` in an archive; all must stand in one directory.
fn files<'a>(
    archive: &'a Archive<'a>,
    dir: &str,
    inflater: &'a RefCell<Inflater>,
) -> Result<Vec<Source<'a>>, FetchError> {
    let mut top: Option<&[u8]> = None;
    let mut files = Vec::new();
    for entry in &archive.entries {
        let top = match top {
            Some(top) => top,
            None => {
                let slash = entry.name.iter().position(|&byte| byte == b'/');
                let slash = slash
                    .ok_or_else(|| FetchError::message("missing top-level directory prefix"))?;
                *top.insert(&entry.name[..=slash])
            }
        };
        let Some(name) = entry.name.strip_prefix(top) else {
            let text = "zip file contains more than one top-level directory";
            return Err(FetchError::message(text));
        };
        let below = match dir {
            "" => Some(name),
            dir => name
                .strip_prefix(dir.as_bytes())
                .and_then(|rest| rest.strip_prefix(b"/")),
        };
        if let Some(name) = below.filter(|name| !name.is_empty() && !name.ends_with(b"/")) {
            files.push(source(archive, entry, name, inflater));
        }
    }
    Ok(files)
}

fn source<'a>(
    archive: &'a Archive<'a>,
    entry: &'a Entry<'a>,
    name: &[u8],
    inflater: &'a RefCell<Inflater>,
) -> Source<'a> {
    Source {
        name: gust_bytes::text(name).into_owned(),
        size: entry.size,
        is_regular: entry.is_regular(),
        read: Box::new(move || {
            let mut inflater = inflater.borrow_mut();
            inflater.content(archive, entry).map(<[u8]>::to_vec)
        }),
    }
}

/// The license of the repository, for a module below its root that has none.
fn license(
    module: &Module,
    place: &Place,
    files: &[Source<'_>],
) -> Result<Option<Vec<u8>>, FetchError> {
    if place.dir.is_empty() || files.iter().any(|file| file.name == "LICENSE") {
        return Ok(None);
    }
    Ok(module.host.file(&place.rev, "LICENSE").ok().flatten())
}
