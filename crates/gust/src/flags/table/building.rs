//! Flags of the commands that load and build packages, and those that stand before all.

use super::{BUILDING, CHDIR, COMMANDS_NX, COVER, MODULES, flag, ids};
use crate::commands::Id;
use crate::flags::{Flag, Kind};

pub(super) const FLAGS: &[Flag] = flags! {
    "C" Chdir "dir", CHDIR, "Go to dir before anything else; must be the first flag.";
    "a" Bool "", BUILDING, "Rebuild packages even when they are up to date.";
    "n" Bool "", BUILDING | COMMANDS_NX | ids(&[Id::Tool]), "Print the commands, run none.";
    "x" Bool "", BUILDING | COMMANDS_NX | ids(&[Id::ModDownload, Id::ModGraph, Id::ModTidy]), "Print the commands as they run.";
    "p" Int "n", BUILDING, "How many programs may run at once (default: processors).";
    "v" Bool "", BUILDING & !ids(&[Id::Test]) | ids(&[Id::Bug, Id::Version, Id::ModVendor, Id::ModTidy, Id::WorkVendor]),
        "Say more: the packages as they are built, the modules as they are changed.";
    "asan" Bool "", BUILDING, "Build with the address sanitizer.";
    "asmflags" PerPackage "[pattern=]args", BUILDING, "Arguments for each run of the assembler.";
    "compiler" Text "name", BUILDING, "The compiler to use: gc.";
    "buildmode" Text "mode", BUILDING, "What to make: see 'go help buildmode'.";
    "buildvcs" Optional "auto|true|false", BUILDING, "Whether to stamp programs with what version control says.";
    "gcflags" PerPackage "[pattern=]args", BUILDING, "Arguments for each run of the compiler.";
    "gccgoflags" PerPackage "[pattern=]args", BUILDING, "Arguments for gccgo.";
    "mod" Text "mode", BUILDING & !ids(&[Id::Get]) | ids(&[Id::Fmt]), "How to find modules: readonly, vendor or mod.";
    "modcacherw" Bool "", MODULES, "Leave new directories in the module cache writable.";
    "modfile" Text "file", MODULES, "Read and write this file instead of go.mod.";
    "overlay" Text "file", MODULES, "A JSON file that puts other files in the place of source files.";
    "installsuffix" Text "suffix", BUILDING, "A suffix for the package directory's name.";
    "json" Bool "",
        ids(&[Id::Build, Id::Get, Id::Install, Id::Run, Id::Test, Id::Vet, Id::Fix])
            | ids(&[Id::Env, Id::Version, Id::ModDownload, Id::ModEdit, Id::WorkEdit]),
        "Print JSON.";
    "ldflags" PerPackage "[pattern=]args", BUILDING, "Arguments for each run of the linker.";
    "linkshared" Bool "", BUILDING, "Link against shared libraries made with -buildmode=shared.";
    "msan" Bool "", BUILDING, "Build with the memory sanitizer.";
    "pgo" Text "file|auto|off", BUILDING, "The profile that guides optimization.";
    "pkgdir" Text "dir", BUILDING, "Where compiled packages are installed and looked for.";
    "race" Bool "", BUILDING, "Build with the race detector.";
    "tags" Tags "tag,list", BUILDING, "More build tags that count as satisfied.";
    "toolexec" Words "cmd args", BUILDING, "A program that runs the tools.";
    "trimpath" Bool "", BUILDING, "Leave file system paths out of what is built.";
    "work" Bool "", BUILDING, "Print the work directory's name and keep it.";
    "debug-actiongraph" Text "file", BUILDING, "Write the actions and when they ran, as JSON.";
    "debug-runtime-trace" Text "file", BUILDING, "Taken for compatibility; nothing is written.";
    "debug-trace" Text "file", BUILDING, "Write when each action was at work, as a trace that viewers read.";
    "cover" Bool "", COVER, "Build with coverage counters.";
    "covermode" Text "set|count|atomic", COVER, "What coverage counters count.";
    "coverpkg" Text "patterns", COVER, "The packages that get coverage counters.";
    "o" Text "output", ids(&[Id::Build, Id::Test, Id::ModVendor, Id::WorkVendor]), "Where the result goes.";
    "exec" Words "xprog", ids(&[Id::Run, Id::Test]), "A program that runs the program.";
};
