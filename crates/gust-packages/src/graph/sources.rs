//! Checks and facts of one package's own files.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use crate::model::{Embeds, Package, Problem, SourcePos, Sources, Str};
use crate::paths::is_safe_arg;

/// What cgo's and SWIG's output imports.
pub(super) fn compiler_imports(p: &Package) -> Vec<&'static str> {
    let mut list = Vec::new();
    let except = |paths: &[&str]| !p.place.standard || !paths.contains(&&*p.import_path);
    if p.uses_cgo() {
        list.push("unsafe");
        if except(&["runtime/cgo"]) {
            list.push("runtime/cgo");
        }
        if except(&[
            "runtime/cgo",
            "runtime/race",
            "runtime/msan",
            "runtime/asan",
        ]) {
            list.push("syscall");
        }
    }
    if p.uses_swig() {
        list.extend(["unsafe", "runtime/cgo", "syscall", "sync"]);
    }
    list
}

/// File names that differ by case only, or that a tool would take for something else.
pub(super) fn check_names(path: &str, dir: Option<&Path>, sources: &Sources) -> Option<Problem> {
    let files = sources.all_files();
    if let Some((a, b)) = folded_twins(&files) {
        return Some(Problem::FileCollision(a.clone(), b.clone()));
    }
    if let Some(bad) = files
        .iter()
        .find(|f| !is_safe_arg(f) || f.starts_with("_cgo_"))
    {
        return Some(Problem::InvalidFileName((*bad).clone()));
    }
    let base = path.rsplit('/').next().unwrap_or_default();
    if !is_safe_arg(base) {
        return Some(Problem::InvalidDirName(base.into()));
    }
    let dir = dir?.to_string_lossy();
    dir.contains(['\r', '\n'])
        .then(|| Problem::InvalidDir(dir.into_owned().into()))
}

/// A file that is there twice, as can be when files are named on the command line.
pub(super) fn check_repeated(sources: &Sources) -> Option<Problem> {
    let mut seen = HashSet::new();
    let files = sources.all_files();
    let twice = files.into_iter().find(|file| !seen.insert(*file))?;
    Some(Problem::FileCollision(twice.clone(), twice.clone()))
}

fn folded_twins<'a>(files: &[&'a Str]) -> Option<(&'a Str, &'a Str)> {
    let small = |b: u8| b.is_ascii() && !b.is_ascii_uppercase();
    if files.iter().all(|f| f.bytes().all(small)) {
        return None;
    }
    let mut seen: HashMap<String, &Str> = HashMap::with_capacity(files.len());
    for &file in files {
        if let Some(twin) = seen.insert(file.to_lowercase(), file) {
            return Some(if **twin < **file {
                (twin, file)
            } else {
                (file, twin)
            });
        }
    }
    None
}

/// The directory has nothing to build.
pub(super) fn no_go(p: &Package) -> Problem {
    let s = &p.sources;
    Problem::NoGo {
        dir: p.place.dir.to_path_buf(),
        ignored: !s.ignored_go.is_empty(),
        tests: !s.test_go.is_empty() || !s.xtest_go.is_empty(),
    }
}

/// Without cgo, what only a C compiler can take does not count; with the Go compilers alone, it must not be there.
pub(super) fn settle_cgo(p: &mut Package, cgo_enabled: bool) -> Option<Problem> {
    let s = &p.sources;
    let foreign = [&s.c, &s.cxx, &s.m, &s.swig, &s.swigcxx];
    if !cgo_enabled && foreign.iter().any(|l| !l.is_empty()) {
        let s = Arc::make_mut(&mut p.sources);
        for list in [&mut s.c, &mut s.cxx, &mut s.m, &mut s.swig, &mut s.swigcxx] {
            list.clear();
        }
    }
    if p.uses_cgo() || p.uses_swig() {
        return None;
    }
    let s = &p.sources;
    let lists = [
        ("C", &s.c),
        ("C++", &s.cxx),
        ("Objective-C", &s.m),
        ("Fortran", &s.f),
    ];
    let (language, files) = lists.into_iter().find(|(_, l)| !l.is_empty())?;
    Some(Problem::ForeignSources {
        language,
        files: files.join(" "),
    })
}

/// Where the pattern of an embed problem stands.
pub(super) fn embed_positions(embeds: &Embeds, problem: &Problem) -> Vec<SourcePos> {
    match problem {
        Problem::Embed { pattern, .. } => embeds.positions.all(pattern),
        _ => Vec::new(),
    }
}
