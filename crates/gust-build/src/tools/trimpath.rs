//! Which file names the compiler and the assembler shorten: rules `from=>to`, separated by semicolons.

use std::collections::HashSet;
use std::path::Path;

use gust_packages::Package;

use super::absolute;
use crate::site::Site;

/// The tools' -trimpath: the action's directory always goes; with the build's -trimpath the package's becomes its import path.
pub fn rules(site: &Site<'_>, p: &Package, objdir: &str) -> String {
    let objdir = objdir.trim_end_matches('/');
    let dir = p.place.dir.to_string_lossy();
    let mut rules = String::new();
    let mut shown = dir.clone().into_owned();
    if site.options.trimpath {
        shown = trimmed_dir(p);
        rules.push_str(&format!("{dir}=>{shown};"));
    }
    if !site.view.overlay().is_empty() {
        overlay_rules(site, p, objdir, &shown, &mut rules);
    }
    rules.push_str(&format!("{objdir}=>"));
    rules
}

/// What stands for a package's directory.
fn trimmed_dir(p: &Package) -> String {
    match &p.module {
        Some(module) if !module.version.is_empty() => {
            let path: &str = &p.build.orig_import_path;
            let below = path.strip_prefix(&*module.path).unwrap_or(path);
            format!("{}@{}{below}", module.path, module.version)
        }
        _ => p.build.orig_import_path.to_string(),
    }
}

/// Files that an overlay put elsewhere are named by where they seem to be.
fn overlay_rules(site: &Site<'_>, p: &Package, objdir: &str, shown: &str, rules: &mut String) {
    let cgo: HashSet<&str> = p.sources.cgo.iter().map(|f| &**f).collect();
    let (mut copies, mut cgo_moved) = (String::new(), false);
    for file in p.sources.all_files() {
        let path = absolute(p, file);
        let path = Path::new(&path);
        let base = path.file_name().unwrap_or_default().to_string_lossy();
        let go = file.ends_with(".go") || file.ends_with(".s");
        let for_cgo = !go || cgo.contains(&**file);
        if site.view.is_overlaid(path) {
            if for_cgo {
                cgo_moved = true;
            } else {
                let real = site.view.actual(path);
                rules.push_str(&format!("{}=>{shown}/{base};", real.display()));
            }
        } else if for_cgo && path.parent() == Some(&*p.place.dir) {
            copies.push_str(&format!("{objdir}/{base}=>{shown}/{base};"));
        }
    }
    if cgo_moved {
        rules.push_str(&copies);
    }
}
