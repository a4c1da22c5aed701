//! The packages of a test program: the tested package with its internal test files, the external test package, the generated
//! main package, and copies of every package between them that depends on the tested one.

use std::collections::HashMap;
use std::sync::Arc;

use super::assemble::{Assembler, Place};
use super::testmain::TestFunctions;
use super::{linker, universe};
use crate::model::{
    Cover, Embeds, ImportInfo, List, Package, PackageError, PackageGraph, PackageId, Problem,
    SourcePos, Sources, Str, TestMain,
};

/// What a test program's main package imports besides the tests.
const MAIN_DEPS: [&str; 4] = ["os", "reflect", "testing", "testing/internal/testdeps"];

/// How a test is covered.
#[derive(Debug, Clone, Default)]
pub struct TestCover {
    /// set, count or atomic.
    pub mode: String,
    /// No -coverpkg: the tested package alone is covered.
    pub local: bool,
    /// Packages covered.
    pub packages: Vec<PackageId>,
    /// The patterns of -coverpkg.
    pub paths: Vec<String>,
}

/// The packages of one test program.
#[derive(Debug, Clone, Copy)]
pub struct TestVariants {
    /// `p.test`: the generated main package.
    pub main: PackageId,
    /// `p [p.test]`, or `p` itself when nothing in it changes for the test.
    pub internal: PackageId,
    /// `p_test [p.test]`, if there are external tests.
    pub external: Option<PackageId>,
}

/// One side's imports and embeds, loaded.
#[derive(Default)]
struct Side {
    direct: List<PackageId>,
    paths: List,
    raw: List,
    embed: Embeds,
    error: Option<PackageError>,
    incomplete: bool,
    needs_tested: bool,
}

/// Makes the test packages of `of`.
pub(crate) fn make(a: &mut Assembler, of: PackageId, cover: Option<&TestCover>) -> TestVariants {
    let path = a.graph()[of].import_path.clone();
    let inner = load_side(a, of, format!("{path} (test)").into(), false);
    let outer = load_side(a, of, format!("{path}_test").into(), true);
    let s = Arc::make_mut(&mut a.graph().at(of).sources);
    s.test_embed.files = inner.embed.files.clone();
    s.xtest_embed.files = outer.embed.files.clone();
    let p = a.graph().at(of);
    p.imports.tests = inner.paths.clone();
    p.imports.xtests = outer.paths.clone();
    let wants_copy =
        !p.sources.test_go.is_empty() || &*p.name == "main" || cover.is_some_and(|c| c.local);
    let internal = if wants_copy {
        internal_package(a, of, inner)
    } else {
        of
    };
    let has_external = !a.graph()[of].sources.xtest_go.is_empty();
    let external = has_external.then(|| external_package(a, of, internal, outer));
    let main = main_package(a, of, internal, external, cover);
    let cycle = recompile(a, main, of, internal, external);
    if let Some(cover) = cover {
        set_cover(a, of, internal, main, cover);
    }
    if let Some(error) = cycle {
        let p = a.graph().at(internal);
        p.error = Some(error);
        p.incomplete = true;
    }
    TestVariants {
        main,
        internal,
        external,
    }
}

/// The copy of the tested package counts as that does, or as the test alone wants it; the main package only takes part.
fn set_cover(
    a: &mut Assembler,
    of: PackageId,
    internal: PackageId,
    main: PackageId,
    cover: &TestCover,
) {
    let own = a.graph()[of].build.cover.clone();
    let mode: Option<Str> = match cover.local {
        true => Some(cover.mode.as_str().into()),
        false => own.as_ref().map(|own| own.mode.clone()),
    };
    let meta = own.is_some_and(|own| own.meta);
    a.graph().at(internal).build.cover = mode.map(|mode| Cover { mode, meta });
    a.graph().at(main).build.cover = Some(Cover {
        mode: TEST_MAIN.into(),
        meta: false,
    });
}

/// How the main package of a covered test takes part.
const TEST_MAIN: &str = "testmain";

fn load_side(a: &mut Assembler, of: PackageId, step: Str, external: bool) -> Side {
    a.push_step(step);
    let p = &a.graph()[of];
    let sources = p.sources.clone();
    let own = p.import_path.clone();
    let (raw, positions, embed) = if external {
        (
            p.imports.xtests.clone(),
            &sources.xtest_import_pos,
            &sources.xtest_embed,
        )
    } else {
        (
            p.imports.tests.clone(),
            &sources.test_import_pos,
            &sources.test_embed,
        )
    };
    let mut side = Side {
        raw: raw.clone(),
        embed: embed.clone(),
        ..Side::default()
    };
    for path in &raw {
        let place = positions
            .first(path)
            .map_or(Place::Nowhere, |pos| Place::At(pos.clone()));
        let (child, error) = a.import_by(Some(of), path, &place, true);
        if let (Some(error), None) = (error, &side.error) {
            side.error = Some(error);
            side.incomplete = true;
        }
        let c = &a.graph()[child];
        side.incomplete |= c.incomplete;
        side.paths.push(c.import_path.clone());
        if external && c.import_path == own {
            side.needs_tested = true;
        } else {
            side.direct.push(child);
        }
    }
    embed_side(a, of, &mut side, external);
    a.pop_step();
    side
}

fn embed_side(a: &mut Assembler, of: PackageId, side: &mut Side, external: bool) {
    if side.embed.patterns.is_empty() {
        return;
    }
    let dir = a.graph()[of].place.dir.clone();
    let Err(problem) = universe::match_embeds(a.env, &dir, &mut side.embed) else {
        return;
    };
    side.incomplete = true;
    if external && side.error.is_some() {
        return;
    }
    let positions = super::sources::embed_positions(&side.embed, &problem);
    let mut error = a.error_here(problem);
    error.set_pos(&positions, &a.env.config.cwd);
    side.error = Some(error);
}

/// `p [p.test]`
fn internal_package(a: &mut Assembler, of: PackageId, side: Side) -> PackageId {
    let node = a.node_of(of);
    let mut p = a.graph()[of].clone();
    p.error = p.error.or(side.error);
    p.incomplete |= side.incomplete;
    p.for_test = Some(p.import_path.clone());
    p.place.target = None;
    p.imports.paths = side.paths.into_iter().chain(p.imports.paths).collect();
    p.imports.written = side.raw.into_iter().chain(p.imports.written).collect();
    p.imports.direct = side.direct.into_iter().chain(p.imports.direct).collect();
    p.build.force_library = true;
    let s = Arc::make_mut(&mut p.sources);
    s.go.extend(s.test_go.iter().cloned());
    s.import_pos.extend(&s.test_import_pos);
    s.embed.files.extend(side.embed.files.iter().cloned());
    s.embed.map.extend(side.embed.map);
    s.directives.extend(s.test_directives.iter().cloned());
    a.push(p, node)
}

/// `p_test [p.test]`
fn external_package(
    a: &mut Assembler,
    of: PackageId,
    internal: PackageId,
    side: Side,
) -> PackageId {
    let node = a.node_of(of);
    let p = &a.graph()[of];
    let s = &p.sources;
    let mut x = Package::named(format!("{}_test", p.import_path).into());
    x.name = format!("{}_test", p.name).into();
    x.place.root = p.place.root.clone();
    x.place.dir = p.place.dir.clone();
    x.place.goroot = p.place.goroot;
    x.for_test = Some(p.import_path.clone());
    x.module = p.module.clone();
    x.place.local_prefix = p.place.local_prefix.clone();
    x.build.orig_import_path = p.build.orig_import_path.clone();
    x.build.tests_named = p.asked.cmdline_pkg || p.asked.cmdline_files;
    x.build.pgo_profile = p.build.pgo_profile.clone();
    (x.asked.cmdline_pkg, x.asked.cmdline_pkg_literal) = (false, false);
    x.sources = Arc::new(Sources {
        go: s.xtest_go.clone(),
        import_pos: s.xtest_import_pos.clone(),
        directives: s.xtest_directives.clone(),
        embed: Embeds {
            files: side.embed.files,
            map: side.embed.map,
            ..Embeds::default()
        },
        ..Sources::default()
    });
    x.imports.paths = side.paths;
    x.imports.written = side.raw;
    x.imports.direct = side.direct;
    if side.needs_tested {
        x.imports.direct.push(internal);
    }
    x.incomplete = side.incomplete || side.error.is_some();
    x.error = side.error;
    a.push(x, node)
}

/// `p.test`
fn main_package(
    a: &mut Assembler,
    of: PackageId,
    internal: PackageId,
    external: Option<PackageId>,
    cover: Option<&TestCover>,
) -> PackageId {
    let p = &a.graph()[of];
    let mut m = Package::named(format!("{}.test", p.import_path).into());
    m.name = "main".into();
    m.place.dir = p.place.dir.clone();
    m.place.root = p.place.root.clone();
    m.module = p.module.clone();
    m.build.orig_import_path = p.build.orig_import_path.clone();
    m.build.tests_named = p.asked.cmdline_pkg || p.asked.cmdline_files;
    m.build.pgo_profile = p.build.pgo_profile.clone();
    m.sources = Arc::new(Sources {
        go: [Str::from(TestMain::FILE)].into(),
        ..Sources::default()
    });
    let s = p.sources.clone();
    let all = s
        .directives
        .iter()
        .chain(&s.test_directives)
        .chain(&s.xtest_directives);
    let directives: Vec<Str> = all.map(|(text, _)| text.clone()).collect();
    m.build.default_godebug = a.default_godebug(&m, &directives).into();
    let mut deps: List = MAIN_DEPS.map(Str::from).into();
    m.imports.paths = deps.clone();
    if cover.is_some() {
        deps.push("internal/coverage/cfile".into());
    }
    match linker::linker_deps(&a.env.config, &a.graph()[of].clone()) {
        Ok(list) => deps.extend(list.into_iter().map(Str::from)),
        Err(problem) => m.error = Some(PackageError::new(problem)),
    }
    a.push_step("testmain".into());
    let tested = a.graph()[internal].import_path.clone();
    for dep in deps {
        let id = if dep == tested {
            internal
        } else {
            a.import_by(None, &dep, &Place::Nowhere, false).0
        };
        m.imports.direct.push(id);
    }
    a.pop_step();
    let mut functions = TestFunctions::read(&a.env.config.view, &a.graph()[of]);
    test_error(a, &mut m, of, functions.error.take());
    let t = &a.graph()[internal];
    let halves = (!t.sources.go.is_empty() || !t.sources.cgo.is_empty()).then_some(internal);
    for half in halves.into_iter().chain(external) {
        m.imports.direct.push(half);
        m.imports.paths.push(a.graph()[half].import_path.clone());
    }
    m.imports.paths.sort_unstable();
    m.imports.paths.dedup();
    m.imports.written = m.imports.paths.clone();
    functions.import(halves.is_some(), external.is_some());
    let release = a.env.config.release.clone();
    let source = functions.text(&a.graph()[of].clone(), a.graph(), cover, &release);
    m.build.testmain = Some(Arc::new(TestMain { source }));
    a.push(m, None)
}

/// The main package bears what is wrong with the test files.
fn test_error(
    a: &mut Assembler,
    main: &mut Package,
    of: PackageId,
    error: Option<(Option<SourcePos>, Problem)>,
) {
    let (Some((pos, problem)), None) = (error, &main.error) else {
        return;
    };
    let own = pos.is_some().then(|| ImportInfo {
        path: a.graph()[of].import_path.clone(),
        pos: None,
    });
    let mut error = PackageError::at(own.as_slice(), problem);
    error.set_pos(pos.as_slice(), &a.env.config.cwd);
    main.error = Some(error);
    main.incomplete = true;
}

/// Gives every package between the test's main package and the tested one a copy that depends on the tested one's copy.
/// Returns the cycle that this may close.
fn recompile(
    a: &mut Assembler,
    main: PackageId,
    real: PackageId,
    internal: PackageId,
    external: Option<PackageId>,
) -> Option<PackageError> {
    let mut copies: HashMap<PackageId, PackageId> = HashMap::from([(real, internal)]);
    let order = a.graph().deps_postorder(&[main]);
    let (test_path, profile) = (
        a.graph()[real].import_path.clone(),
        a.graph()[real].build.pgo_profile.clone(),
    );
    for id in order.into_iter().filter(|&id| id != real) {
        let p = &a.graph()[id];
        let own = id == main || id == internal || Some(id) == external;
        let changes = p
            .imports
            .direct
            .iter()
            .any(|d| copies.get(d).is_some_and(|c| c != d));
        let program = &*p.name == "main" && id != main && id != internal;
        let unprofiled = profile.is_some() && p.build.pgo_profile.is_none();
        if !changes && !program && !unprofiled {
            continue;
        }
        let target = if own {
            id
        } else {
            let mut copy = p.clone();
            copy.for_test = Some(test_path.clone());
            copy.place.target = None;
            copy.build.force_library = true;
            copy.build.pgo_profile = profile.clone();
            let node = a.node_of(id);
            let copy = a.push(copy, node);
            copies.insert(id, copy);
            copy
        };
        for d in &mut a.graph().at(target).imports.direct {
            *d = copies.get(d).copied().unwrap_or(*d);
        }
    }
    find_cycle(a.graph(), internal)
}

/// The shortest way from the tested package back to itself.
fn find_cycle(graph: &PackageGraph, tested: PackageId) -> Option<PackageError> {
    let mut importer: HashMap<PackageId, PackageId> = HashMap::new();
    let mut queue: Vec<PackageId> = Vec::new();
    for &d in &graph[tested].imports.direct {
        importer.insert(d, tested);
        queue.push(d);
    }
    let mut at = 0;
    while let Some(&p) = queue.get(at) {
        at += 1;
        if p == tested {
            return Some(cycle_error(graph, tested, &importer));
        }
        for &d in &graph[p].imports.direct {
            if let std::collections::hash_map::Entry::Vacant(slot) = importer.entry(d) {
                slot.insert(p);
                queue.push(d);
            }
        }
    }
    None
}

fn cycle_error(
    graph: &PackageGraph,
    tested: PackageId,
    importer: &HashMap<PackageId, PackageId>,
) -> PackageError {
    let mut stack = Vec::new();
    let mut p = tested;
    while let Some(&by) = importer.get(&p) {
        let pos = graph[by].sources.import_pos.first(&graph[p].import_path);
        stack.push(ImportInfo {
            path: graph[p].import_path.clone(),
            pos: pos.cloned(),
        });
        p = by;
        if p == tested {
            break;
        }
    }
    stack.push(ImportInfo {
        path: graph[tested].import_path.clone(),
        pos: None,
    });
    stack.reverse();
    PackageError {
        is_import_cycle: true,
        ..PackageError::at(&stack, Problem::TestCycle)
    }
}
