//! Flags of one command or two: clean, env, fix, generate, get, list, and those of `mod`.

use super::{flag, ids};
use crate::commands::Id;
use crate::flags::{Flag, Kind};

pub(super) const FLAGS: &[Flag] = flags! {
    "i" Bool "", ids(&[Id::Clean]), "Remove what install would have made.";
    "r" Bool "", ids(&[Id::Clean, Id::WorkUse]), "Go on to dependencies (clean) or directories below (work use).";
    "cache" Bool "", ids(&[Id::Clean]), "Remove the build cache.";
    "fuzzcache" Bool "", ids(&[Id::Clean]), "Remove the fuzzing cache.";
    "modcache" Bool "", ids(&[Id::Clean]), "Remove the module cache.";
    "testcache" Bool "", ids(&[Id::Clean]), "Forget test results.";
    "changed" Bool "", ids(&[Id::Env]), "Only what differs from the default.";
    "u" Bool "", ids(&[Id::Env, Id::List]), "env: forget a setting; list -m: say what could be upgraded.";
    "w" Bool "", ids(&[Id::Env]), "Change the default of a setting.";
    "run" Text "regexp", ids(&[Id::Generate, Id::Test]), "Only the directives or tests that match.";
    "skip" Text "regexp", ids(&[Id::Generate, Id::Test]), "All but the directives or tests that match.";
    "d" Optional "", ids(&[Id::Get]), "Taken for compatibility.";
    "f" Bool "", ids(&[Id::Get]), "Taken for compatibility.";
    "fix" Bool "", ids(&[Id::Get, Id::Vet]), "get: taken for compatibility; vet: apply the first fix of each finding.";
    "fix" Text "", ids(&[Id::Fix]), "Taken for compatibility.";
    "m" Bool "", ids(&[Id::Get]), "Taken for compatibility.";
    "t" Bool "", ids(&[Id::Get]), "Also what tests need.";
    "u" Optional "patch", ids(&[Id::Get]), "Upgrade dependencies too.";
    "tool" Bool "", ids(&[Id::Get]), "Add a tool line to go.mod.";
    "insecure" Bool "", ids(&[Id::Get]), "No longer there: see GOINSECURE.";
    "json" Optional "fields", ids(&[Id::List]), "Print JSON, all fields or those named.";
    "f" Text "format", ids(&[Id::List]), "Print each by a template.";
    "compiled" Bool "", ids(&[Id::List]), "Also the files that the compiler is given.";
    "deps" Bool "", ids(&[Id::List]), "Also all dependencies, each before what needs it.";
    "e" Bool "", ids(&[Id::List]), "Carry errors in the output instead of stopping.";
    "export" Bool "", ids(&[Id::List]), "Also the files of export data, built when needed.";
    "find" Bool "", ids(&[Id::List]), "Only name packages, leave imports alone.";
    "retracted" Bool "", ids(&[Id::List]), "Say which versions are retracted.";
    "test" Bool "", ids(&[Id::List]), "Also test binaries and test variants.";
    "versions" Bool "", ids(&[Id::List]), "Also the known versions.";
    "m" Bool "", ids(&[Id::List, Id::ModWhy, Id::Version]), "Modules instead of packages.";
    "reuse" Text "old.json", ids(&[Id::List, Id::ModDownload]),
        "The answer of an earlier run, to be used again where it still holds.";
    "e" Bool "", ids(&[Id::ModTidy, Id::ModVendor, Id::WorkVendor]), "Go on in spite of errors.";
    "diff" Bool "", ids(&[Id::ModTidy, Id::Vet, Id::Fix]), "Print the change as a diff and make none.";
    "go" Text "version", ids(&[Id::ModTidy, Id::ModGraph, Id::ModEdit, Id::WorkEdit]), "The Go version to assume or to write.";
    "compat" Text "version", ids(&[Id::ModTidy]), "Keep the sums that this Go version needs as well.";
    "vendor" Bool "", ids(&[Id::ModWhy]), "Leave out tests of dependencies.";
};
