//! The generated main package of a test program: which functions it calls, and its text.
//!
//! The text is go's to the byte, since it is hashed into the test program and found again in the build cache by `go`.

use std::path::Path;
use std::sync::Arc;

use gust_fs::View;
use gust_fs::errtext::PathError;
use gust_syntax::gover;
use gust_syntax::header::{TestFile, TestFileError, TestFunction, TestKind, scan_tests};
use gust_text::quote::quote;

use super::variants::TestCover;
use crate::dir::position;
use crate::model::{Package, PackageGraph, Problem, SourcePos};

/// What the tests of a package offer.
#[derive(Default)]
pub(crate) struct TestFunctions {
    tests: Vec<Call>,
    benchmarks: Vec<Call>,
    fuzz_targets: Vec<Call>,
    examples: Vec<Call>,
    main: Option<Call>,
    /// The tested package is imported, and called.
    internal: Use,
    /// The external test package is imported, and called.
    external: Use,
    /// The first thing that is wrong: where, and what.
    pub(crate) error: Option<(Option<SourcePos>, Problem)>,
}

#[derive(Clone, Copy, Default)]
struct Use {
    imported: bool,
    called: bool,
}

/// One function: the name that its package is imported by, its own, and an example's output.
struct Call {
    package: &'static str,
    name: Box<str>,
    output: String,
    unordered: bool,
}

impl TestFunctions {
    /// Reads the package's test files.
    pub(crate) fn read(view: &View, p: &Package) -> TestFunctions {
        let mut out = TestFunctions::default();
        for (files, package) in [
            (&p.sources.test_go, "_test"),
            (&p.sources.xtest_go, "_xtest"),
        ] {
            for file in files {
                out.file(view, &p.place.dir.join(&**file), package);
            }
        }
        out
    }

    fn file(&mut self, view: &View, path: &Path, package: &'static str) {
        let file = match view.read(path) {
            Ok(bytes) => scan_tests(&bytes),
            Err(e) => {
                let text = PathError::new("open", path, e).to_string();
                self.error.get_or_insert((None, Problem::Source(text)));
                return;
            }
        };
        if matches!(file.error, Some(TestFileError::Syntax(_))) {
            return self.fail(path, &file);
        }
        for function in &file.functions {
            if !self.function(function, package) {
                let text = "multiple definitions of TestMain".to_owned();
                self.error.get_or_insert((None, Problem::Source(text)));
                return;
            }
        }
        self.fail(path, &file);
    }

    fn fail(&mut self, path: &Path, file: &TestFile) {
        let Some(error) = &file.error else { return };
        let dir = path.parent().unwrap_or(Path::new(""));
        let path: Arc<Path> = path.into();
        let error = match error {
            TestFileError::Syntax(list) => list.first().map(|e| {
                let pos = position(dir, &path, &file.files, e.pos);
                (Some(pos), Problem::Source(e.message.to_string()))
            }),
            TestFileError::Signature { pos, name, wanted } => {
                let pos = position(dir, &path, &file.files, *pos);
                let why = match wanted {
                    Some(arg) => {
                        format!(
                            "must be: func {name}({} *testing.{arg})",
                            arg.to_ascii_lowercase()
                        )
                    }
                    None => "test functions cannot have type parameters".to_owned(),
                };
                let place = format!("{}:{}:{}", pos.file.display(), pos.line, pos.column);
                let text = format!("{place}: wrong signature for {name}, {why}");
                Some((None, Problem::Source(text)))
            }
        };
        if let (None, Some(error)) = (&self.error, error) {
            self.error = Some(error);
        }
    }

    /// Takes a function; false when it is a second TestMain.
    fn function(&mut self, function: &TestFunction, package: &'static str) -> bool {
        let mut call = Call {
            package,
            name: function.name.clone(),
            output: String::new(),
            unordered: false,
        };
        let used = if package == "_test" {
            &mut self.internal
        } else {
            &mut self.external
        };
        used.imported = true;
        match &function.kind {
            TestKind::Test => self.tests.push(call),
            TestKind::Benchmark => self.benchmarks.push(call),
            TestKind::Fuzz => self.fuzz_targets.push(call),
            TestKind::Main if self.main.is_some() => return false,
            TestKind::Main => self.main = Some(call),
            TestKind::Example { output: None, .. } => return true,
            TestKind::Example {
                output: Some(output),
                unordered,
            } => {
                (call.output, call.unordered) = (output.clone(), *unordered);
                self.examples.push(call);
            }
        }
        used.called = true;
        true
    }

    /// The tested package, or its external tests, are imported whether called or not.
    pub(crate) fn import(&mut self, internal: bool, external: bool) {
        self.internal.imported |= internal;
        self.external.imported |= external;
    }

    /// The text of `_testmain.go`, as `release` writes it.
    pub(crate) fn text(
        &self,
        p: &Package,
        graph: &PackageGraph,
        cover: Option<&TestCover>,
        release: &str,
    ) -> Vec<u8> {
        let mut out = String::with_capacity(1024);
        self.imports(p, cover.is_some(), &mut out);
        let lists = [
            ("tests", "Test", &self.tests),
            ("benchmarks", "Benchmark", &self.benchmarks),
            ("fuzzTargets", "FuzzTarget", &self.fuzz_targets),
            ("examples", "Example", &self.examples),
        ];
        for (variable, kind, calls) in lists {
            out += &format!("var {variable} = []testing.Internal{kind}{{\n");
            for call in calls {
                let Call { package, name, .. } = call;
                out += &format!("\n\t{{\"{name}\", {package}.{name}");
                if kind == "Example" {
                    out += &format!(", {}, {}", quote(&call.output), call.unordered);
                }
                out += "},\n";
            }
            out += "\n}\n\n";
        }
        init(p, graph, cover, release, &mut out);
        self.main(&mut out);
        out.into_bytes()
    }

    fn imports(&self, p: &Package, cover: bool, out: &mut String) {
        *out += "\n// Code generated by 'go test'. DO NOT EDIT.\n\npackage main\n\nimport (\n\t\"os\"\n";
        if self.main.is_some() {
            *out += "\n\t\"reflect\"\n";
        }
        *out += "\n\t\"testing\"\n\t\"testing/internal/testdeps\"\n";
        if cover {
            *out += "\n\t\"internal/coverage/cfile\"\n";
        }
        *out += "\n\n";
        let external = format!("{}_test", p.import_path);
        let imports = [
            (self.internal, "_test", &*p.import_path),
            (self.external, "_xtest", &external),
        ];
        for (used, name, path) in imports {
            if used.imported {
                let name = if used.called { name } else { "_" };
                *out += &format!("\n\t{name} {}\n", quote(path));
            }
            *out += "\n";
        }
        *out += ")\n\n";
    }

    fn main(&self, out: &mut String) {
        *out += "func main() {\n\tm := testing.MainStart(testdeps.TestDeps{}, tests, benchmarks, fuzzTargets, examples)\n";
        match &self.main {
            Some(Call { package, name, .. }) => {
                *out += &format!(
                    "\n\t{package}.{name}(m)\n\tos.Exit(int(reflect.ValueOf(m).Elem().FieldByName(\"exitCode\").Int()))\n"
                );
            }
            None => *out += "\n\tos.Exit(m.Run())\n",
        }
        *out += "\n}\n\n";
    }
}

fn init(
    p: &Package,
    graph: &PackageGraph,
    cover: Option<&TestCover>,
    release: &str,
    out: &mut String,
) {
    *out += "func init() {\n";
    if let Some(cover) = cover {
        let (covered, packages) = if cover.paths.is_empty() {
            (String::new(), format!("\"{}\"", p.import_path))
        } else {
            let list: Vec<String> = cover
                .packages
                .iter()
                .map(|&id| format!("\"{}\"", graph[id].import_path))
                .collect();
            (format!(" in {}", cover.paths.join(", ")), list.join(", "))
        };
        *out += &format!("\n\ttestdeps.CoverMode = {}\n", quote(&cover.mode));
        *out += &format!("\ttestdeps.Covered = {}\n", quote(&covered));
        *out += &format!("\ttestdeps.CoverSelectedPackages = []string{{{packages}}}\n");
        *out += "\ttestdeps.CoverSnapshotFunc = cfile.Snapshot\n";
        *out += "\ttestdeps.CoverProcessTestDirFunc = cfile.ProcessCoverTestDir\n";
        *out += "\ttestdeps.CoverMarkProfileEmittedFunc = cfile.MarkProfileEmitted\n\n";
    }
    let module = p.module.as_ref().map_or("", |m| &m.path);
    let own: &str = &p.import_path;
    let own = if own.starts_with("_/") || own == "command-line-arguments" {
        ""
    } else {
        own
    };
    *out += "\n";
    // A test asks for it since there are artifacts.
    if gover::compare(release, "1.26").is_ge() {
        *out += &format!("\ttestdeps.ModulePath = {}\n", quote(module));
    }
    *out += &format!("\ttestdeps.ImportPath = {}\n}}\n\n", quote(own));
}
