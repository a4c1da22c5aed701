//! A program.

use gust_cache::ActionId;
use gust_packages::Package;
use gust_toolchain::vars;

use super::{IdError, Lines, Recipe, Words, import_lines};
use crate::buildid::content_part;
use crate::site::Site;
use gust_text::quote::quote;

/// A package that goes into the program.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The package.
    pub package: &'a Package,
    /// Its build ID; empty when it has no archive of its own.
    pub build_id: &'a str,
}

/// The ID of the program `p`; `inputs` come in the order of its action's deps.
///
/// # Errors
/// [`IdError`] when the linker does not say what it is.
pub fn action_id<'i>(
    site: &Site<'_>,
    p: &Package,
    omit_debug: bool,
    inputs: impl Iterator<Item = Input<'i>>,
) -> Result<ActionId, IdError> {
    let name = format_args!("link {}", p.import_path);
    let recipe = recipe(Recipe::hashed(site, name), site, p, omit_debug, inputs)?;
    Ok(recipe.sum())
}

/// The recipe of that ID, put into `h`.
pub(crate) fn recipe<'i, L: Lines>(
    mut h: Recipe<L>,
    site: &Site<'_>,
    p: &Package,
    omit_debug: bool,
    inputs: impl Iterator<Item = Input<'i>>,
) -> Result<Recipe<L>, IdError> {
    h.line(format_args!("link"));
    h.line(format_args!(
        "buildmode {} goos {} goarch {}",
        site.shape.buildmode,
        site.settings.goos(),
        site.settings.goarch()
    ));
    import_lines(&mut h, p, omit_debug);
    h.line(format_args!(
        "defaultgodebug {}",
        quote(&p.build.default_godebug)
    ));
    if site.options.trimpath {
        h.line(format_args!("trimpath"));
    }
    linker_lines(&mut h, site, p)?;
    for input in inputs {
        let p = input.package;
        if !input.build_id.is_empty() {
            let content = content_part(input.build_id);
            h.words(&["packagefile ", &p.import_path, "=", content]);
        }
        if &*p.name == "main" {
            h.words(&["packagemain ", input.build_id]);
        }
    }
    Ok(h)
}

fn linker_lines(h: &mut Recipe<impl Lines>, site: &Site<'_>, p: &Package) -> Result<(), IdError> {
    h.line(format_args!(
        "link {} {} {}",
        site.tool_id("link")?,
        Words(&site.shape.ldflags),
        site.shape.link_mode
    ));
    h.line(format_args!(
        "linkflags {}",
        Words(&crate::tools::link::asked(site, p))
    ));
    site.common()
        .target
        .iter()
        .for_each(|line| h.words(&[line]));
    let goroot = match site.options.trimpath {
        true => String::new(),
        false => site.settings.goroot().to_string_lossy().into_owned(),
    };
    h.line(format_args!("GOROOT={goroot}"));
    h.line(format_args!(
        "GO_EXTLINK_ENABLED={}",
        site.settings.get(vars::GO_EXTLINK_ENABLED)
    ));
    Ok(())
}
