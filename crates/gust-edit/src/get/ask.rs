//! Which modules an argument could mean: asked of main modules, of the build list, of proxies.

use std::collections::HashMap;
use std::path::Path;

use gust_modules::query::Allow;
use gust_modules::{MainModule, Modules, ModulesError};
use gust_packages::Loader;
use gust_packages::pattern::Match;
use gust_packages::pattern::glob::Glob;
use gust_syntax::gover;
use gust_syntax::module::{ModulePath, ModuleVersion, Version};

use super::Getting;
use super::argument::{Answer, Argument, Kind, Options, keeps_mains, quoted};
use crate::find::{self, Finding};

/// Versions that are selected, by module.
pub(super) type Selected = HashMap<ModulePath, Version>;

/// The selected version of a module, or `none`.
pub(super) fn at(selected: &Selected, path: &str) -> Version {
    selected.get(path).cloned().unwrap_or_else(Version::none)
}

/// A version of a main module was asked for.
pub(super) fn version_of_main(modules: &Modules, argument: &Argument, main: &str) -> ModulesError {
    let (pattern, query) = (&argument.pattern, quoted(&argument.query));
    ModulesError::text(match modules.main(pattern) {
        Some(_) => format!("can't request version {query} of the main module ({pattern})"),
        None => format!(
            "can't request version {query} of pattern {} that includes the main module ({main})",
            quoted(pattern)
        ),
    })
}

/// A version of packages of a main module was asked for.
fn version_in_main(pattern: &str, query: &str, packages: &[String]) -> ModulesError {
    ModulesError::text(match packages {
        [only] if pattern.contains("...") => {
            format!(
                "pattern {pattern} matches package {only} in the main module, so can't request version {query}"
            )
        }
        [only] => format!("package {only} is in the main module, so can't request version {query}"),
        more => format!(
            "pattern {pattern} matches {} packages in the main module, so can't request version {query}",
            more.len()
        ),
    })
}

/// A module at the version that a query means.
pub(super) fn module_at(
    modules: &Modules,
    path: &str,
    query: &str,
    selected: &Selected,
) -> Result<ModuleVersion, ModulesError> {
    let info = modules.query(path, query, &at(selected, path), Allow::Asked)?;
    Ok(ModuleVersion::new(path, info.version))
}

/// Modules that have the package; that none has is an error.
pub(super) fn providers_of(
    modules: &Modules,
    package: &str,
    query: &str,
    selected: &Selected,
) -> Answer {
    let has = |module: &ModuleVersion| in_module(modules, module, package);
    let options = options_for(modules, package, query, selected, &has)?;
    match &options.module {
        Some(module) if options.providers.is_empty() => {
            Err(modules.not_in_module(module, query, package))
        }
        _ => Ok(Options {
            module: None,
            ..options
        }),
    }
}

/// The packages of a module that are meant: one, or what a wildcard matches.
type Packages<'a> = dyn Fn(&ModuleVersion) -> Result<Vec<String>, ModulesError> + Sync + 'a;

fn in_module(
    modules: &Modules,
    module: &ModuleVersion,
    package: &str,
) -> Result<Vec<String>, ModulesError> {
    let has = gust_packages::pattern::glob::has_path_prefix(package, &module.path)
        && modules.has_package(module, package)?;
    Ok(has.then(|| package.to_owned()).into_iter().collect())
}

/// All that a pattern could mean: main modules first, then whatever has a path above it.
fn options_for(
    modules: &Modules,
    pattern: &str,
    query: &str,
    selected: &Selected,
    packages: &Packages<'_>,
) -> Answer {
    let glob = Glob::simple(pattern);
    let base = match pattern.find("...") {
        Some(dots) => match pattern[..dots].rfind('/') {
            Some(at) => &pattern[..at],
            None => {
                return Err(ModulesError::text(format!(
                    "no modules to query for {pattern}@{query} because first path element contains a wildcard"
                )));
            }
        },
        None => pattern,
    };
    let mut meant: Vec<&MainModule> = Vec::new();
    for main in modules.main_modules() {
        let found = packages(&main.module)?;
        if !found.is_empty() {
            return match keeps_mains(query) {
                true => Ok(Options::provider(main.module.clone())),
                false => Err(version_in_main(pattern, query, &found)),
            };
        }
        meant.extend(Some(main).filter(|main| glob.matches(&main.module.path)));
    }
    let main_only = meant.last().filter(|_| keeps_mains(query));
    let of_main = || {
        let paths: Vec<&str> = meant.iter().map(|main| &*main.module.path).collect();
        let query = quoted(query);
        ModulesError::text(match modules.main(pattern) {
            Some(_) => format!("can't request version {query} of the main module ({pattern})"),
            None => format!(
                "can't request version {query} of pattern {} that includes the main module ({})",
                quoted(pattern),
                paths.join(", ")
            ),
        })
    };
    let finding = Finding {
        modules,
        base,
        pattern,
        query,
        current: &|path| at(selected, path),
        is_meant: &|module: &ModuleVersion| {
            if gover::is_toolchain_module(&module.path) {
                return Ok(Some(false));
            }
            // Whatever is in it: that it cannot be had is an error.
            modules.place(module)?;
            match packages(module) {
                Ok(found) if !found.is_empty() => Ok(Some(true)),
                Ok(_) | Err(_) if glob.matches(&module.path) => Ok(Some(false)),
                found => found.map(|_| None),
            }
        },
    };
    match find::candidates(&finding) {
        None => match main_only {
            Some(main) => Ok(Options::module(main.module.clone())),
            None if !meant.is_empty() => Err(of_main()),
            None => Err(modules.not_in_mains(pattern)),
        },
        Some(Ok(found)) => {
            let (with, without): (Vec<_>, Vec<_>) = found.into_iter().partition(|(_, has)| *has);
            let mut without = without.into_iter().map(|(module, _)| module);
            let main = main_only.map(|main| main.module.clone());
            Ok(Options {
                path: pattern.to_owned(),
                providers: with.into_iter().map(|(module, _)| module).collect(),
                module: without.next_back().or(main),
            })
        }
        Some(Err(err)) if err.is_not_exist() => match main_only {
            Some(main) => Ok(Options::module(main.module.clone())),
            None if !meant.is_empty() => Err(of_main()),
            None => Err(err),
        },
        Some(Err(err)) => Err(err),
    }
}

/// The first thing that kept packages from being matched.
fn first_problem(found: &Match) -> Option<ModulesError> {
    let problem = found.problems.first()?;
    Some(ModulesError::text(problem.to_string()))
}

/// The packages of one module that a wildcard matches.
fn matching(
    loader: &Loader,
    module: &ModuleVersion,
    pattern: &str,
) -> Result<Vec<String>, ModulesError> {
    let found = loader.matching(module, pattern);
    match first_problem(&found) {
        Some(err) => Err(err),
        None => Ok(found.packages.iter().map(ToString::to_string).collect()),
    }
}

impl Getting<'_> {
    /// Arguments whose meaning does not depend on what others come to.
    pub(super) fn ask_first(&mut self) {
        self.ask_local();
        self.ask_paths();
        self.ask_tools();
        self.ask_work();
    }

    fn ask_local(&mut self) {
        let mut arguments = std::mem::take(&mut self.arguments);
        for argument in &mut arguments {
            if matches!(argument.kind, Kind::Local) {
                let pattern = argument.pattern.clone();
                argument.ask(&pattern, |argument| self.local(argument));
            }
        }
        self.arguments = arguments;
    }

    fn local(&self, argument: &Argument) -> Answer {
        let (pattern, cwd) = (&argument.pattern, &self.modules.settings().cwd);
        let full = gust_fs::paths::clean(&cwd.join(pattern));
        let detail = match pattern.starts_with('/') {
            true => String::new(),
            false => format!(" ({})", full.display()),
        };
        let refused = |text: String| Err(ModulesError::text(text));
        let mut mains = self.modules.main_modules().iter();
        let below = |main: &MainModule| {
            let rest = full.strip_prefix(&main.dir).ok()?;
            (!rest.starts_with("vendor")).then(|| rest.to_string_lossy().into_owned())
        };
        let Some((main, rest)) = mains.find_map(|main| Some((main, below(main)?))) else {
            let roots: Vec<String> = self
                .modules
                .main_modules()
                .iter()
                .map(|main| main.dir.display().to_string())
                .collect();
            let plural = if roots.len() == 1 { "" } else { "s" };
            return refused(format!(
                "{pattern}{detail} is not within module{plural} rooted at {}",
                roots.join(", ")
            ));
        };
        let path = join(&main.prefix, &rest);
        let packages = match path.contains("...") {
            true => matching(self.every, &main.module, &path)?,
            false => self.in_main(main, &path, Path::new(&rest))?,
        };
        match (packages.is_empty(), argument.is_wild()) {
            (false, _) => Ok(Options::provider(main.module.clone())),
            (true, _) if matches!(argument.text.as_str(), "" | ".") => {
                refused("no package to get in current directory".to_owned())
            }
            (true, false) => refused(format!(
                "{pattern}{detail} is not a package in module rooted at {}",
                main.dir.display()
            )),
            (true, true) => {
                self.warn_unmatched(&path);
                Ok(Options::default())
            }
        }
    }

    fn in_main(
        &self,
        main: &MainModule,
        path: &str,
        rest: &Path,
    ) -> Result<Vec<String>, ModulesError> {
        let prefixed = rest.as_os_str().is_empty() || !main.prefix.is_empty();
        match prefixed {
            true => in_module(
                self.modules,
                &main.module,
                &join(&main.module.path, &rest.to_string_lossy()),
            ),
            false => in_module(self.modules, &main.module, path),
        }
    }

    fn warn_unmatched(&self, pattern: &str) {
        self.modules.note(&format!(
            "go: warning: {} matched no packages",
            quoted(pattern)
        ));
    }

    fn ask_paths(&mut self) {
        let is_path = |argument: &Argument| matches!(argument.kind, Kind::Path);
        let asked: Vec<usize> = (0..self.arguments.len())
            .filter(|&i| is_path(&self.arguments[i]))
            .collect();
        let (modules, arguments, first) = (self.modules, &self.arguments, &self.first);
        let every = &*self.every;
        let answers = modules.fetcher().for_all(asked.len(), |i| {
            path_options(modules, every, first, &arguments[asked[i]])
        });
        for (i, answer) in asked.into_iter().zip(answers) {
            let argument = &mut self.arguments[i];
            let pattern = argument.pattern.clone();
            if !argument.first_asks(&pattern) {
                continue;
            }
            match answer {
                // The standard library has it, and no module is needed.
                None => argument.names_packages = true,
                Some(answer) => argument.take(&pattern, answer),
            }
            if argument.removes() {
                self.ask_to_remove(i);
            }
        }
    }

    fn ask_tools(&mut self) {
        let mains = self.modules.main_modules().iter();
        let tools: Vec<String> = mains
            .flat_map(|main| main.tools())
            .map(str::to_owned)
            .collect();
        let (modules, first) = (self.modules, &self.first);
        for argument in &mut self.arguments {
            if matches!(argument.kind, Kind::Tools) {
                for tool in &tools {
                    argument.ask(tool, |argument| {
                        providers_of(modules, tool, &argument.query, first)
                    });
                }
            }
        }
    }

    fn ask_work(&mut self) {
        let mut arguments = std::mem::take(&mut self.arguments);
        for argument in &mut arguments {
            if matches!(argument.kind, Kind::Work) {
                argument.ask("work", |_| {
                    let Some(main) = self.modules.main_modules().first() else {
                        return Ok(Options::default());
                    };
                    let pattern = join(&main.prefix, "...");
                    if matching(self.every, &main.module, &pattern)?.is_empty() {
                        self.warn_unmatched("work");
                        return Ok(Options::default());
                    }
                    Ok(Options::provider(main.module.clone()))
                });
            }
        }
        self.arguments = arguments;
    }

    /// Wildcards match modules of the build list, and modules whose packages they match.
    pub(super) fn ask_wildcards(&mut self) {
        for i in 0..self.arguments.len() {
            if !matches!(self.arguments[i].kind, Kind::Wildcard(_)) {
                continue;
            }
            if self.arguments[i].removes() {
                self.ask_to_remove(i);
                continue;
            }
            let list: Vec<ModuleVersion> = self.list.clone();
            let mut fresh: Vec<ModuleVersion> = Vec::new();
            for module in list {
                let argument = &mut self.arguments[i];
                if argument.may_reach_into(&module.path) && argument.first_asks(&module.path) {
                    fresh.push(module);
                }
            }
            let argument = &self.arguments[i];
            let answers = self.modules.fetcher().for_all(fresh.len(), |at| {
                self.wildcard_options(argument, &fresh[at])
            });
            for (module, answer) in fresh.iter().zip(answers) {
                self.arguments[i].take(&module.path, answer);
            }
        }
    }

    fn wildcard_options(&self, argument: &Argument, module: &ModuleVersion) -> Answer {
        if self.is_removed(&module.path) {
            return Ok(Options::default());
        }
        let is_main = self.modules.main(&module.path).is_some();
        if is_main && !keeps_mains(&argument.query) {
            if argument.means(&module.path) {
                return Err(version_of_main(self.modules, argument, &module.path));
            }
            let packages = matching(self.every, module, &argument.pattern)?;
            return match packages.is_empty() {
                true => Ok(Options::default()),
                false => Err(version_in_main(
                    &argument.pattern,
                    &argument.query,
                    &packages,
                )),
            };
        }
        let found = match module_at(self.modules, &module.path, &argument.query, &self.first) {
            Ok(found) => found,
            // Another argument may yet decide it; if none does, that is told in the end.
            Err(err) if is_no_version(&err) => return Ok(Options::default()),
            Err(err) => return Err(err),
        };
        let packages = matching(self.every, &found, &argument.pattern)?;
        Ok(match (packages.is_empty(), argument.means(&found.path)) {
            (false, _) => Options::provider(found),
            (true, true) => Options::module(found),
            (true, false) => Options::default(),
        })
    }

    /// Wildcards that match no package so far are looked for beyond the build list. True if any was.
    pub(super) fn ask_missing_wildcards(&mut self) {
        for i in 0..self.arguments.len() {
            let argument = &mut self.arguments[i];
            let pattern = argument.pattern.clone();
            let is_missing = matches!(argument.kind, Kind::Wildcard(_))
                && !argument.removes()
                && !argument.names_packages;
            if !is_missing || !argument.first_asks(&pattern) {
                continue;
            }
            let argument = &self.arguments[i];
            let packages = |module: &ModuleVersion| matching(self.every, module, &pattern);
            let answer = options_for(
                self.modules,
                &pattern,
                &argument.query,
                &self.first,
                &packages,
            );
            let answer = match answer {
                Err(err) if is_no_package(&err) && !argument.decided.is_empty() => {
                    Ok(Options::default())
                }
                answer => answer,
            };
            self.arguments[i].take(&pattern, answer);
        }
    }

    /// What must go: the module of that path, or those of the build list that a wildcard matches.
    fn ask_to_remove(&mut self, i: usize) {
        let list = self.list.clone();
        let modules = self.modules;
        let argument = &mut self.arguments[i];
        let gone = |path: &str| ModuleVersion {
            path: path.into(),
            version: Version::none(),
        };
        for module in list
            .iter()
            .filter(|module| argument.means(&module.path))
            .collect::<Vec<_>>()
        {
            argument.ask(&module.path, |argument| match modules.main(&module.path) {
                Some(_) => Err(version_of_main(modules, argument, &module.path)),
                None => Ok(Options::module(gone(&module.path))),
            });
        }
    }

    /// Does an argument ask for the module not to be there?
    pub(super) fn is_removed(&self, path: &str) -> bool {
        let mut removing = self.arguments.iter().filter(|argument| argument.removes());
        removing.any(|argument| argument.means(path))
    }

    /// In the end, every module that a wildcard matches must be at the version that its query means.
    pub(super) fn check_wildcards(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        for argument in &self.arguments {
            if !matches!(argument.kind, Kind::Wildcard(_)) {
                continue;
            }
            for module in &self.list {
                if argument.may_reach_into(&module.path)
                    && let Err(err) = self.check_wildcard(argument, module)
                {
                    complaints.push(argument.complaint(&err.to_string()));
                }
            }
        }
        complaints
    }

    fn check_wildcard(
        &self,
        argument: &Argument,
        module: &ModuleVersion,
    ) -> Result<(), ModulesError> {
        let (pattern, query) = (&argument.pattern, &argument.query);
        let by_path = argument.means(&module.path);
        if !by_path && matching(self.every, module, pattern)?.is_empty() {
            return Ok(());
        }
        if argument.removes() {
            return Ok(());
        }
        let wanted = module_at(self.modules, &module.path, query, &self.first)?;
        if wanted.version == module.version {
            return Ok(());
        }
        if !by_path && matching(self.every, &wanted, pattern)?.is_empty() {
            let shown = match wanted.version == query.as_str() {
                true => wanted.to_string(),
                false => format!("{}@{query} ({})", wanted.path, wanted.version),
            };
            return Err(ModulesError::text(format!(
                "{} matches packages in {module} but not {shown}: specify a different version for module {}",
                argument.text, module.path
            )));
        }
        Err(ModulesError::text(format!(
            "internal error: selected {module} instead of {}",
            wanted.version
        )))
    }
}

/// What a path could mean; nothing if the standard library has it.
fn path_options(
    modules: &Modules,
    every: &Loader,
    first: &Selected,
    argument: &Argument,
) -> Option<Answer> {
    let (pattern, query) = (&argument.pattern, &argument.query);
    if argument.removes() {
        let gone = ModuleVersion {
            path: pattern.as_str().into(),
            version: Version::none(),
        };
        return Some(match modules.main(pattern) {
            Some(_) => Err(version_of_main(modules, argument, pattern)),
            None => Ok(Options::module(gone)),
        });
    }
    if every.is_standard(pattern) {
        return argument.has_version.then(|| {
            Err(ModulesError::text(format!(
                "can't request explicit version {} of standard library package {pattern}",
                quoted(query)
            )))
        });
    }
    let packages = |module: &ModuleVersion| in_module(modules, module, pattern);
    Some(options_for(modules, pattern, query, first, &packages))
}

fn join(prefix: &str, rest: &str) -> String {
    match (prefix, rest) {
        ("", rest) => rest.to_owned(),
        (prefix, "") => prefix.to_owned(),
        (prefix, rest) => format!("{prefix}/{rest}"),
    }
}

/// There is no such module, or no such version of it.
pub(super) fn is_no_version(err: &ModulesError) -> bool {
    err.is_not_exist() || err.is_no_matching_version()
}

/// There is no such package at that version of any module.
pub(super) fn is_no_package(err: &ModulesError) -> bool {
    is_no_version(err) || matches!(err, ModulesError::PackageNotInModule { .. })
}
