//! The plan of `go test`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use gust_build::plan::request::Setting;
use gust_build::plan::{
    Action, ActionKind, ActionRef, InstallMode, Kind, Open, Place, Plan, Planner, Targets,
};
use gust_packages::{PackageGraph, PackageId, TestVariants};

use gust_vet::{Vets, Vetting};

use super::clean::Clean;
use super::meta::CollectMeta;
use super::print::{End, Print};
use super::run::{Found, Run};
use super::testing::Testing;

/// A package to be tested.
pub struct Tested {
    /// The package.
    pub package: PackageId,
    /// Its test, if it has any.
    pub test: Option<TestBinary>,
}

/// A test binary.
pub struct TestBinary {
    /// Its packages.
    pub variants: TestVariants,
    /// Its file name, without what programs of the platform end in.
    pub name: String,
    /// Where it is kept, if it is.
    pub kept: Option<PathBuf>,
    /// It is made without what debuggers need.
    pub omit_debug: bool,
}

/// What is planned besides the packages.
#[derive(Clone, Debug)]
pub struct Shape {
    /// Packages are vetted first.
    pub vetting: Option<Arc<Vetting>>,
    /// Binaries are only built.
    pub builds_only: bool,
    /// One test after the other, and the first when all is built: benchmarks.
    pub serial: bool,
    /// Tests are told what there is to be counted in packages that they do not link (-coverpkg).
    pub collects_meta: bool,
}

/// What is done of one package.
struct Steps {
    build: ActionRef,
    run: ActionRef,
    print: ActionRef,
}

/// The plan of tests, numbered as [`Testing`] numbers them.
pub fn plan(setting: Setting<'_>, tests: &[Tested], shape: Shape, testing: &Arc<Testing>) -> Plan {
    let mut targets = Targets::default();
    for test in tests.iter().filter_map(|tested| tested.test.as_ref()) {
        let kept = test.kept.clone().filter(|file| !is_null(file));
        targets.set_test(test.variants.main, kept, test.name.clone(), test.omit_debug);
    }
    let imported: HashSet<PackageId> = tests
        .iter()
        .flat_map(|tested| setting.graph[tested.package].imports.direct.iter().copied())
        .collect();
    let mut maker = Maker {
        planner: setting.planner(targets),
        exe_suffix: &setting.shape.exe_suffix,
        vets: (shape.vetting.as_ref()).map(|vetting| Vets::new(setting.graph, Arc::clone(vetting))),
        graph: setting.graph,
        shape: shape.clone(),
        testing,
        imported,
        meta: None,
    };
    maker.meta = shape.collects_meta.then(|| maker.collect_meta());
    let steps: Vec<Steps> = tests
        .iter()
        .enumerate()
        .map(|(number, tested)| maker.steps(number, tested))
        .collect();
    if !shape.builds_only {
        maker.begin_in_order(&steps);
    }
    for pair in steps.windows(2) {
        let before = pair[0].print;
        maker.planner.action_mut(pair[1].print).deps.push(before);
    }
    if shape.serial && !shape.builds_only {
        maker.run_one_by_one(&steps);
    }
    let end = Arc::new(End {
        testing: Arc::clone(testing),
    });
    let prints = steps.iter().map(|steps| steps.print).collect();
    let root = maker.planner.push(Action {
        deps: prints,
        ..Action::new(Kind::Open(Open(end)))
    });
    maker.planner.finish(root)
}

fn is_null(file: &Path) -> bool {
    file == Path::new("/dev/null")
}

struct Maker<'a> {
    planner: Planner<'a>,
    exe_suffix: &'a str,
    graph: &'a PackageGraph,
    vets: Option<Vets<'a>>,
    shape: Shape,
    testing: &'a Arc<Testing>,
    /// Packages that tested packages import.
    imported: HashSet<PackageId>,
    /// What collects what there is to be counted.
    meta: Option<ActionRef>,
}

impl Maker<'_> {
    fn steps(&mut self, number: usize, tested: &Tested) -> Steps {
        let package = tested.package;
        let Some(test) = &tested.test else {
            let build = self.compile(package);
            let objdir = self.planner.new_objdir();
            let run = self.run(number, package, build, Some(objdir));
            self.note_meta(run, build);
            self.vet(package, [Some(run), None]);
            let print = self.print(number, package, vec![run]);
            return Steps { build, run, print };
        };
        let internal = test.variants.internal;
        if self.imported.contains(&package) && internal != package {
            // What is wrong in both is told once.
            let (of_test, plain) = (self.compile(internal), self.compile(package));
            self.planner.action_mut(of_test).deps.push(plain);
        }
        let mode = InstallMode::Build;
        let main = self.compile(test.variants.main);
        let build = self.planner.link(mode, mode, test.variants.main);
        let name = format!("{}{}", test.name, self.exe_suffix);
        let objdir = self.planner.action_mut(main).objdir;
        self.planner.action_mut(build).target = Place::Work(name);
        let install = test.kept.as_ref().map(|file| match is_null(file) {
            true => build,
            false => self.planner.push(Action {
                package: Some(test.variants.main),
                objdir,
                target: Place::Path(file.clone()),
                deps: vec![build],
                ..Action::new(Kind::Install { link: true })
            }),
        });
        if self.shape.builds_only {
            let print = self.planner.push(Action {
                package: Some(package),
                deps: vec![install.unwrap_or(build)],
                ..Action::new(Kind::Group("test print (nop)"))
            });
            let installs = install.filter(|&install| install != build);
            self.vet_test(&test.variants, [Some(print), installs]);
            return Steps {
                build,
                run: print,
                print,
            };
        }
        let run = self.run(number, package, build, objdir);
        if self.meta.is_some() {
            let sources = &self.graph[package].sources;
            match sources.go.is_empty() && sources.cgo.is_empty() {
                true => self.wait_for_meta(run),
                false => {
                    let plain = self.compile(package);
                    self.note_meta(run, plain);
                }
            }
        }
        let installs = install.filter(|&install| install != build);
        self.vet_test(&test.variants, [Some(run), installs]);
        let clean = self.planner.push(Action {
            package: Some(package),
            objdir,
            deps: vec![run],
            ignore_fail: true,
            ..Action::new(Kind::Open(Open(Arc::new(Clean))))
        });
        if let Some(install) = installs {
            self.planner.action_mut(install).deps.push(run);
            self.planner.action_mut(clean).deps.push(install);
        }
        let print = self.print(number, package, vec![clean]);
        Steps { build, run, print }
    }

    /// Has the packages of a test vetted before these actions.
    fn vet_test(&mut self, variants: &TestVariants, before: [Option<ActionRef>; 2]) {
        let sources = &self.graph[variants.internal].sources;
        if !sources.go.is_empty() || !sources.cgo.is_empty() {
            self.vet(variants.internal, before);
        }
        if let Some(external) = variants.external {
            self.vet(external, before);
        }
    }

    fn vet(&mut self, package: PackageId, before: [Option<ActionRef>; 2]) {
        let Some(vets) = &mut self.vets else { return };
        let vet = vets.of(&mut self.planner, package);
        for action in before.into_iter().flatten() {
            self.planner.action_mut(action).deps.push(vet);
        }
    }

    /// Adds the action that collects what there is to be counted in packages.
    fn collect_meta(&mut self) -> ActionRef {
        let objdir = self.planner.new_objdir();
        self.planner.push(Action {
            objdir: Some(objdir),
            ..Action::new(Kind::Open(Open(Arc::new(CollectMeta))))
        })
    }

    fn wait_for_meta(&mut self, run: ActionRef) {
        self.planner.action_mut(run).deps.extend(self.meta);
    }

    /// Lets a run wait for what is collected, and has what a package says collected.
    fn note_meta(&mut self, run: ActionRef, build: ActionRef) {
        let Some(meta) = self.meta else { return };
        if self.planner.action_mut(build).kind != Kind::BuiltIn {
            self.wait_for_meta(run);
            self.planner.action_mut(meta).deps.push(build);
        }
    }

    fn compile(&mut self, package: PackageId) -> ActionRef {
        let mode = InstallMode::Build;
        self.planner.compile(mode, mode, package)
    }

    fn run(
        &mut self,
        number: usize,
        package: PackageId,
        made: ActionRef,
        objdir: Option<u32>,
    ) -> ActionRef {
        let kind = Run {
            testing: Arc::clone(self.testing),
            number,
            made,
            meta: self.meta,
            found: Mutex::new(Found::default()),
        };
        self.open(Arc::new(kind), package, objdir, vec![made])
    }

    fn print(&mut self, number: usize, package: PackageId, deps: Vec<ActionRef>) -> ActionRef {
        let kind = Print {
            testing: Arc::clone(self.testing),
            number,
        };
        self.open(Arc::new(kind), package, None, deps)
    }

    /// An action that is carried out even if one before it failed.
    fn open(
        &mut self,
        kind: Arc<dyn ActionKind>,
        package: PackageId,
        objdir: Option<u32>,
        deps: Vec<ActionRef>,
    ) -> ActionRef {
        self.planner.push(Action {
            package: Some(package),
            objdir,
            deps,
            ignore_fail: true,
            ..Action::new(Kind::Open(Open(kind)))
        })
    }

    /// Lets no test begin before the one of the package before it could.
    fn begin_in_order(&mut self, steps: &[Steps]) {
        let mut before: Option<ActionRef> = None;
        for step in steps {
            let mut deps = self.planner.action_mut(step.run).deps.clone();
            deps.extend(before);
            let barrier = self.planner.push(Action {
                deps,
                ignore_fail: true,
                ..Action::new(Kind::Group("test barrier"))
            });
            self.planner.action_mut(step.run).deps.push(barrier);
            before = Some(barrier);
        }
    }

    fn run_one_by_one(&mut self, steps: &[Steps]) {
        let Some(first) = steps.first() else { return };
        let builds: Vec<ActionRef> = steps[1..].iter().map(|step| step.build).collect();
        let barrier = self.planner.push(Action {
            deps: builds,
            ignore_fail: true,
            ..Action::new(Kind::Group("test barrier"))
        });
        self.planner.action_mut(first.run).deps.push(barrier);
        for pair in steps.windows(2) {
            let before = pair[0].print;
            self.planner.action_mut(pair[1].run).deps.push(before);
        }
    }
}
