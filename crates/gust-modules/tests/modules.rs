//! The crate's contract on directories of its own, without network: texts are those of Go 1.26.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gust_fetch::{Config, Fetcher, Silent};
use gust_fs::{Overlay, View};
use gust_modules::{ModFlag, ModuleSettings, Modules, ModulesError, Reach, Release, Tools};
use gust_syntax::module::ModuleVersion;

struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    /// Files as `-- name --` and their lines.
    fn new(files: &[(&str, &str)]) -> Place {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let file = dir.path().join("src").join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        Place { dir }
    }

    fn src(&self) -> PathBuf {
        self.dir.path().join("src")
    }

    fn settings(&self, cwd: &str) -> ModuleSettings {
        ModuleSettings {
            cwd: self.src().join(cwd),
            goroot: PathBuf::from("/goroot"),
            temp_dir: PathBuf::from("/nowhere"),
            workspaces: true,
            release: Release {
                version: "1.26.8".into(),
                toolchain: "go1.26.8".into(),
                note: String::new(),
            },
            ..ModuleSettings::default()
        }
    }

    fn load_with(&self, settings: ModuleSettings) -> Result<Option<Arc<Modules>>, ModulesError> {
        let view = Arc::new(View::new(Overlay::none()));
        let config = Config {
            gomodcache: self.dir.path().join("modcache"),
            goproxy: "off".into(),
            ..Config::default()
        };
        let fetcher = Arc::new(Fetcher::new(config, Arc::clone(&view), Arc::new(Silent)));
        Modules::load(
            settings,
            Tools {
                view,
                fetcher,
                sink: Arc::new(Silent),
            },
        )
    }

    fn load(&self, cwd: &str) -> Result<Arc<Modules>, ModulesError> {
        self.load_with(self.settings(cwd)).map(Option::unwrap)
    }
}

const REPLACED: &[(&str, &str)] = &[
    (
        "go.mod",
        "module example.com/m\n\ngo 1.20\n\nrequire (\n\texample.com/a v1.0.0\n\texample.com/a/b v1.1.0 // indirect\n)\n\nreplace (\n\texample.com/a => ./a\n\texample.com/a/b => ./b\n\texample.com/c => ./c\n)\n",
    ),
    (
        "a/go.mod",
        "module example.com/a\n\ngo 1.20\n\nrequire example.com/a/b v1.1.0\n",
    ),
    ("a/a.go", "package a\n"),
    ("b/go.mod", "module example.com/a/b\n\ngo 1.20\n"),
    ("b/b.go", "package b\n"),
    ("c/go.mod", "module example.com/c\n"),
    ("c/c.go", "package c\n"),
];

#[test]
fn roots_answer_without_the_graph() {
    let place = Place::new(REPLACED);
    let modules = place.load("").unwrap();
    assert_eq!(modules.mode(), ModFlag::Readonly);
    let providers = modules
        .providers(modules.stated(), "example.com/a/b/x", Reach::Roots)
        .unwrap();
    let paths: Vec<String> = providers.iter().map(|p| p.module.to_string()).collect();
    assert_eq!(paths, ["example.com/a/b@v1.1.0", "example.com/a@v1.0.0"]);
    assert_eq!(
        providers[0].place.as_ref().unwrap().dir,
        place.src().join("b")
    );
    assert!(!modules.stated().has_graph());
    let list = modules.build_list(modules.stated());
    assert!(list.error.is_none() && list.requirements.has_graph());
    assert_eq!(list.modules[0].to_string(), "example.com/m");
}

#[test]
fn missing_packages_are_explained() {
    let place = Place::new(REPLACED);
    let modules = place.load("").unwrap();
    let text = |path: &str| {
        modules
            .explain_missing(modules.stated(), path, None)
            .to_string()
    };
    assert_eq!(
        text("example.org/x"),
        "no required module provides package example.org/x; to add it:\n\tgo get example.org/x"
    );
    assert_eq!(
        text("nothing/here"),
        "package nothing/here is not in std (/goroot/src/nothing/here)"
    );
    assert_eq!(
        text("example.com/c"),
        "module example.com/c provides package example.com/c and is replaced but not required; to add it:\n\tgo get example.com/c"
    );
    let settings = ModuleSettings {
        mod_flag: Some(ModFlag::Readonly),
        ..place.settings("")
    };
    let modules = place.load_with(settings).unwrap().unwrap();
    assert_eq!(
        modules
            .explain_missing(modules.stated(), "example.org/x", None)
            .to_string(),
        "cannot find module providing package example.org/x: import lookup disabled by -mod=readonly"
    );
}

#[test]
fn what_is_shown_of_a_module() {
    let place = Place::new(REPLACED);
    let modules = place.load("").unwrap();
    let info = modules.module_info(
        Some(modules.stated()),
        &ModuleVersion::new("example.com/a/b", "v1.1.0"),
        Default::default(),
    );
    assert!(info.indirect && info.error.is_none());
    assert_eq!(info.to_string(), "example.com/a/b v1.1.0 => ./b");
    assert_eq!(Path::new(&info.dir), place.src().join("b"));
    assert_eq!(info.go_version, "1.20");
}

#[test]
fn a_missing_checksum_names_its_remedy() {
    let place = Place::new(&[(
        "go.mod",
        "module m\n\ngo 1.20\n\nrequire example.com/far v1.0.0\n",
    )]);
    let modules = place.load("").unwrap();
    let far = ModuleVersion::new("example.com/far", "v1.0.0");
    assert_eq!(
        modules.go_mod(&far).unwrap_err().to_string(),
        "example.com/far@v1.0.0: missing go.sum entry for go.mod file; to add it:\n\tgo mod download example.com/far"
    );
    assert!(modules.place(&far).unwrap_err().is_missing_sum());
    let list = modules.build_list(modules.stated());
    assert_eq!(
        list.error.unwrap().to_string(),
        "example.com/far@v1.0.0: missing go.sum entry for go.mod file; to add it:\n\tgo mod download example.com/far"
    );
}

#[test]
fn vendor_directories_must_agree() {
    let place = Place::new(&[
        (
            "go.mod",
            "module m\n\ngo 1.20\n\nrequire example.com/a v1.0.0\n",
        ),
        (
            "vendor/modules.txt",
            "# example.com/a v1.0.1\n## explicit; go 1.20\nexample.com/a\n",
        ),
    ]);
    let Err(error) = place.load("") else {
        panic!("loaded")
    };
    let want = format!(
        "inconsistent vendoring in {}:\n\texample.com/a@v1.0.0: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt\n\texample.com/a@v1.0.1: is marked as explicit in vendor/modules.txt, but not explicitly required in go.mod\n\n\tTo ignore the vendor directory, use -mod=readonly or -mod=mod.\n\tTo sync the vendor directory, run:\n\t\tgo mod vendor",
        place.src().display()
    );
    assert_eq!(error.to_string(), want);
}

#[test]
fn where_a_command_stands() {
    let place = Place::new(&[
        ("w/go.work", "go 1.20\n\nuse ./a\nuse ./b\n"),
        ("w/a/go.mod", "module example.com/a\n\ngo 1.20\n"),
        ("w/b/go.mod", "module example.com/b\n\ngo 1.26\n"),
        ("x/y/z.go", "package y\n"),
    ]);
    let Err(error) = place.load("w/a") else {
        panic!("loaded")
    };
    assert_eq!(
        error.to_string(),
        "module ../b listed in go.work file requires go >= 1.26, but go.work lists go 1.20; to update it:\n\tgo work use"
    );
    let outside = place.load("x/y").unwrap();
    assert!(!outside.has_root() && outside.workspace().is_none());
    let off = ModuleSettings {
        go111module: "off".into(),
        ..place.settings("w/a")
    };
    assert!(place.load_with(off).unwrap().is_none());
    let auto = ModuleSettings {
        go111module: "auto".into(),
        ..place.settings("x/y")
    };
    assert!(place.load_with(auto).unwrap().is_none());
    let alone = ModuleSettings {
        gowork: "off".into(),
        ..place.settings("w/b")
    };
    assert_eq!(
        place.load_with(alone).unwrap().unwrap().go_version(),
        "1.26"
    );
}

#[test]
fn all_errors_of_a_file_at_once() {
    let place = Place::new(&[("go.mod", "module m\n\nfoo bar\n\nrequire x.y/z v2.0.0\n")]);
    let Err(error) = place.load("") else {
        panic!("loaded")
    };
    assert_eq!(
        error.to_string(),
        "errors parsing go.mod:\ngo.mod:3: unknown directive: foo\ngo.mod:5: require x.y/z: version \"v2.0.0\" invalid: should be v0 or v1, not v2"
    );
    let place = Place::new(&[("go.mod", "module m\n\ngo 1.99\n")]);
    let Err(error) = place.load("") else {
        panic!("loaded")
    };
    assert_eq!(
        error.to_string(),
        "go.mod requires go >= 1.99 (running go 1.26.8)"
    );
}
