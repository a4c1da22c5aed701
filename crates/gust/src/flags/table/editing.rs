//! Flags that edit: `mod edit` and `work edit`.

use super::{EDIT, flag, ids};
use crate::commands::Id;
use crate::flags::{Flag, Kind};

pub(super) const FLAGS: &[Flag] = flags! {
    "fmt" Bool "", EDIT, "Only format the file.";
    "print" Bool "", EDIT, "Print the result, write nothing.";
    "toolchain" Text "name", EDIT, "The toolchain line.";
    "module" Text "path", ids(&[Id::ModEdit]), "The module line.";
    "godebug" Repeated "", EDIT, "Add or drop a godebug line.";
    "dropgodebug" Repeated "", EDIT, "Add or drop a godebug line.";
    "replace" Repeated "", EDIT, "Add or drop a replace line.";
    "dropreplace" Repeated "", EDIT, "Add or drop a replace line.";
    "use" Repeated "dir", ids(&[Id::WorkEdit]), "Add or drop a use line.";
    "dropuse" Repeated "dir", ids(&[Id::WorkEdit]), "Add or drop a use line.";
    "require" Repeated "", ids(&[Id::ModEdit]), "Add or drop a require line.";
    "droprequire" Repeated "", ids(&[Id::ModEdit]), "Add or drop a require line.";
    "exclude" Repeated "", ids(&[Id::ModEdit]), "Add or drop a exclude line.";
    "dropexclude" Repeated "", ids(&[Id::ModEdit]), "Add or drop a exclude line.";
    "retract" Repeated "", ids(&[Id::ModEdit]), "Add or drop a retract line.";
    "dropretract" Repeated "", ids(&[Id::ModEdit]), "Add or drop a retract line.";
    "tool" Repeated "", ids(&[Id::ModEdit]), "Add or drop a tool line.";
    "droptool" Repeated "", ids(&[Id::ModEdit]), "Add or drop a tool line.";
    "ignore" Repeated "", ids(&[Id::ModEdit]), "Add or drop a ignore line.";
    "dropignore" Repeated "", ids(&[Id::ModEdit]), "Add or drop a ignore line.";
};
