//! What each action's result depends on, hashed in go's order, so that go and gust find each other's results.
//!
//! **The problem.** A result may be taken from the cache when making it again would give the same bytes. So whatever can
//! change a byte must be in its ID; and since the cache is shared with go, and a program's ID is written into it, the ID must be
//! made of the same lines in the same order as go makes it.
//!
//! **Terms.** A *recipe* is those lines. An *action ID* is the hash of a recipe and of the release's name. A *content ID* is the
//! hash of a result, its own build ID aside. A *build ID* holds both: `action/content`, for a program with its main
//! package's between them.
//!
//! **The decision.** Recipes name files by the hash of their content, packages imported by their content ID, tools by what
//! they say of themselves (a released tool its version, any other its build ID), C compilers likewise. Since an import counts
//! by content and not by its ID, a package that was made anew and came out the same stops there. The same functions write
//! a recipe into a hash or into a text; the text stands in a plan that is written down.
//!
//! **Left out, as go leaves it out**: headers outside of the package's directory, C libraries and what pkg-config says
//! (a package that depends on them is made anew with -a), `-p`, `-c` and the other numbers of threads, the names of work
//! directories (results do not hold them), and for packages of GOROOT where that is.
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

use gust_toolchain::vars;
use std::fmt;

use gust_cache::{ActionId, Hasher};
use gust_packages::Package;
use gust_text::quote::{push_quoted, quote};
use gust_toolchain::toolid::ToolIdError;

use crate::buildid::push_hash;
use crate::site::Site;

/// Where a recipe's lines go.
pub(crate) trait Lines {
    /// Takes lines.
    fn take(&mut self, text: &str);
}

impl Lines for Hasher<'_> {
    fn take(&mut self, text: &str) {
        self.write(&gust_bytes::raw(text));
    }
}

impl Lines for String {
    fn take(&mut self, text: &str) {
        self.push_str(text);
    }
}

/// Lines on their way into a hash, or into a text that will be hashed elsewhere: many at once, since a build has ten
/// thousands of them, unless someone watches.
pub(crate) struct Recipe<L> {
    lines: L,
    text: String,
    /// GODEBUG=gocachehash=1 shows each line by itself.
    watched: bool,
}

/// So much text goes into the hash at once, in bytes.
const BLOCK: usize = 4096;

impl<'a> Recipe<Hasher<'a>> {
    /// A recipe that is hashed; its name is for those who watch.
    pub(crate) fn hashed(site: &'a Site<'_>, name: fmt::Arguments<'_>) -> Recipe<Hasher<'a>> {
        let watched = site.hashing.is_traced();
        let name = match watched {
            true => name.to_string(),
            false => String::new(),
        };
        Recipe {
            lines: site.hashing.hasher(name),
            text: String::with_capacity(1024),
            watched,
        }
    }

    /// The ID.
    pub(crate) fn sum(mut self) -> ActionId {
        if !self.text.is_empty() {
            self.flush();
        }
        self.lines.finish()
    }
}

impl Recipe<String> {
    /// A recipe to be read.
    pub(crate) fn text() -> Recipe<String> {
        Recipe {
            lines: String::new(),
            text: String::new(),
            watched: false,
        }
    }

    /// Its lines.
    pub(crate) fn into_text(mut self) -> String {
        self.flush();
        self.lines
    }
}

impl<L: Lines> Recipe<L> {
    fn line(&mut self, line: fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = fmt::write(&mut self.text, line);
        self.end_line();
    }

    /// A line made of these words as they are.
    fn words(&mut self, words: &[&str]) {
        words.iter().for_each(|word| self.text.push_str(word));
        self.end_line();
    }

    /// `key` and a hash as build IDs write it; none for what has no hash.
    fn hash(&mut self, key: &[&str], hash: Option<[u8; 32]>) {
        key.iter().for_each(|word| self.text.push_str(word));
        self.text.push(' ');
        if let Some(hash) = hash {
            push_hash(&mut self.text, &hash);
        }
        self.end_line();
    }

    fn end_line(&mut self) {
        self.text.push('\n');
        if self.watched || self.text.len() >= BLOCK {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.lines.take(&self.text);
        self.text.clear();
    }

    /// Everything said so far has gone where it goes, and no text is held.
    fn flushed(mut self) -> Recipe<L> {
        self.flush();
        self.text = String::new();
        self
    }
}

/// Lines that are the same for all packages of a build, made once.
#[derive(Debug)]
pub(crate) struct Common {
    platform: String,
    /// GOAMD64 or its like, GOEXPERIMENT: what compile and link both depend on.
    target: Vec<String>,
    /// Environment variables by which the compiler is debugged.
    magic: Vec<String>,
}

impl Common {
    pub(crate) fn new(site: &Site<'_>) -> Common {
        let settings = site.settings;
        let (key, value) = settings.arch_setting().unwrap_or(("", ""));
        let mut target = vec![format!("{key}={value}")];
        if !site.experiment().is_empty() {
            target.push(format!("GOEXPERIMENT={}", quote(site.experiment())));
        }
        let magic = MAGIC.iter().filter_map(|name| {
            let value = settings.environ().get(name);
            (!value.is_empty()).then(|| format!("magic {name}={value}"))
        });
        Common {
            platform: format!("goos {} goarch {}", settings.goos(), settings.goarch()),
            target,
            magic: magic.collect(),
        }
    }
}

/// Environment variables by which the compiler is debugged.
const MAGIC: [&str; 4] = [
    vars::GOCLOBBERDEADHASH,
    vars::GOSSAFUNC,
    vars::GOSSADIR,
    vars::GOCOMPILEDEBUG,
];

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

fn import_lines(recipe: &mut Recipe<impl Lines>, p: &Package, omit_debug: bool) {
    let word = |yes| if yes { "true" } else { "false" };
    recipe.text.push_str("import ");
    push_quoted(&mut recipe.text, &p.import_path);
    recipe.end_line();
    recipe.text.extend([
        "omitdebug ",
        word(omit_debug),
        " standard ",
        word(p.place.standard),
        " local ",
        word(p.place.local),
        " prefix ",
    ]);
    push_quoted(&mut recipe.text, &p.place.local_prefix);
    recipe.end_line();
}

/// Why an ID could not be made: a tool does not say what it is.
pub type IdError = ToolIdError;
