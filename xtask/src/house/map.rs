//! ARCHITECTURE.md's way of a build: every stop is a file and a function that are there.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Rows `| 3 | `file` | `function` | ... |` whose file or function is not there, and a way that is not ten stops long.
pub(super) fn breaches(top: &Path) -> Result<Vec<String>> {
    let page = top.join("ARCHITECTURE.md");
    let text = fs::read_to_string(&page).with_context(|| page.display().to_string())?;
    let read = |file: &str| fs::read_to_string(top.join(file)).ok();
    Ok(of_page(&text, read))
}

fn of_page(page: &str, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut found = Vec::new();
    let mut stops = 0;
    let mut below = false;
    for row in page.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row
            .split('|')
            .map(|cell| cell.trim().trim_matches('`'))
            .collect();
        let [_, number, file, function, ..] = cells[..] else {
            continue;
        };
        if number.parse::<u32>().is_err() || !file.ends_with(".rs") {
            continue;
        }
        stops += 1;
        let in_binary = file.starts_with("crates/gust/");
        if in_binary && below {
            found.push(format!(
                "map: stop {number}: the way comes back up to the binary"
            ));
        }
        below |= !in_binary;
        match read(file) {
            None => found.push(format!("map: stop {number}: no file {file}")),
            Some(text)
                if !text.contains(&format!("fn {function}("))
                    && !text.contains(&format!("fn {function}<")) =>
            {
                found.push(format!(
                    "map: stop {number}: no function {function} in {file}"
                ));
            }
            Some(text) if !is_instrumented(&text, function) => found.push(format!(
                "map: stop {number}: {function} in {file} has no span: GUST_LOG must show it"
            )),
            Some(_) => {}
        }
    }
    if stops != 10 {
        found.push(format!(
            "map: ARCHITECTURE.md shows the way of a build in {stops} stops, not ten"
        ));
    }
    found
}

/// Whether the line before a function of that name gives it a span.
fn is_instrumented(text: &str, function: &str) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    lines.windows(2).any(|pair| {
        let named = [format!("fn {function}("), format!("fn {function}<")];
        pair[0].trim_start().starts_with("#[tracing::instrument(")
            && named.iter().any(|named| pair[1].contains(named))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_that_moved_is_a_breach() {
        let page: String = (1..=10)
            .map(|n| format!("| {n} | `a.rs` | `run` | x |\n"))
            .collect();
        let good = |_: &str| {
            Some(
                "#[tracing::instrument(skip_all)]
pub(crate) fn run() {}"
                    .to_owned(),
            )
        };
        assert!(of_page(&page, good).is_empty());
        assert_eq!(
            of_page(&page, |_| Some("fn walk() {}".to_owned())).len(),
            10
        );
        assert_eq!(of_page(&page, |_| None).len(), 10);
        let bare = |_: &str| Some("pub fn run() {}".to_owned());
        assert_eq!(of_page(&page, bare).len(), 10, "without a span");
        assert_eq!(of_page("", good).len(), 1);
    }

    #[test]
    fn a_way_back_up_is_a_breach() {
        let row = |n: usize, file: &str| format!("| {n} | `{file}` | `run` | x |\n");
        let page = |files: &[&str]| {
            let rows = files.iter().enumerate().map(|(n, file)| row(n + 1, file));
            rows.collect::<String>()
        };
        let good = |_: &str| {
            Some(
                "#[tracing::instrument(skip_all)]
pub fn run() {}"
                    .to_owned(),
            )
        };
        let (up, down) = ("crates/gust/src/cli.rs", "crates/gust-ops/src/build.rs");
        let mut files = [down; 10];
        files[0] = up;
        assert!(of_page(&page(&files), good).is_empty());
        files[5] = up;
        assert_eq!(
            of_page(&page(&files), good),
            ["map: stop 6: the way comes back up to the binary"]
        );
    }
}
