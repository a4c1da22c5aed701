//! A kind of action that this crate does not know joins a plan: it is looked up, carried out, kept, shown and written down
//! like those that it does know.

#![allow(
    clippy::disallowed_methods,
    reason = "tests write files and look at what is left"
)]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use gust_build::command::Command;
use gust_build::lowered::{Carrier, LoweredPlan, lower};
use gust_build::plan::{
    Action, ActionKind, ActionRef, Kind, Open, Place, Planner, Surroundings, Targets,
};
use gust_build::run::BuildError;
use gust_build::{BuildOptions, Outcome, Plan, Shape, Sink, Site, SiteParts, Stamps, execute};
use gust_cache::{Cache, Hashing};
use gust_fs::View;
use gust_fs::overlay::Overlay;
use gust_packages::PackageGraph;
use gust_toolchain::environ::Environ;
use gust_toolchain::memo::Memo;
use gust_toolchain::settings::{Inputs, Settings};

/// Joins the results of the actions before it, and a file, into one.
#[derive(Debug)]
struct Join {
    file: PathBuf,
    lowered: AtomicUsize,
}

impl Join {
    fn of(file: &Path) -> Arc<Join> {
        Arc::new(Join {
            file: file.to_path_buf(),
            lowered: AtomicUsize::new(0),
        })
    }

    fn times(&self) -> usize {
        self.lowered.load(Ordering::Relaxed)
    }
}

impl ActionKind for Join {
    fn mode(&self) -> String {
        "join".to_owned()
    }

    fn key(&self, around: &Surroundings<'_>) -> Result<Option<String>, BuildError> {
        let mut key = format!("join {}\n", around.site().file_hash(&self.file));
        for &dep in around.deps() {
            let file = around.file(dep).unwrap_or_default();
            key.push_str(&format!("part {file}\n"));
        }
        Ok(Some(key))
    }

    fn lower(&self, around: &Surroundings<'_>) -> Result<Vec<Command>, BuildError> {
        self.lowered.fetch_add(1, Ordering::Relaxed);
        let parts = around.deps().iter().filter_map(|&dep| around.file(dep));
        let mut files = vec![self.file.to_string_lossy().into_owned()];
        files.extend(parts);
        let result = self.result(around).unwrap_or_default();
        let script = "out=$1; shift; echo joining; cat \"$@\" > \"$out\"";
        let mut words = ["/bin/sh", "-c", script, "sh", &result]
            .map(str::to_owned)
            .to_vec();
        words.extend(files);
        Ok(vec![Command::tool(".", Vec::new(), words).headed("join")])
    }

    fn result(&self, around: &Surroundings<'_>) -> Option<String> {
        Some(format!("{}joined", around.objdir()))
    }

    fn sources(&self, _around: &Surroundings<'_>) -> Vec<PathBuf> {
        vec![self.file.clone()]
    }

    fn finish(&self, _around: &Surroundings<'_>, said: &[u8]) -> Result<(), BuildError> {
        match said {
            b"# join\njoining\n" | b"" => Ok(()),
            other => Err(BuildError::Other(
                String::from_utf8_lossy(other).into_owned(),
            )),
        }
    }
}

#[derive(Default)]
struct Said(Mutex<String>);

impl Sink for Said {
    fn output(&self, _package: Option<&str>, text: &[u8]) {
        self.0
            .lock()
            .unwrap()
            .push_str(&String::from_utf8_lossy(text));
    }

    fn failure(&self, _package: Option<&str>, text: &str) {
        self.0.lock().unwrap().push_str(text);
    }
}

/// A place to build in.
struct Scratch {
    dir: tempfile::TempDir,
    settings: Settings,
    view: Arc<View>,
}

impl Scratch {
    fn new() -> Scratch {
        let dir = tempfile::tempdir().unwrap();
        let view = Arc::new(View::new(Overlay::default()));
        let set = |name: &str, value: &Path| (name.into(), value.into());
        let environ = Environ::new([
            set("GOROOT", dir.path()),
            set("GOCACHE", &dir.path().join("cache")),
            set("TMPDIR", dir.path()),
            set("GOENV", Path::new("off")),
        ]);
        let settings = Settings::resolve(Inputs {
            environ,
            cwd: dir.path().to_path_buf(),
            program: dir.path().join("gust"),
            view: Arc::clone(&view),
            release: None,
            version_override: None,
        });
        for name in ["a", "b"] {
            std::fs::write(dir.path().join(name), format!("{name}\n")).unwrap();
        }
        Scratch {
            dir,
            settings,
            view,
        }
    }

    /// `b` joined to what `a` alone makes.
    fn plan(&self, shape: &Shape, kinds: [&Arc<Join>; 2]) -> Plan {
        let graph = PackageGraph::default();
        let mut planner = Planner::new(&graph, shape, "linux", Targets::default());
        let mut deps: Vec<ActionRef> = Vec::new();
        for (number, kind) in kinds.into_iter().enumerate() {
            let kind: Arc<dyn ActionKind> = Arc::clone(kind) as _;
            let at = planner.push(Action {
                objdir: Some(number as u32 + 1),
                deps: std::mem::take(&mut deps),
                target: Place::None,
                ..Action::new(Kind::Open(Open(kind)))
            });
            deps.push(at);
        }
        planner.finish(deps[0])
    }

    fn with_site<T>(&self, options: &BuildOptions, act: impl FnOnce(&Site<'_>) -> T) -> T {
        let cache = Cache::open(&self.dir.path().join("cache")).unwrap();
        let hashing = Hashing::new("go1.26");
        act(&Site::new(SiteParts {
            settings: &self.settings,
            view: &self.view,
            graph: &PackageGraph::default(),
            options,
            shape: &Shape::default(),
            stamps: &Stamps::default(),
            cache: &cache,
            hashing: &hashing,
            memo: Arc::new(Memo::in_memory()),
            vendor_dir: None,
        }))
    }

    fn execute(&self, options: &BuildOptions, kinds: [&Arc<Join>; 2]) -> (Outcome, String) {
        let said = Said::default();
        let plan = self.plan(&Shape::default(), kinds);
        let outcome = self.with_site(options, |site| {
            execute(site, &plan, &said, &AtomicBool::new(false), None).unwrap()
        });
        (outcome, said.0.into_inner().unwrap())
    }
}

fn options() -> BuildOptions {
    BuildOptions {
        keep_work: true,
        ..BuildOptions::default()
    }
}

#[test]
fn a_foreign_kind_is_carried_out_once() {
    let place = Scratch::new();
    let kinds = [
        Join::of(&place.dir.path().join("a")),
        Join::of(&place.dir.path().join("b")),
    ];
    let (outcome, said) = place.execute(&options(), [&kinds[0], &kinds[1]]);
    assert!(!outcome.failed, "{said}");
    assert_eq!(said.matches("# join\njoining\n").count(), 2, "{said}");
    let work = said
        .lines()
        .find_map(|line| line.strip_prefix("WORK="))
        .unwrap();
    assert_eq!(
        std::fs::read_to_string(format!("{work}/b002/joined")).unwrap(),
        "b\na\n"
    );

    // The first is found in the cache, and says again what its command said; the second now has another input: a file of
    // the cache in the place of one of the work directory.
    let (_, said) = place.execute(&options(), [&kinds[0], &kinds[1]]);
    assert_eq!((kinds[0].times(), kinds[1].times()), (1, 2));
    assert_eq!(said.matches("joining\n").count(), 2, "{said}");
    place.execute(&options(), [&kinds[0], &kinds[1]]);
    assert_eq!((kinds[0].times(), kinds[1].times()), (1, 2));

    std::fs::write(place.dir.path().join("a"), "other\n").unwrap();
    place.view.forget_all();
    place.execute(&options(), [&kinds[0], &kinds[1]]);
    assert_eq!((kinds[0].times(), kinds[1].times()), (2, 3));
}

#[test]
fn a_dry_run_shows_it_and_makes_nothing() {
    let place = Scratch::new();
    let kinds = [
        Join::of(&place.dir.path().join("a")),
        Join::of(&place.dir.path().join("b")),
    ];
    let options = BuildOptions {
        dry_run: true,
        ..BuildOptions::default()
    };
    let (_, said) = place.execute(&options, [&kinds[0], &kinds[1]]);
    assert!(said.contains("mkdir -p $WORK/b001/\n"), "{said}");
    let a = place.dir.path().display();
    let line = format!("sh $WORK/b002/joined {a}/b $WORK/b001/joined\n");
    assert!(said.contains(&line), "{said}");
    assert!(place.has_no_results());
}

#[test]
fn nothing_is_begun_after_an_interrupt() {
    let place = Scratch::new();
    let kinds = [
        Join::of(&place.dir.path().join("a")),
        Join::of(&place.dir.path().join("b")),
    ];
    let plan = place.plan(&Shape::default(), [&kinds[0], &kinds[1]]);
    let outcome = place.with_site(&options(), |site| {
        execute(site, &plan, &Said::default(), &AtomicBool::new(true), None).unwrap()
    });
    assert!(outcome.interrupted);
    assert_eq!((kinds[0].times(), kinds[1].times()), (0, 0));
}

impl Scratch {
    /// No result is in the cache.
    fn has_no_results(&self) -> bool {
        let outputs = walk(&self.dir.path().join("cache"));
        outputs.iter().all(|file| !file.ends_with("-d"))
    }
}

fn walk(dir: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(walk(&path)),
            false => files.push(path.to_string_lossy().into_owned()),
        }
    }
    files
}

#[test]
fn it_can_be_written_down_and_read_back() {
    let place = Scratch::new();
    let kinds = [
        Join::of(&place.dir.path().join("a")),
        Join::of(&place.dir.path().join("b")),
    ];
    let plan = place.plan(&Shape::default(), [&kinds[0], &kinds[1]]);
    let written = place.with_site(&options(), |site| lower(site, &plan).unwrap());
    let json = written.to_json().unwrap();
    let read = LoweredPlan::from_json(&json).unwrap();
    assert_eq!(read, written);

    let work = place.dir.path().join("work");
    std::fs::create_dir(&work).unwrap();
    Carrier::new(&read, &work, 1).run_all().unwrap();
    assert_eq!(
        std::fs::read_to_string(work.join("b002/joined")).unwrap(),
        "b\na\n"
    );

    std::fs::write(place.dir.path().join("a"), "other\n").unwrap();
    let error = Carrier::new(&read, &work, 1)
        .run_all()
        .unwrap_err()
        .to_string();
    assert!(
        error.ends_with("/a is not what it was when the plan was made"),
        "{error}"
    );
}
