//! Which packages count what of them is run.

use super::assemble::{Assembler, Place};
use super::tested::test_packages;
use crate::model::{Cover, Package, PackageId, Str};
use crate::pattern::PackageMatcher;

/// How programs or tests are covered.
pub struct CoverAsk<'a> {
    /// set, count or atomic.
    pub mode: &'a str,
    /// The patterns of -coverpkg; none: what the command decides by itself.
    pub patterns: &'a [PackageMatcher],
    /// -race
    pub race: bool,
}

/// What is covered.
#[derive(Debug, Default)]
pub struct Covered {
    /// The packages.
    pub packages: Vec<PackageId>,
    /// For each pattern, whether anything matches it.
    pub matched: Vec<bool>,
}

/// Packages that the race detector must not meet before it is there: the runtime and what it is made of. (cmd/internal/objabi.)
const RUNTIME: [&str; 24] = [
    "internal/abi",
    "internal/bytealg",
    "internal/byteorder",
    "internal/chacha8rand",
    "internal/coverage/rtcov",
    "internal/cpu",
    "internal/goarch",
    "internal/godebugs",
    "internal/goexperiment",
    "internal/goos",
    "internal/profilerecord",
    "internal/runtime/atomic",
    "internal/runtime/cgroup",
    "internal/runtime/exithook",
    "internal/runtime/gc",
    "internal/runtime/gc/scan",
    "internal/runtime/maps",
    "internal/runtime/math",
    "internal/runtime/sys",
    "internal/runtime/syscall/linux",
    "internal/runtime/syscall/windows",
    "internal/strconv",
    "internal/stringslite",
    "runtime",
];

/// What counters in atomic mode are made of.
const ATOMIC: &str = "sync/atomic";

/// Covers the programs of `roots` and what they need: what patterns mean, or the main modules' packages and those named.
pub(crate) fn programs(a: &mut Assembler, roots: &[PackageId], ask: &CoverAsk<'_>) -> Covered {
    let list = a.graph().deps_postorder(roots);
    let own = |p: &Package| {
        let of_main = p.module.as_ref().is_some_and(|module| module.is_main());
        p.asked.cmdline_files || p.asked.cmdline_pkg || of_main
    };
    match ask.patterns {
        [] => cover(a, &list, ask, &[own]),
        patterns => cover(a, &list, ask, &matchers(patterns)),
    }
}

fn matchers(patterns: &[PackageMatcher]) -> Vec<impl Fn(&Package) -> bool> {
    let matcher = |pattern| move |p: &Package| PackageMatcher::matches(pattern, p);
    patterns.iter().map(matcher).collect()
}

/// Covers what the tests of `roots` and the packages themselves need, as far as patterns mean it. Each writes down what there is to
/// be counted, for tests that do not link it.
pub(crate) fn tests(a: &mut Assembler, roots: &[PackageId], ask: &CoverAsk<'_>) -> Covered {
    let list = test_packages(a, roots);
    let covered = cover(a, &list, ask, &matchers(ask.patterns));
    for &id in &covered.packages {
        if let Some(cover) = &mut a.graph().at(id).build.cover {
            cover.meta = true;
        }
    }
    covered
}

/// Makes the packages ready whose tests are run: what is counted atomically needs sync/atomic, and a package without tests says
/// itself what there would be to be counted.
pub(crate) fn tested(a: &mut Assembler, roots: &[PackageId], ask: &CoverAsk<'_>) {
    for &id in roots {
        if ask.mode == "atomic" && &*a.graph()[id].import_path != ATOMIC {
            need_atomic(a, id);
        }
        let package = a.graph().at(id);
        if !package.has_tests() && ask.patterns.is_empty() {
            package.build.cover = Some(Cover {
                mode: ask.mode.into(),
                meta: true,
            });
        }
    }
}

fn cover(
    a: &mut Assembler,
    list: &[PackageId],
    ask: &CoverAsk<'_>,
    tests: &[impl Fn(&Package) -> bool],
) -> Covered {
    let mut covered = Covered {
        packages: Vec::new(),
        matched: vec![false; tests.len()],
    };
    for &id in list {
        let p = &a.graph()[id];
        let mut meant = false;
        for (test, matched) in tests.iter().zip(&mut covered.matched) {
            if test(p) {
                (meant, *matched) = (true, true);
            }
        }
        if !meant || !can_be_covered(p, ask) {
            continue;
        }
        let runtime = ask.race && p.place.standard && RUNTIME.contains(&&*p.import_path);
        let mode: Str = if runtime { "regonly" } else { ask.mode }.into();
        a.graph().at(id).build.cover = Some(Cover { mode, meta: false });
        covered.packages.push(id);
        if ask.mode == "atomic" {
            need_atomic(a, id);
        }
    }
    covered
}

/// unsafe is the compiler's, tests alone count nothing, and counters cannot count what they are made of.
fn can_be_covered(p: &Package, ask: &CoverAsk<'_>) -> bool {
    let counters = matches!(&*p.import_path, ATOMIC | "internal/runtime/atomic");
    let is_itself = ask.mode == "atomic" && p.place.standard && counters;
    let is_empty = p.sources.go.is_empty() && p.sources.cgo.is_empty();
    &*p.import_path != "unsafe" && !is_empty && !is_itself
}

/// Imports sync/atomic once more, whether or not the package does itself: so go does it, and so IDs have it.
fn need_atomic(a: &mut Assembler, id: PackageId) {
    let (atomic, _) = a.import_by(None, &Str::from(ATOMIC), &Place::Nowhere, false);
    a.graph().at(id).imports.direct.push(atomic);
}
