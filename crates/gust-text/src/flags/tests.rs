//! Texts as `go build`, `go list` and `go test` of 1.26 print them.

use super::*;

fn table(name: &str) -> Option<Kind> {
    Some(match name {
        "e" | "v" => Kind::Bool,
        "p" => Kind::Int,
        "o" | "tags" => Kind::String,
        "timeout" => Kind::Duration,
        "exec" => Kind::Fields,
        "json" => Kind::Checked {
            optional: true,
            check: |_| Ok(()),
        },
        "C" => Kind::Checked {
            optional: false,
            check: |_| Err("-C flag must be first flag on command line".to_owned()),
        },
        _ => return None,
    })
}

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

fn error(line: &str) -> String {
    parse(&table, &[], &words(line))
        .expect_err(line)
        .to_string()
}

#[test]
fn errors_are_worded_as_gos() {
    assert_eq!(error("-nosuch"), "flag provided but not defined: -nosuch");
    assert_eq!(
        error("--nosuch=3 x"),
        "flag provided but not defined: -nosuch"
    );
    assert_eq!(
        error("-e=maybe"),
        r#"invalid boolean value "maybe" for -e: parse error"#
    );
    assert_eq!(
        error("-p x"),
        r#"invalid value "x" for flag -p: parse error"#
    );
    assert_eq!(
        error("-p=99999999999999999999"),
        r#"invalid value "99999999999999999999" for flag -p: value out of range"#
    );
    assert_eq!(error("-o"), "flag needs an argument: -o");
    assert_eq!(error("-=x"), "bad flag syntax: -=x");
    assert_eq!(error("---x"), "bad flag syntax: ---x");
    assert_eq!(
        error("-timeout=3"),
        r#"invalid value "3" for flag -timeout: parse error"#
    );
    assert_eq!(
        error("-exec='x"),
        r#"invalid value "'x" for flag -exec: unterminated ' string"#
    );
    assert_eq!(
        error("-v -C=/tmp"),
        r#"invalid value "/tmp" for flag -C: -C flag must be first flag on command line"#
    );
    assert_eq!(parse(&table, &[], &words("-h")), Err(FlagError::Help));
}

#[test]
fn flags_end_where_gos_end() {
    let parsed = parse(
        &table,
        &[],
        &words("-e -o out -json=Dir --tags=a=b ./... -v"),
    )
    .unwrap();
    assert!(parsed.bool("e"));
    assert_eq!(parsed.last("o"), Some("out"));
    assert_eq!(parsed.last("json"), Some("Dir"));
    assert_eq!(parsed.last("tags"), Some("a=b"));
    assert_eq!(parsed.args, words("./... -v"));
    assert_eq!(
        parse(&table, &[], &words("-e -- -v")).unwrap().args,
        words("-v")
    );
    assert_eq!(
        parse(&table, &[], &words("- x")).unwrap().args,
        words("- x")
    );
}

#[test]
fn goflags_come_first_and_skip_what_the_command_lacks() {
    let parsed = parse(&table, &words("-tags=x -ldflags=-w -v"), &words("-tags y")).unwrap();
    assert_eq!(parsed.all("tags").collect::<Vec<_>>(), ["x", "y"]);
    assert!(parsed.bool("v") && !parsed.is_set_by_hand("v") && parsed.is_set_by_hand("tags"));
    let err = parse(&table, &words("-p=x"), &[]).unwrap_err();
    assert_eq!(
        err.to_string(),
        r#"go: invalid value "x" for flag -p (from $GOFLAGS): parse error"#
    );
    let err = parse(&table, &words("-p"), &[]).unwrap_err();
    assert_eq!(
        err.to_string(),
        "go: flag needs an argument: -p (from $GOFLAGS)"
    );
    let known = |name: &str| table(name).is_some();
    assert_eq!(
        split_goflags("-v '-tags=a b'", &known).unwrap(),
        ["-v", "-tags=a b"]
    );
    assert_eq!(
        split_goflags("v", &known).unwrap_err(),
        r#"go: parsing $GOFLAGS: non-flag "v""#
    );
    assert_eq!(
        split_goflags("-zz=1", &known).unwrap_err(),
        "go: parsing $GOFLAGS: unknown flag -zz"
    );
    assert_eq!(
        split_goflags("'-v", &known).unwrap_err(),
        "go: parsing $GOFLAGS: unterminated ' string"
    );
}

#[test]
fn one_at_a_time() {
    assert_eq!(parse_one(&table, &words("--")), Err(FlagError::Terminator));
    assert_eq!(
        parse_one(&table, &words("x")).unwrap_err().to_string(),
        r#"not a flag: "x""#
    );
    assert_eq!(parse_one(&table, &words("--help")), Err(FlagError::Help));
    let (setting, used) = parse_one(&table, &words("-o x y")).unwrap();
    assert_eq!((setting.value.as_str(), used), ("x", 2));
}
