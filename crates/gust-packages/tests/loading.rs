//! From a tree of sources to a graph, in GOPATH mode with a standard library of three packages: what is loaded, in which order,
//! and what is said of packages that cannot be.

use gust_fs::temp::TempDir;
use gust_fs::{Overlay, View, write};
use gust_packages::context::BuildContext;
use gust_packages::{BuildShape, LoadConfig, Loader, Needs, PackageGraph, PackageId};
use gust_testkit::Txtar;
use std::path::Path;
use std::sync::Arc;

const STD: &str = "
-- goroot/src/runtime/r.go --
package runtime
-- goroot/src/fmt/f.go --
package fmt
-- goroot/src/os/o.go --
package os
-- goroot/src/reflect/r.go --
package reflect
-- goroot/src/testing/t.go --
package testing
-- goroot/src/testing/internal/testdeps/t.go --
package testdeps
";

struct Tree {
    dir: TempDir,
}

impl Tree {
    fn new(files: &str) -> Tree {
        let dir = TempDir::new_in(&std::env::temp_dir(), "gust-load").unwrap();
        for archive in [STD, files] {
            for (name, data) in Txtar::parse(archive).files {
                let path = dir.path().join(name);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                write::atomic(&path, data.as_bytes(), 0o666).unwrap();
            }
        }
        Tree { dir }
    }

    fn loader(&self, needs: Needs) -> Loader {
        let context = BuildContext {
            goos: "linux".into(),
            goarch: "amd64".into(),
            compiler: "gc".into(),
            ..BuildContext::default()
        };
        Loader::new(LoadConfig {
            view: Arc::new(View::new(Overlay::none())),
            context: Arc::new(context),
            modules: None,
            cwd: self.dir.path().join("gopath/src"),
            goroot: self.dir.path().join("goroot"),
            gopath: vec![self.dir.path().join("gopath")],
            gobin: None,
            host: ("linux".into(), "amd64".into()),
            build: BuildShape::default(),
            fips: None,
            needs,
            state_dir: None,
            module_cache: None,
            release: "1.26.8".into(),
            go_version: None,
            show_ignored: false,
        })
    }

    fn load(&self, patterns: &[&str]) -> PackageGraph {
        let patterns: Vec<String> = patterns.iter().map(|p| p.to_string()).collect();
        self.loader(Needs::default()).load(&patterns).unwrap()
    }

    fn shorten(&self, text: &str) -> String {
        text.replace(&*self.dir.path().to_string_lossy(), "$DIR")
    }

    /// The error of a package, as text.
    fn error(&self, graph: &PackageGraph, path: &str) -> String {
        let p = &graph[graph.find(path).unwrap()];
        self.shorten(&p.error.as_ref().unwrap().to_string())
    }
}

fn names(graph: &PackageGraph, ids: &[PackageId]) -> Vec<String> {
    ids.iter().map(|&id| graph[id].desc()).collect()
}

fn below(graph: &PackageGraph) -> Vec<String> {
    names(graph, &graph.deps_postorder(graph.roots()))
}

#[test]
fn dependencies_come_first_and_programs_get_what_the_linker_needs() {
    let tree = Tree::new(
        "
-- gopath/src/prog/main.go --
package main
import _ \"lib/b\"
import _ \"fmt\"
-- gopath/src/lib/a/a.go --
package a
-- gopath/src/lib/b/b.go --
package b
import _ \"lib/a\"
",
    );
    let graph = tree.load(&["prog"]);
    assert_eq!(below(&graph), ["fmt", "lib/a", "lib/b", "runtime", "prog"]);
    let target = graph[graph.roots()[0]].place.target.as_deref();
    assert_eq!(target, Some(&*tree.dir.path().join("gopath/bin/prog")));
}

#[test]
fn wildcards_pass_over_vendor_hidden_and_testdata() {
    let tree = Tree::new(
        "
-- gopath/src/x/x.go --
package x
import _ \"v\"
-- gopath/src/x/vendor/v/v.go --
package v
-- gopath/src/x/_no/n.go --
package n
-- gopath/src/x/testdata/t.go --
package t
-- gopath/src/x/y/y.go --
package y
",
    );
    let graph = tree.load(&["./x/..."]);
    assert_eq!(names(&graph, graph.roots()), ["x", "x/y"]);
    assert_eq!(&*graph[graph.roots()[0]].imports.paths[0], "x/vendor/v");
    let graph = tree.load(&["./x/z..."]);
    assert_eq!(
        graph.warnings(),
        ["go: warning: \"./x/z...\" matched no packages"]
    );
}

#[test]
fn errors_tell_the_way() {
    let tree = Tree::new(
        "
-- gopath/src/c/a/a.go --
package a
import _ \"c/b\"
-- gopath/src/c/b/b.go --
package b
import _ \"c/a\"
-- gopath/src/i/internal/p/p.go --
package p
-- gopath/src/u/u.go --
package u
import _ \"i/internal/p\"
-- gopath/src/m/m.go --
package m
import _ \"no/such\"
-- gopath/src/empty/e_windows.go --
package empty
",
    );
    let graph = tree.load(&["c/a", "u", "m", "empty"]);
    assert_eq!(
        tree.error(&graph, "c/a"),
        "package c/a\n\timports c/b from a.go\n\timports c/a from b.go: import cycle not allowed"
    );
    assert_eq!(
        tree.error(&graph, "u"),
        "package u\n\tu/u.go:2:8: use of internal package i/internal/p not allowed"
    );
    assert_eq!(
        tree.error(&graph, "no/such"),
        "m/m.go:2:8: cannot find package \"no/such\" in any of:\n\t$DIR/goroot/src/no/such (from $GOROOT)\n\t$DIR/gopath/src/no/such (from $GOPATH)"
    );
    assert_eq!(
        tree.error(&graph, "empty"),
        "package empty: build constraints exclude all Go files in $DIR/gopath/src/empty"
    );
    assert!(graph.roots().iter().all(|&r| graph[r].incomplete));
}

#[test]
fn tests_recompile_what_depends_on_the_tested_package() {
    let tree = Tree::new(
        "
-- gopath/src/p/p.go --
package p
-- gopath/src/p/p_test.go --
package p
-- gopath/src/p/x_test.go --
package p_test
import _ \"q\"
import _ \"p\"
-- gopath/src/q/q.go --
package q
import _ \"p\"
",
    );
    let mut loader = tree.loader(Needs {
        tests: true,
        ..Needs::default()
    });
    let graph = loader.load(&["p".to_owned()]).unwrap();
    let root = graph.roots()[0];
    let keep = |_: &[u8]| Ok::<_, std::convert::Infallible>("_testmain.go".to_owned());
    let (graph, made) = loader.with_tests(graph, &[root], None, keep).unwrap();
    let made = made[0];
    let order = graph.deps_postorder(&[made.main]);
    assert_eq!(
        names(&graph, &order),
        [
            "os",
            "reflect",
            "testing",
            "testing/internal/testdeps",
            "runtime",
            "p [p.test]",
            "q [p.test]",
            "p_test [p.test]",
            "p.test"
        ]
    );
    assert!(made.internal != root && made.external.is_some());
}

#[test]
fn the_answer_does_not_depend_on_threads() {
    let mut files = String::new();
    for i in 0..60 {
        files += &format!("-- gopath/src/w/p{i}/p.go --\npackage p{i}\n");
        for j in [i * 7 % 60, i * 11 % 60].into_iter().filter(|j| *j < i) {
            files += &format!("import _ \"w/p{j}\"\n");
        }
    }
    let tree = Tree::new(&files);
    let first = below(&tree.load(&["w/..."]));
    assert_eq!(first.len(), 60);
    for _ in 0..3 {
        assert_eq!(below(&tree.load(&["w/..."])), first);
    }
}

#[test]
fn files_on_the_command_line_are_a_package() {
    let tree = Tree::new("-- gopath/src/f/a_windows.go --\npackage main\nimport _ \"fmt\"\n");
    let graph = tree.load(&["f/a_windows.go"]);
    let p = &graph[graph.roots()[0]];
    assert_eq!(&*p.import_path, "command-line-arguments");
    assert_eq!(p.exe_name(false), "a_windows");
    assert!(p.error.is_none() && p.place.dir.ends_with(Path::new("f")));
    let text = tree
        .loader(Needs::default())
        .load(&["f/a_windows.go".into(), "fmt/f.go".into()]);
    assert!(text.is_err());
}
