//! The vectors of golang.org/x/mod's own tests: `xmod/make.sh` takes them from there.

mod rows;

use std::cmp::Ordering;

use gust_syntax::literal::unquote;
use gust_syntax::modfile::{self, Interval, ModFile};
use gust_syntax::{module, semver};
use rows::hold;

fn parse(text: &str) -> ModFile {
    modfile::parse("in", text.as_bytes(), None).expect("a go.mod")
}

/// What `name` makes of the file, as far as it is an edit.
fn edited(name: &str, text: &str, [a, b, c]: [&str; 3]) -> Option<String> {
    let mut file = parse(text);
    let interval = Interval {
        low: a.to_owned(),
        high: b.to_owned(),
    };
    match name {
        "add require" => file.add_require(a, b),
        "set go" => file.set_go(a).expect("a version"),
        "drop go" => file.drop_go(),
        "set toolchain" => file.set_toolchain(a).expect("a name"),
        "drop toolchain" => file.drop_toolchain(),
        "add exclude" => file.add_exclude(a, b).expect("a version"),
        "add retract" => file.add_retract(&interval, c).expect("versions"),
        "drop retract" => file.drop_retract(&interval),
        "sort blocks" => file.sort_blocks(),
        "add godebug" => file.add_godebug(a, b),
        "drop godebug" => file.drop_godebug(a),
        "add tool" => file.add_tool(a),
        "drop tool" => file.drop_tool(a),
        "add ignore" => file.add_ignore(a),
        "drop ignore" => file.drop_ignore(a),
        _ => return None,
    }
    if name != "sort blocks" {
        file.cleanup();
    }
    Some(file.format())
}

#[test]
fn go_mod_files() {
    let table = include_str!("xmod/modfile.tsv");
    hold(table, 5, |[name, text, a, b, c, _]: &[String; 6]| {
        vec![match &**name {
            "print" => {
                let syntax = modfile::parse_syntax("in", text.as_bytes()).expect("a file");
                modfile::format(&syntax)
            }
            "read and print" => parse(text).format(),
            "module path" => modfile::module_path(text.as_bytes()),
            "rationale" => parse(text).retract[0].rationale.clone(),
            "deprecated" => parse(text).module.expect("a module line").deprecated,
            name => edited(name, text, [a, b, c]).expect("an edit"),
        }]
    });
}

#[test]
fn module_paths() {
    let table = include_str!("xmod/module.tsv");
    hold(table, 3, |[name, path, version, _]: &[String; 4]| {
        vec![match &**name {
            "check" => module::check(path, version).is_ok().to_string(),
            "path" => module::check_path(path).is_ok().to_string(),
            "import path" => module::check_import_path(path).is_ok().to_string(),
            "file path" => module::check_file_path(path).is_ok().to_string(),
            "escape" => module::escape::path(path).expect("a path"),
            "split" => {
                let (prefix, major) = module::split_path_version(path).expect("a path");
                format!("{prefix} {major}")
            }
            name => panic!("{name}"),
        }]
    });
}

/// The versions of this table stand in their order.
#[test]
fn versions() {
    let table = include_str!("xmod/semver.tsv");
    hold(table, 1, |[version, ..]: &[String; 5]| {
        vec![
            semver::canonical(version),
            semver::major_minor(version),
            semver::prerelease(version).to_owned(),
            semver::build(version).to_owned(),
        ]
    });
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    let cells = rows.map(|row| row.split('\t').map(|cell| unquote(cell).expect("quoted")));
    let versions: Vec<[String; 2]> = cells
        .map(|mut cells| [0, 1].map(|_| cells.next().expect("two cells")))
        .collect();
    for (n, [a, canonical_a]) in versions.iter().enumerate() {
        for (m, [b, canonical_b]) in versions.iter().enumerate() {
            let order = match canonical_a == canonical_b {
                true => Ordering::Equal,
                false => n.cmp(&m),
            };
            assert_eq!(semver::compare(a, b), order, "{a} {b}");
        }
    }
}
