//! What is known of a directory before any build context is applied.

use super::records::Records;
use gust_syntax::header::{Constraint, Header};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// The source files and the folders of one directory.
#[derive(Debug)]
pub struct DirIndex {
    /// The directory, absolute.
    pub dir: Arc<Path>,
    /// It holds a go.mod that is not a directory.
    pub has_go_mod: bool,
    /// A name in it ends in `.go`, be there a file behind it or not.
    pub has_go_names: bool,
    /// It holds a Go file, whatever its name and constraints.
    pub has_go_files: bool,
    /// It holds none, and what may be one cannot be looked at: go's text.
    pub go_files_problem: Option<Box<str>>,
    /// All its files are plain and were not changed within the last moments: go would take it from its own index.
    pub settled: bool,
    facts: OnceLock<Facts>,
    /// Who gives the facts when they are first asked for.
    records: Option<Arc<Records>>,
}

/// What the files say, and the folders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) files: Vec<FileFacts>,
    pub(super) dirs: Vec<SubDir>,
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
    /// A directory of which nothing is known yet.
    pub(super) fn new(dir: &Path) -> DirIndex {
        DirIndex {
            dir: dir.into(),
            has_go_mod: false,
            has_go_names: false,
            has_go_files: false,
            go_files_problem: None,
            settled: true,
            facts: OnceLock::new(),
            records: None,
        }
    }

    /// The same with facts just read.
    pub(super) fn with_facts(mut self, facts: Facts) -> DirIndex {
        self.facts = OnceLock::from(facts);
        self
    }

    /// The same with facts that are in its record.
    pub(super) fn with_records(mut self, records: &Arc<Records>) -> DirIndex {
        self.records = Some(Arc::clone(records));
        self
    }

    /// Its facts alone.
    pub(super) fn into_facts(self) -> Facts {
        self.facts.into_inner().unwrap_or_default()
    }

    fn facts(&self) -> &Facts {
        self.facts.get_or_init(|| {
            let records = self.records.as_ref();
            records.map_or_else(Facts::default, |records| records.facts(&self.dir))
        })
    }

    /// Every file of a kind that go knows, sorted by name; names that start with `_` or `.` are not among them.
    pub fn files(&self) -> &[FileFacts] {
        &self.facts().files
    }

    /// The directories in it, sorted by name, hidden ones too.
    pub fn dirs(&self) -> &[SubDir] {
        &self.facts().dirs
    }

    /// The facts of the file of that name.
    pub fn file(&self, name: &str) -> Option<&FileFacts> {
        let files = self.files();
        let at = files.binary_search_by(|f| (*f.name).cmp(name)).ok()?;
        files.get(at)
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
