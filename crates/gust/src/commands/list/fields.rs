//! The fields of a package, in go's order, and what each is worth. JSON and templates are both made from this table.

use gust_modules::ModulePublic;
use gust_ops::Listing;
use gust_packages::model::Str;
use gust_packages::{PackageError, PackageId};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

/// The names, in the order in which JSON shows them.
pub(super) const NAMES: &[&str] = &[
    "Dir",
    "ImportPath",
    "ImportComment",
    "Name",
    "Doc",
    "Target",
    "Shlib",
    "Root",
    "ConflictDir",
    "ForTest",
    "Export",
    "BuildID",
    "Module",
    "Match",
    "Goroot",
    "Standard",
    "DepOnly",
    "BinaryOnly",
    "Incomplete",
    "DefaultGODEBUG",
    "Stale",
    "StaleReason",
    "GoFiles",
    "CgoFiles",
    "CompiledGoFiles",
    "IgnoredGoFiles",
    "InvalidGoFiles",
    "IgnoredOtherFiles",
    "CFiles",
    "CXXFiles",
    "MFiles",
    "HFiles",
    "FFiles",
    "SFiles",
    "SwigFiles",
    "SwigCXXFiles",
    "SysoFiles",
    "EmbedPatterns",
    "EmbedFiles",
    "CgoCFLAGS",
    "CgoCPPFLAGS",
    "CgoCXXFLAGS",
    "CgoFFLAGS",
    "CgoLDFLAGS",
    "CgoPkgConfig",
    "Imports",
    "ImportMap",
    "Deps",
    "Error",
    "DepsErrors",
    "TestGoFiles",
    "TestImports",
    "TestEmbedPatterns",
    "TestEmbedFiles",
    "XTestGoFiles",
    "XTestImports",
    "XTestEmbedPatterns",
    "XTestEmbedFiles",
];

/// What a field is worth.
pub(super) enum Worth<'g> {
    Text(Cow<'g, str>),
    Flag(bool),
    /// Names as the graph has them.
    Names(&'g [Str]),
    /// Names made for the answer.
    List(Vec<Cow<'g, str>>),
    Map(BTreeMap<&'g str, Cow<'g, str>>),
    Module(Option<&'g ModulePublic>),
    Error(Option<&'g PackageError>),
    Errors(Vec<&'g PackageError>),
}

impl Worth<'_> {
    /// JSON leaves it out.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Worth::Text(text) => text.is_empty(),
            Worth::Flag(flag) => !flag,
            Worth::Names(names) => names.is_empty(),
            Worth::List(list) => list.is_empty(),
            Worth::Map(map) => map.is_empty(),
            Worth::Module(module) => module.is_none(),
            Worth::Error(error) => error.is_none(),
            Worth::Errors(errors) => errors.is_empty(),
        }
    }
}

fn path(path: Option<&Path>) -> Worth<'_> {
    Worth::Text(path.map_or(Cow::Borrowed(""), Path::to_string_lossy))
}

fn owned<'g>(names: Vec<Str>) -> Worth<'g> {
    Worth::List(
        names
            .iter()
            .map(|name| Cow::Owned(name.to_string()))
            .collect(),
    )
}

/// What the field is worth for the package.
pub(super) fn worth<'g>(listing: &'g Listing, id: PackageId, field: &str) -> Worth<'g> {
    let p = listing.package(id);
    let text = |s: &'g str| Worth::Text(Cow::Borrowed(s));
    let s = &*p.sources;
    match field {
        "Dir" => path(Some(&p.place.dir)),
        "ImportPath" => Worth::Text(listing.name(id)),
        "ImportComment" => text(&p.about.import_comment),
        "Name" => text(&p.name),
        "Doc" => text(&p.about.doc),
        "Target" => path(p.place.target.as_deref()),
        "Shlib" => text(""),
        "Root" => path(p.place.root.as_deref()),
        "ConflictDir" => path(p.place.conflict_dir.as_deref()),
        "ForTest" => text(p.for_test.as_deref().unwrap_or_default()),
        "Module" => Worth::Module(listing.module(id)),
        "Match" => Worth::Names(&p.asked.matched),
        "Goroot" => Worth::Flag(p.place.goroot),
        "Standard" => Worth::Flag(p.place.standard),
        "DepOnly" => Worth::Flag(listing.is_dep_only(id)),
        "BinaryOnly" => Worth::Flag(p.build.binary_only),
        "Incomplete" => Worth::Flag(listing.is_incomplete(id)),
        "DefaultGODEBUG" => text(&p.build.default_godebug),
        "GoFiles" => Worth::Names(&s.go),
        "CgoFiles" => Worth::Names(&s.cgo),
        "IgnoredGoFiles" => Worth::Names(&s.ignored_go),
        "InvalidGoFiles" => Worth::Names(&s.invalid_go),
        "IgnoredOtherFiles" => Worth::Names(&s.ignored_other),
        "CFiles" => Worth::Names(&s.c),
        "CXXFiles" => Worth::Names(&s.cxx),
        "MFiles" => Worth::Names(&s.m),
        "HFiles" => Worth::Names(&s.h),
        "FFiles" => Worth::Names(&s.f),
        "SFiles" => Worth::Names(&s.s),
        "SwigFiles" => Worth::Names(&s.swig),
        "SwigCXXFiles" => Worth::Names(&s.swigcxx),
        "SysoFiles" => Worth::Names(&s.syso),
        "EmbedPatterns" => Worth::Names(&s.embed.patterns),
        "EmbedFiles" => Worth::Names(&s.embed.files),
        "CgoCFLAGS" => Worth::Names(&s.cgo_flags.cflags),
        "CgoCPPFLAGS" => Worth::Names(&s.cgo_flags.cppflags),
        "CgoCXXFLAGS" => Worth::Names(&s.cgo_flags.cxxflags),
        "CgoFFLAGS" => Worth::Names(&s.cgo_flags.fflags),
        "CgoLDFLAGS" => Worth::Names(&s.cgo_flags.ldflags),
        "CgoPkgConfig" => Worth::Names(&s.cgo_flags.pkg_config),
        "Imports" => Worth::List(listing.imports(id).map(|(shown, _)| shown).collect()),
        "ImportMap" => {
            let renamed = listing.imports(id).filter(|(shown, raw)| *shown != *raw);
            Worth::Map(renamed.map(|(shown, raw)| (raw, shown)).collect())
        }
        "Deps" => Worth::List(listing.all_deps(id)),
        "Error" => Worth::Error(listing.error(id)),
        "DepsErrors" => Worth::Errors(listing.deps_errors(id)),
        "TestGoFiles" => Worth::Names(&s.test_go),
        "TestImports" if p.imports.tests.is_empty() => Worth::Names(&[]),
        "TestImports" => owned(listing.test_imports(id).0),
        "TestEmbedPatterns" => Worth::Names(&s.test_embed.patterns),
        "TestEmbedFiles" => Worth::Names(&s.test_embed.files),
        "XTestGoFiles" => Worth::Names(&s.xtest_go),
        "XTestImports" if p.imports.xtests.is_empty() => Worth::Names(&[]),
        "XTestImports" => owned(listing.test_imports(id).1),
        "XTestEmbedPatterns" => Worth::Names(&s.xtest_embed.patterns),
        "XTestEmbedFiles" => Worth::Names(&s.xtest_embed.files),
        _ => built(listing, id, field),
    }
}

/// The fields that a build knows.
fn built<'g>(listing: &'g Listing, id: PackageId, field: &str) -> Worth<'g> {
    let owned = |text: &str| Worth::Text(Cow::Owned(text.to_owned()));
    let status = listing.status(id);
    match (field, status) {
        ("Stale", status) => Worth::Flag(status.is_some_and(|s| s.stale)),
        ("StaleReason", Some(s)) => owned(&s.stale_reason),
        ("BuildID", Some(s)) => owned(&s.build_id),
        ("Export", Some(s)) => match &s.export {
            Some(file) => owned(&file.to_string_lossy()),
            None => owned(""),
        },
        ("CompiledGoFiles", status) => {
            let files = status.and_then(|s| s.compiled_go_files.as_ref());
            Worth::List(
                files
                    .into_iter()
                    .flatten()
                    .map(|f| Cow::Owned(f.clone()))
                    .collect(),
            )
        }
        _ => Worth::Text(Cow::Borrowed("")),
    }
}
