//! One package: the facts that `go list` shows, and those that a build needs besides.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Str;
use super::error::PackageError;
use super::module::PackageModule;
use super::sources::{List, Sources};

/// A package's place in its [`PackageGraph`](super::PackageGraph).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageId(pub u32);

impl PackageId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A loaded package, or a variant of one (recompiled for a test, or for a main package's profile).
///
/// It falls into parts by who needs them: where it lies, what its files are and import, what a build has to know, how the command line
/// came to it, and what is only shown.
#[derive(Debug, Clone)]
pub struct Package {
    /// Its own place in the graph.
    pub id: PackageId,
    /// The import path as the compiler sees it, without a variant's suffix (see [`Package::desc`]).
    pub import_path: Str,
    /// The name in the package clauses.
    pub name: Str,
    /// Where it lies, and where it is installed.
    pub place: Location,
    /// The module, if any.
    pub module: Option<Arc<PackageModule>>,
    /// Files by kind, and what their headers said. Variants share it until they differ.
    pub sources: Arc<Sources>,
    /// Whom it imports.
    pub imports: Imports,
    /// What else a build of it depends on.
    pub build: BuildFacts,
    /// How the command line came to it.
    pub asked: Asked,
    /// What is shown of it and used nowhere.
    pub about: About,
    /// The package under test for which this copy exists.
    pub for_test: Option<Str>,
    /// The main package for whose profile this copy exists.
    pub for_main: Option<Str>,
    /// Why it could not be loaded as asked.
    pub error: Option<PackageError>,
    /// This one, or one that it needs, has an error.
    pub incomplete: bool,
}

/// Where a package lies.
#[derive(Debug, Clone)]
pub struct Location {
    /// The directory, absolute; empty when none was found.
    pub dir: Arc<Path>,
    /// GOROOT, a GOPATH entry, or the module's directory.
    pub root: Option<Arc<Path>>,
    /// Where `go install` puts it.
    pub target: Option<PathBuf>,
    /// It is a cross-compiled program, for which GOBIN has no subdirectory.
    pub gobin_subdir: bool,
    /// The directory that hides this one (GOPATH).
    pub conflict_dir: Option<PathBuf>,
    /// In GOROOT.
    pub goroot: bool,
    /// Of the standard library (or a command of the distribution).
    pub standard: bool,
    /// Imported by `./` or `../` (GOPATH), or made of named files.
    pub local: bool,
    /// The directory that such imports in it start from (GOPATH).
    pub local_prefix: Str,
}

/// The imports of a package: as paths and as edges.
#[derive(Debug, Clone, Default)]
pub struct Imports {
    /// Paths of the sources, resolved (vendored paths in full), sorted as go sorts them.
    pub paths: List,
    /// The same as written, one for one with the start of `paths`.
    pub written: List,
    /// Paths that cgo or SWIG add, all of the standard library.
    pub compiled: List,
    /// Every package imported, implicit ones too (cgo's, the linker's), in go's order. Empty for unloaded imports.
    pub direct: List<PackageId>,
    /// Paths of the tests; resolved once the test variants are loaded.
    pub tests: List,
    /// Paths of the `_test` package's tests, likewise.
    pub xtests: List,
}

/// What a build of a package depends on beside files and imports.
#[derive(Debug, Clone)]
pub struct BuildFacts {
    /// The import path before a test's `_test` or `.test` was added.
    pub orig_import_path: Str,
    /// GODEBUG defaults of a main package.
    pub default_godebug: Str,
    /// The profile that it is compiled with.
    pub pgo_profile: Option<Arc<Path>>,
    /// Set for the main package of a test binary.
    pub testmain: Option<Arc<TestMain>>,
    /// Nobody links it, although it may be named main.
    pub force_library: bool,
    /// It belongs to the test of a package that the command line names: flags for named packages are for it too.
    pub tests_named: bool,
    /// The sources say `//go:binary-only-package`.
    pub binary_only: bool,
    /// It counts what of it is run.
    pub cover: Option<Cover>,
    /// It tells a fuzzer which ways an input takes through it.
    pub fuzzed: bool,
}

/// How a package counts what of it is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// `set`, `count`, `atomic`; `regonly` and `testmain` for packages that only take part.
    pub mode: Str,
    /// What there is to be counted is written into a file beside the archive, for those who do not link it.
    pub meta: bool,
}

/// How the command line came to a package.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The patterns that match it.
    pub matched: List,
    /// It consists of the files that were named.
    pub cmdline_files: bool,
    /// Some argument matches it.
    pub cmdline_pkg: bool,
    /// An argument is its name.
    pub cmdline_pkg_literal: bool,
}

/// What is shown of a package.
#[derive(Debug, Clone)]
pub struct About {
    /// The first lines of the documentation.
    pub doc: Str,
    /// The path in an import comment.
    pub import_comment: Str,
}

/// The main package of a test binary: its generated source.
#[derive(Debug, Clone, Default)]
pub struct TestMain {
    /// The content of `_testmain.go`.
    pub source: Vec<u8>,
}

impl TestMain {
    /// The name of a file that is made where it is compiled.
    pub const FILE: &str = "_testmain.go";
}

impl Package {
    /// The source of a package that has one file, which is nowhere yet: a build makes it where it compiles it.
    pub fn generated(&self) -> Option<&TestMain> {
        let is_made = matches!(&*self.sources.go, [one] if &**one == TestMain::FILE);
        self.build.testmain.as_deref().filter(|_| is_made)
    }

    /// A package of which nothing but the import path is known.
    pub fn named(path: Str) -> Package {
        let none = Str::from("");
        Package {
            id: PackageId(0),
            name: none.clone(),
            place: Location {
                dir: Arc::from(Path::new("")),
                root: None,
                target: None,
                gobin_subdir: false,
                conflict_dir: None,
                goroot: false,
                standard: false,
                local: false,
                local_prefix: none.clone(),
            },
            module: None,
            sources: Arc::default(),
            imports: Imports::default(),
            build: BuildFacts {
                orig_import_path: path.clone(),
                default_godebug: none.clone(),
                pgo_profile: None,
                testmain: None,
                force_library: false,
                tests_named: false,
                binary_only: false,
                cover: None,
                fuzzed: false,
            },
            asked: Asked::default(),
            about: About {
                doc: none.clone(),
                import_comment: none,
            },
            import_path: path,
            for_test: None,
            for_main: None,
            error: None,
            incomplete: false,
        }
    }

    /// The import path with its variant in brackets, as `go list -test` and the build's messages show it.
    pub fn desc(&self) -> String {
        match (&self.for_test, &self.for_main) {
            (Some(t), _) => format!("{} [{t}.test]", self.import_path),
            (None, Some(m)) => format!("{} [{m}]", self.import_path),
            (None, None) => self.import_path.to_string(),
        }
    }

    /// Does it have test files?
    pub fn has_tests(&self) -> bool {
        !self.sources.test_go.is_empty() || !self.sources.xtest_go.is_empty()
    }

    /// Does the package need the cgo tool?
    pub fn uses_cgo(&self) -> bool {
        self.sources.uses_cgo()
    }

    /// Does the package need SWIG?
    pub fn uses_swig(&self) -> bool {
        self.sources.uses_swig()
    }

    /// A variant for a test, the main package of a test, or a package that has nothing but tests.
    pub fn is_test_only(&self) -> bool {
        let s = &*self.sources;
        self.for_test.is_some()
            || self.build.testmain.is_some()
            || (!s.test_go.is_empty() || !s.xtest_go.is_empty())
                && s.go.is_empty()
                && s.cgo.is_empty()
    }

    /// The imports whose resolved path differs from what is written: `go list`'s ImportMap.
    pub fn import_map(&self) -> impl Iterator<Item = (&Str, &Str)> {
        self.imports
            .written
            .iter()
            .zip(&self.imports.paths)
            .filter(|(raw, path)| raw != path)
    }

    /// The file name of the program: the last element of the import path, before a major version (`/v2`) in module mode.
    pub fn exe_name(&self, modules: bool) -> String {
        if self.asked.cmdline_files {
            let first = self.sources.go.first().or(self.sources.cgo.first());
            let base = first.map_or("", |f| f.rsplit('/').next().unwrap_or(f));
            return base.strip_suffix(".go").unwrap_or(base).to_owned();
        }
        match modules {
            true => exe_name_of(&self.import_path).to_owned(),
            false => last_element(&self.import_path).to_owned(),
        }
    }
}

/// The name of a program by its import path, with modules on: the last element that is no major version.
pub fn exe_name_of(import_path: &str) -> &str {
    match import_path.rsplit_once('/') {
        Some((head, elem)) if is_version_element(elem) => last_element(head),
        _ => last_element(import_path),
    }
}

fn last_element(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// `v2`, `v10`, but not `v0`, `v1` or `v05`.
pub fn is_version_element(s: &str) -> bool {
    let Some(digits) = s.strip_prefix('v') else {
        return false;
    };
    !digits.is_empty()
        && !digits.starts_with('0')
        && digits != "1"
        && digits.bytes().all(|b| b.is_ascii_digit())
}
