//! What is known of a directory before any build context is applied.

use gust_syntax::header::{Constraint, Header};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;

/// The source files and the folders of one directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirIndex {
    /// The directory, absolute.
    pub dir: Arc<Path>,
    /// Every file of a kind that go knows, sorted by name; names that start with `_` or `.` are not among them.
    pub files: Vec<FileFacts>,
    /// The directories in it, sorted by name, hidden ones too.
    pub dirs: Vec<SubDir>,
    /// It holds a go.mod that is not a directory.
    pub has_go_mod: bool,
    /// All its files are plain and were not changed within the last moments: go would take it from its own index.
    pub settled: bool,
}

/// A folder of a directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubDir {
    /// Its name.
    pub name: Box<str>,
    /// It is a symbolic link to a directory: patterns do not follow it.
    pub symlink: bool,
}

/// One source file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Its name in the directory.
    pub name: Box<str>,
    /// What it is and says.
    pub kind: FileKind,
}

/// What a source file is and says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileKind {
    /// A Go file.
    Go(Box<Header>),
    /// A file in another language.
    Other(Constraint),
    /// A system object: only its name is looked at.
    Object,
    /// It could not be opened or read; go's text.
    Unreadable(Box<str>),
}

impl DirIndex {
    /// Does it hold any Go file, whatever its constraints?
    pub fn has_go_files(&self) -> bool {
        self.files.iter().any(|f| f.name.ends_with(".go"))
    }

    /// The facts of the file of that name.
    pub fn file(&self, name: &str) -> Option<&FileFacts> {
        let at = self.files.binary_search_by(|f| (*f.name).cmp(name)).ok()?;
        self.files.get(at)
    }
}

/// The list that a file's extension puts it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Go,
    C,
    Cxx,
    ObjectiveC,
    Header,
    Fortran,
    Assembly,
    /// `.S` and `.sx`: assembly for the C compiler.
    CAssembly,
    Swig,
    SwigCxx,
    Object,
}

impl Language {
    /// By the extension; `None` for files that are no sources.
    pub(super) fn of(name: &str) -> Option<Language> {
        let (_, extension) = name.rsplit_once('.')?;
        Some(match extension {
            "go" => Language::Go,
            "c" => Language::C,
            "cc" | "cpp" | "cxx" => Language::Cxx,
            "m" => Language::ObjectiveC,
            "h" | "hh" | "hpp" | "hxx" => Language::Header,
            "f" | "F" | "for" | "f90" => Language::Fortran,
            "s" => Language::Assembly,
            "S" | "sx" => Language::CAssembly,
            "swig" => Language::Swig,
            "swigcxx" => Language::SwigCxx,
            "syso" => Language::Object,
            _ => return None,
        })
    }
}
