//! Why a package could not be loaded as asked. `Display` is the text that go prints.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Str;
use gust_fs::paths::short;
use gust_modules::ModulesError;
use gust_modules::explain::MissingPackage;

/// A place in a source file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourcePos {
    /// The file, absolute.
    pub file: Arc<Path>,
    /// From 1; 0 when unknown.
    pub line: u32,
    /// In bytes, from 1; 0 when unknown.
    pub column: u32,
}

impl SourcePos {
    /// As go prints it, the file as seen from `cwd` when that is shorter.
    pub fn short(&self, cwd: &Path) -> String {
        let file = short(cwd, &self.file);
        match (self.line, self.column) {
            (0, _) => file.display().to_string(),
            (l, 0) => format!("{}:{l}", file.display()),
            (l, c) => format!("{}:{l}:{c}", file.display()),
        }
    }
}

/// One step of an import stack: a package, and where it is imported by the step before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportInfo {
    /// The import path; ` (test)` or `_test` appended for a package's tests.
    pub path: Str,
    /// The import declaration, when there is one.
    pub pos: Option<SourcePos>,
}

/// A package's error: what, where, and through which imports.
#[derive(Debug, Clone)]
pub struct PackageError {
    /// The imports by which it was met, from what the command line names on. Of several ways the one of the fewest steps, and of
    /// those the first by text.
    pub import_stack: Vec<ImportInfo>,
    /// Where, as it is printed: the file in its shorter form; empty if nowhere.
    pub pos: String,
    /// The same as data.
    pub position: Option<SourcePos>,
    /// What is wrong.
    pub problem: Arc<Problem>,
    /// The imports close a circle: each is told with the file that it stands in.
    pub is_import_cycle: bool,
    /// A position does not make the imports superfluous.
    pub always_print_stack: bool,
}

impl PackageError {
    /// An error with no position and no stack.
    pub fn new(problem: Problem) -> PackageError {
        PackageError::shared(Arc::new(problem))
    }

    /// The same for a problem that others have too.
    pub fn shared(problem: Arc<Problem>) -> PackageError {
        PackageError {
            import_stack: Vec::new(),
            pos: String::new(),
            position: None,
            problem,
            is_import_cycle: false,
            always_print_stack: false,
        }
    }

    /// An error met at the end of `stack`.
    pub fn at(stack: &[ImportInfo], problem: Problem) -> PackageError {
        PackageError {
            import_stack: stack.to_vec(),
            ..PackageError::new(problem)
        }
    }

    /// Notes the first of `positions`, if any, as the error's place.
    pub fn set_pos(&mut self, positions: &[SourcePos], cwd: &Path) {
        if let Some(pos) = positions.first() {
            self.pos = pos.short(cwd);
            self.position = Some(pos.clone());
        }
    }

    /// The stack's import paths: what `go list -json` shows as ImportStack.
    pub fn stack_paths(&self) -> impl Iterator<Item = &str> {
        self.import_stack.iter().map(|i| &*i.path)
    }
}

impl fmt::Display for PackageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.pos.is_empty() && (self.import_stack.is_empty() || !self.always_print_stack) {
            return write!(f, "{}: {}", self.pos, self.problem);
        }
        if self.import_stack.is_empty() {
            return write!(f, "{}", self.problem);
        }
        f.write_str("package ")?;
        for (i, step) in self.import_stack.iter().enumerate() {
            if i > 0 {
                f.write_str("\n\timports ")?;
            }
            f.write_str(&step.path)?;
            if let (true, Some(pos)) = (self.is_import_cycle, &step.pos) {
                write!(
                    f,
                    " from {}",
                    pos.file.file_name().unwrap_or_default().to_string_lossy()
                )?;
            }
        }
        if !self.pos.is_empty() {
            write!(f, "\n\t{}", self.pos)?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for PackageError {}

/// What can be wrong with a package.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The directory has no Go files, or none for this build.
    #[error("{}", no_go_text(dir, *ignored, *tests))]
    NoGo {
        /// The package's directory.
        dir: PathBuf,
        /// Go files exist, but build constraints exclude them.
        ignored: bool,
        /// Test files exist.
        tests: bool,
    },
    /// Files of the directory name different packages.
    #[error("found packages {} ({}) and {} ({}) in {}", names[0], files[0], names[1], files[1], dir.display())]
    MultiplePackages {
        /// The directory.
        dir: PathBuf,
        /// Two package names.
        names: [Str; 2],
        /// A file of each.
        files: [Str; 2],
    },
    /// A package imports itself, through others.
    #[error("import cycle not allowed")]
    Cycle,
    /// A package's test imports a package that imports the tested package.
    #[error("import cycle not allowed in test")]
    TestCycle,
    /// An internal package is imported from outside the tree of its parent.
    #[error("use of internal package {0} not allowed")]
    Internal(Str),
    /// A vendored package is imported from outside the tree of its parent.
    #[error("use of vendored package not allowed")]
    Vendored,
    /// A path was written with its vendor directory.
    #[error("{path} must be imported as {as_path}")]
    ImportedAs {
        /// As written.
        path: Str,
        /// As it should be.
        as_path: Str,
    },
    /// A program is imported.
    #[error("import {} is a program, not an importable package", quoted(.0))]
    Program(Str),
    /// A path that no module is looked for.
    #[error("cannot find package")]
    PassedOver,
    /// `import "."`.
    #[error("{0}: cannot import current directory")]
    CurrentDirectory(Str),
    /// `import "./x"` in a package that is not itself local.
    #[error("local import {} in non-local package", quoted(.0))]
    LocalImport(Str),
    /// `a//b`, `a/../b`.
    #[error(
        "non-canonical import path {}: should be {}",
        quoted(path),
        quoted(clean)
    )]
    NonCanonical {
        /// As written.
        path: Str,
        /// As it should be.
        clean: Str,
    },
    /// Two import paths differ by case only.
    #[error(
        "case-insensitive import collision: {} and {}",
        quoted(path),
        quoted(other)
    )]
    ImportCollision {
        /// This package.
        path: Str,
        /// The one seen before.
        other: Str,
    },
    /// Two files differ by case only.
    #[error("case-insensitive file name collision: {} and {}", quoted(.0), quoted(.1))]
    FileCollision(Str, Str),
    /// An import path that could be taken for a flag.
    #[error("invalid import path {}", quoted(.0))]
    InvalidImportPath(Str),
    /// A file name that could be taken for a flag.
    #[error("invalid input file name {}", quoted(.0))]
    InvalidFileName(Str),
    /// A directory name that could be taken for a flag.
    #[error("invalid input directory name {}", quoted(.0))]
    InvalidDirName(Str),
    /// A directory with a line break in its name.
    #[error("invalid package directory {}", quoted(.0))]
    InvalidDir(Str),
    /// Sources of another language without cgo.
    #[error("{language} source files not allowed when not using cgo or SWIG: {files}")]
    ForeignSources {
        /// `C`, `C++`, `Objective-C`, `Fortran`.
        language: &'static str,
        /// Their names, joined by spaces.
        files: String,
    },
    /// An embed pattern that matches nothing or cannot be.
    #[error("pattern {pattern}: {reason}")]
    Embed {
        /// The pattern as written.
        pattern: Str,
        /// Why.
        reason: String,
    },
    /// The program needs an external linker, and cgo is off.
    #[error("{0} requires external (cgo) linking, but cgo is not enabled")]
    ExternalLink(String),
    /// A command line names a package that is not a program where a program is asked for.
    #[error("package {0} is not a main package")]
    NotMain(Str),
    /// A list of files with something else in it.
    #[error("named files must be .go files: {0}")]
    NotGoFile(Str),
    /// The package's import comment says that it wants to be imported otherwise.
    #[error("code in directory {} expects import {}", dir.display(), quoted(comment))]
    ImportComment {
        /// The package's directory.
        dir: PathBuf,
        /// The path in the comment.
        comment: Str,
    },
    /// An error about the import path itself, worded by who resolved it (modules, GOPATH, std). `path` is in `text`.
    #[error("{text}")]
    Import {
        /// The import path.
        path: Str,
        /// The whole text.
        text: String,
    },
    /// No module provides the package.
    #[error("{0}")]
    Unfound(Unfound),
    /// Modules that could provide it cannot be had, or not be understood.
    #[error(transparent)]
    Modules(Box<ModulesError>),
    /// Modules that could provide the package cannot be looked at: go.sum has no lines for them.
    #[error("{}", missing_sum_text(path, *found, modules, importer.as_ref()))]
    MissingSum {
        /// The import path.
        path: Str,
        /// One module has it; others could too.
        found: bool,
        /// The modules without a line.
        modules: Vec<String>,
        /// The package that imports it.
        importer: Option<SumImporter>,
    },
    /// A package of a main module imports from a module that go.mod does not require.
    #[error(
        "package {importer} imports {path} from implicitly required module; to add missing requirements, run:\n\tgo get {module}"
    )]
    ImplicitModule {
        /// The importing package.
        importer: Str,
        /// The import path.
        path: Str,
        /// `path@version`.
        module: String,
    },
    /// A pattern could not be matched.
    #[error("{}{pattern}: {problem}", if *literal { "" } else { "pattern " })]
    Match {
        /// The pattern has no wildcards.
        literal: bool,
        /// The pattern.
        pattern: Str,
        /// Why.
        problem: Box<Problem>,
    },
    /// A problem in a source file (syntax, build constraint, directive), without its position.
    #[error("{0}")]
    Source(String),
    /// Any other text of go's.
    #[error("{0}")]
    Other(String),
}

impl Problem {
    /// Does no module provide the package?
    pub fn is_unfound(&self) -> bool {
        matches!(self, Problem::Unfound(_))
    }

    /// Could only the standard library have the package?
    pub fn is_not_in_std(&self) -> bool {
        let std = |why: &MissingPackage| matches!(why, MissingPackage::NotInStd { .. });
        matches!(self, Problem::Unfound(unfound) if std(&unfound.why))
    }

    /// A newer release is needed: the error.
    pub fn too_new(&self) -> Option<&ModulesError> {
        match self {
            Problem::Modules(err) if err.too_new().is_some() => Some(err),
            _ => None,
        }
    }

    /// Do several modules provide the package?
    pub fn is_ambiguous(&self) -> bool {
        const AMBIGUOUS: &str = "ambiguous import: ";
        matches!(self, Problem::Import { text, .. } if text.starts_with(AMBIGUOUS))
    }

    /// The import path that the text names, for problems that are about an import path.
    pub fn import_path(&self) -> Option<&str> {
        match self {
            Problem::Internal(p)
            | Problem::Program(p)
            | Problem::CurrentDirectory(p)
            | Problem::LocalImport(p)
            | Problem::InvalidImportPath(p)
            | Problem::NotMain(p) => Some(p),
            Problem::ImportedAs { path, .. }
            | Problem::NonCanonical { path, .. }
            | Problem::ImportCollision { path, .. }
            | Problem::MissingSum { path, .. }
            | Problem::Import { path, .. } => Some(path),
            Problem::ImplicitModule { importer, .. } => Some(importer),
            Problem::Unfound(u) => Some(&u.path),
            _ => None,
        }
    }
}

/// An import path that no module provides.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{why}{}", newer_text(newer.as_deref()))]
pub struct Unfound {
    /// The import path.
    pub path: Str,
    /// Why not.
    pub why: Box<MissingPackage>,
    /// The release that the importing module asks for, if that is newer and its standard library may have the package.
    pub newer: Option<String>,
}

impl Unfound {
    pub(crate) fn new(path: &str, why: MissingPackage) -> Unfound {
        Unfound {
            path: path.into(),
            why: Box::new(why),
            newer: None,
        }
    }
}

fn newer_text(newer: Option<&str>) -> String {
    newer.map_or_else(String::new, |version| {
        format!("\nnote: imported by a module that requires go {version}")
    })
}

impl From<ModulesError> for Problem {
    fn from(err: ModulesError) -> Problem {
        Problem::Modules(Box::new(err))
    }
}

/// The importing package, as far as the hint to a missing go.sum line needs it.
#[derive(Debug, Clone)]
pub struct SumImporter {
    /// Its import path.
    pub path: Str,
    /// Its module's version; empty in a main module.
    pub version: String,
    /// One of its tests imports it.
    pub test: bool,
}

fn missing_sum_text(
    path: &str,
    found: bool,
    modules: &[String],
    importer: Option<&SumImporter>,
) -> String {
    let by = importer.map_or(String::new(), |i| format!(" (imported by {})", i.path));
    let message = if found {
        format!(
            "missing go.sum entry needed to verify package {path}{by} is provided by exactly one module"
        )
    } else {
        format!("missing go.sum entry for module providing package {path}{by}")
    };
    let hint = match importer {
        None if modules.is_empty() => String::new(),
        None => format!("; to add:\n\tgo mod download {}", modules.join(" ")),
        Some(i) => {
            let flag = if i.test { " -t" } else { "" };
            let version = if i.version.is_empty() {
                String::new()
            } else {
                format!("@{}", i.version)
            };
            format!("; to add:\n\tgo get{flag} {}{version}", i.path)
        }
    };
    message + &hint
}

fn no_go_text(dir: &Path, ignored: bool, tests: bool) -> String {
    let dir = dir.display();
    if ignored {
        format!("build constraints exclude all Go files in {dir}")
    } else if tests {
        format!("no non-test Go files in {dir}")
    } else {
        format!("no Go files in {dir}")
    }
}

fn quoted(s: &str) -> String {
    gust_text::quote::quote(s)
}
