//! What a load is asked: everything from outside arrives here as a value.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gust_fs::View;

use crate::resolve::fips::FipsSnapshot;

/// How packages are to be loaded.
#[derive(Clone)]
pub struct LoadConfig {
    /// The door to the disk.
    pub view: Arc<View>,
    /// What build constraints and file names are matched against.
    pub context: Arc<crate::context::BuildContext>,
    /// Modules, or nothing in GOPATH mode (GO111MODULE=off).
    pub modules: Option<Arc<gust_modules::Modules>>,
    /// The directory that patterns and messages are relative to.
    pub cwd: PathBuf,
    /// GOROOT.
    pub goroot: PathBuf,
    /// GOPATH's entries.
    pub gopath: Vec<PathBuf>,
    /// GOBIN, if set.
    pub gobin: Option<PathBuf>,
    /// The platform that gust runs on, for targets of cross-compiled programs: GOHOSTOS, GOHOSTARCH.
    pub host: (String, String),
    /// What the build will be, as far as it changes what is imported.
    pub build: BuildShape,
    /// The snapshot that stands in for the FIPS 140 module of the release, if GOFIPS140 names one.
    pub fips: Option<Arc<FipsSnapshot>>,
    /// What may be left out.
    pub needs: Needs,
    /// -x: directories that patterns pass over because of `ignore` lines are told of in the warnings.
    pub show_ignored: bool,
    /// The directory of what gust keeps between commands (GOCACHE/gust), if any.
    pub state_dir: Option<PathBuf>,
    /// GOMODCACHE: directories below it never change.
    pub module_cache: Option<PathBuf>,
    /// The release, like `1.26.8`.
    pub release: String,
    /// The go version whose rules decide what `all` means; nothing if it is that of the requirements.
    pub go_version: Option<String>,
}

/// What of the coming build changes the packages that it needs.
#[derive(Debug, Clone, Default)]
pub struct BuildShape {
    /// -race
    pub race: bool,
    /// -msan
    pub msan: bool,
    /// -asan
    pub asan: bool,
    /// -cover
    pub cover: bool,
    /// -linkshared
    pub linkshared: bool,
    /// -buildmode; empty for `default`.
    pub buildmode: String,
    /// -pgo
    pub pgo: Pgo,
    /// -ldflags as given for each pattern, in order: the last that matches a package counts.
    pub ldflags: Vec<(crate::pattern::PackageMatcher, Vec<String>)>,
    /// -pkgdir
    pub pkgdir: Option<PathBuf>,
    /// GODEBUG has installgoroot=all: archives of the standard library have a place in GOROOT.
    pub installs_goroot: bool,
    /// GOFIPS140 is on (any value but `off`).
    pub fips140: bool,
    /// GODEBUG has embedfollowsymlinks=1.
    pub embed_follows_symlinks: bool,
}

/// -pgo.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Pgo {
    /// No profile.
    Off,
    /// default.pgo beside each main package.
    #[default]
    Auto,
    /// This file for every package.
    File(Arc<Path>),
}

/// What a command needs to know of packages.
#[derive(Debug, Clone, Copy)]
pub struct Needs {
    /// Follow imports (not so for `list -find`).
    pub imports: bool,
    /// Resolve the imports of the tests of packages asked for.
    pub tests: bool,
    /// Match files to embed patterns.
    pub embeds: bool,
    /// Only main packages are wanted.
    pub mains_only: bool,
    /// Imports for any build at all count, whatever the platform and the tags.
    pub every_build: bool,
    /// For any build, what the standard library imports counts too.
    pub std_imports: bool,
    /// Of modules only path and version are wanted: nothing is asked for more.
    pub bare_modules: bool,
    /// The go.mod of every module that a package comes from is read: what release it wants decides how the package is compiled.
    pub go_mods: bool,
}

impl Default for Needs {
    fn default() -> Needs {
        Needs {
            imports: true,
            tests: false,
            embeds: true,
            mains_only: false,
            every_build: false,
            std_imports: false,
            bare_modules: false,
            go_mods: true,
        }
    }
}
