//! The rules of the go command's package system, as people explain them to each other: one test a rule, named as the rule says.
//! docs/seeds.md lists them. Each is typed for go and for gust, and both must do the same.

mod oracle;

use std::collections::BTreeSet;

use oracle::{Answer, Left, Oracle, Step};

/// Packages in modules.
#[track_caller]
fn module(files: &str, args: &[&str]) -> Answer {
    Oracle::new(files).same(args)
}

/// Packages below GOPATH, in whose first entry `files` lie; commands are typed somewhere else.
fn gopath(files: &str) -> Oracle {
    let files = files.replace("-- src/", "-- ../gopath/src/");
    Oracle::new(&files).env("GO111MODULE", "off")
}

#[track_caller]
fn succeeds(answer: Answer) -> Answer {
    assert_eq!(answer.code, Some(0), "{answer:?}");
    answer
}

#[track_caller]
fn fails(answer: Answer, with: &str) -> Answer {
    assert_ne!(answer.code, Some(0), "{answer:?}");
    let said = format!("{}{}", answer.stdout, answer.stderr);
    assert!(said.contains(with), "{said}");
    answer
}

fn has(answer: &Answer, name: &str) -> bool {
    matches!(answer.files.get(name), Some(Left::File { .. }))
}

const NAMES: &str = "-- go.mod --
module example.com/m

go 1.24
-- main.go --
package main

import \"example.com/m/1-foodir\"

func main() { print(foopkg.Name) }
-- 1-foodir/2-foofile.go --
package foopkg

const Name = \"foopkg\"
";

#[test]
fn a_package_is_imported_by_its_directory_and_called_by_its_clause() {
    let ran = succeeds(module(NAMES, &["run", "."]));
    assert_eq!(ran.stderr, "foopkg");
    let listed = module(
        NAMES,
        &["list", "-f", "{{.ImportPath}} {{.Name}}", "./1-foodir"],
    );
    assert_eq!(listed.stdout, "example.com/m/1-foodir foopkg\n");
}

#[test]
fn a_directory_has_one_package() {
    let two =
        "-- go.mod --\nmodule example.com/m\n-- a.go --\npackage foo\n-- b.go --\npackage bar\n";
    fails(
        module(two, &["build", "."]),
        "found packages foo (a.go) and bar (b.go)",
    );
}

#[test]
fn constraints_let_files_of_another_package_lie_beside() {
    let two = "-- go.mod --\nmodule example.com/m\n-- a.go --\npackage foo\n\
               -- gen.go --\n//go:build ignore\n\npackage main\n\nfunc main() { print(\"generated\") }\n";
    succeeds(module(two, &["build", "."]));
    assert_eq!(module(two, &["run", "gen.go"]).stderr, "generated");
}

#[test]
fn an_import_path_is_the_module_path_and_the_directory_below_it() {
    let files = "-- go.mod --\nmodule github.com/google/go-cmp\n-- c.go --\npackage c\n-- cmp/cmp.go --\npackage cmp\n";
    let listed = succeeds(module(files, &["list", "./..."]));
    assert_eq!(
        listed.stdout,
        "github.com/google/go-cmp\ngithub.com/google/go-cmp/cmp\n"
    );
}

#[test]
fn packages_of_the_standard_library_have_no_module_in_front() {
    let files = "-- go.mod --\nmodule example.com/m\n";
    let format = "{{.ImportPath}} {{.Standard}} {{with .Module}}{{.Path}}{{end}}";
    let listed = succeeds(module(files, &["list", "-f", format, "math/rand"]));
    assert_eq!(listed.stdout, "math/rand true \n");
}

#[test]
fn a_repository_may_hold_several_modules() {
    let files = "-- go.mod --\nmodule example.com/r\n-- r.go --\npackage r\n\
                 -- tools/go.mod --\nmodule example.com/r/tools\n-- tools/t.go --\npackage tools\n";
    assert_eq!(module(files, &["list", "./..."]).stdout, "example.com/r\n");
    let below = module(files, &["-C", "tools", "list", "-m"]);
    assert_eq!(succeeds(below).stdout, "example.com/r/tools\n");
}

#[test]
fn a_nested_directory_is_a_package_of_its_own() {
    let files = "-- go.mod --\nmodule example.com/blog\n\
                 -- server.go --\npackage main\n\nfunc main() { Register() }\n\
                 -- config/routes.go --\npackage main\n\nfunc Register() {}\n";
    fails(module(files, &["build", "."]), "undefined: Register");
}

#[test]
fn a_directory_without_go_files_is_no_package() {
    let files =
        "-- go.mod --\nmodule example.com/m\n-- proto/file.proto --\nsyntax = \"proto3\";\n";
    fails(module(files, &["build", "./proto"]), "no Go files in");
}

#[test]
fn a_program_needs_package_main_and_its_main() {
    let library = "-- go.mod --\nmodule example.com/m\n-- a.go --\npackage a\n";
    fails(
        module(library, &["run", "."]),
        "package example.com/m is not a main package",
    );
    let empty = "-- go.mod --\nmodule example.com/m\n-- a.go --\npackage main\n";
    fails(
        module(empty, &["build", "."]),
        "function main is undeclared in the main package",
    );
}

#[test]
fn a_program_is_named_for_its_directory() {
    let files = "-- go.mod --\nmodule example.com/go-foobar-client\n-- any.go --\npackage main\n\nfunc main() {}\n";
    assert!(has(&module(files, &["build"]), "work/go-foobar-client"));
}

#[test]
fn a_program_is_one_file_that_needs_no_others() {
    let files = "-- go.mod --\nmodule example.com/m\n-- m.go --\npackage main\n\nfunc main() {}\n";
    let built = Oracle::new(files)
        .env("CGO_ENABLED", "0")
        .same(&["build", "-o", "m"]);
    let Some(Left::File { data, .. }) = built.files.get("work/m") else {
        panic!("{built:?}");
    };
    let interpreter = b"/ld-linux";
    assert!(
        !data
            .windows(interpreter.len())
            .any(|part| part == interpreter)
    );
}

#[test]
fn building_a_library_leaves_nothing_behind() {
    let files = "-- go.mod --\nmodule example.com/m\n-- a.go --\npackage a\n";
    let built = succeeds(module(files, &["build", "."]));
    assert_eq!(built.files.len(), 2, "{built:?}");
}

#[test]
fn a_program_cannot_be_imported() {
    let files = "-- go.mod --\nmodule example.com/m\n-- a.go --\npackage a\n\nimport _ \"example.com/m/p\"\n\
                 -- p/p.go --\npackage main\n\nfunc main() {}\n";
    fails(
        module(files, &["build", "."]),
        "is a program, not an importable package",
    );
}

#[test]
fn run_takes_the_files_that_are_named_and_no_siblings() {
    let files = "-- server.go --\npackage main\n\nfunc main() { Register() }\n\
                 -- routes.go --\npackage main\n\nfunc Register() { print(\"both\") }\n";
    fails(module(files, &["run", "server.go"]), "undefined: Register");
    assert_eq!(
        module(files, &["run", "server.go", "routes.go"]).stderr,
        "both"
    );
}

#[test]
fn named_files_are_one_package_whatever_constrains_them() {
    let files = "-- a.go --\n//go:build neverever\n\npackage main\n\nfunc main() { print(\"ran\") }\n\
                 -- b.go --\npackage other\n";
    assert_eq!(module(files, &["run", "a.go"]).stderr, "ran");
    let listed = module(
        files,
        &["list", "-f", "{{.ImportPath}} {{.GoFiles}}", "a.go"],
    );
    assert_eq!(listed.stdout, "command-line-arguments [a.go]\n");
}

#[test]
fn named_files_lie_in_one_directory() {
    let files = "-- a.go --\npackage main\n-- d/b.go --\npackage main\n";
    fails(
        module(files, &["build", "a.go", "d/b.go"]),
        "named files must all be in one directory",
    );
}

#[test]
fn mod_init_and_tidy_write_what_the_module_is_and_needs() {
    let place = Oracle::new("-- a.go --\npackage a\n\nimport _ \"fmt\"\n");
    let steps = [
        Step::Type(&["mod", "init", "example.com/m"]),
        Step::Type(&["mod", "tidy"]),
    ];
    let tidy = succeeds(place.same_steps(&steps));
    assert!(
        tidy.file("go.mod")
            .starts_with("module example.com/m\n\ngo 1.")
    );
}

#[test]
fn a_module_that_is_found_may_lack_the_package() {
    let files = "-- go.mod --\nmodule example.com/m\n\ngo 1.24\n-- m.go --\npackage m\n\nimport _ \"example.com/r/pkg\"\n";
    let repository = gust_testkit::Module::new(
        "example.com/r",
        "v1.0.0",
        &[
            ("go.mod", "module example.com/r\n"),
            ("file.proto", "syntax\n"),
        ],
    );
    let place = Oracle::new(files).modules(gust_testkit::ModuleSet::new([repository]));
    fails(
        place.same(&["mod", "tidy"]),
        "module example.com/r@latest found (v1.0.0), but does not contain package example.com/r/pkg",
    );
}

const TESTED: &str = "-- go.mod --
module example.com/m
-- ast.go --
package ast
-- in_test.go --
package ast

import \"testing\"

func TestIn(t *testing.T) {}
-- out_test.go --
package ast_test

import (
	\"testing\"

	_ \"example.com/m\"
)

func TestOut(t *testing.T) {}
";

#[test]
fn tests_may_be_of_a_package_of_their_own() {
    let format = "{{.Name}} {{.TestGoFiles}} {{.XTestGoFiles}}";
    let listed = module(TESTED, &["list", "-f", format]);
    assert_eq!(listed.stdout, "ast [in_test.go] [out_test.go]\n");
    let variants = module(TESTED, &["list", "-test"]);
    assert!(
        variants
            .stdout
            .contains("example.com/m_test [example.com/m.test]")
    );
}

#[test]
fn names_may_be_equal_as_long_as_import_paths_differ() {
    let files = "-- go.mod --\nmodule example.com/m\n\
                 -- m.go --\npackage main\n\nimport (\n\tbar \"example.com/m/1/foo\"\n\tbaz \"example.com/m/2/foo\"\n)\n\n\
                 func main() { print(bar.N, baz.N) }\n\
                 -- 1/foo/f.go --\npackage foo\n\nconst N = 1\n-- 2/foo/f.go --\npackage foo\n\nconst N = 2\n";
    assert_eq!(module(files, &["run", "."]).stderr, "12");
}

#[test]
fn gopath_entries_are_searched_in_order() {
    let files = "-- src/p/p.go --\npackage main\n\nimport \"q\"\n\nfunc main() { print(q.From) }\n\
                 -- src/q/q.go --\npackage q\n\nconst From = \"first\"\n\
                 -- second/src/q/q.go --\npackage q\n\nconst From = \"second\"\n\
                 -- second/src/only/o.go --\npackage only\n";
    let place = gopath(files);
    assert_eq!(place.same(&["run", "p"]).stderr, "first");
    fails(
        place.same(&["list", "only"]),
        "cannot find package \"only\" in any of",
    );
}

#[test]
fn gopath_is_go_in_the_home_directory_unless_set() {
    let place = Oracle::new("")
        .env("GOPATH", "")
        .env("HOME", "/home/somebody");
    assert_eq!(place.same(&["env", "GOPATH"]).stdout, "/home/somebody/go\n");
}

#[test]
fn gopath_is_never_goroot() {
    let place = Oracle::new("");
    let goroot = place.same(&["env", "GOROOT"]).stdout.trim().to_owned();
    let place = Oracle::new("").env("GOPATH", &goroot);
    let answer = place.same(&["env", "GOFLAGS"]);
    assert!(
        answer
            .stderr
            .contains("both GOPATH and GOROOT are the same directory")
    );
}

const LAYOUT: &str = "-- src/foo/bar/x.go --
package bar
-- src/foo/quux/y.go --
package main

import _ \"foo/bar\"

func main() {}
";

#[test]
fn the_path_below_src_is_the_import_path() {
    let listed = gopath(LAYOUT).same(&["list", "foo/..."]);
    assert_eq!(listed.stdout, "foo/bar\nfoo/quux\n");
}

#[test]
fn a_program_is_installed_into_bin_by_the_last_element_of_its_path() {
    assert!(has(
        &gopath(LAYOUT).same(&["install", "foo/quux"]),
        "gopath/bin/quux"
    ));
}

#[test]
fn a_library_is_installed_into_pkg_by_platform_and_path() {
    let place = gopath(LAYOUT).env("GOOS", "linux").env("GOARCH", "amd64");
    let target = place.same(&["list", "-f", "{{.Target}}", "foo/bar"]).stdout;
    assert!(
        target.ends_with("/gopath/pkg/linux_amd64/foo/bar.a\n"),
        "{target}"
    );
    succeeds(place.same(&["install", "foo/bar"]));
}

#[test]
fn gobin_takes_the_place_of_bin_and_is_absolute() {
    fails(
        gopath(LAYOUT)
            .env("GOBIN", "bin")
            .same(&["install", "foo/quux"]),
        "cannot install, GOBIN must be an absolute path",
    );
    let own = std::env::temp_dir().join(format!("gust-seeds-{}", std::process::id()));
    let installed = gopath(LAYOUT)
        .env("GOBIN", &own.to_string_lossy())
        .same(&["install", "foo/quux"]);
    assert!(!has(&succeeds(installed), "gopath/bin/quux"));
    assert!(own.join("quux").exists());
    let _ = std::fs::remove_dir_all(own);
}

const INTERNAL: &str = "-- src/crash/bang/b.go --
package bang

import _ \"foo/internal/baz\"
-- src/foo/f.go --
package foo

import _ \"foo/internal/baz\"
-- src/foo/bar/x.go --
package bar

import _ \"foo/internal/baz\"
-- src/foo/internal/baz/z.go --
package baz
";

#[test]
fn internal_is_for_the_tree_of_its_parent() {
    let place = gopath(INTERNAL);
    succeeds(place.same(&["build", "foo/..."]));
    fails(
        place.same(&["build", "crash/bang"]),
        "use of internal package foo/internal/baz not allowed",
    );
}

const VENDORED: &str = "-- src/crash/bang/b.go --
package bang

const From = \"top\"
-- src/foo/f.go --
package main

import (
	\"baz\"
	\"crash/bang\"
)

func main() { print(baz.From, \" \", bang.From) }
-- src/foo/vendor/crash/bang/b.go --
package bang

const From = \"foo\"
-- src/foo/vendor/baz/z.go --
package baz

const From = \"vendor\"
-- src/other/o.go --
package other

import _ \"baz\"
";

#[test]
fn vendored_packages_are_imported_without_what_is_in_front() {
    assert_eq!(gopath(VENDORED).same(&["run", "foo"]).stderr, "vendor foo");
}

#[test]
fn the_nearest_vendor_directory_shadows_what_is_further_up() {
    let format = "{{join .Imports \" \"}}";
    let listed = gopath(VENDORED).same(&["list", "-f", format, "foo"]);
    assert_eq!(listed.stdout, "foo/vendor/baz foo/vendor/crash/bang\n");
}

#[test]
fn vendored_packages_are_seen_from_the_tree_of_their_parent_only() {
    fails(
        gopath(VENDORED).same(&["build", "other"]),
        "cannot find package \"baz\"",
    );
}

/// Of today's go this holds for packages that are named in full: what imports one is told of its comment all the same.
#[test]
fn import_comments_bind_packages_that_are_not_vendored() {
    let files = "-- src/a/a.go --\npackage a\n\nimport _ \"b\"\n\
                 -- src/b/b.go --\npackage b // import \"somewhere/else\"\n\
                 -- src/a/vendor/c/c.go --\npackage c // import \"somewhere/else\"\n";
    let place = gopath(files);
    fails(
        place.same(&["build", "a"]),
        "expects import \"somewhere/else\"",
    );
    succeeds(place.same(&["build", "a/vendor/c"]));
}

#[test]
fn dots_match_any_string_and_at_the_end_also_nothing() {
    let listed = gopath(LAYOUT).same(&["list", "foo/b...", "net/http/..."]);
    assert!(
        listed.stdout.starts_with("foo/bar\nnet/http\nnet/http/"),
        "{listed:?}"
    );
}

#[test]
fn wildcards_pass_over_vendored_packages_unless_they_are_asked_for() {
    let place = gopath(VENDORED);
    assert_eq!(place.same(&["list", "foo/..."]).stdout, "foo\n");
    assert_eq!(
        place.same(&["list", "foo/vendor/..."]).stdout,
        "foo/vendor/baz\nfoo/vendor/crash/bang\n"
    );
}

#[test]
fn std_cmd_and_all_are_names_for_many_packages() {
    let files =
        "-- go.mod --\nmodule example.com/m\n-- m.go --\npackage m\n\nimport _ \"errors\"\n";
    assert!(module(files, &["list", "std"]).stdout.contains("\nfmt\n"));
    assert!(
        module(files, &["list", "cmd"])
            .stdout
            .contains("\ncmd/go\n")
    );
    let all = module(files, &["list", "all"]).stdout;
    assert!(all.contains("errors\nexample.com/m\n"), "{all}");
}

#[test]
fn without_arguments_the_package_in_the_current_directory_is_meant() {
    assert_eq!(module(NAMES, &["list"]).stdout, "example.com/m\n");
}

#[test]
fn what_begins_with_a_dot_is_a_directory() {
    let listed = module(NAMES, &["list", "./1-foodir"]);
    assert_eq!(listed.stdout, "example.com/m/1-foodir\n");
    fails(
        module(NAMES, &["list", "1-foodir"]),
        "package 1-foodir is not in std",
    );
}

#[test]
fn files_of_package_documentation_are_ignored() {
    let files = "-- go.mod --\nmodule example.com/m\n-- a.go --\npackage a\n-- doc.go --\npackage documentation\n";
    let format = "{{.Name}} {{.GoFiles}} {{.IgnoredGoFiles}}";
    let listed = succeeds(module(files, &["list", "-f", format]));
    assert_eq!(listed.stdout, "a [a.go] [doc.go]\n");
}

#[test]
fn names_with_an_underscore_or_a_dot_in_front_and_testdata_are_ignored() {
    let files = "-- go.mod --\nmodule example.com/m\n-- a.go --\npackage a\n-- _b.go --\npackage b\n-- .c.go --\npackage c\n\
                 -- _d/d.go --\npackage d\n-- .e/e.go --\npackage e\n-- testdata/f/f.go --\npackage f\n";
    let listed = module(
        files,
        &["list", "-f", "{{.ImportPath}} {{.GoFiles}}", "./..."],
    );
    assert_eq!(succeeds(listed).stdout, "example.com/m [a.go]\n");
}

#[test]
fn with_modules_gopath_keeps_downloads_and_programs_only() {
    let files = "-- go.mod --\nmodule example.com/m\n\ngo 1.24\n-- m.go --\npackage m\n\nimport _ \"foo/bar\"\n\
                 -- ../gopath/src/foo/bar/x.go --\npackage bar\n";
    fails(
        module(files, &["build", "."]),
        "package foo/bar is not in std",
    );
    let place = Oracle::new("").env("GOPATH", "/somewhere/go");
    assert_eq!(
        place.same(&["env", "GOMODCACHE"]).stdout,
        "/somewhere/go/pkg/mod\n"
    );
}

/// docs/seeds.md lists these rules, all of them and no others.
#[test]
fn every_rule_is_in_the_table() {
    let names = |text: &str, before: &str, after: char| -> BTreeSet<String> {
        let parts = text.split(before).skip(1);
        parts
            .filter_map(|part| Some(part.split_once(after)?.0.to_owned()))
            .collect()
    };
    let table = include_str!("../../../docs/seeds.md");
    let listed: BTreeSet<String> = table
        .lines()
        .filter(|line| line.starts_with('|'))
        .flat_map(|line| names(line, "| `", '`'))
        .collect();
    let mut tests = names(include_str!("seeds.rs"), "#[test]\nfn ", '(');
    tests.remove("every_rule_is_in_the_table");
    assert_eq!(listed, tests);
}
