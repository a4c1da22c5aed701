//! What the tool is told of a unit: the file vet.cfg.

use std::collections::BTreeMap;

use gust_build::plan::Surroundings;
use gust_build::site::Site;
use gust_build::tools::{absolute, actual};
use gust_packages::Package;
use serde::Serialize;

/// The version of a module whose go.mod does not say.
const DEFAULT_GO_MOD_VERSION: &str = "1.16";

/// vet.cfg, field for field as golang.org/x/tools/go/analysis/unitchecker reads it; paths are absolute.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Unit {
    #[serde(rename = "ID")]
    id: String,
    compiler: &'static str,
    dir: String,
    import_path: String,
    go_files: Vec<String>,
    non_go_files: Vec<String>,
    ignored_files: Vec<String>,
    module_path: String,
    module_version: String,
    import_map: BTreeMap<String, String>,
    package_file: BTreeMap<String, String>,
    standard: BTreeMap<String, bool>,
    package_vetx: BTreeMap<String, String>,
    vetx_only: bool,
    vetx_output: String,
    stdout: String,
    go_version: String,
    fix_archive: String,
    succeed_on_typecheck_failure: bool,
}

/// What a unit has besides its package.
pub(crate) struct Parts {
    /// The files that the compiler sees, generated ones by their path.
    pub(crate) files: Vec<String>,
    /// Facts of imports, by import path.
    pub(crate) facts: BTreeMap<String, String>,
    /// Only facts are wanted.
    pub(crate) facts_only: bool,
    /// Where fixed files go; empty when nothing is to be fixed.
    pub(crate) fixes: String,
}

impl Unit {
    /// The unit of a package whose action is at work. Its imports come before the first of its deps.
    pub(crate) fn of(around: &Surroundings<'_>, package: &Package, parts: Parts) -> Unit {
        let site = around.site();
        let (go, others): (Vec<String>, Vec<String>) = parts
            .files
            .into_iter()
            .partition(|file| file.ends_with(".go"));
        let place = |files: Vec<String>| -> Vec<String> {
            let file = |file: &String| actual(site, package, file);
            files.iter().map(file).collect()
        };
        let ignored = package.sources.ignored_go.iter();
        let ignored = ignored.chain(&package.sources.ignored_other);
        let ignored = ignored.map(|file| file.to_string()).collect();
        let mut unit = Unit {
            id: package.import_path.to_string(),
            compiler: "gc",
            dir: package.place.dir.to_string_lossy().into_owned(),
            import_path: package.import_path.to_string(),
            go_files: place(go),
            non_go_files: place(others),
            ignored_files: place(ignored),
            module_path: String::new(),
            module_version: String::new(),
            import_map: BTreeMap::new(),
            package_file: BTreeMap::new(),
            standard: BTreeMap::new(),
            package_vetx: parts.facts,
            vetx_only: parts.facts_only,
            vetx_output: format!("{}vet.out", around.objdir()),
            stdout: format!("{}vet.stdout", around.objdir()),
            go_version: go_version(site, package),
            fix_archive: parts.fixes,
            succeed_on_typecheck_failure: false,
        };
        if let Some(module) = &package.module {
            unit.module_path = module.path.to_string();
            unit.module_version = module.version.to_string();
        }
        let imports = &package.imports;
        for (written, path) in imports.written.iter().zip(&imports.paths) {
            unit.import_map
                .insert(written.to_string(), path.to_string());
        }
        unit.add_imports(around, package);
        unit
    }

    /// Where the export data of imports is: that of the compile's own imports.
    fn add_imports(&mut self, around: &Surroundings<'_>, package: &Package) {
        let Some(&compile) = around.deps().first() else {
            return;
        };
        let mapped: Vec<String> = self.import_map.values().cloned().collect();
        for &dep in around.deps_of(compile) {
            let Some(import) = around.package_of(dep).filter(|p| p.id != package.id) else {
                continue;
            };
            let path = import.import_path.to_string();
            if !mapped.contains(&path) {
                self.import_map.insert(path.clone(), path.clone());
            }
            if let Some(file) = around.file(dep) {
                self.package_file.insert(path.clone(), file);
            }
            if import.place.standard {
                self.standard.insert(path, true);
            }
        }
    }

    /// The file's text.
    pub(crate) fn text(&self) -> String {
        let text = gust_text::json::to_string_indent(self);
        text.unwrap_or_default() + "\n"
    }
}

fn go_version(site: &Site<'_>, package: &Package) -> String {
    let version = match &package.module {
        None => site.settings.go_version(),
        Some(module) if module.go_version.is_empty() => DEFAULT_GO_MOD_VERSION,
        Some(module) => &module.go_version,
    };
    format!("go{version}")
}

/// The package's own files that the compiler sees when no other tool makes some.
pub(crate) fn own_files(package: &Package) -> Vec<String> {
    let sources = &package.sources;
    let lists = [&sources.go, &sources.s, &sources.c];
    let files = lists.into_iter().flatten();
    files.map(|file| absolute(package, file)).collect()
}
