//! Traces of a workshop: a committed file that knows the machine it was written on helps nobody elsewhere.

use super::code;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::go;

/// What must not stand in a committed file. Spelled in pieces, so that this file passes.
const TRACES: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("iss", "ues show"),
];

/// Every line of a committed text file that names a place of one machine.
pub(super) fn breaches(top: &Path) -> Result<Vec<String>> {
    let mut git = Command::new("git");
    let Ok(listed) = go::must(git.current_dir(top).args(["ls-files", "-z"])) else {
        // A source archive has no index; what it holds was checked before it was made.
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for name in String::from_utf8_lossy(&listed).split_terminator('\0') {
        let Ok(text) = std::fs::read_to_string(top.join(name)) else {
            continue;
        };
        found.extend(of_text(name, &text));
    }
    Ok(found)
}

fn of_text(name: &str, text: &str) -> Vec<String> {
    // Texts that quote a session, as test inputs do, name made-up homes.
    let free =
        name.contains("/tests/") || name.contains("/testdata/") || name.contains("/testkit/");
    if free {
        return Vec::new();
    }
    let code = code::product(text);
    let lines = code.lines().enumerate();
    lines
        .filter_map(|(index, line)| {
            let trace = TRACES.iter().find(|trace| names(line, trace))?;
            Some(format!(
                "traces: {name}:{}: {trace} is a place of one machine",
                index + 1
            ))
        })
        .collect()
}

/// Whether `trace` stands in `line` by itself, and not as the end of a longer path.
fn names(line: &str, trace: &str) -> bool {
    line.match_indices(trace).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && !"._-$})]*>~:".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_one_machine_are_found() {
        let count = |text: &str| of_text("crates/x/src/lib.rs", text).len();
        assert_eq!(count(&format!("see {}notes\n", TRACES[0])), 1);
        assert_eq!(count(&format!("let dir = \"{}x\";\n", TRACES[2])), 1);
        assert_eq!(
            count(&format!(
                "see target{}notes, $WORK{}x\n",
                TRACES[0], TRACES[0]
            )),
            0
        );
        assert_eq!(
            count(&format!(
                "fn f() {{}}\n#[cfg(test)]\nmod tests {{ // {}x\n}}\n",
                TRACES[0]
            )),
            0
        );
    }
}
