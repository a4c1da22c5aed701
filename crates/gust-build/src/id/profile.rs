//! A profile made ready for the compiler.

use std::path::Path;

use gust_cache::ActionId;
use gust_text::quote::quote;

use super::{IdError, Lines, Recipe};
use crate::site::Site;

/// The ID of the profile `input` after preprocessing.
///
/// # Errors
/// [`IdError`] when the tool does not say what it is.
pub fn action_id(site: &Site<'_>, input: &Path) -> Result<ActionId, IdError> {
    let name = format_args!("preprocess PGO profile {}", input.display());
    Ok(recipe(Recipe::hashed(site, name), site, input)?.sum())
}

/// The recipe of that ID, put into `h`.
pub(crate) fn recipe<L: Lines>(
    mut h: Recipe<L>,
    site: &Site<'_>,
    input: &Path,
) -> Result<Recipe<L>, IdError> {
    h.line(format_args!("preprocess PGO profile"));
    h.line(format_args!("preprofile {}", site.tool_id("preprofile")?));
    h.line(format_args!("input {}", quote(&site.file_hash(input))));
    Ok(h)
}
