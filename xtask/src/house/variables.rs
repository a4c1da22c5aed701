//! Variables: each is declared once, in the table of gust-toolchain, and named by its constant everywhere else.

use super::{Source, code};

/// Where they are declared.
const TABLE: &str = "crates/gust-toolchain/src/vars/mod.rs";

/// Fronts of the names of variables of go and of gust.
const FRONTS: &[&str] = &["GO", "CGO_", "GUST_", "TESTGO", "TESTGUST_"];

/// Strings in product code, tests aside, that are the name of a declared variable, or that are asked for as one and are
/// not declared.
pub(super) fn breaches(sources: &[Source]) -> Vec<String> {
    let Some(table) = sources
        .iter()
        .find(|source| source.path.to_string_lossy() == TABLE)
    else {
        return vec![format!("variables: no table in {TABLE}")];
    };
    let declared = declared(&table.text);
    let product = sources.iter().filter(|source| {
        let path = source.path.to_string_lossy();
        path.starts_with("crates/")
            && path.contains("/src/")
            && !path.contains("/gust-testkit/")
            && !path.ends_with("tests.rs")
            && path != TABLE
    });
    product
        .flat_map(|source| of_source(source, &declared))
        .collect()
}

/// The names of the table: `NAME: "what it says",` a line.
fn declared(table: &str) -> Vec<&str> {
    table
        .lines()
        .filter_map(|line| line.trim().split_once(": \""))
        .map(|(name, _)| name)
        .filter(|name| is_name(name))
        .collect()
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

fn of_source(source: &Source, declared: &[&str]) -> Vec<String> {
    let code = &code::product(&source.text);
    let mut found = Vec::new();
    for (index, line) in code.lines().enumerate() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        let parts: Vec<&str> = line.split('"').collect();
        for at in (1..parts.len()).step_by(2) {
            let text = parts[at];
            let ours = FRONTS.iter().any(|front| text.starts_with(front));
            let asked = [".get(", ".lookup(", ".or("]
                .iter()
                .any(|call| parts[at - 1].ends_with(call));
            if is_name(text) && ours && (asked || declared.contains(&text)) {
                found.push(format!(
                    "variables: {}:{}: {text} is a variable: name it by the table in {TABLE}",
                    source.path.display(),
                    index + 1
                ));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_by_a_string_of_its_own_is_a_breach() {
        let found = |line: &str| {
            let source = |path: &str, text: &str| Source {
                path: path.into(),
                text: text.to_owned(),
            };
            let table = "declare! {\n    Setting {\n        GOOS: \"The system.\",\n    }\n}\n";
            breaches(&[source(TABLE, table), source("crates/gust/src/x.rs", line)]).len()
        };
        assert_eq!(found("let os = [\"GOOS\", \"x\"];"), 1);
        assert_eq!(found("environ.get(\"GOOTHER\")"), 1, "not declared");
        for good in [
            "environ.get(vars::GOOS)",
            "let define = \"GOARM_7\";",
            "fields.get(\"Name\")",
            "// set by \"GOOS\"",
            "fn f() {}\n#[cfg(test)]\nmod tests { const X: &str = \"GOOS\"; }",
        ] {
            assert_eq!(found(good), 0, "{good}");
        }
        assert_eq!(breaches(&[]).len(), 1);
    }
}
