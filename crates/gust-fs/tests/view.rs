//! The view: what is looked at is looked at once, what is overlaid is seen, digests are remembered and never wrong.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use gust_fs::temp::TempDir;
use gust_fs::{FileKind, Overlay, View, sha256};
use std::collections::BTreeMap;

struct Tree(TempDir);

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        let tree = Self(TempDir::new_in(&std::env::temp_dir(), "view").unwrap());
        for (name, text) in files {
            tree.write(name, text);
        }
        tree
    }

    fn path(&self, name: &str) -> PathBuf {
        if name.is_empty() {
            self.0.path().to_owned()
        } else {
            self.0.path().join(name)
        }
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn overlaid(&self, json: &str) -> View {
        let mut file: BTreeMap<String, BTreeMap<String, String>> =
            serde_json::from_str(json).unwrap();
        let replace = file.remove("Replace").unwrap();
        View::new(Overlay::new(replace, self.0.path()).unwrap())
    }

    fn names(&self, view: &View, dir: &str) -> Vec<String> {
        view.read_dir(&self.path(dir))
            .unwrap()
            .iter()
            .map(|entry| format!("{}:{:?}", entry.name, entry.kind))
            .collect()
    }
}

fn plain() -> View {
    View::new(Overlay::none())
}

#[test]
fn looks_once() {
    let tree = Tree::new(&[("a/f", "x"), ("a/g", "yy")]);
    let view = plain();
    for _ in 0..3 {
        assert_eq!(view.stat(&tree.path("a/g")).unwrap().size, 2);
        assert!(view.stat(&tree.path("a/absent")).is_err());
        assert_eq!(view.read_dir(&tree.path("a")).unwrap().len(), 2);
        assert!(view.read_dir(&tree.path("absent")).is_err());
        assert_eq!(view.digest(&tree.path("a/f")).unwrap(), sha256(b"x"));
    }
    let counts = view.counts();
    assert_eq!((counts.stats, counts.lists, counts.hashes), (3, 2, 1));
    tree.write("a/h", "");
    assert!(
        !view
            .read_dir(&tree.path("a"))
            .unwrap()
            .iter()
            .any(|entry| entry.name == "h")
    );
    view.forget(&tree.path("a/h"));
    assert!(
        view.read_dir(&tree.path("a"))
            .unwrap()
            .iter()
            .any(|entry| entry.name == "h")
    );
}

#[test]
fn kinds_and_links() {
    let tree = Tree::new(&[("d/f", "x"), ("B", ""), ("a", "")]);
    std::os::unix::fs::symlink("d", tree.path("link")).unwrap();
    std::os::unix::fs::symlink("nowhere", tree.path("dangling")).unwrap();
    let view = plain();
    assert_eq!(
        tree.names(&view, ""),
        [
            "B:File",
            "a:File",
            "d:Dir",
            "dangling:Symlink",
            "link:Symlink"
        ]
    );
    assert!(view.is_dir(&tree.path("link")) && !view.exists(&tree.path("dangling")));
    assert_eq!(
        view.lstat(&tree.path("link")).unwrap().kind,
        FileKind::Symlink
    );
    assert_eq!(
        view.read_dir(&tree.path("a")).unwrap_err().kind(),
        std::io::ErrorKind::NotADirectory
    );
}

#[test]
fn overlay_is_seen_everywhere() {
    let tree = Tree::new(&[
        ("m/a.go", "disk"),
        ("m/b.go", "disk"),
        ("real/x", "stand-in"),
        ("m/sub/c.go", "disk"),
    ]);
    let json = r#"{"Replace": {"m/a.go": "real/x", "m/b.go": "", "m/new/d.go": "real/x", "m/sub": "", "fresh/e.go": "real/x", "m/none.go": "real/absent"}}"#;
    let view = tree.overlaid(json);
    assert_eq!(view.read(&tree.path("m/a.go")).unwrap(), b"stand-in");
    assert_eq!(&*view.map(&tree.path("m/a.go")).unwrap(), b"stand-in");
    assert_eq!(view.stat(&tree.path("m/a.go")).unwrap().size, 8);
    assert_eq!(
        view.digest(&tree.path("m/a.go")).unwrap(),
        sha256(b"stand-in")
    );
    assert_eq!(
        view.read(&tree.path("m/b.go")).unwrap_err().to_string(),
        "deleted in overlay"
    );
    assert_eq!(
        view.stat(&tree.path("m/b.go")).unwrap_err().to_string(),
        "file does not exist"
    );
    assert!(!view.exists(&tree.path("m/sub/c.go")));
    assert_eq!(
        tree.names(&view, "m"),
        ["a.go:File", "new:Dir", "none.go:Other"]
    );
    assert_eq!(tree.names(&view, "m/new"), ["d.go:File"]);
    assert_eq!(tree.names(&view, "fresh"), ["e.go:File"]);
    assert!(view.is_dir(&tree.path("fresh")));
    assert_eq!(view.actual(&tree.path("m/a.go")), tree.path("real/x"));
    assert_eq!(view.actual(&tree.path("real/x")), tree.path("real/x"));
    assert!(view.is_overlaid(&tree.path("m/b.go")) && !view.is_overlaid(&tree.path("m")));
    assert_eq!(
        view.open(&tree.path("fresh")).unwrap_err().to_string(),
        "cannot open directory in overlay"
    );
}

#[test]
fn overlay_refuses_directories() {
    let tree = Tree::new(&[("real/d/x", ""), ("m/a.go", "")]);
    let view = tree.overlaid(r#"{"Replace": {"m/a.go": "real/d"}}"#);
    assert_eq!(
        view.stat(&tree.path("m/a.go")).unwrap_err().to_string(),
        "overlay maps to directory"
    );
    assert_eq!(
        view.read_dir(&tree.path("m")).unwrap_err().to_string(),
        "overlay maps child a.go to directory"
    );
}

fn settle() {
    std::thread::sleep(Duration::from_millis(40));
}

#[test]
fn digests_outlive_the_process_and_follow_changes() {
    let tree = Tree::new(&[("f", "one"), ("g", "two")]);
    let state = tree.path("state");
    settle();
    let run = || {
        let view = plain();
        view.keep_digests_in(&state);
        let answers = view
            .digest_many(&[tree.path("f"), tree.path("g")])
            .into_iter()
            .map(Result::unwrap)
            .collect::<Vec<_>>();
        view.flush().unwrap();
        (answers, view.counts().hashes)
    };
    assert_eq!(run(), (vec![sha256(b"one"), sha256(b"two")], 2));
    assert_eq!(run(), (vec![sha256(b"one"), sha256(b"two")], 0));
    tree.write("f", "ONE");
    settle();
    assert_eq!(run(), (vec![sha256(b"ONE"), sha256(b"two")], 1));
    assert_eq!(run().1, 0);
}

#[test]
fn a_file_just_written_is_not_trusted() {
    let tree = Tree::new(&[]);
    let state = tree.path("state");
    for round in 0..50 {
        // Same size each time, many writes within one tick of the clock.
        let text = format!("{round:04}");
        tree.write("f", &text);
        let view = plain();
        view.keep_digests_in(&state);
        assert_eq!(
            view.digest(&tree.path("f")).unwrap(),
            sha256(text.as_bytes())
        );
        view.flush().unwrap();
    }
}

#[test]
fn ten_thousand_stats_are_quick() {
    let tree = Tree::new(&[]);
    let paths: Vec<PathBuf> = (0..10_000)
        .map(|n| tree.path(&format!("d{}/f{n}", n % 50)))
        .collect();
    for path in &paths {
        if !path.parent().is_some_and(Path::is_dir) {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        }
        std::fs::write(path, "").unwrap();
    }
    let view = plain();
    let started = Instant::now();
    assert!(view.stat_many(&paths).iter().all(Result::is_ok));
    let took = started.elapsed();
    println!("10,000 stats: {took:?}; again: {:?}", {
        let again = Instant::now();
        view.stat_many(&paths);
        again.elapsed()
    });
    assert_eq!(view.counts().stats, 10_000);
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[test]
fn traces() {
    let tree = Tree::new(&[("f", "")]);
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let sink = std::sync::Arc::clone(&seen);
    let view = plain();
    view.set_trace(move |op, _| sink.lock().unwrap().push(op.to_owned()));
    view.read(&tree.path("f")).unwrap();
    view.stat(&tree.path("f")).unwrap();
    view.read_dir(&tree.path("")).unwrap();
    assert_eq!(*seen.lock().unwrap(), ["ReadFile", "Stat", "ReadDir"]);
}
