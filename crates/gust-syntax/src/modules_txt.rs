//! vendor/modules.txt: which modules the vendor directory holds, which packages of them, and what go.mod said of them.

use std::collections::HashMap;

use crate::gover;
use crate::module::{ModuleVersion, check_import_path};
use crate::semver;

/// What is said of a module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// A go.mod requires it explicitly.
    pub explicit: bool,
    /// Its replacement; a directory, if that has no version.
    pub replacement: Option<ModuleVersion>,
    /// What its go line says; empty if it has none.
    pub go_version: String,
}

/// The file's content.
#[derive(Clone, Debug, Default)]
pub struct ModulesTxt {
    /// Modules of which packages are vendored, in order.
    pub modules: Vec<ModuleVersion>,
    /// Modules with a replacement, in order; without a version, if every version is replaced.
    pub replaced: Vec<ModuleVersion>,
    /// The version that packages are vendored of, by module path.
    pub versions: HashMap<String, String>,
    /// The module of each vendored package.
    pub packages: HashMap<String, ModuleVersion>,
    /// Modules that state a go version, in order.
    pub with_go_version: Vec<ModuleVersion>,
    /// What is said of modules.
    pub meta: HashMap<ModuleVersion, Meta>,
    /// The first line `## workspace` is there: the vendor directory of a workspace.
    pub workspace: bool,
}

/// Reads the file. What is not understood is passed over.
pub fn parse(text: &str) -> ModulesTxt {
    let mut file = ModulesTxt {
        workspace: says_workspace(text),
        ..ModulesTxt::default()
    };
    let mut current: Option<ModuleVersion> = None;
    for line in text.split('\n') {
        if line.starts_with("# ") {
            match file.module_line(line) {
                ModuleLine::Short => {}
                ModuleLine::Unknown => current = None,
                ModuleLine::Module(module) => current = Some(module),
            }
            continue;
        }
        let Some(module) = &current else { continue };
        if let Some(notes) = line.strip_prefix("## ") {
            let meta = file.meta.entry(module.clone()).or_default();
            for note in notes.split(';').map(str::trim) {
                if note == "explicit" {
                    meta.explicit = true;
                }
                if let Some(version) = note.strip_prefix("go ") {
                    meta.go_version = version.to_owned();
                    file.with_go_version.push(module.clone());
                }
            }
            continue;
        }
        let mut fields = line.split_whitespace();
        if let (Some(package), None) = (fields.next(), fields.next())
            && check_import_path(package).is_ok()
        {
            file.package(package, module);
        }
    }
    file
}

enum ModuleLine {
    Short,
    Unknown,
    Module(ModuleVersion),
}

impl ModulesTxt {
    fn module_line(&mut self, line: &str) -> ModuleLine {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [_, path, second, rest @ ..] = &fields[..] else {
            return ModuleLine::Short;
        };
        let (module, replacement) = if semver::is_valid(second) {
            (
                ModuleVersion::new(*path, *second),
                rest.strip_prefix(&["=>"]),
            )
        } else if *second == "=>" {
            (ModuleVersion::main(*path), Some(rest))
        } else {
            return ModuleLine::Unknown;
        };
        let replacement = match replacement {
            Some([dir]) => Some(ModuleVersion::main(*dir)),
            Some([path, version]) if semver::is_valid(version) => {
                Some(ModuleVersion::new(*path, *version))
            }
            _ => None,
        };
        if replacement.is_some() {
            self.meta.entry(module.clone()).or_default().replacement = replacement;
            self.replaced.push(module.clone());
        }
        ModuleLine::Module(module)
    }

    fn package(&mut self, package: &str, module: &ModuleVersion) {
        self.packages.insert(package.to_owned(), module.clone());
        let newer = self
            .versions
            .get(&*module.path)
            .is_none_or(|known| gover::mod_compare(&module.path, known, &module.version).is_lt());
        if newer {
            self.modules.push(module.clone());
            self.versions
                .insert(module.path.to_string(), module.version.to_string());
        }
    }
}

/// Is this the modules.txt of a workspace? The first line says so, among other notes.
pub fn says_workspace(text: &str) -> bool {
    let first = text.split('\n').next().unwrap_or_default();
    first
        .strip_prefix("## ")
        .is_some_and(|notes| notes.split(';').any(|note| note.trim() == "workspace"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_versions_in_the_order_of_the_file() {
        let modules: String = (0..20)
            .map(|n| format!("# a.b/m{n:02} v1.0.0\n## explicit; go 1.{n}\n"))
            .collect();
        let file = parse(&modules);
        assert_eq!(file.with_go_version.len(), 20);
        assert!(file.with_go_version.is_sorted());
    }

    #[test]
    fn modules_packages_and_replacements() {
        let file = parse(
            "# a.b/c v1.0.0\n## explicit; go 1.17\na.b/c\na.b/c/d\n# e.f/g v1.0.0 => ../g\n## explicit\ne.f/g\n\
             # h.i/j => h.i/k v1.2.3\n# strange line here\nnot/counted\n",
        );
        assert_eq!(file.modules.len(), 2);
        assert_eq!(file.packages["a.b/c/d"].to_string(), "a.b/c@v1.0.0");
        assert_eq!(
            file.meta[&ModuleVersion::new("a.b/c", "v1.0.0")].go_version,
            "1.17"
        );
        assert_eq!(file.replaced[1], ModuleVersion::main("h.i/j"));
        assert!(!file.packages.contains_key("not/counted") && !file.workspace);
    }
}
