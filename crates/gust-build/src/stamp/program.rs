//! What a program records: made of its packages' modules, the build's settings, and the working copy's state.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::path::Path;

use gust_packages::model::PackageModule;
use gust_packages::{PackageGraph, PackageId};

use super::settings::Recorded;
use super::vcs::{StampError, Stamper, Subject};
use super::{BuildInfo, ModuleStamp};

/// What stamping needs besides the packages.
pub struct Stamping<'a> {
    /// The settings to record.
    pub recorded: &'a Recorded,
    /// Asks version control.
    pub stamper: &'a Stamper,
    /// The `h1:` checksum of a module; empty when none is known, and everywhere with vendoring.
    pub sum: &'a dyn Fn(&PackageModule) -> String,
}

impl Stamping<'_> {
    /// The build information of the program `main`.
    ///
    /// # Errors
    /// [`StampError`] when version control was to be asked and did not answer.
    pub fn of(&self, graph: &PackageGraph, main: PackageId) -> Result<BuildInfo, StampError> {
        let package = &graph[main];
        let path = match package.asked.cmdline_files {
            true => "command-line-arguments",
            false => &package.import_path,
        };
        let module = package.module.as_deref();
        let mut info = BuildInfo {
            path: path.to_owned(),
            main: module.map(|m| self.module(m)),
            deps: match package.build.testmain {
                // go records it before the tests are among what it imports.
                Some(_) => Vec::new(),
                None => self.deps(graph, main, module.map_or("", |m| &m.path)),
            },
            ..BuildInfo::default()
        };
        self.recorded.record(
            &mut info,
            &*package.name == "main",
            &package.build.default_godebug,
        );
        if let Some(module) = module
            && module.version.is_empty()
            && !package.place.standard
        {
            let subject = Subject {
                dir: &package.place.dir,
                module_path: &module.path,
                module_dir: Path::new(&module.dir),
                test_only: package.is_test_only(),
            };
            self.stamper.stamp(&mut info, subject)?;
        }
        if let Some(profile) = &package.build.pgo_profile {
            let file = match self.recorded.trimpath {
                true => profile.file_name().map(Path::new).unwrap_or(profile),
                false => profile,
            };
            info.set_profile(&file.to_string_lossy());
        }
        Ok(info)
    }

    fn module(&self, module: &PackageModule) -> ModuleStamp {
        let version = match module.version.as_str() {
            "" => "(devel)",
            version => version,
        };
        let sum = match module.replace.is_none() && !module.version.is_empty() {
            true => (self.sum)(module),
            false => String::new(),
        };
        ModuleStamp {
            path: module.path.clone(),
            version: version.to_owned(),
            sum,
            replace: module.replace.as_deref().map(|r| Box::new(self.module(r))),
        }
    }

    /// The modules of all packages in the program, but for the main package's.
    fn deps(&self, graph: &PackageGraph, main: PackageId, own: &str) -> Vec<ModuleStamp> {
        let mut seen: HashSet<PackageId> = HashSet::new();
        let mut queue: VecDeque<PackageId> = graph[main].imports.direct.iter().copied().collect();
        let mut found: BTreeMap<(&str, &str), &PackageModule> = BTreeMap::new();
        while let Some(id) = queue.pop_front() {
            if !seen.insert(id) {
                continue;
            }
            let package = &graph[id];
            if let Some(module) = package.module.as_deref().filter(|m| m.path != own) {
                found.insert((&module.path, &module.version), module);
            }
            queue.extend(package.imports.direct.iter().copied());
        }
        found.into_values().map(|m| self.module(m)).collect()
    }
}
