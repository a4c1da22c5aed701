//! Copying packages into a new vendor directory, which then takes the place of the old one.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use gust_fs::disk::{self, File};
use gust_fs::errtext::PathError;
use gust_fs::temp::TempDir;
use gust_fs::{FileKind, View};
use gust_packages::Loader;
use gust_packages::dir::resolve_embeds;
use rayon::prelude::*;

use super::{VendorError, VendorPlan, Vendored};

/// Files of these names, with whatever follows, say who may use a module and how: they are kept beside its packages.
const META: [&str; 9] = [
    "AUTHORS",
    "CONTRIBUTORS",
    "COPYLEFT",
    "COPYING",
    "COPYRIGHT",
    "LEGAL",
    "LICENSE",
    "NOTICE",
    "PATENTS",
];

/// What could not be copied, though the rest was: go's texts, with what go has in front.
pub type Faults = Vec<String>;

/// A directory to be filled.
#[derive(Default)]
struct Filled {
    /// Files by their path below it, and where they are copied from.
    files: BTreeMap<PathBuf, PathBuf>,
    dirs: BTreeSet<PathBuf>,
}

/// Makes the vendor directory; removes the old one. Without packages and modules.txt none is made.
///
/// # Errors
/// Something cannot be read or written: the old directory stays.
pub fn make(loader: &Loader, plan: &VendorPlan, target: &Path) -> Result<Faults, VendorError> {
    if plan.text.is_empty() {
        remove(target)?;
        return Ok(Vec::new());
    }
    let view = &loader.config().view;
    let found: Vec<Result<(Filled, Faults), VendorError>> = plan
        .packages
        .par_iter()
        .map(|package| fill(loader, plan, package))
        .collect();
    let (mut filled, mut faults) = (Filled::default(), Vec::new());
    for found in found {
        let (one, complaints) = found?;
        filled.files.extend(one.files);
        filled.dirs.extend(one.dirs);
        faults.extend(complaints);
    }
    let parent = target.parent().unwrap_or(Path::new("/"));
    disk::create_dir_all(parent).map_err(|err| PathError::new("mkdir", parent, err))?;
    let temp = TempDir::new_in(parent, ".vendor-");
    let temp = temp.map_err(|err| PathError::new("mkdir", parent, err))?;
    let root = temp.path().join("vendor");
    let made = std::iter::once(&PathBuf::new())
        .chain(&filled.dirs)
        .try_for_each(|dir| {
            let dir = root.join(dir);
            disk::create_dir_all(&dir).map_err(|err| PathError::new("mkdir", &dir, err))
        });
    made?;
    let files: Vec<(&PathBuf, &PathBuf)> = filled.files.iter().collect();
    let copied = files
        .par_iter()
        .try_for_each(|(to, from)| copy(view, from, &root.join(to)));
    copied?;
    let list = root.join("modules.txt");
    disk::write(&list, &gust_bytes::raw(&plan.text))
        .map_err(|err| PathError::new("open", &list, err))?;
    swap(&root, target, &temp.path().join("old"))?;
    Ok(faults)
}

/// Puts the new directory where the old one is, which goes aside first: a name each is all that an interruption can come between.
fn swap(new: &Path, target: &Path, aside: &Path) -> Result<(), PathError> {
    let failed = |err| PathError::new("rename", target, err);
    match disk::rename(target, aside) {
        Err(err) if err.kind() != io::ErrorKind::NotFound => return Err(failed(err)),
        _ => {}
    }
    disk::rename(new, target).map_err(|err| {
        // The old one was not looked at twice; if it cannot come back, the first error says more.
        let _ = disk::rename(aside, target);
        failed(err)
    })
}

fn remove(target: &Path) -> Result<(), PathError> {
    match disk::remove_all(target) {
        Err(err) if err.kind() != io::ErrorKind::NotFound => {
            Err(PathError::new("unlinkat", target, err))
        }
        _ => Ok(()),
    }
}

fn copy(view: &View, from: &Path, to: &Path) -> Result<(), PathError> {
    let opened = view.open_unreplaced(from);
    let mut source = opened.map_err(|err| PathError::new("open", from, err))?;
    let target = File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .open(to);
    let mut target = target.map_err(|err| PathError::new("open", to, err))?;
    disk::copy(&mut source, &mut target).map_err(|err| PathError::new("write", to, err))?;
    Ok(())
}

/// What one package brings: its files, files that it embeds, and what says how its module may be used.
fn fill(
    loader: &Loader,
    plan: &VendorPlan,
    package: &Vendored,
) -> Result<(Filled, Faults), VendorError> {
    let (dir, place) = (&*package.dir, Path::new(&package.path));
    let view = &loader.config().view;
    let unreadable = |err| PathError::new("open", dir, err);
    let names = loader.vendor_files(dir, plan.rules).map_err(unreadable)?;
    let mut filled = Filled::default();
    filled.dirs.insert(place.to_owned());
    for name in &names {
        filled.files.insert(place.join(name), dir.join(name));
    }
    add_meta(view, package, &mut filled)?;
    let mut faults = Vec::new();
    let follow = loader.config().build.embed_follows_symlinks;
    let patterns = loader.vendor_embeds(dir, plan.rules);
    let patterns = patterns.map_err(|why| VendorError::Embeds {
        package: package.path.clone(),
        why,
    })?;
    match resolve_embeds(view, dir, &patterns, follow) {
        Err(problem) => {
            faults.push(format!(
                "go: resolving embeds in {}: {problem}",
                package.path
            ));
        }
        Ok((files, _)) => {
            for file in &files {
                let to = place.join(&**file);
                filled.dirs.extend(to.parent().map(Path::to_owned));
                filled.files.insert(to, dir.join(&**file));
            }
        }
    }
    Ok((filled, faults))
}

/// From the package's directory upwards to its module's.
fn add_meta(view: &View, package: &Vendored, filled: &mut Filled) -> Result<(), PathError> {
    let (mut dir, mut place) = (&*package.dir, Path::new(&package.path));
    while place != Path::new(&package.module) {
        let (Some(above), Some(place_above)) = (dir.parent(), place.parent()) else {
            break;
        };
        (dir, place) = (above, place_above);
        let listed = view
            .read_dir(dir)
            .map_err(|err| PathError::new("open", dir, err))?;
        filled.dirs.insert(place.to_owned());
        for entry in listed.iter() {
            let name = entry.name();
            if entry.kind == FileKind::File && META.iter().any(|meta| name.starts_with(meta)) {
                filled.files.insert(place.join(name), dir.join(name));
            }
        }
    }
    Ok(())
}
