//! What is wrong with the packages named, once versions are chosen; what is retracted and deprecated; checksums that go.sum needs.

use std::collections::{BTreeMap, HashMap};

use gust_modules::Reach;
use gust_modules::error::short_message;
use gust_modules::graph::compare_versions;
use gust_packages::model::Problem;
use gust_packages::{ImportGraph, Loader, Named, Trouble};
use gust_syntax::module::ModuleVersion;

use super::{GetError, Getting, at};

/// What a module has to do with what was asked.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    /// An argument decided it, or it has a package that an argument names.
    named: bool,
    /// It has a package that is needed.
    needed: bool,
}

impl Getting<'_> {
    /// Loads the packages named as this build would, and tells what is wrong; then warnings about versions; then looks for the
    /// checksums of modules that moved.
    pub(super) fn verdict(&mut self, this: &mut Loader) -> Result<(), GetError> {
        let mut parts: BTreeMap<ModuleVersion, Part> = BTreeMap::new();
        for (path, decision) in &self.decisions {
            let module = ModuleVersion {
                path: path.clone(),
                version: decision.version.clone(),
            };
            parts.entry(module).or_default().named = true;
        }
        let named = self
            .arguments
            .iter()
            .filter(|argument| argument.names_packages);
        let patterns: Vec<String> = named.map(|argument| argument.pattern.clone()).collect();
        let mut failed = false;
        if !patterns.is_empty() {
            let (imports, troubles) = self.load_whole(this, &patterns)?;
            for trouble in troubles {
                self.modules.note(&format!("go: {trouble}"));
                failed = true;
            }
            self.take_parts(&imports, &mut parts);
        }
        self.warn(&parts);
        let complaints = self.fetch_moved();
        if !failed {
            return self.end_if(complaints);
        }
        complaints
            .iter()
            .for_each(|text| self.modules.note(&format!("go: {text}")));
        Err(GetError::Told)
    }

    /// Loads packages as this build would, and what is wrong with them.
    pub(super) fn load_whole(
        &mut self,
        this: &mut Loader,
        patterns: &[String],
    ) -> Result<(ImportGraph, Vec<Trouble>), GetError> {
        loop {
            let named = Named::Patterns(patterns);
            let imports = this.imports(named, Some(&self.requirements))?;
            if self.follow(&imports, false)? {
                let mut troubles = this.troubles(&imports, &HashMap::new());
                troubles.retain(|trouble| !trouble.is_unfound || !self.is_nearby(&trouble.path));
                return Ok((imports, troubles));
            }
        }
    }

    fn take_parts(&self, imports: &ImportGraph, parts: &mut BTreeMap<ModuleVersion, Part>) {
        let module_of = |id| {
            let module = imports.module(id)?;
            Some(ModuleVersion::new(
                module.path.as_str(),
                module.version.as_str(),
            ))
        };
        for id in imports.ids() {
            if let Some(module) = module_of(id) {
                parts.entry(module).or_default().needed = true;
            }
        }
        let unsure = |id: &_| imports.problem(*id).is_some_and(Problem::is_ambiguous);
        for id in imports.ids().filter(unsure) {
            let path = imports.path(id);
            let candidates = self
                .modules
                .candidates(&self.requirements, path, Reach::Graph);
            for module in candidates.unwrap_or_default() {
                if self.modules.has_package(&module, path).unwrap_or_default() {
                    parts.entry(module).or_default().needed = true;
                }
            }
        }
        for &id in imports.roots() {
            if let Some(module) = module_of(id) {
                parts.entry(module).or_default().named = true;
            }
        }
    }

    fn warn(&self, parts: &BTreeMap<ModuleVersion, Part>) {
        let modules = self.modules;
        let parts: Vec<(&ModuleVersion, &Part)> = parts.iter().collect();
        let concerns = |module: &ModuleVersion, part: &Part| {
            part.named || part.needed && self.requirements.direct.contains(&module.path)
        };
        let told = modules.fetcher().for_all(parts.len(), |i| {
            let (module, part) = parts[i];
            let deprecation = match concerns(module, part) {
                true => modules.deprecation(module).unwrap_or_default(),
                false => String::new(),
            };
            let retraction = modules.check_retracted(module).err();
            (deprecation, retraction.filter(|err| err.is_disallowed()))
        });
        for ((module, _), (deprecation, _)) in parts.iter().zip(&told) {
            if !deprecation.is_empty() {
                let message = short_message(deprecation, "");
                modules.note(&format!(
                    "go: module {} is deprecated: {message}",
                    module.path
                ));
            }
        }
        let mut retracted = Vec::new();
        for ((module, _), (_, retraction)) in parts.iter().zip(&told) {
            if let Some(err) = retraction {
                modules.note(&format!("go: warning: {err}"));
                retracted.push(&*module.path);
            }
        }
        let which = match retracted[..] {
            [] => return,
            [only] => only,
            _ => "<module>",
        };
        modules.note(&format!(
            "go: to switch to the latest unretracted version, run:\n\tgo get {which}@latest"
        ));
    }

    /// Modules that go.sum knew at their former version: builds may need their checksums as they are now.
    fn fetch_moved(&self) -> Vec<String> {
        let modules = self.modules;
        let sums = modules.fetcher().sums();
        let moved: Vec<(&ModuleVersion, ModuleVersion)> = self
            .list
            .iter()
            .filter_map(|module| {
                let before = ModuleVersion {
                    path: module.path.clone(),
                    version: at(&self.first, &module.path),
                };
                if before.version.is_none() || before.version.is_empty() {
                    return None;
                }
                let (now, then) = (modules.resolve(module), modules.resolve(&before));
                let wanted = now != then
                    && !now.version.is_empty()
                    && sums.have(&then.path, &then.version).unwrap_or(false);
                wanted.then_some((module, before))
            })
            .collect();
        let tried = modules.fetcher().for_all(moved.len(), |i| {
            let (module, before) = &moved[i];
            let actual = modules.resolve(module);
            let err = modules.fetcher().zip(&actual.path, &actual.version).err()?;
            let verb = match compare_versions(&module.path, &module.version, &before.version) {
                std::cmp::Ordering::Less => "downgraded",
                _ => "upgraded",
            };
            let replaced = match actual == **module {
                true => String::new(),
                false => format!(" (replaced by {actual})"),
            };
            Some(format!(
                "{verb} {} {} => {}{replaced}: error finding sum for {actual}: {err}",
                module.path, before.version, module.version
            ))
        });
        tried.into_iter().flatten().collect()
    }
}
