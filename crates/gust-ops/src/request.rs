//! What is asked of an operation, typed and without a flag's name in it.

use gust_modules::{Intent, RootMode};

/// What a command may do and wants by its nature, whatever its flags say: a field each in its row of the command table.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Whether it wants a main module.
    pub root: RootMode,
    /// It needs modules even with GO111MODULE=auto.
    pub force_modules: bool,
    /// It knows go.work.
    pub workspaces: bool,
    /// What it does to go.mod and go.sum.
    pub intent: Intent,
    /// It is one of `go work`, which mends what others complain about.
    pub is_work_command: bool,
    /// When it may start again as a newer release.
    pub switches: Switches,
    /// It says what is being downloaded.
    pub announces: bool,
    /// It stamps programs with the state of the working copy unless told not to.
    pub stamps: bool,
}

/// When a command may start again as a newer release because a module needs one. Commands that only look at the main module may
/// not: it is for its go.mod to say which release it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switches {
    /// Never.
    Never,
    /// Whenever a module needs it.
    Always,
    /// When packages at a version are asked for.
    AtVersion,
}

/// The flags about modules that every command that works with them takes.
#[derive(Clone, Debug, Default)]
pub struct ModuleFlags {
    /// -mod, empty when not given.
    pub mode: String,
    /// -mod stands in GOFLAGS.
    pub mode_in_goflags: bool,
    /// -modfile, if given and not empty.
    pub file: Option<String>,
    /// -modfile stands in GOFLAGS.
    pub file_in_goflags: bool,
    /// -modcacherw
    pub cache_rw: bool,
    /// -modcacherw stands in GOFLAGS.
    pub cache_rw_in_goflags: bool,
}

/// How code counts what of it is run.
#[derive(Clone, Debug, Default)]
pub struct CoverFlags {
    /// -covermode; empty if not given.
    pub mode: String,
    /// -coverpkg, pattern by pattern.
    pub patterns: Vec<String>,
}

impl BuildFlags {
    /// What is counted: set, count or atomic.
    pub(crate) fn cover_mode(&self) -> &str {
        let given = self.cover.as_ref().map_or("", |cover| &cover.mode);
        match (given, self.race) {
            ("", true) => "atomic",
            ("", false) => "set",
            (given, _) => given,
        }
    }
}

/// The flags that every command that builds takes.
#[derive(Clone, Debug, Default)]
pub struct BuildFlags {
    /// The command's name, for messages: `build`, `install`, `run`.
    pub command: &'static str,
    /// -a
    pub rebuild: bool,
    /// -n
    pub dry_run: bool,
    /// -x
    pub show: bool,
    /// -v
    pub verbose: bool,
    /// -work
    pub keep_work: bool,
    /// -p
    pub jobs: Option<i64>,
    /// -o
    pub output: Option<String>,
    /// -buildmode
    pub buildmode: Option<String>,
    /// -compiler
    pub compiler: Option<String>,
    /// -race
    pub race: bool,
    /// -msan
    pub msan: bool,
    /// -asan
    pub asan: bool,
    /// -trimpath
    pub trimpath: bool,
    /// -linkshared
    pub linkshared: bool,
    /// -cover
    pub cover: Option<CoverFlags>,
    /// -gcflags, every occurrence.
    pub gcflags: Vec<String>,
    /// -asmflags, every occurrence.
    pub asmflags: Vec<String>,
    /// -ldflags, every occurrence.
    pub ldflags: Vec<String>,
    /// -toolexec
    pub toolexec: Vec<String>,
    /// -installsuffix
    pub install_suffix: String,
    /// -tags
    pub tags: Vec<String>,
    /// -pgo
    pub pgo: Option<String>,
    /// -pkgdir, if given and not empty.
    pub pkgdir: Option<String>,
    /// -debug-trace, empty when not given.
    pub trace: String,
    /// -debug-actiongraph, empty when not given.
    pub action_graph: String,
}
