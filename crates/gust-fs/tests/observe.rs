//! A view with a log: every kind of look is written down, once, with what another process can hold against the file.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

use gust_fs::observe::{Asked, Log, Seen};
use gust_fs::temp::TempDir;
use gust_fs::{Overlay, View};

struct Watched {
    dir: TempDir,
    view: View,
    log: Arc<Log>,
}

impl Watched {
    fn new() -> Self {
        let dir = TempDir::new_in(&std::env::temp_dir(), "observe").unwrap();
        let log = Arc::new(Log::new());
        let view = View::new(Overlay::none()).with_log(Arc::clone(&log));
        Self { dir, view, log }
    }

    fn write(&self, name: &str, text: &str) -> std::path::PathBuf {
        let path = self.dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// What was asked so far of names in the directory: the question, the name, whether something was there.
    fn seen(&self) -> Vec<(Asked, String, bool)> {
        let files = self.log.observations().files.into_iter();
        files
            .filter_map(|file| {
                let name = file.path.strip_prefix(self.dir.path()).ok()?;
                let found = matches!(file.seen, Seen::Found(_));
                Some((file.asked, name.display().to_string(), found))
            })
            .collect()
    }
}

#[test]
fn each_look_is_written_down_once() {
    let w = Watched::new();
    let (f, gone) = (w.write("d/f", "text"), w.dir.path().join("gone"));
    let d = w.dir.path().join("d");
    for _ in 0..2 {
        assert!(w.view.is_file(&f) && !w.view.exists(&gone));
        w.view.lstat(&f).unwrap();
        w.view.read_dir(&d).unwrap();
        w.view.read(&f).unwrap();
        assert!(w.view.read(&gone).is_err());
        w.view.map(&f).unwrap();
        w.view.read_prefix(&f, 2).unwrap();
        w.view.digest(&f).unwrap();
    }
    let row = |asked, name: &str, found| (asked, name.to_owned(), found);
    assert_eq!(
        w.seen(),
        [
            row(Asked::List, "d", true),
            row(Asked::Stat, "d/f", true),
            row(Asked::Lstat, "d/f", true),
            row(Asked::Kind, "d/f", true),
            row(Asked::Read, "d/f", true),
            row(Asked::Prefix(2), "d/f", true),
            row(Asked::Digest, "d/f", true),
            row(Asked::Kind, "gone", false),
            row(Asked::Read, "gone", false),
        ]
    );
    let files = w.log.observations().files;
    let read = files.iter().find(|file| file.asked == Asked::Read).unwrap();
    assert_eq!(read.seen, Seen::Found(w.view.stat(&f).unwrap()));
}

#[test]
fn signatures_of_many_files_are_looks_too() {
    let w = Watched::new();
    let names: Vec<String> = (0..9).map(|n| format!("f{n}")).collect();
    let meta = |name: &String| {
        View::new(Overlay::none())
            .stat(&w.write(name, "x"))
            .unwrap()
            .sig
    };
    let signatures: Vec<_> = names.iter().map(meta).collect();
    let pairs = names.iter().map(String::as_str).zip(&signatures);
    assert!(w.view.all_unchanged(w.dir.path(), pairs));
    assert_eq!(w.seen().len(), 9);
}

#[test]
fn the_file_of_an_overlay_is_what_was_seen() {
    let w = Watched::new();
    let (real, seen) = (w.write("real", "x"), w.dir.path().join("seen.go"));
    assert!(!w.view.exists(&seen));
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let replace = [(text(&seen), text(&real)), ("/gone".into(), String::new())];
    let overlay = Overlay::new(replace.into(), Path::new("/"));
    w.view.set_overlay(overlay.unwrap());
    assert!(w.view.exists(&seen), "what was seen before is forgotten");
    assert!(!w.view.exists(Path::new("/gone")));
    assert_eq!(w.view.read(&seen).unwrap(), b"x");
    let row = |asked, name: &str, found| (asked, name.to_owned(), found);
    assert_eq!(
        w.seen(),
        [
            row(Asked::Stat, "real", true),
            row(Asked::Read, "real", true),
            row(Asked::Kind, "seen.go", false),
        ]
    );
}

#[test]
fn a_real_path_is_found_step_by_step() {
    let w = Watched::new();
    w.write("a/b/f", "");
    let top = w.dir.path();
    for (target, name) in [
        ("b/../b", "a/rel"),
        ("loop", "loop"),
        ("../..", "a/b/up"),
        ("gone", "dangling"),
        ("a/b/f", "file"),
    ] {
        symlink(target, top.join(name)).unwrap();
    }
    symlink(top.join("a"), top.join("abs")).unwrap();
    for name in [
        "",
        "a",
        "a/rel/f",
        "abs/rel",
        "abs/./b//f",
        "a/b/../rel",
        "a/b/up/file",
        "loop",
        "loop/x",
        "dangling",
        "gone/x",
        "file",
        "file/x",
        "a/b/f/../f",
    ] {
        let path = top.join(name);
        let kind = |err: std::io::Error| err.raw_os_error();
        assert_eq!(
            w.view.canonicalize(&path).map_err(kind),
            std::fs::canonicalize(&path).map_err(kind),
            "{name}"
        );
    }
    assert_eq!(
        w.view.canonicalize(Path::new("src")).unwrap(),
        std::fs::canonicalize("src").unwrap()
    );
    let seen = w.seen();
    for asked in [
        (Asked::LinkKind, "a/rel".to_owned(), true),
        (Asked::Link, "a/rel".to_owned(), true),
        (Asked::LinkKind, "gone".to_owned(), false),
    ] {
        assert!(seen.contains(&asked), "{asked:?}");
    }
}
