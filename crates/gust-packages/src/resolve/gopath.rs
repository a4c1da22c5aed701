//! GOPATH mode: vendor directories on the way up, then GOROOT, then each GOPATH entry.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gust_fs::View;
use gust_text::quote::quote;

use super::{Importer, Located};
use crate::dir::Indexer;
use crate::model::{Problem, Str};
use crate::paths::{
    clean, dir_import_path, has_file_prefix, is_local_import, join_clean, real_path, sub_dir,
};
use crate::resolve::fips::FipsSnapshot;

/// GOPATH mode's settings.
#[derive(Clone)]
pub(crate) struct Gopath {
    pub(crate) view: Arc<View>,
    pub(crate) indexer: Arc<Indexer>,
    pub(crate) goroot: Arc<Path>,
    pub(crate) entries: Vec<Arc<Path>>,
    pub(crate) gobin: Option<PathBuf>,
    /// `pkg/linux_amd64`, with the install suffix.
    pub(crate) fips: Option<Arc<FipsSnapshot>>,
    pub(crate) pkg_dir: String,
}

/// A canonical path, and the directory where that is known already.
pub(crate) struct Meaning {
    pub(crate) path: Str,
    pub(crate) dir: Option<PathBuf>,
}

impl Gopath {
    /// What an import path means to its importer. `cwd` stands for the importer of what the command line names.
    pub(crate) fn meaning(&self, importer: Option<&Importer>, cwd: &Path, path: &Str) -> Meaning {
        if is_local_import(path) {
            let dir = join_clean(importer.map_or(cwd, |i| i.dir), path);
            return Meaning {
                path: dir_import_path(&dir).into(),
                dir: Some(dir),
            };
        }
        let path = match importer {
            Some(by) => match self.vendored(by, path) {
                Some(vendored) => vendored,
                None => self
                    .by_module_path(by, path)
                    .unwrap_or_else(|| path.clone()),
            },
            None => path.clone(),
        };
        Meaning { path, dir: None }
    }

    /// The copy in the nearest vendor directory up from the importer.
    fn vendored(&self, by: &Importer, path: &str) -> Option<Str> {
        let (dir, root) = self.dir_and_root(by)?;
        let text = dir.to_str()?;
        let root_len = root.to_str()?.len();
        let mut at = text.len();
        loop {
            let vendor = Path::new(&text[..at]).join("vendor");
            if self.view.is_dir(&vendor) {
                let target = vendor.join(path);
                if self.view.is_dir(&target) && self.has_go_names(&target) {
                    let below = text.get(root_len + 1..at).unwrap_or_default();
                    let full = if below.is_empty() {
                        format!("vendor/{path}")
                    } else {
                        format!("{below}/vendor/{path}")
                    };
                    return Some(full.into());
                }
            }
            if at <= root_len {
                return None;
            }
            at = text[..at].rfind('/').filter(|&i| i >= root_len)?;
        }
    }

    /// Code with a go.mod may import `x/v2/y` where GOPATH has `x/y` and `x/go.mod` says `module x/v2`.
    fn by_module_path(&self, by: &Importer, path: &Str) -> Option<Str> {
        version_element(path)?;
        let (dir, root) = self.dir_and_root(by)?;
        dir.ancestors()
            .take_while(|d| has_file_prefix(d, &root))
            .find(|d| self.module_path(d).is_some())?;
        if self.find(path, None).dir.is_some() {
            return None;
        }
        let mut limit = path.len();
        loop {
            let (i, j) = version_element(&path[..limit])?;
            if let Some(module) = self
                .find(&path[..i], None)
                .dir
                .and_then(|d| self.module_path(&d))
            {
                return (module == path[..j])
                    .then(|| format!("{}{}", &path[..i], &path[j..]).into());
            }
            limit = i;
        }
    }

    /// The importer's directory and `root/src`, one below the other, links resolved if need be.
    fn dir_and_root(&self, by: &Importer) -> Option<(PathBuf, PathBuf)> {
        let (dir, root) = (clean(by.dir), by.root?.join("src"));
        if has_file_prefix(&dir, &root) {
            return Some((dir, root));
        }
        let (dir, root) = (real_path(&self.view, &dir), real_path(&self.view, &root));
        has_file_prefix(&dir, &root).then_some((dir, root))
    }

    fn has_go_names(&self, dir: &Path) -> bool {
        self.indexer
            .index(dir)
            .is_ok_and(|index| index.has_go_names)
    }

    /// The module path that the directory's go.mod states, if it has one.
    fn module_path(&self, dir: &Path) -> Option<String> {
        let text = self.view.read_to_string(&dir.join("go.mod")).ok()?;
        let line = text.lines().find_map(|l| l.strip_prefix("module "))?.trim();
        let name = line
            .strip_prefix('"')
            .and_then(|l| l.strip_suffix('"'))
            .unwrap_or(line);
        (!name.is_empty()).then(|| name.to_owned())
    }

    /// Where the package of a canonical path is. `known` is its directory where the path stands for one (`_/tmp/x`);
    /// `from` the importer's directory.
    pub(crate) fn locate(&self, path: &str, known: Option<&Path>, from: Option<&Path>) -> Located {
        if let Some(dir) = known {
            return self.locate_dir(dir).1;
        }
        if path.starts_with('/') {
            return Located::failed(Problem::Other(format!(
                "import {}: cannot import absolute path",
                quote(path)
            )));
        }
        self.find(path, from)
    }

    /// What a directory is known as: its import path (if it has one), and the rest.
    pub(crate) fn locate_dir(&self, dir: &Path) -> (Option<String>, Located) {
        let base = Located {
            dir: Some(Arc::from(dir)),
            ..Located::default()
        };
        let (path, mut found) = self.root_of(dir, base);
        if !self.view.is_dir(dir) {
            let name = path.as_deref().unwrap_or(".");
            let text = format!(
                "cannot find package {} in:\n\t{}",
                quote(name),
                dir.display()
            );
            found.problem = Some(Arc::new(Problem::Other(text)));
        }
        (path, found)
    }

    fn root_of(&self, dir: &Path, base: Located) -> (Option<String>, Located) {
        let in_testdata = |sub: &str| sub.split('/').any(|e| e == "testdata");
        if let Some(sub) =
            sub_dir(&self.view, &self.goroot.join("src"), dir).filter(|s| !in_testdata(s))
        {
            let found = self.installed(
                Located {
                    goroot: true,
                    ..base
                },
                &self.goroot,
                &sub,
            );
            return (Some(sub), found);
        }
        for (i, root) in self.entries.iter().enumerate() {
            let Some(sub) = sub_dir(&self.view, &root.join("src"), dir).filter(|s| !in_testdata(s))
            else {
                continue;
            };
            let earlier = std::iter::once(&self.goroot).chain(&self.entries[..i]);
            if let Some(hiding) = earlier
                .map(|r| r.join("src").join(&sub))
                .find(|d| self.view.is_dir(d))
            {
                return (
                    None,
                    Located {
                        conflict_dir: Some(hiding),
                        ..base
                    },
                );
            }
            let found = self.installed(base, root, &sub);
            return (Some(sub), found);
        }
        (None, base)
    }

    fn find(&self, path: &str, from: Option<&Path>) -> Located {
        let snapshot = self.fips.as_ref().and_then(|fips| fips.place(path));
        if let Some(dir) = snapshot.filter(|dir| self.view.is_dir(dir)) {
            // It belongs to no root.
            return Located {
                dir: Some(dir.into()),
                goroot: true,
                ..Located::default()
            };
        }
        let goroot_dir = join_clean(&self.goroot.join("src"), path);
        let in_goroot = |from: &Path| sub_dir(&self.view, &self.goroot, from).is_some();
        let goroot_first = !path.starts_with("vendor/") || from.is_none_or(in_goroot);
        if goroot_first && self.view.is_dir(&goroot_dir) {
            return self.in_goroot(goroot_dir, path);
        }
        let mut tried = Vec::new();
        for root in &self.entries {
            let dir = join_clean(&root.join("src"), path);
            if self.view.is_dir(&dir) {
                return self.installed(
                    Located {
                        dir: Some(dir.into()),
                        ..Located::default()
                    },
                    root,
                    path,
                );
            }
            tried.push(dir);
        }
        if !goroot_first && self.view.is_dir(&goroot_dir) {
            return self.in_goroot(goroot_dir, path);
        }
        Located::failed(Problem::Other(not_found(path, &goroot_dir, &tried)))
    }

    fn in_goroot(&self, dir: PathBuf, path: &str) -> Located {
        let base = Located {
            dir: Some(dir.into()),
            goroot: true,
            ..Located::default()
        };
        self.installed(base, &self.goroot, path)
    }

    /// Adds the root, and where things are installed below it.
    fn installed(&self, base: Located, root: &Arc<Path>, path: &str) -> Located {
        let pkg_obj =
            (!base.goroot).then(|| clean(&root.join(format!("{}/{path}.a", self.pkg_dir))));
        let bin_dir = match &self.gobin {
            Some(gobin) if !base.goroot => gobin.clone(),
            _ => root.join("bin"),
        };
        Located {
            root: Some(root.clone()),
            bin_dir: Some(bin_dir.into()),
            pkg_obj,
            ..base
        }
    }
}

fn not_found(path: &str, goroot: &Path, tried: &[PathBuf]) -> String {
    let mut lines = vec![format!("\t{} (from $GOROOT)", goroot.display())];
    for (i, dir) in tried.iter().enumerate() {
        let note = if i == 0 { " (from $GOPATH)" } else { "" };
        lines.push(format!("\t{}{note}", dir.display()));
    }
    if tried.is_empty() {
        lines.push("\t($GOPATH not set. For more details see: 'go help gopath')".into());
    }
    format!(
        "cannot find package {} in any of:\n{}",
        quote(path),
        lines.join("\n")
    )
}

/// The bounds of the last `/v2`-like element.
fn version_element(path: &str) -> Option<(usize, usize)> {
    let mut end = path.len();
    while let Some(slash) = path[..end].rfind('/') {
        if crate::model::package::is_version_element(&path[slash + 1..end]) {
            return Some((slash, end));
        }
        end = slash;
    }
    None
}
