//! The binary asks and shows, and decides nothing: flags are read in one folder, one file writes, what a command wants and may do
//! stands in its row, and the whole stays small.

use super::{Source, code};

/// Where the values of flags may be asked for: where requests are made of them, and where they are kept.
const FLAGS_READ: &[&str] = &["crates/gust/src/request/", "crates/gust/src/flags/"];

/// How the value of a flag is asked for.
const READS: &[&str] = &[
    ".bool(\"",
    ".text(\"",
    ".last(\"",
    ".int(\"",
    ".words(\"",
    ".all(\"",
    ".is_set(\"",
    ".on_command_line(\"",
];

/// The one file that writes to standard output and standard error.
const WRITER: &str = "crates/gust/src/ui.rs";

/// Where commands may be told apart by what they are: their table, the flags that each takes, the text of each one's page.
const COMMANDS_NAMED: &[&str] = &[
    "crates/gust/src/commands/table.rs",
    "crates/gust/src/flags/table/",
    "crates/gust/src/help/",
];

/// Lines that the binary may have, help texts aside: some 170 a command, for go's thirty and a few of its own, and what they share.
const LIMIT: usize = 9000;
const HELP: &str = "crates/gust/src/help/";

/// Everything in the sources that belongs elsewhere.
pub(super) fn breaches(sources: &[Source]) -> Vec<String> {
    let mut found: Vec<String> = sources.iter().flat_map(of_source).collect();
    let own = sources.iter().filter(|source| {
        let path = source.path.to_string_lossy();
        path.starts_with("crates/gust/src/") && !path.starts_with(HELP)
    });
    let lines: usize = own.map(|source| source.text.lines().count()).sum();
    if lines > LIMIT {
        found.push(format!(
            "binary: crates/gust has {lines} lines, help aside: more than {LIMIT}; what decides belongs in gust-ops"
        ));
    }
    found
}

fn of_source(source: &Source) -> Vec<String> {
    let path = source.path.to_string_lossy();
    let is_product = path.starts_with("crates/")
        && path.contains("/src/")
        && !path.contains("/gust-testkit/")
        && !path.ends_with("tests.rs");
    if !is_product {
        return Vec::new();
    }
    let code = &code::product(&source.text);
    let among = |places: &[&str]| places.iter().any(|place| path.starts_with(place));
    let in_binary = path.starts_with("crates/gust/src/");
    let mut found = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let line = line.split("//").next().unwrap_or_default();
        let mut breach = |what: &str| found.push(format!("binary: {path}:{}: {what}", index + 1));
        if in_binary && !among(FLAGS_READ) && READS.iter().any(|read| line.contains(read)) {
            breach("a flag is read outside of crates/gust/src/request");
        }
        if path != WRITER && (line.contains("stdout()") || line.contains("stderr()")) {
            breach("only the reporter in crates/gust/src/ui.rs writes");
        }
        if in_binary && !among(COMMANDS_NAMED) && line.contains("Id::") {
            breach("a command's policy is a field in its row of crates/gust/src/commands/table.rs");
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        breaches(&[Source {
            path: path.into(),
            text: text.to_owned(),
        }])
    }

    #[test]
    fn flags_are_read_in_one_folder() {
        let read = "fn f() { if flags.bool(\"x\") {} }\n";
        assert_eq!(found("crates/gust/src/request/build.rs", read).len(), 0);
        let elsewhere = found("crates/gust/src/commands/build.rs", read);
        assert_eq!(
            elsewhere,
            [
                "binary: crates/gust/src/commands/build.rs:1: a flag is read outside of crates/gust/src/request"
            ]
        );
    }

    #[test]
    fn one_file_writes() {
        for stream in ["stdout", "stderr"] {
            let write = format!("fn f() {{ io::{stream}().write_all(b\"x\"); }}\n");
            assert_eq!(found("crates/gust/src/ui.rs", &write).len(), 0);
            assert_eq!(found("crates/gust/src/signals.rs", &write).len(), 1);
            assert_eq!(found("crates/gust-ops/src/report.rs", &write).len(), 1);
            let test = format!("fn f() {{}}\n#[cfg(test)]\nmod tests {{ {write} }}\n");
            assert_eq!(found("crates/gust-ops/src/report.rs", &test).len(), 0);
        }
    }

    #[test]
    fn policy_stands_in_rows() {
        let matched = "fn f(id: Id) -> bool { matches!(id, Id::Env | Id::Bug) }\n";
        assert_eq!(found("crates/gust/src/commands/table.rs", matched).len(), 0);
        assert_eq!(found("crates/gust/src/cli.rs", matched).len(), 1);
    }

    #[test]
    fn the_binary_stays_small() {
        let long = "//\n".repeat(LIMIT + 1);
        assert_eq!(found("crates/gust/src/cli.rs", &long).len(), 1);
        assert_eq!(found("crates/gust/src/help/topics.rs", &long).len(), 0);
    }
}
