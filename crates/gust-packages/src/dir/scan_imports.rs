//! The imports of a directory as module loading sees them: which import which, without sorting files into packages.

use super::facts::{DirIndex, FileKind};
use crate::context::BuildContext;
use crate::model::Str;
use gust_syntax::constraint::{Expr, parse_go_build, parse_plus_build};
use gust_syntax::header::{Constraint, Header};
use std::collections::BTreeSet;

/// What a directory imports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScannedImports {
    /// By files that are no tests, sorted.
    pub imports: Vec<Str>,
    /// By tests, external ones too, sorted.
    pub test_imports: Vec<Str>,
    /// Files that count; none means that the directory holds no package for this build.
    pub files: usize,
    /// The first file that cannot be read: go's text.
    pub error: Option<String>,
}

/// The imports for one build.
pub fn scan_imports(index: &DirIndex, context: &BuildContext) -> ScannedImports {
    collect(index, context.cgo_enabled, &mut |name, header| {
        context.file_name_matches(name)
            && constraint_holds(&header.constraint, &mut |expr| context.eval(expr))
    })
}

/// The imports for any build at all: every tag but `ignore` is taken as both set and not set.
pub fn scan_imports_any(index: &DirIndex) -> ScannedImports {
    collect(index, true, &mut |_, header| may_count(header))
}

/// Is there a build that takes the file? One that cannot be read is not judged.
pub(super) fn counts_in_any_build(header: &Header) -> bool {
    header.unreadable().is_some() || may_count(header)
}

fn may_count(header: &Header) -> bool {
    constraint_holds(&header.constraint, &mut |expr| expr.may_hold())
}

fn collect(
    index: &DirIndex,
    cgo: bool,
    counts: &mut dyn FnMut(&str, &Header) -> bool,
) -> ScannedImports {
    let mut out = ScannedImports::default();
    let (mut imports, mut test_imports) = (BTreeSet::new(), BTreeSet::new());
    for file in index.files() {
        let header = match &file.kind {
            FileKind::Go(header) => header,
            FileKind::Unreadable(text) if file.name.ends_with(".go") => {
                out.error.get_or_insert_with(|| text.to_string());
                continue;
            }
            _ => continue,
        };
        if let Some(reason) = header.unreadable() {
            let path = index.dir.join(&*file.name);
            out.error
                .get_or_insert_with(|| format!("reading {}: {reason}", path.display()));
            continue;
        }
        if !cgo && header.imports.iter().any(|import| &*import.path == "C") {
            continue;
        }
        if !counts(&file.name, header) {
            continue;
        }
        out.files += 1;
        let set = if file.name.ends_with("_test.go") {
            &mut test_imports
        } else {
            &mut imports
        };
        set.extend(header.imports.iter().map(|import| &*import.path));
    }
    out.imports = imports.into_iter().map(Str::from).collect();
    out.test_imports = test_imports.into_iter().map(Str::from).collect();
    out
}

fn constraint_holds(constraint: &Constraint, holds: &mut dyn FnMut(&Expr) -> bool) -> bool {
    match constraint {
        Constraint::None => true,
        Constraint::GoBuild(line) => parse_go_build(line).is_ok_and(|expr| holds(&expr)),
        Constraint::PlusBuild(lines) => lines
            .iter()
            .filter_map(|line| parse_plus_build(line).ok())
            .all(|expr| holds(&expr)),
        Constraint::Multiple => false,
    }
}
