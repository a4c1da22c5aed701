use super::*;
use crate::context::BuildContext;
use crate::model::Str;
use gust_fs::temp::TempDir;
use gust_fs::{Overlay, View};
use std::fs;
use std::path::Path;
use std::sync::Arc;

fn tree(files: &[(&str, &str)]) -> TempDir {
    let dir = TempDir::new_in(&std::env::temp_dir(), "gust-dir").unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn view() -> Arc<View> {
    Arc::new(View::new(Overlay::none()))
}

fn context() -> BuildContext {
    BuildContext {
        goos: "linux".into(),
        goarch: "amd64".into(),
        compiler: "gc".into(),
        cgo_enabled: true,
        ..BuildContext::default()
    }
}

fn selected(files: &[(&str, &str)]) -> Selected {
    let dir = tree(files);
    let index = Indexer::new(view(), None, None).index(dir.path()).unwrap();
    select(&index, &context(), SelectMode::default())
}

fn texts(list: &[Str]) -> Vec<&str> {
    list.iter().map(|s| &**s).collect()
}

#[test]
fn files_are_sorted_by_kind() {
    let p = selected(&[
        ("a.go", "// Package p is.\npackage p\nimport \"os\"\n"),
        ("a_windows.go", "package p\nimport \"syscall\"\n"),
        ("b.go", "//go:build !linux && mine\n\npackage p\n"),
        ("c.go", "package p\n\n// #cgo LDFLAGS: -lm\nimport \"C\"\n"),
        ("a_test.go", "package p\nimport \"testing\"\n"),
        ("x_test.go", "package p_test\nimport \"p\"\n"),
        ("a.s", ""),
        ("b.S", ""),
        ("m.syso", ""),
        ("_x.go", "package other\n"),
        ("notes.txt", ""),
    ]);
    assert_eq!(p.error, None);
    assert_eq!((&*p.name, &*p.doc), ("p", "Package p is."));
    assert_eq!(texts(&p.sources.go), ["a.go"]);
    assert_eq!(texts(&p.sources.cgo), ["c.go"]);
    assert_eq!(texts(&p.sources.ignored_go), ["a_windows.go", "b.go"]);
    assert_eq!(texts(&p.sources.s), ["a.s", "b.S"]);
    assert_eq!(texts(&p.sources.syso), ["m.syso"]);
    assert_eq!(texts(&p.sources.test_go), ["a_test.go"]);
    assert_eq!(texts(&p.sources.xtest_go), ["x_test.go"]);
    assert_eq!(texts(&p.imports), ["C", "os"]);
    assert_eq!(texts(&p.xtest_imports), ["p"]);
    assert_eq!(texts(&p.sources.cgo_flags.ldflags), ["-lm"]);
}

#[test]
fn two_packages_in_a_directory() {
    let p = selected(&[("a.go", "package a\n"), ("b.go", "package b\n")]);
    let text = p.error.unwrap().to_string();
    assert!(
        text.starts_with("found packages a (a.go) and b (b.go) in "),
        "{text}"
    );
    assert_eq!(texts(&p.sources.invalid_go), ["b.go"]);
}

#[test]
fn no_go_files() {
    assert!(matches!(
        selected(&[("a.c", "")]).error.as_deref(),
        Some(SelectError::NoGo { .. })
    ));
    let p = selected(&[("a.go", "//go:build x\n\npackage a\n")]);
    assert!(matches!(p.error.as_deref(), Some(SelectError::NoGo { .. })));
    assert_eq!(texts(&p.sources.ignored_go), ["a.go"]);
}

#[test]
fn bad_constraints_and_syntax() {
    let p = selected(&[
        ("a.go", "//go:build a &&\n\npackage a\n"),
        ("b.go", "package a\nimport \"x\n"),
    ]);
    assert_eq!(
        p.error.unwrap().to_string(),
        "a.go: parsing //go:build line: unexpected end of expression"
    );
    assert_eq!(texts(&p.sources.invalid_go), ["a.go", "b.go"]);
    assert_eq!(texts(&p.sources.go), ["b.go"]);
}

fn age(dir: &Path) {
    std::thread::sleep(std::time::Duration::from_millis(60));
    let _ = fs::read_dir(dir);
}

#[test]
fn an_index_is_kept_until_a_file_changes() {
    let dir = tree(&[("a.go", "package a\n"), ("b.go", "package a\n")]);
    let state = tree(&[]);
    age(dir.path());
    let reads = |want: u64| {
        let view = view();
        let indexer = Indexer::new(view.clone(), Some(state.path()), None);
        let index = indexer.index(dir.path()).unwrap();
        indexer.save();
        assert_eq!(view.counts().reads, want);
        index
    };
    let first = reads(2);
    assert_eq!(reads(0).files(), first.files());
    fs::write(dir.path().join("a.go"), "package b\n").unwrap();
    assert_ne!(reads(2).files(), first.files());
    fs::remove_file(dir.path().join("a.go")).unwrap();
    assert_eq!(reads(1).files().len(), 1);
}

/// Files that were left alone for long: what is settled is kept.
fn old_tree(files: &[(&str, &str)]) -> TempDir {
    let dir = tree(files);
    let past = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    for (name, _) in files {
        let file = fs::File::options().append(true).open(dir.path().join(name));
        file.unwrap().set_modified(past).unwrap();
    }
    age(dir.path());
    dir
}

#[test]
fn what_a_build_takes_is_kept_for_builds_of_its_kind() {
    let dir = old_tree(&[
        (
            "a.go",
            "// Package a.\npackage a\nimport \"os\"\n//go:embed x\nvar s string\n",
        ),
        ("b_windows.go", "//go:build mine\n\npackage a\n"),
        (
            "c.go",
            "//go:debug x=1\n\npackage a\n// #cgo LDFLAGS: -lm\nimport \"C\"\n",
        ),
        ("a_test.go", "package a\nimport \"testing\"\n"),
    ]);
    let state = tree(&[]);
    let take = |context: BuildContext| {
        let view = view();
        let indexer = Indexer::new(view.clone(), Some(state.path()), None);
        let chooser = Chooser::new(Arc::new(context), SelectMode::default(), false);
        let taken = indexer.select(dir.path(), &chooser).unwrap();
        let full = chooser.select(&indexer.index(dir.path()).unwrap());
        indexer.save();
        let bytes = |of: &Selected| postcard::to_allocvec(of).unwrap();
        assert_eq!(bytes(&taken), bytes(&full));
        taken
    };
    let windows = || BuildContext {
        goos: "windows".into(),
        tags: vec!["mine".into()],
        ..context()
    };
    // First by a look at the facts, then as kept; each for two kinds.
    for left_out in [false, true] {
        let taken = take(context());
        assert_eq!(taken.sources.full.is_some(), left_out);
        assert_eq!(taken.sources.import_pos.is_empty(), left_out);
        assert_eq!(texts(&taken.sources.go), ["a.go"]);
        assert_eq!(texts(&taken.sources.cgo_flags.ldflags), ["-lm"]);
        assert_eq!(&*taken.sources.directives[0].0, "//go:debug x=1");
        let other = take(windows());
        assert_eq!(other.sources.full.is_some(), left_out);
        assert_eq!(texts(&other.sources.go), ["a.go", "b_windows.go"]);
    }
    fs::write(dir.path().join("a.go"), "package a\nimport \"io\"\n").unwrap();
    let taken = take(context());
    assert_eq!(texts(&taken.imports), ["C", "io"]);
}

#[test]
fn a_record_holds_few_kinds() {
    let dir = old_tree(&[("a.go", "package a\n")]);
    let state = tree(&[]);
    let left_out = |tag: usize| {
        let indexer = Indexer::new(view(), Some(state.path()), None);
        let context = BuildContext {
            tags: vec![tag.to_string()],
            ..context()
        };
        let chooser = Chooser::new(Arc::new(context), SelectMode::default(), false);
        let taken = indexer.select(dir.path(), &chooser).unwrap();
        indexer.save();
        taken.sources.full.is_some()
    };
    assert!((0..8).all(|tag| !left_out(tag)));
    assert!(left_out(7) && left_out(2) && !left_out(0));
}

#[test]
fn the_module_cache_is_not_looked_at_again() {
    let cache = tree(&[("m@v1/a.go", "package a\n")]);
    let state = tree(&[]);
    let dir = cache.path().join("m@v1");
    for want in [1, 0] {
        let view = view();
        let indexer = Indexer::new(view.clone(), Some(state.path()), Some(cache.path()));
        indexer.index(&dir).unwrap();
        indexer.save();
        assert_eq!(view.counts().reads, want);
    }
}

#[test]
fn scanned_imports() {
    let dir = tree(&[
        ("a.go", "package a\nimport \"x\"\n"),
        ("b_windows.go", "package a\nimport \"w\"\n"),
        ("c.go", "//go:build ignore\n\npackage a\nimport \"no\"\n"),
        ("a_test.go", "package a\nimport \"t\"\n"),
    ]);
    let index = Indexer::new(view(), None, None).index(dir.path()).unwrap();
    let one = scan_imports(&index, &context());
    assert_eq!(
        (texts(&one.imports), texts(&one.test_imports), one.files),
        (vec!["x"], vec!["t"], 2)
    );
    assert_eq!(texts(&scan_imports_any(&index).imports), ["w", "x"]);
}

fn embedded(files: &[(&str, &str)], patterns: &[&str]) -> Result<Vec<String>, String> {
    let dir = tree(files);
    std::os::unix::fs::symlink("a.txt", dir.path().join("link")).unwrap();
    let patterns: Vec<Str> = patterns.iter().map(|p| Str::from(*p)).collect();
    resolve_embeds(&view(), dir.path(), &patterns, false)
        .map(|(files, _)| files.iter().map(ToString::to_string).collect())
        .map_err(|e| e.to_string())
}

#[test]
fn embeds() {
    let files = [
        ("a.txt", ""),
        ("d/b.txt", ""),
        ("d/.hidden", ""),
        ("d/_under/x", ""),
        ("d/e/c.txt", ""),
        ("other/go.mod", ""),
        ("other/x", ""),
        ("empty/.x", ""),
        (".git", ""),
    ];
    let run = |patterns: &[&str]| embedded(&files, patterns);
    assert_eq!(run(&["a.txt", "*.txt"]).unwrap(), ["a.txt"]);
    assert_eq!(run(&["d"]).unwrap(), ["d/b.txt", "d/e/c.txt"]);
    assert_eq!(
        run(&["d/*"]).unwrap(),
        ["d/.hidden", "d/_under/x", "d/b.txt", "d/e/c.txt"]
    );
    assert_eq!(
        run(&["all:d"]).unwrap(),
        ["d/.hidden", "d/_under/x", "d/b.txt", "d/e/c.txt"]
    );
    let fails = |pattern| run(&[pattern]).unwrap_err();
    assert_eq!(
        fails("nothing*"),
        "pattern nothing*: no matching files found"
    );
    assert_eq!(fails("../x"), "pattern ../x: invalid pattern syntax");
    assert_eq!(
        fails("link"),
        "pattern link: cannot embed irregular file link"
    );
    assert_eq!(
        fails(".git"),
        "pattern .git: cannot embed file .git: invalid name .git"
    );
    assert_eq!(
        fails("other/x"),
        "pattern other/x: cannot embed file other/x: in different module"
    );
    assert_eq!(
        fails("empty"),
        "pattern empty: cannot embed directory empty: contains no embeddable files"
    );
}

/// go looks behind links: one that leads nowhere is no Go file, and a problem where there is no other.
#[test]
fn a_link_to_nowhere_is_no_go_file() {
    let dir = tree(&[("p/notes.txt", "")]);
    let (p, link) = (dir.path().join("p"), dir.path().join("p/x.go"));
    let look = || Indexer::new(view(), None, None).index(&p).unwrap();
    assert!(!look().has_go_names);
    std::os::unix::fs::symlink("nothere", &link).unwrap();
    let index = look();
    assert!(index.has_go_names && !index.has_go_files);
    let problem = format!("stat {}: no such file or directory", link.display());
    assert_eq!(index.go_files_problem.as_deref(), Some(&*problem));
    fs::write(p.join("_hidden.go"), "package p").unwrap();
    let index = look();
    assert!(index.has_go_files && index.go_files_problem.is_none());
}
