//! What a build takes of a directory.

use super::error::SelectError;
use super::facts::{DirIndex, FileFacts, FileKind, Language};
use crate::context::BuildContext;
use crate::model::{List, Positions, SourcePos, Sources, Str, wire};
use gust_syntax::cgo::CgoFlags;
use gust_syntax::constraint::{parse_go_build, parse_plus_build};
use gust_syntax::header::{Constraint, Header, HeaderError, ImportComment, Pos, SyntaxError};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;

/// How a directory is to be looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct SelectMode<'a> {
    /// Modules are on. go then takes settled directories from its own index, which words and orders a few errors otherwise.
    pub modules: bool,
    /// Check import comments (GOPATH mode).
    pub import_comments: bool,
    /// Take files whatever their names and constraints say (files named on the command line).
    pub all_files: bool,
    /// Look only at these files, in this order.
    pub only: Option<&'a [Str]>,
}

/// A directory's package as one build sees it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Selected {
    /// The package's name; empty when no file says it.
    #[serde(with = "wire::text")]
    pub name: Str,
    /// The first sentence of the package comment.
    #[serde(with = "wire::text")]
    pub doc: Str,
    /// The path in the import comment.
    #[serde(with = "wire::maybe")]
    pub import_comment: Option<Str>,
    /// A file says `//go:binary-only-package`.
    pub binary_only: bool,
    /// The files by kind, and what they say. Embedded files are not matched yet.
    #[serde(with = "wire::shared")]
    pub sources: Arc<Sources>,
    /// Import paths of the package proper, sorted.
    #[serde(with = "wire::names")]
    pub imports: List,
    /// Import paths of its tests, sorted.
    #[serde(with = "wire::names")]
    pub test_imports: List,
    /// Import paths of its external tests, sorted.
    #[serde(with = "wire::names")]
    pub xtest_imports: List,
    /// A file cannot be read for its imports.
    #[serde(skip)]
    pub unread: bool,
    /// The first thing that is wrong.
    #[serde(skip)]
    pub error: Option<Box<SelectError>>,
}

/// Sorts the files of a directory for one build.
pub fn select(index: &DirIndex, context: &BuildContext, mode: SelectMode<'_>) -> Selected {
    let selection = Selection {
        index,
        context,
        mode,
        indexed: mode.modules && index.settled && mode.only.is_none(),
        out: Selected::default(),
        sources: Sources::default(),
        first_file: Str::default(),
        comment_file: Str::default(),
        c_assembly: List::new(),
        cgo_flags: CgoFlags::default(),
    };
    match mode.only {
        None => selection.all(index.files().iter()),
        Some(names) => selection.all(names.iter().filter_map(|name| index.file(name))),
    }
}

struct Selection<'a> {
    index: &'a DirIndex,
    context: &'a BuildContext,
    mode: SelectMode<'a>,
    indexed: bool,
    out: Selected,
    sources: Sources,
    first_file: Str,
    comment_file: Str,
    c_assembly: List,
    cgo_flags: CgoFlags,
}

/// Which part of the package a Go file belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Proper,
    Cgo,
    Test,
    XTest,
    Ignored,
}

/// Nothing more is looked at.
struct Stop;

impl<'a> Selection<'a> {
    fn all(mut self, files: impl Iterator<Item = &'a FileFacts>) -> Selected {
        for file in files {
            if self.file(file).is_err() {
                self.settle_sources();
                self.out.sources = Arc::new(self.sources);
                return self.out;
            }
        }
        self.finish()
    }

    fn bad(&mut self, name: &Str, error: SelectError) {
        self.out.error.get_or_insert_with(|| Box::new(error));
        if !self.sources.invalid_go.contains(name) {
            self.sources.invalid_go.push(name.clone());
        }
    }

    /// The file's name as messages have it.
    fn shown(&self, name: &str) -> String {
        if self.indexed {
            name.to_string()
        } else {
            self.index.dir.join(name).display().to_string()
        }
    }

    fn file(&mut self, file: &FileFacts) -> Result<(), Stop> {
        let Some(language) = Language::of(&file.name) else {
            return Ok(());
        };
        let name = Str::from(&*file.name);
        let go = language == Language::Go;
        if self.indexed && go && self.unusable(&name, file) {
            return Ok(());
        }
        if !self.name_matches(&name) {
            self.ignore(language, name);
            return Ok(());
        }
        if !self.indexed && go && self.unusable(&name, file) {
            return Ok(());
        }
        let constraint = match &file.kind {
            FileKind::Go(header) => &header.constraint,
            FileKind::Other(constraint) => constraint,
            FileKind::Object => &Constraint::None,
            // Of files that are not Go, one that cannot be read is not there.
            FileKind::Unreadable(_) => return Ok(()),
        };
        match self.constraint_holds(&name, constraint) {
            Ok(true) => {}
            Ok(false) if self.mode.all_files => {}
            Ok(false) => {
                self.ignore(language, name);
                return Ok(());
            }
            Err(SelectError::MultipleGoBuild { .. }) if self.indexed && !go => {}
            Err(error) if self.indexed => {
                self.out.error = Some(Box::new(error));
                return Err(Stop);
            }
            Err(error) if go => {
                self.bad(&name, error);
                return Ok(());
            }
            Err(_) => {
                self.ignore(language, name);
                return Ok(());
            }
        }
        match &file.kind {
            FileKind::Go(header) => self.go_file(name, header),
            _ => self.other_file(language, name),
        }
        Ok(())
    }

    /// Reports what stands in the way of reading a Go file at all.
    fn unusable(&mut self, name: &Str, file: &FileFacts) -> bool {
        self.out.unread |= match &file.kind {
            FileKind::Unreadable(_) => true,
            FileKind::Go(header) => header.unreadable().is_some(),
            _ => false,
        };
        let error = match &file.kind {
            FileKind::Unreadable(text) => SelectError::Read {
                text: text.to_string(),
            },
            FileKind::Go(header) => match (&header.error, &header.constraint) {
                (Some(HeaderError::Read(reason)), _) => {
                    let path = self.index.dir.join(&**name);
                    SelectError::Read {
                        text: format!("read {}: {reason}", path.display()),
                    }
                }
                (_, Constraint::Multiple) => SelectError::MultipleGoBuild { name: name.clone() },
                (Some(_), _) if self.indexed => {
                    self.syntax_error(name, header);
                    return false;
                }
                _ => return false,
            },
            _ => return false,
        };
        self.bad(name, error);
        true
    }

    fn syntax_error(&mut self, name: &Str, header: &Header) {
        let path: Arc<Path> = self.index.dir.join(&**name).into();
        let place = |e: &SyntaxError| position(&self.index.dir, &path, &header.files, e.pos);
        let error = match &header.error {
            Some(HeaderError::Syntax(list)) => SelectError::Syntax(
                list.iter()
                    .map(|e| (place(e), Str::from(&*e.message)))
                    .collect(),
            ),
            Some(HeaderError::ImportPath(e)) => SelectError::ImportPath {
                pos: place(e),
                message: (&*e.message).into(),
            },
            _ => return,
        };
        self.bad(name, error);
    }

    fn name_matches(&self, name: &str) -> bool {
        self.mode.all_files || self.context.file_name_matches(name)
    }

    fn constraint_holds(&self, name: &Str, constraint: &Constraint) -> Result<bool, SelectError> {
        match constraint {
            Constraint::None => Ok(true),
            Constraint::GoBuild(line) => match parse_go_build(line) {
                Ok(expr) => Ok(self.context.eval(&expr)),
                Err(error) => Err(SelectError::GoBuild {
                    name: name.clone(),
                    error,
                }),
            },
            Constraint::PlusBuild(lines) => {
                let mut lines = lines.iter().filter_map(|line| parse_plus_build(line).ok());
                Ok(lines.all(|expr| self.context.eval(&expr)))
            }
            Constraint::Multiple => Err(SelectError::MultipleGoBuild { name: name.clone() }),
        }
    }

    fn ignore(&mut self, language: Language, name: Str) {
        let sources = &mut self.sources;
        let list = if language == Language::Go {
            &mut sources.ignored_go
        } else {
            &mut sources.ignored_other
        };
        list.push(name);
    }

    fn other_file(&mut self, language: Language, name: Str) {
        let sources = &mut self.sources;
        let list = match language {
            Language::Go => &mut sources.go,
            Language::C => &mut sources.c,
            Language::Cxx => &mut sources.cxx,
            Language::ObjectiveC => &mut sources.m,
            Language::Header => &mut sources.h,
            Language::Fortran => &mut sources.f,
            Language::Assembly => &mut sources.s,
            Language::CAssembly => &mut self.c_assembly,
            Language::Swig => &mut sources.swig,
            Language::SwigCxx => &mut sources.swigcxx,
            Language::Object => &mut sources.syso,
        };
        list.push(name);
    }

    fn go_file(&mut self, name: Str, header: &Header) {
        if !self.indexed {
            if header.binary_only && !name.ends_with("_test.go") {
                self.out.binary_only = true;
            }
            self.syntax_error(&name, header);
        }
        if &*header.package == "documentation" {
            self.sources.ignored_go.push(name);
            return;
        }
        let test = name.ends_with("_test.go");
        let mut package = &*header.package;
        let mut xtest = false;
        if test
            && package != &*self.out.name
            && let Some(stem) = package.strip_suffix("_test")
        {
            (package, xtest) = (stem, true);
        }
        if self.indexed && !test && header.binary_only {
            self.out.binary_only = true;
        }
        self.package_name(&name, package);
        if self.out.doc.is_empty() && !test {
            self.out.doc = (&*header.synopsis).into();
        }
        if self.mode.import_comments && !self.indexed {
            self.import_comment(&name, header);
        }
        let cgo = self.cgo(&name, header, test);
        let part = match (cgo, xtest, test) {
            (true, ..) if self.context.cgo_enabled => Part::Cgo,
            (true, ..) => Part::Ignored,
            (_, true, _) => Part::XTest,
            (_, _, true) => Part::Test,
            _ => Part::Proper,
        };
        self.take(name, header, part);
    }

    fn package_name(&mut self, name: &Str, package: &str) {
        if self.out.name.is_empty() {
            self.out.name = package.into();
            self.first_file = name.clone();
        } else if package != &*self.out.name {
            let error = SelectError::MultiplePackages {
                dir: self.index.dir.to_path_buf(),
                names: [self.out.name.clone(), package.into()],
                files: [self.first_file.clone(), name.clone()],
            };
            self.bad(name, error);
        }
    }

    fn import_comment(&mut self, name: &Str, header: &Header) {
        match (&header.import_comment, self.out.import_comment.clone()) {
            (None, _) => {}
            (Some(ImportComment::Malformed), _) => {
                let file = self.index.dir.join(&**name).display().to_string();
                self.bad(name, SelectError::ImportComment { file, line: 1 });
            }
            (Some(ImportComment::Path(path)), None) => {
                self.out.import_comment = Some((&**path).into());
                self.comment_file = name.clone();
            }
            (Some(ImportComment::Path(path)), Some(first)) if *first != **path => {
                let error = SelectError::ImportComments {
                    dir: self.index.dir.to_path_buf(),
                    paths: [first, (&**path).into()],
                    files: [self.comment_file.clone(), name.clone()],
                };
                self.bad(name, error);
            }
            _ => {}
        }
    }

    /// Takes the file's `#cgo` lines; whether it imports "C".
    fn cgo(&mut self, name: &Str, header: &Header, test: bool) -> bool {
        if !header.imports.iter().any(|import| &*import.path == "C") {
            return false;
        }
        if test {
            let file = self.shown(name);
            self.bad(name, SelectError::CgoInTest { file });
            if !self.indexed {
                return false;
            }
        }
        let dir = self.index.dir.to_string_lossy();
        let context = self.context;
        for line in &header.cgo_lines {
            let line = if self.indexed { line.trim() } else { line };
            let added = self
                .cgo_flags
                .add_line(line, &dir, &mut |tag| context.holds(tag));
            if let Err(error) = added {
                let file = self.shown(name);
                self.bad(name, SelectError::Cgo { file, error });
                break;
            }
        }
        !test
    }

    fn take(&mut self, name: Str, header: &Header, part: Part) {
        let sources = &mut self.sources;
        let (files, imports, embeds, directives) = match part {
            Part::Ignored => {
                sources.ignored_go.push(name);
                return;
            }
            Part::Cgo => (
                &mut sources.cgo,
                &mut sources.import_pos,
                &mut sources.embed,
                &mut sources.directives,
            ),
            Part::Proper => (
                &mut sources.go,
                &mut sources.import_pos,
                &mut sources.embed,
                &mut sources.directives,
            ),
            Part::Test => (
                &mut sources.test_go,
                &mut sources.test_import_pos,
                &mut sources.test_embed,
                &mut sources.test_directives,
            ),
            Part::XTest => (
                &mut sources.xtest_go,
                &mut sources.xtest_import_pos,
                &mut sources.xtest_embed,
                &mut sources.xtest_directives,
            ),
        };
        let says = header.imports.len() + header.embeds.len() + header.directives.len();
        if says == 0 {
            files.push(name);
            return;
        }
        let path: Arc<Path> = self.index.dir.join(&*name).into();
        let place = |pos: Pos| position(&self.index.dir, &path, &header.files, pos);
        for import in &header.imports {
            imports.add(&import.path, place(import.pos));
        }
        for embed in &header.embeds {
            embeds.positions.add(&embed.pattern, place(embed.pos));
        }
        directives.extend(
            header
                .directives
                .iter()
                .map(|d| (Str::from(&*d.text), place(d.pos))),
        );
        files.push(name);
    }

    fn take_cgo_flags(&mut self) {
        let flags = &mut self.sources.cgo_flags;
        let own = std::mem::take(&mut self.cgo_flags);
        for (to, from) in [
            (&mut flags.cflags, own.cflags),
            (&mut flags.cppflags, own.cppflags),
            (&mut flags.cxxflags, own.cxxflags),
            (&mut flags.fflags, own.fflags),
            (&mut flags.ldflags, own.ldflags),
            (&mut flags.pkg_config, own.pkg_config),
        ] {
            to.extend(from.into_iter().map(Str::from));
        }
    }

    fn settle_sources(&mut self) {
        self.take_cgo_flags();
        let sources = &mut self.sources;
        for positions in [
            &mut sources.import_pos,
            &mut sources.test_import_pos,
            &mut sources.xtest_import_pos,
            &mut sources.embed.positions,
            &mut sources.test_embed.positions,
            &mut sources.xtest_embed.positions,
        ] {
            positions.sort();
        }
    }

    fn finish(mut self) -> Selected {
        self.settle_sources();
        let (out, sources) = (&mut self.out, &mut self.sources);
        let names = |positions: &Positions| positions.names().cloned().collect::<List>();
        out.imports = names(&sources.import_pos);
        out.test_imports = names(&sources.test_import_pos);
        out.xtest_imports = names(&sources.xtest_import_pos);
        for embeds in [
            &mut sources.embed,
            &mut sources.test_embed,
            &mut sources.xtest_embed,
        ] {
            embeds.patterns = names(&embeds.positions);
        }
        let assembly = if sources.cgo.is_empty() {
            &mut sources.ignored_other
        } else {
            &mut sources.s
        };
        assembly.append(&mut self.c_assembly);
        assembly.sort();
        let lists = [
            &sources.go,
            &sources.cgo,
            &sources.test_go,
            &sources.xtest_go,
        ];
        if out.error.is_none() && lists.iter().all(|list| list.is_empty()) {
            out.error = Some(Box::new(SelectError::NoGo {
                dir: self.index.dir.to_path_buf(),
            }));
        }
        out.sources = Arc::new(self.sources);
        self.out
    }
}

/// A position as messages have it: `//line` comments may speak of a file of another name.
pub(crate) fn position(dir: &Path, path: &Arc<Path>, files: &[Box<str>], pos: Pos) -> SourcePos {
    let other = usize::from(pos.file)
        .checked_sub(1)
        .and_then(|n| files.get(n));
    let file = match other.map(|name| &**name) {
        None => path.clone(),
        Some("") => Path::new("").into(),
        Some(name) if name.starts_with('/') => Path::new(&gust_syntax::slash::clean(name)).into(),
        Some(name) => Path::new(&gust_syntax::slash::join(&dir.to_string_lossy(), name)).into(),
    };
    SourcePos {
        file,
        line: pos.line,
        column: pos.col,
    }
}
