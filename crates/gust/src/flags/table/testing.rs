//! Flags of vet, fix and test; and those of a test binary, which test hands on.

use super::{flag, id, ids};
use crate::commands::Id;
use crate::flags::{Flag, Kind};

pub(super) const FLAGS: &[Flag] = flags! {
    "vettool" Text "prog", ids(&[Id::Vet]), "Another program to vet with.";
    "fixtool" Text "prog", ids(&[Id::Fix]), "Another program to fix with.";
    "c" Int "n", ids(&[Id::Vet, Id::Fix]), "Lines of context to show.";
    "c" Bool "", ids(&[Id::Test]), "Build the test binary, do not run it.";
    "v" Optional "", ids(&[Id::Test]), "Say more: every test as it runs.";
    "vet" Text "list", ids(&[Id::Test]), "The checks that vet makes before tests run.";
    "coverprofile" Text "file", ids(&[Id::Test]), "Where the coverage profile goes.";
    "artifacts" Bool "", ids(&[Id::Test]), "Given to the test binary.";
    "bench" Text "", ids(&[Id::Test]), "Given to the test binary.";
    "benchmem" Bool "", ids(&[Id::Test]), "Given to the test binary.";
    "benchtime" Text "", ids(&[Id::Test]), "Given to the test binary.";
    "blockprofile" Text "", ids(&[Id::Test]), "Given to the test binary.";
    "blockprofilerate" Text "", ids(&[Id::Test]), "Given to the test binary.";
    "count" Int "", ids(&[Id::Test]), "Given to the test binary.";
    "cpu" Text "", ids(&[Id::Test]), "Given to the test binary.";
    "cpuprofile" Text "", ids(&[Id::Test]), "Given to the test binary.";
    "failfast" Bool "", ids(&[Id::Test]), "Given to the test binary.";
    "fullpath" Bool "", ids(&[Id::Test]), "Given to the test binary.";
    "fuzz" Text "", ids(&[Id::Test]), "Given to the test binary.";
    "fuzzminimizetime" Text "", ids(&[Id::Test]), "Given to the test binary.";
    "fuzztime" Text "", ids(&[Id::Test]), "Given to the test binary.";
    "list" Text "", ids(&[Id::Test]), "Given to the test binary.";
    "memprofile" Text "", ids(&[Id::Test]), "Given to the test binary.";
    "memprofilerate" Text "", ids(&[Id::Test]), "Given to the test binary.";
    "mutexprofile" Text "", ids(&[Id::Test]), "Given to the test binary.";
    "mutexprofilefraction" Text "", ids(&[Id::Test]), "Given to the test binary.";
    "outputdir" Text "", ids(&[Id::Test]), "Given to the test binary.";
    "parallel" Int "", ids(&[Id::Test]), "Given to the test binary.";
    "short" Bool "", ids(&[Id::Test]), "Given to the test binary.";
    "timeout" Duration "", ids(&[Id::Test]), "Given to the test binary.";
    "trace" Text "", ids(&[Id::Test]), "Given to the test binary.";
    "shuffle" Text "", ids(&[Id::Test]), "Given to the test binary.";
};

/// Flags of the test binary, by their own names.
pub(super) const HANDED_ON: &[Flag] = &[
    handed_on("test.artifacts", Kind::Bool),
    handed_on("test.bench", Kind::Text),
    handed_on("test.benchmem", Kind::Bool),
    handed_on("test.benchtime", Kind::Text),
    handed_on("test.blockprofile", Kind::Text),
    handed_on("test.blockprofilerate", Kind::Text),
    handed_on("test.count", Kind::Int),
    handed_on("test.coverprofile", Kind::Text),
    handed_on("test.cpu", Kind::Text),
    handed_on("test.cpuprofile", Kind::Text),
    handed_on("test.failfast", Kind::Bool),
    handed_on("test.fullpath", Kind::Bool),
    handed_on("test.fuzz", Kind::Text),
    handed_on("test.fuzzminimizetime", Kind::Text),
    handed_on("test.fuzztime", Kind::Text),
    handed_on("test.list", Kind::Text),
    handed_on("test.memprofile", Kind::Text),
    handed_on("test.memprofilerate", Kind::Text),
    handed_on("test.mutexprofile", Kind::Text),
    handed_on("test.mutexprofilefraction", Kind::Text),
    handed_on("test.outputdir", Kind::Text),
    handed_on("test.parallel", Kind::Int),
    handed_on("test.run", Kind::Text),
    handed_on("test.short", Kind::Bool),
    handed_on("test.skip", Kind::Text),
    handed_on("test.timeout", Kind::Duration),
    handed_on("test.trace", Kind::Text),
    handed_on("test.v", Kind::Optional),
    handed_on("test.shuffle", Kind::Text),
];

const fn handed_on(name: &'static str, kind: Kind) -> Flag {
    flag(name, kind, id(Id::Test), "", "Given to the test binary.")
}
