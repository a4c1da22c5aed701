//! Which packages tell a fuzzer how far an input came.

use super::assemble::Assembler;
use super::tested::test_packages;
use crate::model::PackageId;

/// Packages that the fuzzer itself uses while it fuzzes: what happens in them says nothing of the input. (cmd/go of go1.26.)
const NOT_OF_INTEREST: [&str; 12] = [
    "context",
    "internal/fuzz",
    "internal/godebug",
    "internal/runtime/maps",
    "internal/sync",
    "reflect",
    "runtime",
    "sync",
    "sync/atomic",
    "syscall",
    "testing",
    "time",
];

/// Makes everything that the tests of `roots` are made of tell.
pub(crate) fn tests(a: &mut Assembler, roots: &[PackageId]) {
    for id in test_packages(a, roots) {
        let package = a.graph().at(id);
        package.build.fuzzed = !NOT_OF_INTEREST.contains(&&*package.import_path);
    }
}
