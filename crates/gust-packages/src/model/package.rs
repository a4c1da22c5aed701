//! One package: the facts that `go list` shows, and those that a build needs besides.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Str;
use super::error::PackageError;
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
#[derive(Debug, Clone)]
pub struct Package {
    /// Its own place in the graph.
    pub id: PackageId,
    /// The import path as the compiler sees it, without a variant's suffix (see [`Package::desc`]).
    pub import_path: Str,
    /// The import path before a test's `_test` or `.test` was added.
    pub orig_import_path: Str,
    /// The name in the package clauses.
    pub name: Str,
    /// The directory, absolute; empty when none was found.
    pub dir: Arc<Path>,
    /// GOROOT, a GOPATH entry, or the module's directory.
    pub root: Option<Arc<Path>>,
    /// Where `go install` puts it.
    pub target: Option<PathBuf>,
    /// `go install` would have to put a cross-compiled program into a subdirectory of GOBIN, which it does not.
    pub gobin_subdir: bool,
    /// The shared library that contains the package (with -linkshared).
    pub shlib: Option<PathBuf>,
    /// The first lines of the documentation.
    pub doc: Str,
    /// The path in an import comment.
    pub import_comment: Str,
    /// The directory that hides this one (GOPATH).
    pub conflict_dir: Option<PathBuf>,
    /// In GOROOT.
    pub goroot: bool,
    /// Of the standard library (or a command of the distribution).
    pub standard: bool,
    /// The sources say `//go:binary-only-package`.
    pub binary_only: bool,
    /// It or something that it imports has an error.
    pub incomplete: bool,
    /// The module, if any.
    pub module: Option<Arc<super::ModulePublic>>,
    /// The patterns of the command line that match it.
    pub matched: List,
    /// GODEBUG defaults of a main package.
    pub default_godebug: Str,

    /// Files by kind, and what their headers said. Variants share it until they differ.
    pub sources: Arc<Sources>,

    /// Import paths of the sources, resolved (vendored paths in full), sorted as go sorts them.
    pub imports: List,
    /// The same as written, one for one with the start of `imports`.
    pub raw_imports: List,
    /// Imports that cgo or SWIG add, all of the standard library.
    pub compiled_imports: List,
    /// Every package imported, implicit ones too (cgo's, the linker's), in go's order. Empty for unloaded imports.
    pub direct: List<PackageId>,
    /// Import paths of the tests; resolved once the test variants are loaded.
    pub test_imports: List,
    /// Import paths of the `_test` package's tests, likewise.
    pub xtest_imports: List,

    /// The package under test for which this copy exists.
    pub for_test: Option<Str>,
    /// The main package for whose profile this copy exists.
    pub for_main: Option<Str>,
    /// The profile that it is compiled with.
    pub pgo_profile: Option<Arc<Path>>,
    /// Set for the main package of a test binary.
    pub testmain: Option<Arc<TestMain>>,

    /// A library even if it is named main.
    pub force_library: bool,
    /// Made of files named on the command line.
    pub cmdline_files: bool,
    /// Matched by the command line.
    pub cmdline_pkg: bool,
    /// Matched by an argument without wildcards.
    pub cmdline_pkg_literal: bool,
    /// Imported by `./` or `../` (GOPATH), or made of named files.
    pub local: bool,
    /// What `./` and `../` in its imports are relative to (GOPATH).
    pub local_prefix: Str,

    /// Why it could not be loaded as asked.
    pub error: Option<PackageError>,
}

/// The main package of a test binary: its generated source.
#[derive(Debug, Clone, Default)]
pub struct TestMain {
    /// The content of `_testmain.go`.
    pub source: Vec<u8>,
}

impl Package {
    /// A package of which nothing but the import path is known.
    pub fn named(path: Str) -> Package {
        let none = Str::from("");
        Package {
            id: PackageId(0),
            orig_import_path: path.clone(),
            import_path: path,
            name: none.clone(),
            dir: Arc::from(Path::new("")),
            root: None,
            target: None,
            gobin_subdir: false,
            shlib: None,
            doc: none.clone(),
            import_comment: none.clone(),
            conflict_dir: None,
            goroot: false,
            standard: false,
            binary_only: false,
            incomplete: false,
            module: None,
            matched: List::new(),
            default_godebug: none.clone(),
            sources: Arc::default(),
            imports: List::new(),
            raw_imports: List::new(),
            compiled_imports: List::new(),
            direct: List::new(),
            test_imports: List::new(),
            xtest_imports: List::new(),
            for_test: None,
            for_main: None,
            pgo_profile: None,
            testmain: None,
            force_library: false,
            cmdline_files: false,
            cmdline_pkg: false,
            cmdline_pkg_literal: false,
            local: false,
            local_prefix: none,
            error: None,
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
            || self.testmain.is_some()
            || (!s.test_go.is_empty() || !s.xtest_go.is_empty())
                && s.go.is_empty()
                && s.cgo.is_empty()
    }

    /// The imports whose resolved path differs from what is written: `go list`'s ImportMap.
    pub fn import_map(&self) -> impl Iterator<Item = (&Str, &Str)> {
        self.raw_imports
            .iter()
            .zip(&self.imports)
            .filter(|(raw, path)| raw != path)
    }

    /// The file name of the program: the last element of the import path, before a major version (`/v2`) in module mode.
    pub fn exe_name(&self, modules: bool) -> String {
        if self.cmdline_files {
            let first = self.sources.go.first().or(self.sources.cgo.first());
            let base = first.map_or("", |f| f.rsplit('/').next().unwrap_or(f));
            return base.strip_suffix(".go").unwrap_or(base).to_owned();
        }
        let (head, elem) = self
            .import_path
            .rsplit_once('/')
            .unwrap_or(("", &self.import_path));
        if modules && !head.is_empty() && is_version_element(elem) {
            return head.rsplit('/').next().unwrap_or(head).to_owned();
        }
        elem.to_owned()
    }
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
