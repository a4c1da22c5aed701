//! The fields of a package, in go's order, and the value of each. JSON and templates are both made from this table.

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

/// The value of a field.
pub(super) enum FieldValue<'g> {
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

impl FieldValue<'_> {
    /// JSON leaves it out.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            FieldValue::Text(text) => text.is_empty(),
            FieldValue::Flag(flag) => !flag,
            FieldValue::Names(names) => names.is_empty(),
            FieldValue::List(list) => list.is_empty(),
            FieldValue::Map(map) => map.is_empty(),
            FieldValue::Module(module) => module.is_none(),
            FieldValue::Error(error) => error.is_none(),
            FieldValue::Errors(errors) => errors.is_empty(),
        }
    }
}

fn path(path: Option<&Path>) -> FieldValue<'_> {
    FieldValue::Text(path.map_or(Cow::Borrowed(""), Path::to_string_lossy))
}

fn owned<'g>(names: Vec<Str>) -> FieldValue<'g> {
    FieldValue::List(
        names
            .iter()
            .map(|name| Cow::Owned(name.to_string()))
            .collect(),
    )
}

/// The value of the field for the package.
pub(super) fn field_value<'g>(listing: &'g Listing, id: PackageId, field: &str) -> FieldValue<'g> {
    let p = listing.package(id);
    let text = |s: &'g str| FieldValue::Text(Cow::Borrowed(s));
    let s = &*p.sources;
    match field {
        "Dir" => path(Some(&p.place.dir)),
        "ImportPath" => FieldValue::Text(listing.name(id)),
        "ImportComment" => text(&p.about.import_comment),
        "Name" => text(&p.name),
        "Doc" => text(&p.about.doc),
        "Target" => path(p.place.target.as_deref()),
        "Shlib" => text(""),
        "Root" => path(p.place.root.as_deref()),
        "ConflictDir" => path(p.place.conflict_dir.as_deref()),
        "ForTest" => text(p.for_test.as_deref().unwrap_or_default()),
        "Module" => FieldValue::Module(listing.module(id)),
        "Match" => FieldValue::Names(&p.asked.matched),
        "Goroot" => FieldValue::Flag(p.place.goroot),
        "Standard" => FieldValue::Flag(p.place.standard),
        "DepOnly" => FieldValue::Flag(listing.is_dep_only(id)),
        "BinaryOnly" => FieldValue::Flag(p.build.binary_only),
        "Incomplete" => FieldValue::Flag(listing.is_incomplete(id)),
        "DefaultGODEBUG" => text(&p.build.default_godebug),
        "GoFiles" => FieldValue::Names(&s.go),
        "CgoFiles" => FieldValue::Names(&s.cgo),
        "IgnoredGoFiles" => FieldValue::Names(&s.ignored_go),
        "InvalidGoFiles" => FieldValue::Names(&s.invalid_go),
        "IgnoredOtherFiles" => FieldValue::Names(&s.ignored_other),
        "CFiles" => FieldValue::Names(&s.c),
        "CXXFiles" => FieldValue::Names(&s.cxx),
        "MFiles" => FieldValue::Names(&s.m),
        "HFiles" => FieldValue::Names(&s.h),
        "FFiles" => FieldValue::Names(&s.f),
        "SFiles" => FieldValue::Names(&s.s),
        "SwigFiles" => FieldValue::Names(&s.swig),
        "SwigCXXFiles" => FieldValue::Names(&s.swigcxx),
        "SysoFiles" => FieldValue::Names(&s.syso),
        "EmbedPatterns" => FieldValue::Names(&s.embed.patterns),
        "EmbedFiles" => FieldValue::Names(&s.embed.files),
        "CgoCFLAGS" => FieldValue::Names(&s.cgo_flags.cflags),
        "CgoCPPFLAGS" => FieldValue::Names(&s.cgo_flags.cppflags),
        "CgoCXXFLAGS" => FieldValue::Names(&s.cgo_flags.cxxflags),
        "CgoFFLAGS" => FieldValue::Names(&s.cgo_flags.fflags),
        "CgoLDFLAGS" => FieldValue::Names(&s.cgo_flags.ldflags),
        "CgoPkgConfig" => FieldValue::Names(&s.cgo_flags.pkg_config),
        "Imports" => FieldValue::List(listing.imports(id).map(|(shown, _)| shown).collect()),
        "ImportMap" => {
            let renamed = listing.imports(id).filter(|(shown, raw)| *shown != *raw);
            FieldValue::Map(renamed.map(|(shown, raw)| (raw, shown)).collect())
        }
        "Deps" => FieldValue::List(listing.all_deps(id)),
        "Error" => FieldValue::Error(listing.error(id)),
        "DepsErrors" => FieldValue::Errors(listing.deps_errors(id)),
        "TestGoFiles" => FieldValue::Names(&s.test_go),
        "TestImports" if p.imports.tests.is_empty() => FieldValue::Names(&[]),
        "TestImports" => owned(listing.test_imports(id).0),
        "TestEmbedPatterns" => FieldValue::Names(&s.test_embed.patterns),
        "TestEmbedFiles" => FieldValue::Names(&s.test_embed.files),
        "XTestGoFiles" => FieldValue::Names(&s.xtest_go),
        "XTestImports" if p.imports.xtests.is_empty() => FieldValue::Names(&[]),
        "XTestImports" => owned(listing.test_imports(id).1),
        "XTestEmbedPatterns" => FieldValue::Names(&s.xtest_embed.patterns),
        "XTestEmbedFiles" => FieldValue::Names(&s.xtest_embed.files),
        _ => built(listing, id, field),
    }
}

/// The fields that a build knows.
fn built<'g>(listing: &'g Listing, id: PackageId, field: &str) -> FieldValue<'g> {
    let owned = |text: &str| FieldValue::Text(Cow::Owned(text.to_owned()));
    let status = listing.status(id);
    match (field, status) {
        ("Stale", status) => FieldValue::Flag(status.is_some_and(|s| s.stale)),
        ("StaleReason", Some(s)) => owned(&s.stale_reason),
        ("BuildID", Some(s)) => owned(&s.build_id),
        ("Export", Some(s)) => match &s.export {
            Some(file) => owned(&file.to_string_lossy()),
            None => owned(""),
        },
        ("CompiledGoFiles", status) => {
            let files = status.and_then(|s| s.compiled_go_files.as_ref());
            FieldValue::List(
                files
                    .into_iter()
                    .flatten()
                    .map(|f| Cow::Owned(f.clone()))
                    .collect(),
            )
        }
        _ => FieldValue::Text(Cow::Borrowed("")),
    }
}
