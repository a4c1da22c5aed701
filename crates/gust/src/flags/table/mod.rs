//! The table, by subject. The order within it is the order in help.

/// Rows of the table, one a flag: its name, its kind, what stands for its value in help; the commands that take it; what it does.
macro_rules! flags {
    ($($name:literal $kind:ident $value:literal, $commands:expr, $doc:literal;)*) => {
        &[$(flag($name, Kind::$kind, $commands, $value, $doc)),*]
    };
}

mod building;
mod commands;
mod editing;
mod own;
mod testing;

use super::{Flag, Kind};
use crate::commands::Id;

const fn id(id: Id) -> u64 {
    1 << id as u64
}

const fn ids(list: &[Id]) -> u64 {
    let mut set = 0;
    let mut i = 0;
    while i < list.len() {
        set |= id(list[i]);
        i += 1;
    }
    set
}

const BUILDING: u64 = ids(&[
    Id::Build,
    Id::Clean,
    Id::Get,
    Id::Install,
    Id::List,
    Id::Run,
    Id::Test,
    Id::Vet,
    Id::Fix,
    Id::Generate,
]);
const MODULE_COMMANDS: u64 = ids(&[
    Id::ModDownload,
    Id::ModEdit,
    Id::ModGraph,
    Id::ModInit,
    Id::ModTidy,
    Id::ModVendor,
    Id::ModVerify,
    Id::ModWhy,
]);
/// Commands of gust's own that look at modules.
const EXPLAINING: u64 = ids(&[Id::Outdated, Id::Tree, Id::Upgrade, Id::Why]);
const WORK_COMMANDS: u64 = ids(&[Id::WorkInit, Id::WorkSync, Id::WorkUse, Id::WorkVendor]);
const MODULES: u64 =
    BUILDING | MODULE_COMMANDS | WORK_COMMANDS | EXPLAINING | ids(&[Id::Tool, Id::Fmt]);
const COMMANDS_NX: u64 = ids(&[Id::Env, Id::Fmt, Id::ModEdit]);
const COVER: u64 = ids(&[Id::Build, Id::Install, Id::List, Id::Run, Id::Test]);
const EDIT: u64 = ids(&[Id::ModEdit, Id::WorkEdit]);
const CHDIR: u64 = MODULES
    | ids(&[
        Id::Bug,
        Id::Env,
        Id::Telemetry,
        Id::Version,
        Id::WorkEdit,
        Id::Doc,
    ]);

const fn flag(
    name: &'static str,
    kind: Kind,
    commands: u64,
    value: &'static str,
    doc: &'static str,
) -> Flag {
    Flag {
        name,
        kind,
        commands,
        value,
        doc,
    }
}

/// Every flag; one name stands twice where two commands mean different things by it.
pub(crate) fn all() -> impl Iterator<Item = &'static Flag> {
    let parts = [
        building::FLAGS,
        commands::FLAGS,
        editing::FLAGS,
        own::FLAGS,
        testing::FLAGS,
        testing::HANDED_ON,
    ];
    parts.into_iter().flatten()
}
