//! The table.

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

const BUILDING: u64 =
    ids(&[Id::Build, Id::Clean, Id::Get, Id::Install, Id::List, Id::Run, Id::Test, Id::Vet, Id::Fix, Id::Generate]);
const MODULE_COMMANDS: u64 = ids(&[
    Id::ModDownload, Id::ModEdit, Id::ModGraph, Id::ModInit, Id::ModTidy, Id::ModVendor, Id::ModVerify, Id::ModWhy,
]);
const WORK_COMMANDS: u64 = ids(&[Id::WorkInit, Id::WorkSync, Id::WorkUse, Id::WorkVendor]);
const MODULES: u64 = BUILDING | MODULE_COMMANDS | WORK_COMMANDS | ids(&[Id::Tool, Id::Fmt]);
const COMMANDS_NX: u64 = ids(&[Id::Env, Id::Fmt, Id::ModEdit]);
const COVER: u64 = ids(&[Id::Build, Id::Install, Id::List, Id::Run, Id::Test]);
const EDIT: u64 = ids(&[Id::ModEdit, Id::WorkEdit]);
const CHDIR: u64 = MODULES | ids(&[Id::Bug, Id::Env, Id::Telemetry, Id::Version, Id::WorkEdit, Id::Doc]);

const fn flag(name: &'static str, kind: Kind, commands: u64, value: &'static str, doc: &'static str) -> Flag {
    Flag { name, kind, commands, value, doc }
}

/// The flag of that name that the command takes.
pub(crate) fn lookup(command: Id, name: &str) -> Option<&'static Flag> {
    FLAGS.iter().find(|f| f.name == name && f.commands & id(command) != 0)
}

/// Every flag; one name stands twice where two commands mean different things by it.
pub(crate) const FLAGS: &[Flag] = &[
    flag("C", Kind::Chdir, CHDIR, "dir", "Go to dir before anything else; must be the first flag."),
    flag("a", Kind::Bool, BUILDING, "", "Rebuild packages even when they are up to date."),
    flag("n", Kind::Bool, BUILDING | COMMANDS_NX | id(Id::Tool), "", "Print the commands, run none."),
    flag("x", Kind::Bool, BUILDING | COMMANDS_NX | ids(&[Id::ModDownload, Id::ModGraph, Id::ModTidy]), "", "Print the commands as they run."),
    flag("p", Kind::Int, BUILDING, "n", "How many programs may run at once (default: processors)."),
    flag("v", Kind::Bool, BUILDING & !id(Id::Test) | ids(&[Id::Bug, Id::Version, Id::ModVendor, Id::ModTidy, Id::WorkVendor]), "", "Say more: the packages as they are built, the modules as they are changed."),
    flag("asan", Kind::Bool, BUILDING, "", "Build with the address sanitizer."),
    flag("asmflags", Kind::PerPackage, BUILDING, "[pattern=]args", "Arguments for each run of the assembler."),
    flag("compiler", Kind::Text, BUILDING, "name", "The compiler to use: gc."),
    flag("buildmode", Kind::Text, BUILDING, "mode", "What to make: see 'go help buildmode'."),
    flag("buildvcs", Kind::Optional, BUILDING, "auto|true|false", "Whether to stamp programs with what version control says."),
    flag("gcflags", Kind::PerPackage, BUILDING, "[pattern=]args", "Arguments for each run of the compiler."),
    flag("gccgoflags", Kind::PerPackage, BUILDING, "[pattern=]args", "Arguments for gccgo."),
    flag("mod", Kind::Text, BUILDING & !id(Id::Get) | id(Id::Fmt), "mode", "How to find modules: readonly, vendor or mod."),
    flag("modcacherw", Kind::Bool, MODULES, "", "Leave new directories in the module cache writable."),
    flag("modfile", Kind::Text, MODULES, "file", "Read and write this file instead of go.mod."),
    flag("overlay", Kind::Text, MODULES, "file", "A JSON file that puts other files in the place of source files."),
    flag("installsuffix", Kind::Text, BUILDING, "suffix", "A suffix for the package directory's name."),
    flag("json", Kind::Bool, ids(&[Id::Build, Id::Get, Id::Install, Id::Run, Id::Test, Id::Vet, Id::Fix, Id::Env, Id::Version, Id::ModDownload, Id::ModEdit, Id::WorkEdit]), "", "Print JSON."),
    flag("ldflags", Kind::PerPackage, BUILDING, "[pattern=]args", "Arguments for each run of the linker."),
    flag("linkshared", Kind::Bool, BUILDING, "", "Link against shared libraries made with -buildmode=shared."),
    flag("msan", Kind::Bool, BUILDING, "", "Build with the memory sanitizer."),
    flag("pgo", Kind::Text, BUILDING, "file|auto|off", "The profile that guides optimization."),
    flag("pkgdir", Kind::Text, BUILDING, "dir", "Where compiled packages are installed and looked for."),
    flag("race", Kind::Bool, BUILDING, "", "Build with the race detector."),
    flag("tags", Kind::Tags, BUILDING, "tag,list", "More build tags that count as satisfied."),
    flag("toolexec", Kind::Words, BUILDING, "cmd args", "A program that runs the tools."),
    flag("trimpath", Kind::Bool, BUILDING, "", "Leave file system paths out of what is built."),
    flag("work", Kind::Bool, BUILDING, "", "Print the work directory's name and keep it."),
    flag("debug-actiongraph", Kind::Text, BUILDING, "file", "Write the actions and when they ran, as JSON."),
    flag("debug-runtime-trace", Kind::Text, BUILDING, "file", "Taken for compatibility; nothing is written."),
    flag("debug-trace", Kind::Text, BUILDING, "file", "Taken for compatibility; nothing is written."),
    flag("cover", Kind::Bool, COVER, "", "Build with coverage counters."),
    flag("covermode", Kind::Text, COVER, "set|count|atomic", "What coverage counters count."),
    flag("coverpkg", Kind::Text, COVER, "patterns", "The packages that get coverage counters."),
    flag("o", Kind::Text, ids(&[Id::Build, Id::Test, Id::ModVendor, Id::WorkVendor]), "output", "Where the result goes."),
    flag("exec", Kind::Words, ids(&[Id::Run, Id::Test]), "xprog", "A program that runs the program."),
    flag("i", Kind::Bool, id(Id::Clean), "", "Remove what install would have made."),
    flag("r", Kind::Bool, ids(&[Id::Clean, Id::WorkUse]), "", "Go on to dependencies (clean) or directories below (work use)."),
    flag("cache", Kind::Bool, id(Id::Clean), "", "Remove the build cache."),
    flag("fuzzcache", Kind::Bool, id(Id::Clean), "", "Remove the fuzzing cache."),
    flag("modcache", Kind::Bool, id(Id::Clean), "", "Remove the module cache."),
    flag("testcache", Kind::Bool, id(Id::Clean), "", "Forget test results."),
    flag("changed", Kind::Bool, id(Id::Env), "", "Only what differs from the default."),
    flag("u", Kind::Bool, ids(&[Id::Env, Id::List]), "", "env: forget a setting; list -m: say what could be upgraded."),
    flag("w", Kind::Bool, id(Id::Env), "", "Change the default of a setting."),
    flag("run", Kind::Text, ids(&[Id::Generate, Id::Test]), "regexp", "Only the directives or tests that match."),
    flag("skip", Kind::Text, ids(&[Id::Generate, Id::Test]), "regexp", "All but the directives or tests that match."),
    flag("d", Kind::Optional, id(Id::Get), "", "Taken for compatibility."),
    flag("f", Kind::Bool, id(Id::Get), "", "Taken for compatibility."),
    flag("fix", Kind::Bool, ids(&[Id::Get, Id::Vet]), "", "get: taken for compatibility; vet: apply the first fix of each finding."),
    flag("fix", Kind::Text, id(Id::Fix), "", "Taken for compatibility."),
    flag("m", Kind::Bool, id(Id::Get), "", "Taken for compatibility."),
    flag("t", Kind::Bool, id(Id::Get), "", "Also what tests need."),
    flag("u", Kind::Optional, id(Id::Get), "patch", "Upgrade dependencies too."),
    flag("tool", Kind::Bool, id(Id::Get), "", "Add a tool line to go.mod."),
    flag("insecure", Kind::Bool, id(Id::Get), "", "No longer there: see GOINSECURE."),
    flag("json", Kind::Optional, id(Id::List), "fields", "Print JSON, all fields or those named."),
    flag("f", Kind::Text, id(Id::List), "format", "Print each by a template."),
    flag("compiled", Kind::Bool, id(Id::List), "", "Also the files that the compiler is given."),
    flag("deps", Kind::Bool, id(Id::List), "", "Also all dependencies, each before what needs it."),
    flag("e", Kind::Bool, id(Id::List), "", "Carry errors in the output instead of stopping."),
    flag("export", Kind::Bool, id(Id::List), "", "Also the files of export data, built when needed."),
    flag("find", Kind::Bool, id(Id::List), "", "Only name packages, leave imports alone."),
    flag("retracted", Kind::Bool, id(Id::List), "", "Say which versions are retracted."),
    flag("test", Kind::Bool, id(Id::List), "", "Also test binaries and test variants."),
    flag("versions", Kind::Bool, id(Id::List), "", "Also the known versions."),
    flag("m", Kind::Bool, ids(&[Id::List, Id::ModWhy, Id::Version]), "", "Modules instead of packages."),
    flag("reuse", Kind::Text, ids(&[Id::List, Id::ModDownload]), "old.json", "The answer of an earlier run, to be used again where it still holds."),
    flag("e", Kind::Bool, ids(&[Id::ModTidy, Id::ModVendor, Id::WorkVendor]), "", "Go on in spite of errors."),
    flag("diff", Kind::Bool, ids(&[Id::ModTidy, Id::Vet, Id::Fix]), "", "Print the change as a diff and make none."),
    flag("go", Kind::Text, ids(&[Id::ModTidy, Id::ModGraph, Id::ModEdit, Id::WorkEdit]), "version", "The Go version to assume or to write."),
    flag("compat", Kind::Text, id(Id::ModTidy), "version", "Keep the sums that this Go version needs as well."),
    flag("vendor", Kind::Bool, id(Id::ModWhy), "", "Leave out tests of dependencies."),
    flag("fmt", Kind::Bool, EDIT, "", "Only format the file."),
    flag("print", Kind::Bool, EDIT, "", "Print the result, write nothing."),
    flag("toolchain", Kind::Text, EDIT, "name", "The toolchain line."),
    flag("module", Kind::Text, id(Id::ModEdit), "path", "The module line."),
    flag("godebug", Kind::Repeated, EDIT, "", "Add or drop a godebug line."),
    flag("dropgodebug", Kind::Repeated, EDIT, "", "Add or drop a godebug line."),
    flag("replace", Kind::Repeated, EDIT, "", "Add or drop a replace line."),
    flag("dropreplace", Kind::Repeated, EDIT, "", "Add or drop a replace line."),
    flag("use", Kind::Repeated, id(Id::WorkEdit), "dir", "Add or drop a use line."),
    flag("dropuse", Kind::Repeated, id(Id::WorkEdit), "dir", "Add or drop a use line."),
    flag("require", Kind::Repeated, id(Id::ModEdit), "", "Add or drop a require line."),
    flag("droprequire", Kind::Repeated, id(Id::ModEdit), "", "Add or drop a require line."),
    flag("exclude", Kind::Repeated, id(Id::ModEdit), "", "Add or drop a exclude line."),
    flag("dropexclude", Kind::Repeated, id(Id::ModEdit), "", "Add or drop a exclude line."),
    flag("retract", Kind::Repeated, id(Id::ModEdit), "", "Add or drop a retract line."),
    flag("dropretract", Kind::Repeated, id(Id::ModEdit), "", "Add or drop a retract line."),
    flag("tool", Kind::Repeated, id(Id::ModEdit), "", "Add or drop a tool line."),
    flag("droptool", Kind::Repeated, id(Id::ModEdit), "", "Add or drop a tool line."),
    flag("ignore", Kind::Repeated, id(Id::ModEdit), "", "Add or drop a ignore line."),
    flag("dropignore", Kind::Repeated, id(Id::ModEdit), "", "Add or drop a ignore line."),
    flag("vettool", Kind::Text, id(Id::Vet), "prog", "Another program to vet with."),
    flag("fixtool", Kind::Text, id(Id::Fix), "prog", "Another program to fix with."),
    flag("c", Kind::Int, ids(&[Id::Vet, Id::Fix]), "n", "Lines of context to show."),
    flag("c", Kind::Bool, id(Id::Test), "", "Build the test binary, do not run it."),
    flag("v", Kind::Optional, id(Id::Test), "", "Say more: every test as it runs."),
    flag("vet", Kind::Text, id(Id::Test), "list", "The checks that vet makes before tests run."),
    flag("coverprofile", Kind::Text, id(Id::Test), "file", "Where the coverage profile goes."),
    flag("artifacts", Kind::Bool, id(Id::Test), "", "Given to the test binary."),
    flag("bench", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("benchmem", Kind::Bool, id(Id::Test), "", "Given to the test binary."),
    flag("benchtime", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("blockprofile", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("blockprofilerate", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("count", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("cpu", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("cpuprofile", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("failfast", Kind::Bool, id(Id::Test), "", "Given to the test binary."),
    flag("fullpath", Kind::Bool, id(Id::Test), "", "Given to the test binary."),
    flag("fuzz", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("fuzzminimizetime", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("fuzztime", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("list", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("memprofile", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("memprofilerate", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("mutexprofile", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("mutexprofilefraction", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("outputdir", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("parallel", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("short", Kind::Bool, id(Id::Test), "", "Given to the test binary."),
    flag("timeout", Kind::Duration, id(Id::Test), "", "Given to the test binary."),
    flag("trace", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("shuffle", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.artifacts", Kind::Bool, id(Id::Test), "", "Given to the test binary."),
    flag("test.bench", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.benchmem", Kind::Bool, id(Id::Test), "", "Given to the test binary."),
    flag("test.benchtime", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.blockprofile", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.blockprofilerate", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.count", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.coverprofile", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.cpu", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.cpuprofile", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.failfast", Kind::Bool, id(Id::Test), "", "Given to the test binary."),
    flag("test.fullpath", Kind::Bool, id(Id::Test), "", "Given to the test binary."),
    flag("test.fuzz", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.fuzzminimizetime", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.fuzztime", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.list", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.memprofile", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.memprofilerate", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.mutexprofile", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.mutexprofilefraction", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.outputdir", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.parallel", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.run", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.short", Kind::Bool, id(Id::Test), "", "Given to the test binary."),
    flag("test.skip", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.timeout", Kind::Duration, id(Id::Test), "", "Given to the test binary."),
    flag("test.trace", Kind::Text, id(Id::Test), "", "Given to the test binary."),
    flag("test.v", Kind::Optional, id(Id::Test), "", "Given to the test binary."),
    flag("test.shuffle", Kind::Text, id(Id::Test), "", "Given to the test binary."),
];
