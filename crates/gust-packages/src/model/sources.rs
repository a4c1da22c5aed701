//! The files of one package, sorted into the lists that `go list` shows, and what their headers said.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Str;
use super::error::SourcePos;

/// A list of names (files or import paths) that variants of a package can share.
pub type Names = Arc<[Str]>;

/// Positions of each import path or pattern, in the order in which the files hold them.
pub type Positions = BTreeMap<Str, Vec<SourcePos>>;

/// The files of a package by kind, and what their headers said. Names are relative to the package's directory
/// (or absolute, for generated files), in go's order: sorted by name within a kind.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Go files that are built, without cgo files and tests.
    pub go: Vec<Str>,
    /// Go files that import "C".
    pub cgo: Vec<Str>,
    /// Go files left out by build constraints (or by a name that begins with `_` or `.`).
    pub ignored_go: Vec<Str>,
    /// Go files with a problem: a syntax error, another package's name.
    pub invalid_go: Vec<Str>,
    /// Other files left out by build constraints.
    pub ignored_other: Vec<Str>,
    /// C files.
    pub c: Vec<Str>,
    /// C++ files.
    pub cxx: Vec<Str>,
    /// Objective-C files.
    pub m: Vec<Str>,
    /// Header files.
    pub h: Vec<Str>,
    /// Fortran files.
    pub f: Vec<Str>,
    /// Assembly files.
    pub s: Vec<Str>,
    /// SWIG files for C.
    pub swig: Vec<Str>,
    /// SWIG files for C++.
    pub swigcxx: Vec<Str>,
    /// System objects to add to the archive.
    pub syso: Vec<Str>,
    /// Test files in the package itself.
    pub test_go: Vec<Str>,
    /// Test files of the package's `_test` companion.
    pub xtest_go: Vec<Str>,
    /// Embeds of the package proper.
    pub embed: Embeds,
    /// Embeds of `test_go`.
    pub test_embed: Embeds,
    /// Embeds of `xtest_go`.
    pub xtest_embed: Embeds,
    /// What `#cgo` lines ask for.
    pub cgo_flags: CgoFlags,
    /// Texts of the `//go:debug` and other directives of the package proper, as written, with positions.
    pub directives: Vec<(Str, SourcePos)>,
    /// The same of `test_go`.
    pub test_directives: Vec<(Str, SourcePos)>,
    /// The same of `xtest_go`.
    pub xtest_directives: Vec<(Str, SourcePos)>,
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
    pub patterns: Vec<Str>,
    /// Where each pattern stands.
    pub positions: Positions,
    /// All files matched, relative to the package's directory, sorted.
    pub files: Vec<Str>,
    /// Files by pattern: what the compiler's embedcfg needs.
    pub map: EmbedMap,
}

/// Files matched by each embed pattern, relative to the package's directory.
pub type EmbedMap = BTreeMap<Str, Vec<Str>>;

/// What the package's `#cgo` lines ask for, `${SRCDIR}` expanded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CgoFlags {
    /// For the C compiler.
    pub cflags: Vec<Str>,
    /// For the C preprocessor.
    pub cppflags: Vec<Str>,
    /// For the C++ compiler.
    pub cxxflags: Vec<Str>,
    /// For the Fortran compiler.
    pub fflags: Vec<Str>,
    /// For the linker.
    pub ldflags: Vec<Str>,
    /// Names for pkg-config.
    pub pkg_config: Vec<Str>,
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
