//! What modules are told of the world: a value made by the binary, nothing is asked from the environment.

use std::path::PathBuf;

use gust_syntax::gover;

use crate::error::ModulesError;

/// Where go.mod files may come from, and go.mod and go.sum be changed: the flag -mod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModFlag {
    /// go.mod and go.sum may be changed.
    Mod,
    /// They may not.
    Readonly,
    /// Everything comes from the vendor directory.
    Vendor,
}

impl ModFlag {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mod => "mod",
            Self::Readonly => "readonly",
            Self::Vendor => "vendor",
        }
    }

    /// The flag's value, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Mod, Self::Readonly, Self::Vendor]
            .into_iter()
            .find(|flag| flag.as_str() == text)
    }
}

/// Whether a command wants a main module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RootMode {
    /// If there is one.
    #[default]
    Auto,
    /// It ignores any (`go install pkg@version`).
    Ignored,
    /// It must have one (`go mod graph`).
    Needed,
}

/// What a command does to go.mod and go.sum by its nature, as far as -mod does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Intent {
    /// It reads them, or takes them from the vendor directory.
    #[default]
    Use,
    /// It changes them (get, mod download, mod init, mod tidy, work sync).
    Update,
    /// It looks at them, whatever state they are in, and changes nothing (mod graph, mod verify, mod why).
    Inspect,
    /// It makes the vendor directory.
    MakeVendor,
}

/// The release of Go that this command is.
#[derive(Clone, Debug, Default)]
pub struct Release {
    /// Such as `1.26.8`.
    pub version: String,
    /// Such as `go1.26.8`.
    pub toolchain: String,
    /// What is said behind `requires go >= X (running go Y`, such as `; GOTOOLCHAIN=local`.
    pub note: String,
}

/// Everything that decides which modules a command works with.
#[derive(Clone, Debug, Default)]
pub struct ModuleSettings {
    /// The current directory; absolute.
    pub cwd: PathBuf,
    /// GOROOT.
    pub goroot: PathBuf,
    /// The entries of GOPATH.
    pub gopath: Vec<PathBuf>,
    /// The directory for temporary files: a go.mod right there is ignored.
    pub temp_dir: PathBuf,
    /// GO111MODULE.
    pub go111module: String,
    /// GOWORK as set by the person: empty, `off`, `auto` or a file.
    pub gowork: String,
    /// -mod, if given.
    pub mod_flag: Option<ModFlag>,
    /// -modfile, if given; absolute or relative to the current directory.
    pub modfile: Option<String>,
    /// -modfile stands in GOFLAGS.
    pub modfile_in_goflags: bool,
    /// Whether the command wants a main module.
    pub root: RootMode,
    /// The command needs modules even with GO111MODULE=auto.
    pub force_modules: bool,
    /// Packages may come from modules that nothing requires (`go install pkg@version`, `go run pkg@version`).
    pub allow_missing_imports: bool,
    /// Whether the command knows go.work.
    pub workspaces: bool,
    /// What the command does to go.mod.
    pub intent: Intent,
    /// The command is one of `go work`, which mends what others complain about.
    pub is_work_command: bool,
    /// A go line that is missing may be added to go.mod (with -mod=mod).
    pub add_go_line: bool,
    /// The release.
    pub release: Release,
}

impl ModuleSettings {
    /// The error that something asks for a newer release, if it does.
    pub fn check_release(
        &self,
        what: impl Into<String>,
        go_version: &str,
        toolchain: &str,
    ) -> Option<ModulesError> {
        let newer = gover::compare(go_version, &self.release.version).is_gt();
        newer.then(|| ModulesError::TooNew {
            what: what.into(),
            go_version: go_version.to_owned(),
            toolchain: toolchain.to_owned(),
            local: self.release.version.clone(),
            note: self.release.note.clone(),
        })
    }
}
