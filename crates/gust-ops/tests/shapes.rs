//! Plans of a dozen shapes of packages: as JSON against files, and the recipes of their keys against what go hashes.
//!
//! `tests/shapes/*.json` are plans as gust writes them, the standard library's actions left out; `GUST_UPDATE=1 cargo test -p
//! gust-ops --test shapes` writes them anew. The hash inputs are asked of the real go when the tests run
//! (`GODEBUG=gocachehash=1 go build -n -a`), so nothing of them is stored.

#![allow(
    clippy::disallowed_methods,
    reason = "tests start programs and look at what they leave"
)]

mod place;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use gust_build::lowered::{Input, LoweredAction, LoweredPlan, Piece, Text};
use gust_ops::BuildFlags;
use gust_testkit::Txtar;
use gust_text::quote::quote;
use place::{Place, go_env};
use serde_json::Value;

const FILES: &str = include_str!("shapes/files.txtar");

/// A shape: its name, what go is told, and the same for gust.
struct Shape {
    name: &'static str,
    words: &'static [&'static str],
    flags: BuildFlags,
    args: &'static [&'static str],
    /// Below the directory of all files.
    dir: &'static str,
}

fn plain() -> BuildFlags {
    BuildFlags {
        command: "build",
        ..BuildFlags::default()
    }
}

fn shapes() -> Vec<Shape> {
    let shape = |name, words, flags, args| Shape {
        name,
        words,
        flags,
        args,
        dir: "",
    };
    let words = |list: &[&str]| list.iter().map(|&w| w.to_owned()).collect::<Vec<_>>();
    vec![
        shape("library", &[], plain(), &["./p/lib"]),
        shape("program", &[], plain(), &["./p/program"]),
        shape("internal", &[], plain(), &["./p/internal/inner"]),
        shape("assembly", &[], plain(), &["./p/assembly"]),
        shape("cgo", &[], plain(), &["./p/cgo"]),
        shape("embed", &[], plain(), &["./p/embed"]),
        shape("syso", &[], plain(), &["./p/syso"]),
        shape(
            "files",
            &["-trimpath"],
            BuildFlags {
                trimpath: true,
                ..plain()
            },
            &["p/program/main.go"],
        ),
        shape(
            "trimpath",
            &["-trimpath"],
            BuildFlags {
                trimpath: true,
                ..plain()
            },
            &["./p/program"],
        ),
        shape(
            "race",
            &["-race"],
            BuildFlags {
                race: true,
                ..plain()
            },
            &["./p/program"],
        ),
        shape(
            "flags",
            &[
                "-ldflags=-s -X=main.v=1",
                "-gcflags=-N",
                "-asmflags=all=-D=X",
            ],
            BuildFlags {
                ldflags: words(&["-s -X=main.v=1"]),
                gcflags: words(&["-N"]),
                asmflags: words(&["all=-D=X"]),
                ..plain()
            },
            &["./p/program", "./p/assembly"],
        ),
        shape(
            "pgo",
            &["-pgo=profile"],
            BuildFlags {
                pgo: Some("profile".to_owned()),
                ..plain()
            },
            &["./p/program"],
        ),
        shape(
            "c-archive",
            &["-buildmode=c-archive"],
            BuildFlags {
                buildmode: Some("c-archive".to_owned()),
                ..plain()
            },
            &["./p/cgo"],
        ),
        Shape {
            dir: "vendored",
            ..shape("vendored", &[], plain(), &["."])
        },
    ]
}

/// A shape in a place of its own.
fn lowered(shape: &Shape, scratch: &Path) -> (Place, LoweredPlan) {
    let root = scratch.join("source");
    Txtar::parse(FILES).extract(&root);
    let dir = match shape.dir {
        "" => root,
        below => root.join(below),
    };
    let place = Place::new(&dir, scratch);
    let place = match std::env::consts::ARCH {
        "x86_64" => place,
        _ => place.with("GOARCH", "amd64").with("CGO_ENABLED", "1"),
    };
    let plan = place.lowered(shape.flags.clone(), shape.args);
    (place, plan)
}

#[test]
fn plans_are_as_they_were() {
    let goldens = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shapes");
    let update = std::env::var_os("GUST_UPDATE").is_some();
    for shape in shapes() {
        let scratch = tempfile::tempdir().unwrap();
        let (place, plan) = lowered(&shape, scratch.path());
        let text = portable(&plan, &place);
        let golden = goldens.join(format!("{}.json", shape.name));
        if update {
            fs::write(&golden, &text).unwrap();
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        assert!(
            text == expected,
            "{}: the plan differs from {}:\n{text}",
            shape.name,
            golden.display()
        );
    }
}

/// The plan without the standard library, and without what differs from machine to machine and from release to release:
/// actions are named instead of numbered.
fn portable(plan: &LoweredPlan, place: &Place) -> String {
    let goroot = go_env("GOROOT");
    let ours = |action: &LoweredAction| {
        let ours = ["corp.example/", "command-line-arguments"];
        let own = ours.iter().any(|start| action.package.starts_with(start));
        own || action.mode.starts_with("preprocess")
    };
    let mut text = String::from("{\n");
    for (number, action) in plan.actions.iter().enumerate() {
        if ours(action) {
            let mut action = action.clone();
            // Of the standard library's packages there are many, and the same in all plans.
            let own = |of: &usize| ours(&plan.actions[*of]);
            action.after.retain(own);
            action.inputs.retain(|input| match input {
                Input::Source { .. } => true,
                Input::Output { of, .. } => own(of),
            });
            let mut value = serde_json::to_value(action).unwrap();
            name_actions(&mut value, plan);
            text.push_str(&format!("{}: {{\n", Value::from(name(plan, number))));
            for (key, value) in value.as_object().unwrap() {
                text.push_str(&format!("  \"{key}\": {},\n", spread(value)));
            }
            text.push_str("},\n");
        }
    }
    text.push_str("}\n");
    // Commas at ends are not JSON's.
    let text = text.replace(",\n}", "\n}");
    let root = place.dir.ancestors().find(|dir| dir.ends_with("source"));
    let text = text
        .replace(&*root.unwrap_or(&place.dir).to_string_lossy(), "$SOURCE")
        .replace(&goroot, "$GOROOT")
        .replace(&plan.toolchain.release, "$RELEASE");
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        // What the C compiler calls itself.
        let (line, rest) = match line.find("CC ID=") {
            Some(at) => (&line[..at], "CC ID=...\","),
            None => (line, ""),
        };
        out.push_str(line);
        out.push_str(rest);
        out.push('\n');
    }
    without_objdirs(&out)
}

/// A value on one line, a list of several on a line each.
fn spread(value: &Value) -> String {
    match value {
        Value::Array(items) if items.len() > 1 => {
            let items: Vec<String> = items.iter().map(|item| format!("    {item}")).collect();
            format!("[\n{}\n  ]", items.join(",\n"))
        }
        value => value.to_string(),
    }
}

fn name(plan: &LoweredPlan, number: usize) -> String {
    let action = &plan.actions[number];
    format!("{} {}", action.mode, action.package)
        .trim_end()
        .to_owned()
}

/// Puts names where numbers of actions stand.
fn name_actions(value: &mut Value, plan: &LoweredPlan) {
    let named = |value: &mut Value| {
        if let Some(number) = value.as_u64() {
            *value = name(plan, number as usize).into();
        }
    };
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| name_actions(item, plan)),
        Value::Object(map) => {
            for (key, value) in map {
                match key.as_str() {
                    "after" | "seed" if value.is_array() => {
                        value.as_array_mut().unwrap().iter_mut().for_each(named);
                    }
                    "of" | "action-id" | "content-id" | "file-hash" => named(value),
                    _ => name_actions(value, plan),
                }
            }
        }
        _ => {}
    }
}

/// Directories of actions are numbered in the order of the whole graph.
fn without_objdirs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("/b") {
        let (before, after) = rest.split_at(at + 2);
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        out.push_str(before);
        rest = match digits >= 3 {
            true => {
                out.push_str("...");
                &after[digits..]
            }
            false => after,
        };
    }
    out + rest
}

#[test]
fn keys_are_made_of_what_go_hashes() {
    for shape in shapes() {
        let scratch = tempfile::tempdir().unwrap();
        let (place, plan) = lowered(&shape, scratch.path());
        let mut words = vec!["build", "-n", "-a"];
        words.extend(shape.words);
        words.extend(shape.args);
        let said = place.go(&words, &[("GODEBUG", "gocachehash=1")]);
        let theirs = hashed(&said);
        let mut compared = 0;
        for action in &plan.actions {
            let Some(key) = &action.key else { continue };
            let name = match action.mode.as_str() {
                "build check cache" => format!("build {}", import_path(&action.package)),
                "link" => format!("link {}", import_path(&action.package)),
                _ => continue,
            };
            let expected = theirs.get(&name);
            let expected =
                expected.unwrap_or_else(|| panic!("{}: go hashes no {name}", shape.name));
            let ours: Vec<String> = key.iter().map(shown).collect();
            assert_eq!(&ours, expected, "{}: {name}", shape.name);
            compared += 1;
        }
        assert!(compared > 0, "{}", shape.name);
    }
}

fn import_path(package: &str) -> &str {
    package.split(' ').next().unwrap_or(package)
}

/// A line of a key as go's trace shows it, up to the first hole.
fn shown(line: &Text) -> String {
    let mut text = String::new();
    for piece in &line.0 {
        match piece {
            Piece::Plain(plain) => text.push_str(plain),
            _ => return quote(&text).trim_end_matches('"').to_owned(),
        }
    }
    quote(&format!("{text}\n"))
}

/// The lines that go hashes, by the name of what they are hashed for; lines that end in the hash of another action's
/// result up to that.
fn hashed(said: &str) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in said.lines() {
        let Some((name, text)) = line
            .strip_prefix("HASH[")
            .and_then(|rest| rest.split_once("]: "))
        else {
            continue;
        };
        if !text.starts_with('"') {
            continue;
        }
        let open = [
            "\"import ",
            "\"packagefile ",
            "\"packagemain ",
            "\"pgofile ",
        ];
        // `import "path"` names the package itself, `import unsafe` what has no result.
        let own = text.starts_with("\"import \\\"") || text == "\"import unsafe \\n\"";
        let lines = all.entry(name.to_owned()).or_default();
        let cut = match open.iter().any(|start| text.starts_with(start)) && !own {
            true if text.starts_with("\"packagefile ") => text.find('=').map(|at| &text[..=at]),
            true => text.rfind(' ').map(|at| &text[..=at]),
            false => None,
        };
        lines.push(cut.unwrap_or(text).to_owned());
    }
    // The release's name comes first in each, before what the recipe says.
    for lines in all.values_mut() {
        if !lines.is_empty() {
            lines.remove(0);
        }
    }
    all
}
