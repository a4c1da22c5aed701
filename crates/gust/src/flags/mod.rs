//! Every flag once: its name, what its value is, the commands that take it, and what it does. Parsing, `help` and GOFLAGS all
//! come from this table.

mod check;
mod table;
mod values;

use crate::commands::Id;
pub(crate) use table::all;
pub(crate) use values::Flags;

/// The syntax of the command's flag of that name, if it has one.
pub(crate) fn lookup(command: Id, name: &str) -> Option<gust_text::flags::Kind> {
    let flag = all().find(|f| f.name == name && f.commands & (1 << command as u64) != 0)?;
    Some(check::syntax(flag.kind, flag.name))
}

/// Whether any command has the flag: GOFLAGS may name flags that the command at hand does not take.
pub(crate) fn known_anywhere(name: &str) -> bool {
    all().any(|f| f.name == name)
}

/// The shape of a flag's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// On or off: -x, -x=true, -x=false.
    Bool,
    /// Any text.
    Text,
    /// Any text, and every occurrence counts (kept in order).
    Repeated,
    /// A whole number.
    Int,
    /// Words separated by spaces, quotes allowed.
    Words,
    /// Words for the packages that match a pattern: [pattern=]words; every occurrence counts.
    PerPackage,
    /// Build tags separated by commas (or, as long ago, by spaces).
    Tags,
    /// Like Bool, but with other values as well: list -json=Fields, build -buildvcs=auto, test -v=test2json, get -u=patch.
    Optional,
    /// A duration.
    Duration,
    /// -C: must stand first, so here it is always an error.
    Chdir,
}

/// One flag of one or more commands.
#[derive(Debug)]
pub(crate) struct Flag {
    /// The name without its dash.
    pub(crate) name: &'static str,
    /// The shape of its value.
    pub(crate) kind: Kind,
    /// The commands that take it, a set of `commands::Id` bits.
    pub(crate) commands: u64,
    /// What stands for the value in help.
    pub(crate) value: &'static str,
    /// What it does, in a sentence.
    pub(crate) doc: &'static str,
}
