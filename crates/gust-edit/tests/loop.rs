//! The edit loop: loading ends with packages and with what would change, and writes nothing until it is told to.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gust_edit::{EditError, Loaded};
use gust_fetch::{Config, Fetcher, Silent};
use gust_fs::{Overlay, View};
use gust_modules::{ModFlag, ModuleSettings, Modules, ModulesError, Release, Tools};
use gust_packages::context::BuildContext;
use gust_packages::{BuildShape, LoadConfig, Loader, Named, Needs, PackageGraph};

/// `example.com/m` imports from `b`, which it does not require, and from `a`, of which it does; `a` requires `c`, which go.mod does
/// not list and (being of go 1.17 and later) must.
const FILES: &[(&str, &str)] = &[
    (
        "m/go.mod",
        "module example.com/m\n\ngo 1.20\n\nrequire example.com/a v1.0.0\n\nreplace example.com/b => ../b\n",
    ),
    (
        "m/m.go",
        "package main\n\nimport (\n\t_ \"example.com/a\"\n\t_ \"example.com/b\"\n)\n\nfunc main() {}\n",
    ),
    ("b/go.mod", "module example.com/b\n\ngo 1.20\n"),
    ("b/b.go", "package b\n"),
    ("goroot/src/runtime/r.go", "package runtime\n"),
];

/// Modules in the module cache, as if they had been downloaded.
const CACHED: &[(&str, &str, &str)] = &[
    (
        "example.com/a",
        "module example.com/a\n\ngo 1.20\n\nrequire example.com/c v1.1.0\n",
        "package a\n\nimport _ \"example.com/c\"\n",
    ),
    (
        "example.com/c",
        "module example.com/c\n\ngo 1.20\n",
        "package c\n",
    ),
];

struct World {
    dir: tempfile::TempDir,
}

impl World {
    fn new() -> World {
        let world = World {
            dir: tempfile::tempdir().unwrap(),
        };
        for (name, text) in FILES {
            world.write(name, text);
        }
        for (path, go_mod, source) in CACHED {
            let version = if path.ends_with('a') {
                "v1.0.0"
            } else {
                "v1.1.0"
            };
            let download = format!("modcache/cache/download/{path}/@v/{version}");
            world.write(&format!("{download}.mod"), go_mod);
            world.write(
                &format!("{download}.info"),
                &format!("{{\"Version\":\"{version}\"}}"),
            );
            world.write(&format!("{download}.zip"), "");
            world.write(
                &format!("{download}.ziphash"),
                "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            );
            world.write(&format!("modcache/{path}@{version}/go.mod"), go_mod);
            world.write(&format!("modcache/{path}@{version}/x.go"), source);
        }
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let file = self.path(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// Every file below the directory, with its content and the time of its last change.
    fn tree(&self) -> BTreeMap<PathBuf, (Vec<u8>, std::time::SystemTime)> {
        let mut tree = BTreeMap::new();
        let mut pending = vec![self.dir.path().to_owned()];
        while let Some(dir) = pending.pop() {
            for entry in fs::read_dir(dir).unwrap() {
                let entry = entry.unwrap();
                let meta = entry.metadata().unwrap();
                match meta.is_dir() {
                    true => pending.push(entry.path()),
                    false => {
                        let content = fs::read(entry.path()).unwrap();
                        tree.insert(entry.path(), (content, meta.modified().unwrap()));
                    }
                }
            }
        }
        tree
    }

    /// Loads `main` without any network.
    fn load(
        &self,
        main: &Path,
        overlay: Overlay,
        mod_flag: Option<ModFlag>,
    ) -> (Arc<Modules>, Loader, Result<Loaded, EditError>) {
        let view = Arc::new(View::new(overlay));
        let config = Config {
            gomodcache: self.path("modcache"),
            goproxy: "off".into(),
            gosumdb: "off".into(),
            ..Config::default()
        };
        let fetcher = Fetcher::new(config, Arc::clone(&view), Arc::new(Silent));
        let settings = ModuleSettings {
            cwd: main.to_owned(),
            goroot: self.path("goroot"),
            temp_dir: "/nowhere".into(),
            mod_flag,
            release: Release {
                version: "1.26.8".into(),
                toolchain: "go1.26.8".into(),
                note: String::new(),
            },
            ..ModuleSettings::default()
        };
        let tools = Tools {
            view: Arc::clone(&view),
            fetcher: Arc::new(fetcher),
            sink: Arc::new(Silent),
        };
        let modules = Modules::load(settings, tools).unwrap().unwrap();
        let mut loader = Loader::new(LoadConfig {
            view,
            context: Arc::new(BuildContext {
                goos: "linux".into(),
                goarch: "amd64".into(),
                compiler: "gc".into(),
                ..BuildContext::default()
            }),
            modules: Some(Arc::clone(&modules)),
            cwd: main.to_owned(),
            goroot: self.path("goroot"),
            gopath: vec![self.path("gopath")],
            gobin: None,
            host: ("linux".into(), "amd64".into()),
            build: BuildShape::default(),
            fips: None,
            needs: Needs::default(),
            show_ignored: false,
            state_dir: None,
            module_cache: Some(self.path("modcache")),
            release: "1.26.8".into(),
            go_version: None,
        });
        let loaded = gust_edit::load(&mut loader, Named::Patterns(&[".".to_owned()]), None);
        (modules, loader, loaded)
    }
}

fn listed(modules: &Modules, loaded: &Loaded) -> Vec<String> {
    let edits = loaded.edits().unwrap().list(modules).unwrap();
    edits.iter().map(ToString::to_string).collect()
}

fn import_paths(graph: &PackageGraph) -> Vec<String> {
    let order = graph.deps_postorder(graph.roots());
    order
        .iter()
        .map(|id| graph[*id].import_path.to_string())
        .collect()
}

const CHANGES: &[&str] = &[
    "go.mod: require example.com/b v0.0.0-00010101000000-000000000000",
    "go.mod: require example.com/c v1.1.0",
    "go.sum: add example.com/a v1.0.0 h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
];

#[test]
fn a_load_says_what_it_would_change_and_changes_nothing() {
    let world = World::new();
    let before = world.tree();
    let main = world.path("m");
    let (modules, mut loader, loaded) = world.load(&main, Overlay::none(), Some(ModFlag::Mod));
    let loaded = loaded.unwrap();
    let edits = listed(&modules, &loaded);
    for change in CHANGES {
        assert!(
            edits.iter().any(|edit| edit == change),
            "{change}: {edits:#?}"
        );
    }
    assert_eq!(world.tree(), before);

    // The same edits, committed: now the files say it, and nothing is left to be said.
    loaded.commit(Some(&modules)).unwrap();
    let graph = loaded.packages(&mut loader);
    let packages = ["example.com/c", "example.com/a", "example.com/b"];
    assert_eq!(import_paths(&graph)[..3], packages);
    assert!(graph.errors(graph.roots()).is_empty());
    let go_mod = fs::read_to_string(main.join("go.mod")).unwrap();
    assert!(go_mod.contains("\texample.com/b v0.0.0-00010101000000-000000000000\n"));
    assert!(
        go_mod.contains("require example.com/c v1.1.0 // indirect\n"),
        "{go_mod}"
    );
    assert!(
        fs::read_to_string(main.join("go.sum"))
            .unwrap()
            .contains("example.com/c v1.1.0 h1:")
    );
    let (modules, _, loaded) = world.load(&main, Overlay::none(), Some(ModFlag::Mod));
    assert_eq!(listed(&modules, &loaded.unwrap()), [] as [&str; 0]);
}

/// go.mod stands in a directory that is not there at all: it is only in the overlay. Whoever tried to write could not.
#[test]
fn a_load_needs_no_directory_to_write_to() {
    let world = World::new();
    let main = PathBuf::from("/nowhere/at/all");
    let text = |path: PathBuf| path.to_str().unwrap().to_owned();
    let replace = ["go.mod", "m.go"].map(|name| {
        let file = world.path("m").join(name);
        (text(main.join(name)), text(file))
    });
    let go_mod = fs::read_to_string(world.path("m/go.mod")).unwrap();
    let absolute = format!("=> {}", world.path("b").display());
    world.write("m/go.mod", &go_mod.replace("=> ../b", &absolute));
    let before = world.tree();
    let overlay = Overlay::new(replace.into(), &main).unwrap();
    let (modules, mut loader, loaded) = world.load(&main, overlay, Some(ModFlag::Mod));
    let loaded = loaded.unwrap();
    let edits = listed(&modules, &loaded);
    for change in CHANGES {
        assert!(
            edits.iter().any(|edit| edit == change),
            "{change}: {edits:#?}"
        );
    }
    let refused = loaded.commit(Some(&modules)).unwrap_err();
    assert!(matches!(refused, EditError::Overlaid));
    let graph = loaded.packages(&mut loader);
    assert!(graph.errors(graph.roots()).is_empty());
    assert_eq!(world.tree(), before);
    assert!(!main.exists());
}

/// By default go.mod may not be changed: loading ends all the same, with what it would have to say.
#[test]
fn a_load_that_may_not_change_anything_says_what_it_would_need() {
    let world = World::new();
    world.write(
        "m/go.mod",
        "module example.com/m\n\ngo 1.20\n\nrequire (\n\texample.com/a v1.0.0\n\texample.com/c v1.0.0 // indirect\n)\n\nreplace (\n\texample.com/a => ../a\n\texample.com/c => ../c\n)\n",
    );
    world.write(
        "m/m.go",
        "package main\n\nimport _ \"example.com/a\"\n\nfunc main() {}\n",
    );
    for (path, go_mod, source) in CACHED {
        let name = path.trim_start_matches("example.com/");
        world.write(&format!("{name}/go.mod"), go_mod);
        world.write(&format!("{name}/x.go"), source);
    }
    let before = world.tree();
    let (modules, mut loader, loaded) = world.load(&world.path("m"), Overlay::none(), None);
    let loaded = loaded.unwrap();
    assert_eq!(
        listed(&modules, &loaded),
        ["go.mod: example.com/c v1.0.0 => v1.1.0"]
    );
    let refused = loaded.commit(Some(&modules)).unwrap_err();
    let text = "updates to go.mod needed; to update it:\n\tgo mod tidy";
    assert_eq!(refused.to_string(), text);
    let is_dirty = matches!(refused, EditError::Modules(ModulesError::Dirty { .. }));
    assert!(is_dirty);
    let graph = loaded.packages(&mut loader);
    assert!(import_paths(&graph).contains(&"example.com/c".to_owned()));
    assert!(graph.errors(graph.roots()).is_empty());
    assert_eq!(world.tree(), before);
}
