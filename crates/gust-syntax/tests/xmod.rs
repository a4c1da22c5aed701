//! The vectors of golang.org/x/mod's own tests: `xmod/make.sh` takes them from there.

mod rows;

use std::cmp::Ordering;

use gust_syntax::literal::unquote;
use gust_syntax::modfile::{self, Interval, ModFile};
use gust_syntax::module::ModuleVersion;
use gust_syntax::{gowork, module, pseudo, semver};
use rows::hold;

fn parse(text: &str) -> ModFile {
    modfile::parse("in", text.as_bytes(), None).expect("a go.mod")
}

/// Lines of path, version and whether the requirement is indirect.
fn requires(lines: &str) -> Vec<(ModuleVersion, bool)> {
    let cells = lines
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>());
    cells
        .map(|cell| (ModuleVersion::new(cell[0], cell[1]), cell[2] == "true"))
        .collect()
}

/// What `name` makes of the go.work.
fn edited_work(name: &str, text: &str, [a, b]: [&str; 2]) -> String {
    let mut file = gowork::parse("in", text.as_bytes(), None).expect("a go.work");
    match name {
        "read and print" => {}
        "add use" => file.add_use(a),
        "drop use" => file.drop_use(a),
        "set go" => file.set_go(a).expect("a version"),
        "set toolchain" => file.set_toolchain(a).expect("a name"),
        "sort blocks" => file.sort_blocks(),
        "add godebug" => file.add_godebug(a, b),
        "drop godebug" => file.drop_godebug(a),
        name => panic!("{name}"),
    }
    if name.starts_with("drop") || name == "add godebug" {
        file.cleanup();
    }
    file.format()
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
        "set requires" => file.set_requires(&requires(a)),
        "set requires separately" => file.set_requires_separately(&requires(a)),
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
            name => match name.strip_prefix("work: ") {
                Some(name) => edited_work(name, text, [a, b]),
                None => edited(name, text, [a, b, c]).expect("an edit"),
            },
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
            "path major" => module::match_path_major(path, version).to_string(),
            "prefix patterns" => module::match_prefix_patterns(path, version).to_string(),
            "pseudo" => pseudo::make(path, version, "20060102150405", "hash"),
            "pseudo base" => pseudo::base(path).unwrap_or_else(|_| "none".to_owned()),
            "pseudo rev" => pseudo::rev(path).expect("a pseudo-version").to_owned(),
            "pseudo time" => {
                let (year, month, day, hour, minute, second) =
                    pseudo::time(path).expect("a pseudo-version");
                format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
            }
            "is pseudo" => pseudo::is_pseudo(path).to_string(),
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
