//! What each action's result depends on, hashed in go's order, so that go and gust find each other's results.
//!
//! `GODEBUG=gocachehash=1 go build -a P` prints every input; a line of text in these modules is one of its lines.
//!
//! - [`compile`]: a package's archive
//! - [`link`]: a program
//! - [`profile`]: a profile made ready for the compiler

mod cgo;
pub mod compile;
pub mod link;
pub mod profile;

use std::fmt;

use gust_cache::{ActionId, Hasher};
use gust_packages::Package;
use gust_text::quote::quote;
use gust_toolchain::toolid::ToolIdError;

use crate::site::Site;

/// Text on its way into a hash, a line at a time.
struct Recipe<'a> {
    hasher: Hasher<'a>,
    line: String,
}

impl<'a> Recipe<'a> {
    fn new(site: &'a Site<'_>, name: String) -> Recipe<'a> {
        Recipe {
            hasher: site.hashing.hasher(name),
            line: String::with_capacity(256),
        }
    }

    fn line(&mut self, line: fmt::Arguments<'_>) {
        self.line.clear();
        // Writing to a String cannot fail.
        let _ = fmt::write(&mut self.line, line);
        self.line.push('\n');
        self.hasher.write(self.line.as_bytes());
    }

    fn sum(self) -> ActionId {
        self.hasher.finish()
    }
}

/// A list of words as Go's `%q` prints it.
struct Words<'a, S>(&'a [S]);

impl<S: AsRef<str>> fmt::Display for Words<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (i, word) in self.0.iter().enumerate() {
            let gap = if i > 0 { " " } else { "" };
            write!(f, "{gap}{}", quote(word.as_ref()))?;
        }
        f.write_str("]")
    }
}

/// GOAMD64 or its like, GOEXPERIMENT: what compile and link both depend on.
fn target_lines(recipe: &mut Recipe<'_>, site: &Site<'_>) {
    let (key, value) = site.settings.arch_setting().unwrap_or(("", ""));
    recipe.line(format_args!("{key}={value}"));
    if !site.experiment().is_empty() {
        recipe.line(format_args!("GOEXPERIMENT={}", quote(site.experiment())));
    }
}

fn import_lines(recipe: &mut Recipe<'_>, p: &Package, omit_debug: bool) {
    recipe.line(format_args!("import {}", quote(&p.import_path)));
    recipe.line(format_args!(
        "omitdebug {omit_debug} standard {} local {} prefix {}",
        p.standard,
        p.local,
        quote(&p.local_prefix)
    ));
}

/// Why an ID could not be made: a tool does not say what it is.
pub type IdError = ToolIdError;
