//! A package's archive.

use gust_cache::Hasher;
use gust_packages::Package;
use gust_packages::model::{Str, TestMain};
use gust_text::quote::quote;
use gust_toolchain::compiler::Compilers;
use std::path::PathBuf;

use super::{IdError, Lines, Recipe, Words, import_lines};
use crate::buildid::content_part;
use crate::site::Site;
use crate::tools::compile::FUZZED;

/// What is known of an action that the archive depends on.
#[derive(Debug, Clone)]
pub enum Input<'a> {
    /// A package that is imported.
    Import {
        /// Its path.
        path: &'a str,
        /// Its build ID.
        build_id: &'a str,
    },
    /// A profile, by its hash.
    Profile(String),
}

/// The part of an ID that does not depend on other actions.
pub(crate) struct Own<L>(Recipe<L>);

/// The recipe of the archive of `p`, to be hashed.
pub(crate) fn recipe<'a>(site: &'a Site<'_>, p: &Package) -> Recipe<Hasher<'a>> {
    Recipe::hashed(site, format_args!("build {}", p.import_path))
}

/// What the ID of the archive of `p` has of its own, put into the recipe `h`.
///
/// # Errors
/// [`IdError`] when a tool does not say what it is.
pub(crate) fn own<L: Lines>(
    mut h: Recipe<L>,
    site: &Site<'_>,
    compilers: &Compilers<'_>,
    p: &Package,
    omit_debug: bool,
) -> Result<Own<L>, IdError> {
    let common = site.common();
    h.words(&["compile"]);
    place_lines(&mut h, site, p, compilers.workdir());
    h.words(&[&common.platform]);
    import_lines(&mut h, p, omit_debug);
    if site.options.trimpath {
        h.words(&["trimpath"]);
    }
    if p.build.force_library {
        h.words(&["forcelibrary"]);
    }
    if p.uses_cgo() || p.uses_swig() {
        super::cgo::lines(&mut h, site, compilers, p)?;
    }
    if let Some(cover) = &p.build.cover {
        let (mode, tool) = (quote(&cover.mode), quote(&site.tool_id("cover")?));
        h.words(&["cover ", &mode, " ", &tool]);
    }
    if p.build.fuzzed {
        h.line(format_args!("fuzz [{}]", quote(FUZZED)));
    }
    if let Some(stamp) = site.stamps.get(&p.id) {
        h.line(format_args!("modinfo {}", quote(stamp)));
    }
    tool_lines(&mut h, site, p)?;
    for line in common.target.iter().chain(&common.magic) {
        h.words(&[line]);
    }
    let mut path = PathBuf::new();
    if let Some(main) = p.generated() {
        let digest = gust_fs::sha256(&main.source);
        h.hash(&["file ", TestMain::FILE], Some(digest));
        return Ok(Own(h.flushed()));
    }
    for file in input_files(p) {
        path.clear();
        path.extend([&*p.place.dir, (**file).as_ref()]);
        h.hash(&["file ", file], site.file_digest(&path));
    }
    Ok(Own(h.flushed()))
}

impl<L: Lines> Own<L> {
    /// The whole recipe; `inputs` come in the order of the action's deps.
    pub(crate) fn with<'i>(self, inputs: impl Iterator<Item = Input<'i>>) -> Recipe<L> {
        let Own(mut h) = self;
        for input in inputs {
            match input {
                Input::Import { path, build_id } => {
                    h.words(&["import ", path, " ", content_part(build_id)]);
                }
                Input::Profile(hash) => h.words(&["pgofile ", &hash]),
            }
        }
        h
    }
}

/// Where the package comes from, as far as its archive tells.
fn place_lines(h: &mut Recipe<impl Lines>, site: &Site<'_>, p: &Package, workdir: &str) {
    let dir = p.place.dir.to_string_lossy();
    if site.options.trimpath {
        if let Some(module) = &p.module {
            h.line(format_args!("module {}@{}", module.path, module.version));
        }
    } else if p.generated().is_some() {
        // It lies in the work directory.
    } else if !p.place.goroot && (workdir.is_empty() || !dir.starts_with(workdir)) {
        h.words(&["dir ", &dir]);
    }
    if let Some(module) = &p.module {
        h.words(&["go ", &module.go_version]);
    }
}

fn tool_lines(h: &mut Recipe<impl Lines>, site: &Site<'_>, p: &Package) -> Result<(), IdError> {
    h.line(format_args!(
        "compile {} {} {}",
        site.tool_id("compile")?,
        Words(&site.shape.gcflags),
        Words(site.options.gcflags.of(p))
    ));
    if !p.sources.s.is_empty() {
        h.line(format_args!(
            "asm {} {} {}",
            quote(&site.tool_id("asm")?),
            Words(&site.shape.asmflags),
            Words(site.options.asmflags.of(p))
        ));
    }
    Ok(())
}

/// The files that go into the archive, in the order in which they are hashed.
fn input_files(p: &Package) -> impl Iterator<Item = &Str> {
    let s = &*p.sources;
    let lists = [
        &s.go,
        &s.cgo,
        &s.c,
        &s.cxx,
        &s.f,
        &s.m,
        &s.h,
        &s.s,
        &s.syso,
        &s.swig,
        &s.swigcxx,
        &s.embed.files,
    ];
    lists.into_iter().flatten()
}
