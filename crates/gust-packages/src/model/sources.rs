//! The files of one package, sorted into the lists that `go list` shows, and what their headers said.

use std::collections::BTreeMap;

use thin_vec::ThinVec;

use super::Positions;
use super::Str;
use super::error::SourcePos;

/// Most lists of most packages are empty: one word each.
pub type List<T = Str> = ThinVec<T>;

/// The files of a package by kind, and what their headers said. Names are relative to the package's directory
/// (or absolute, for generated files), in go's order: sorted by name within a kind.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Go files that are built, without cgo files and tests.
    pub go: List,
    /// Go files that import "C".
    pub cgo: List,
    /// Go files left out by build constraints (or by a name that begins with `_` or `.`).
    pub ignored_go: List,
    /// Go files with a problem: a syntax error, another package's name.
    pub invalid_go: List,
    /// Other files left out by build constraints.
    pub ignored_other: List,
    /// C files.
    pub c: List,
    /// C++ files.
    pub cxx: List,
    /// Objective-C files.
    pub m: List,
    /// Header files.
    pub h: List,
    /// Fortran files.
    pub f: List,
    /// Assembly files.
    pub s: List,
    /// SWIG files for C.
    pub swig: List,
    /// SWIG files for C++.
    pub swigcxx: List,
    /// System objects to add to the archive.
    pub syso: List,
    /// Test files in the package itself.
    pub test_go: List,
    /// Test files of the package's `_test` companion.
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
    pub directives: List<(Str, SourcePos)>,
    /// The same of `test_go`.
    pub test_directives: List<(Str, SourcePos)>,
    /// The same of `xtest_go`.
    pub xtest_directives: List<(Str, SourcePos)>,
    /// Where each import path stands in the package proper.
    pub import_pos: Positions,
    /// Where each import path stands in `test_go`.
    pub test_import_pos: Positions,
    /// Where each import path stands in `xtest_go`.
    pub xtest_import_pos: Positions,
}

/// `//go:embed` patterns and the files that they matched.
#[derive(Debug, Clone, Default)]
pub struct Embeds {
    /// Patterns as written, sorted, without doubles.
    pub patterns: List,
    /// Where each pattern stands.
    pub positions: Positions,
    /// All files matched, relative to the package's directory, sorted.
    pub files: List,
    /// Files by pattern: what the compiler's embedcfg needs.
    pub map: EmbedMap,
}

/// Files matched by each embed pattern, relative to the package's directory.
pub type EmbedMap = BTreeMap<Str, Vec<Str>>;

/// What the package's `#cgo` lines ask for, `${SRCDIR}` expanded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CgoFlags {
    /// For the C compiler.
    pub cflags: List,
    /// For the C preprocessor.
    pub cppflags: List,
    /// For the C++ compiler.
    pub cxxflags: List,
    /// For the Fortran compiler.
    pub fflags: List,
    /// For the linker.
    pub ldflags: List,
    /// Names for pkg-config.
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
