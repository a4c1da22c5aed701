//! One package's vetting.

use std::collections::HashMap;
use std::fmt::{Debug, Formatter};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gust_build::command::Command;
use gust_build::plan::{Action, ActionKind, ActionRef, Kind, Open, Planner, Surroundings};
use gust_build::run::BuildError;
use gust_build::site::Site;
use gust_cache::ActionId;
use gust_packages::{Package, PackageGraph, PackageId};
use gust_text::quote::{quote, quote_bytes};

use crate::config::{Parts, Unit, own_files};
use crate::findings::Findings;

/// How packages are vetted.
pub struct Vetting {
    /// Another tool than the release's own; its path.
    pub tool: Option<String>,
    /// The tool's flags.
    pub flags: Vec<String>,
    /// Somebody chose these flags: they hold for the standard library too.
    pub explicit: bool,
    /// Files with what is found mended are wanted, of the packages whose findings are.
    pub mends: bool,
    /// It is done before tests run.
    pub for_tests: bool,
    /// Hears what is found.
    pub findings: Arc<dyn Findings>,
}

impl Debug for Vetting {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vetting")
            .field("tool", &self.tool)
            .field("flags", &self.flags)
            .finish_non_exhaustive()
    }
}

/// The actions of a plan that vet packages, each package once.
pub struct Vets<'g> {
    graph: &'g PackageGraph,
    vetting: Arc<Vetting>,
    made: HashMap<PackageId, (ActionRef, Option<Arc<Vet>>)>,
}

impl<'g> Vets<'g> {
    /// None yet.
    pub fn new(graph: &'g PackageGraph, vetting: Arc<Vetting>) -> Vets<'g> {
        Vets {
            graph,
            vetting,
            made: HashMap::new(),
        }
    }

    /// The action that says what is found in a package.
    pub fn of(&mut self, planner: &mut Planner<'_>, package: PackageId) -> ActionRef {
        let (at, vet) = self.facts(planner, package);
        if let Some(vet) = vet {
            vet.tells.store(true, Ordering::Relaxed);
        }
        at
    }

    fn facts(&mut self, planner: &mut Planner<'_>, id: PackageId) -> (ActionRef, Option<Arc<Vet>>) {
        if let Some((at, vet)) = self.made.get(&id) {
            return (*at, vet.clone());
        }
        let compile = planner.examine(id);
        let mut deps = vec![compile];
        for &import in &self.graph[id].imports.direct {
            deps.push(self.facts(planner, import).0);
        }
        let built_in = matches!(planner.action_mut(compile).kind, Kind::BuiltIn);
        let objdir = planner.action_mut(compile).objdir;
        let vet = (!built_in).then(|| {
            Arc::new(Vet {
                vetting: Arc::clone(&self.vetting),
                tells: AtomicBool::new(false),
            })
        });
        let kind = match &vet {
            Some(vet) => Kind::Open(Open(Arc::clone(vet) as Arc<dyn ActionKind>)),
            None => Kind::Group("vet"),
        };
        let at = planner.push(Action {
            package: Some(id),
            objdir,
            deps,
            // What is wrong with an import is no reason not to look.
            ignore_fail: true,
            ..Action::new(kind)
        });
        self.made.insert(id, (at, vet.clone()));
        (at, vet)
    }
}

/// Vets a package.
#[derive(Debug)]
struct Vet {
    vetting: Arc<Vetting>,
    /// What is found is wanted, and not only facts.
    tells: AtomicBool,
}

impl ActionKind for Vet {
    fn mode(&self) -> String {
        "vet".to_owned()
    }

    fn act(&self, around: &Surroundings<'_>) -> Option<Result<Option<PathBuf>, BuildError>> {
        let package = around.package()?;
        let compile = *around.deps().first()?;
        if around.failed(compile).is_some() {
            // What is wrong with the package itself is told by its build.
            return Some(Ok(None));
        }
        Some(self.vet(around, package, compile))
    }
}

impl Vet {
    fn vet(
        &self,
        around: &Surroundings<'_>,
        package: &Package,
        compile: ActionRef,
    ) -> Result<Option<PathBuf>, BuildError> {
        let site = around.site();
        let Some(compile_id) = around.made_from(compile) else {
            return Err(BuildError::Other("vet config not found".to_owned()));
        };
        let flags = self.flags(package);
        let facts = facts(around, compile);
        let id = self.id(site, package, &flags, compile_id, &facts)?;
        let printed = site.hashing.subkey(id, "stdout");
        let mended_id = site.hashing.subkey(id, "fix.zip");
        if !site.options.rebuild
            && let Some((file, _)) = site.cache.get_file(id)
        {
            let said = site.cache.get_bytes(printed).map(|(said, _)| said);
            let mended = self.mends().then(|| site.cache.get_bytes(mended_id));
            // All that is wanted, or none of it.
            if !matches!(mended, Some(None)) {
                if let Some((zip, _)) = mended.flatten() {
                    self.vetting.findings.mended(zip);
                }
                self.tell(&said.unwrap_or_default())?;
                return Ok(Some(file));
            }
        }
        let Some(files) = files(around, package, compile_id)? else {
            return Err(BuildError::Other("vet config not found".to_owned()));
        };
        let facts = facts.into_iter().map(|(package, file)| {
            let file = file.to_string_lossy().into_owned();
            (package.import_path.to_string(), file)
        });
        let mended = match self.mends() {
            true => format!("{}vet.fix.zip", around.objdir()),
            false => String::new(),
        };
        let parts = Parts {
            files,
            facts: facts.collect(),
            facts_only: !self.tells.load(Ordering::Relaxed),
            fixes: mended.clone(),
        };
        self.run(around, package, &flags, parts)?;
        let made = format!("{}vet.out", around.objdir());
        let said = around.read(&format!("{}vet.stdout", around.objdir()));
        let has_facts = around.read(&made).is_some();
        if has_facts {
            // A cache that cannot be written makes the next run slower, not this one wrong.
            let _ = site.cache.put_file(id, Path::new(&made));
        }
        if self.mends()
            && let Some(zip) = around.read(&mended)
        {
            let _ = site.cache.put_bytes(mended_id, &zip);
            self.vetting.findings.mended(zip);
        }
        if let Some(said) = said {
            self.tell(&said)?;
            let _ = site.cache.put_bytes(printed, &said);
        }
        Ok(has_facts.then(|| made.into()))
    }

    fn mends(&self) -> bool {
        self.vetting.mends && self.tells.load(Ordering::Relaxed)
    }

    /// Tells what the tool printed. That of a package of which only facts are wanted too, as go has it: the tool prints nothing
    /// then, but what is kept may be from a time when more was asked.
    fn tell(&self, printed: &[u8]) -> Result<(), BuildError> {
        let taken = self.vetting.findings.take(printed);
        taken.map_err(BuildError::Other)
    }

    fn run(
        &self,
        around: &Surroundings<'_>,
        package: &Package,
        flags: &[String],
        parts: Parts,
    ) -> Result<(), BuildError> {
        let site = around.site();
        around.perform(&Command::make_dir(around.objdir()))?;
        let config = format!("{}vet.cfg", around.objdir());
        let unit = Unit::of(around, package, parts);
        around.perform(&Command::write(config.clone(), unit.text()))?;
        let tool = match &self.vetting.tool {
            Some(tool) => tool.clone(),
            None => site.tool("vet"),
        };
        let mut words = site.options.toolexec.clone();
        words.push(tool);
        words.extend_from_slice(flags);
        words.push(config);
        let environment = vec![("TERM".to_owned(), "dumb".to_owned())];
        let dir = package.place.dir.to_string_lossy();
        let command = Command::tool(&dir, environment, words).headed(&package.import_path);
        around.perform(&command)
    }

    /// The tool's flags for a package. In GOROOT everything is checked but what its sources do on purpose, unless somebody says
    /// otherwise.
    fn flags(&self, package: &Package) -> Vec<String> {
        let vetting = &self.vetting;
        if !package.place.goroot || vetting.explicit || vetting.tool.is_some() {
            return vetting.flags.clone();
        }
        let mut flags = vec!["-unsafeptr=false".to_owned()];
        if vetting.for_tests {
            flags.push("-unreachable=false".to_owned());
        }
        flags
    }

    fn id(
        &self,
        site: &Site<'_>,
        package: &Package,
        flags: &[String],
        compile: ActionId,
        facts: &[(&Package, PathBuf)],
    ) -> Result<ActionId, BuildError> {
        let tool = match &self.vetting.tool {
            None => site.tool_id("vet")?.to_string(),
            Some(tool) => {
                let wrapper = &site.options.toolexec;
                site.settings
                    .tool_id_of(&site.memo, "vet", tool, wrapper, tool)?
            }
        };
        let flags: Vec<String> = flags.iter().map(|flag| quote(flag)).collect();
        let mut hasher = site.hashing.hasher(format!("vet {}", package.import_path));
        hasher.print(format_args!("vet {}\n", quote(&tool)));
        hasher.print(format_args!("vetflags [{}]\n", flags.join(" ")));
        hasher.print(format_args!("pkg {}\n", quote_bytes(&compile.0)));
        for (package, file) in facts {
            let path = quote(&package.import_path);
            hasher.print(format_args!("vetout {path} {}\n", site.file_hash(file)));
        }
        Ok(hasher.finish())
    }
}

/// The facts of the packages imported, in the order of the action's deps.
fn facts<'a>(around: &Surroundings<'a>, compile: ActionRef) -> Vec<(&'a Package, PathBuf)> {
    let deps = around.deps().iter().filter(|&&dep| dep != compile);
    let facts = deps.filter_map(|&dep| {
        let file = around.file(dep)?;
        Some((around.package_of(dep)?, PathBuf::from(file)))
    });
    facts.collect()
}

/// The files that the compiler sees. Of a package with C in it the build has kept their names, and the generated ones.
fn files(
    around: &Surroundings<'_>,
    package: &Package,
    compile: ActionId,
) -> Result<Option<Vec<String>>, BuildError> {
    if !package.uses_cgo() && !package.uses_swig() {
        return Ok(Some(own_files(package)));
    }
    let site = around.site();
    if site.options.dry_run {
        // Nobody has made the others.
        return Ok(Some(own_files(package)));
    }
    let named = |name: &str| site.cache.get_bytes(site.hashing.subkey(compile, name));
    let Some((list, _)) = named("srcfiles") else {
        return Ok(None);
    };
    around.perform(&Command::make_dir(around.objdir()))?;
    let mut files = Vec::new();
    for name in gust_bytes::text(&list).lines() {
        if let Some(own) = name.strip_prefix("./") {
            files.push(gust_build::tools::absolute(package, own));
            continue;
        }
        let Some((file, _)) = site.cache.get_file(site.hashing.subkey(compile, name)) else {
            return Ok(None);
        };
        let copy = format!("{}{name}", around.objdir());
        around.perform(&Command::copy(
            file.to_string_lossy().into_owned(),
            copy.clone(),
            true,
        ))?;
        files.push(copy);
    }
    Ok(Some(files))
}
