//! Where `go install` puts a package.

use std::path::{Path, PathBuf};

use crate::config::LoadConfig;
use crate::env::pkg_dir;
use crate::model::Package;
use crate::resolve::Located;

/// Sets the install target of a package that is being loaded.
pub(super) fn set(config: &LoadConfig, located: &Located, modules: bool, p: &mut Package) {
    let library_mode = matches!(
        config.build.buildmode.as_str(),
        "c-archive" | "c-shared" | "plugin"
    );
    if &*p.name == "main" && (p.place.standard || !library_mode) {
        set_program(config, located, modules, p);
    } else if !p.place.local {
        p.place.target = archive(config, located, p);
    }
}

/// Where the archive of a package goes: below -pkgdir, if that was given and there is a place at all.
fn archive(config: &LoadConfig, located: &Located, p: &Package) -> Option<PathBuf> {
    let made_here = !matches!(&*p.import_path, "unsafe" | "builtin");
    let in_goroot = p.place.goroot && made_here && config.build.installs_goroot;
    let below = |dir: &Path| dir.join(format!("{}.a", p.import_path));
    match (&config.build.pkgdir, &located.pkg_obj) {
        (Some(dir), Some(_)) => Some(below(dir)),
        (Some(dir), None) => in_goroot.then(|| below(dir)),
        (None, Some(place)) => Some(place.clone()),
        (None, None) => in_goroot.then(|| below(&config.goroot.join(pkg_dir(config)))),
    }
}

fn set_program(config: &LoadConfig, located: &Located, modules: bool, p: &mut Package) {
    let cx = &config.context;
    let exe = format!("{}{}", p.exe_name(modules), exe_suffix(&cx.goos));
    let full = format!("{}_{}/{exe}", cx.goos, cx.goarch);
    let cross = cx.goos != config.host.0 || cx.goarch != config.host.1;
    if let Some(bin) = &located.bin_dir {
        if cross && !p.place.goroot && config.gobin.is_some() {
            p.place.gobin_subdir = true;
        } else {
            p.place.target = Some(bin.join(if cross { &full } else { &exe }));
        }
    }
    if p.place.goroot
        && p.import_path.starts_with("cmd/")
        && !matches!(&*p.import_path, "cmd/go" | "cmd/gofmt")
    {
        p.place.target = Some(config.goroot.join("pkg/tool").join(full));
    }
}

/// `.exe` on Windows.
pub(crate) fn exe_suffix(goos: &str) -> &'static str {
    if goos == "windows" { ".exe" } else { "" }
}

/// The target of a program made of files named on the command line.
pub(crate) fn of_files(bin: &Path, p: &Package, goos: &str) -> PathBuf {
    bin.join(format!("{}{}", p.exe_name(false), exe_suffix(goos)))
}
