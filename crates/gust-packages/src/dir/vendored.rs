//! What of a package's directory is copied into a vendor directory.

use super::error::SelectError;
use super::facts::{DirIndex, FileKind};
use super::scan_imports::counts_in_any_build;
use super::select::{SelectMode, select};
use crate::context::BuildContext;
use crate::model::Str;
use gust_fs::View;
use gust_syntax::header;
use std::io;

/// What is wanted for the release that a main module is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VendorRules {
    /// go.mod and go.sum are copied (before go 1.17).
    pub go_mods: bool,
    /// What tests embed is copied, though the tests are not (before go 1.22).
    pub test_embeds: bool,
}

/// Names of the plain files that may matter to some build: no tests, and no Go files that no build takes.
///
/// # Errors
/// The directory, or a Go file in it, cannot be read.
pub(crate) fn vendor_files(
    view: &View,
    index: &DirIndex,
    rules: VendorRules,
) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in view.read_dir(&index.dir)?.iter() {
        let name = entry.name();
        let is_module_file = matches!(name, "go.mod" | "go.sum");
        if entry.kind != gust_fs::FileKind::File
            || name.ends_with("_test.go")
            || is_module_file && !rules.go_mods
            || name.ends_with(".go") && !is_taken(view, index, name)?
        {
            continue;
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

/// The patterns of `//go:embed` comments, in files for any build: even for none.
///
/// # Errors
/// go's text of what is wrong with a file. That the files make several packages, or none, is no matter.
pub(crate) fn vendor_embeds(
    index: &DirIndex,
    context: &BuildContext,
    rules: VendorRules,
) -> Result<Vec<Str>, String> {
    let mode = SelectMode {
        all_files: true,
        ..SelectMode::default()
    };
    let all = select(index, context, mode);
    match all.error.as_deref() {
        None | Some(SelectError::MultiplePackages { .. }) => {}
        Some(SelectError::NoGo { .. }) => return Ok(Vec::new()),
        Some(error) => {
            let pos = error.pos().map_or_else(String::new, |pos| {
                format!("{}:{}:{}: ", pos.file.display(), pos.line, pos.column)
            });
            return Err(format!("{pos}{error}"));
        }
    }
    let sources = &all.sources;
    let mut patterns: Vec<Str> = sources.embed.patterns.to_vec();
    if rules.test_embeds {
        patterns.extend(sources.test_embed.patterns.iter().cloned());
        patterns.extend(sources.xtest_embed.patterns.iter().cloned());
    }
    Ok(patterns)
}

fn is_taken(view: &View, index: &DirIndex, name: &str) -> io::Result<bool> {
    match index.file(name).map(|file| &file.kind) {
        Some(FileKind::Go(header)) => Ok(counts_in_any_build(header)),
        Some(_) => Ok(true),
        // Go itself passes over such a name, but go:embed or a generator may not.
        None => {
            let header = header::scan(&view.read(&index.dir.join(name))?);
            Ok(counts_in_any_build(&header))
        }
    }
}
