//! The files of one package, sorted into the lists that `go list` shows, and what their headers said.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use thin_vec::ThinVec;

use super::Positions;
use super::Str;
use super::error::SourcePos;
use super::wire;

/// Most lists of most packages are empty: one word each.
pub type List<T = Str> = ThinVec<T>;

/// The files of a package by kind, and what their headers said. Names are relative to the package's directory
/// (or absolute, for generated files), in go's order: sorted by name within a kind.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Sources {
    /// Go files that are built, without cgo files and tests.
    #[serde(with = "wire::names")]
    pub go: List,
    /// Go files that import "C".
    #[serde(with = "wire::names")]
    pub cgo: List,
    /// Go files left out by build constraints (or by a name that begins with `_` or `.`).
    #[serde(with = "wire::names")]
    pub ignored_go: List,
    /// Go files with a problem: a syntax error, another package's name.
    #[serde(with = "wire::names")]
    pub invalid_go: List,
    /// Other files left out by build constraints.
    #[serde(with = "wire::names")]
    pub ignored_other: List,
    /// C files.
    #[serde(with = "wire::names")]
    pub c: List,
    /// C++ files.
    #[serde(with = "wire::names")]
    pub cxx: List,
    /// Objective-C files.
    #[serde(with = "wire::names")]
    pub m: List,
    /// Header files.
    #[serde(with = "wire::names")]
    pub h: List,
    /// Fortran files.
    #[serde(with = "wire::names")]
    pub f: List,
    /// Assembly files.
    #[serde(with = "wire::names")]
    pub s: List,
    /// SWIG files for C.
    #[serde(with = "wire::names")]
    pub swig: List,
    /// SWIG files for C++.
    #[serde(with = "wire::names")]
    pub swigcxx: List,
    /// System objects to add to the archive.
    #[serde(with = "wire::names")]
    pub syso: List,
    /// Test files in the package itself.
    #[serde(with = "wire::names")]
    pub test_go: List,
    /// Test files of the package's `_test` companion.
    #[serde(with = "wire::names")]
    pub xtest_go: List,
    /// Embeds of the package proper.
    pub embed: Embeds,
    /// Embeds of `test_go`.
    pub test_embed: Embeds,
    /// Embeds of `xtest_go`.
    pub xtest_embed: Embeds,
    /// What `#cgo` lines ask for.
    pub cgo_flags: CgoFlags,
    /// Texts of the `//go:debug` and other directives of the package proper, as written, with positions.
    #[serde(with = "wire::directives")]
    pub directives: List<(Str, SourcePos)>,
    /// The same of `test_go`.
    #[serde(skip)]
    pub test_directives: List<(Str, SourcePos)>,
    /// The same of `xtest_go`.
    #[serde(skip)]
    pub xtest_directives: List<(Str, SourcePos)>,
    /// Where each import path stands in the package proper.
    #[serde(skip)]
    pub import_pos: Positions,
    /// Where each import path stands in `test_go`.
    #[serde(skip)]
    pub test_import_pos: Positions,
    /// Where each import path stands in `xtest_go`.
    #[serde(skip)]
    pub xtest_import_pos: Positions,
    /// Set when the positions were left out: whoever needs them selects the directory once more and notes here what came of it.
    #[serde(skip, default = "left_out")]
    pub(crate) full: Option<OnceLock<Arc<Sources>>>,
}

fn left_out() -> Option<OnceLock<Arc<Sources>>> {
    Some(OnceLock::new())
}

/// `//go:embed` patterns and the files that they matched.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Embeds {
    /// Patterns as written, sorted, without doubles.
    #[serde(with = "wire::names")]
    pub patterns: List,
    /// Where each pattern stands.
    #[serde(skip)]
    pub positions: Positions,
    /// All files matched, relative to the package's directory, sorted.
    #[serde(skip)]
    pub files: List,
    /// Files by pattern: what the compiler's embedcfg needs.
    #[serde(skip)]
    pub map: EmbedMap,
}

/// Files matched by each embed pattern, relative to the package's directory.
pub type EmbedMap = BTreeMap<Str, Vec<Str>>;

/// What the package's `#cgo` lines ask for, `${SRCDIR}` expanded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CgoFlags {
    /// For the C compiler.
    #[serde(with = "wire::names")]
    pub cflags: List,
    /// For the C preprocessor.
    #[serde(with = "wire::names")]
    pub cppflags: List,
    /// For the C++ compiler.
    #[serde(with = "wire::names")]
    pub cxxflags: List,
    /// For the Fortran compiler.
    #[serde(with = "wire::names")]
    pub fflags: List,
    /// For the linker.
    #[serde(with = "wire::names")]
    pub ldflags: List,
    /// Names for pkg-config.
    #[serde(with = "wire::names")]
    pub pkg_config: List,
}

impl Sources {
    /// Does the package need the cgo tool?
    pub fn uses_cgo(&self) -> bool {
        !self.cgo.is_empty()
    }

    /// Does the package need SWIG?
    pub fn uses_swig(&self) -> bool {
        !self.swig.is_empty() || !self.swigcxx.is_empty()
    }

    /// Every file considered for the package, ignored ones too, embedded ones once.
    pub fn all_files(&self) -> Vec<&Str> {
        let lists = [
            &self.go,
            &self.cgo,
            &self.ignored_go,
            &self.ignored_other,
            &self.c,
            &self.cxx,
            &self.m,
            &self.h,
            &self.f,
            &self.s,
            &self.swig,
            &self.swigcxx,
            &self.syso,
            &self.test_go,
            &self.xtest_go,
        ];
        let mut all: Vec<&Str> = lists.into_iter().flatten().collect();
        let own: std::collections::HashSet<&str> = if self.embed.files.is_empty() {
            Default::default()
        } else {
            all.iter().map(|f| &***f).collect()
        };
        all.extend(
            self.embed
                .files
                .iter()
                .filter(|f| f.contains('/') || !own.contains(&***f)),
        );
        all
    }
}
