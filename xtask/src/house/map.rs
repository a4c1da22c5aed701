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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_that_moved_is_a_breach() {
        let page: String = (1..=10)
            .map(|n| format!("| {n} | `a.rs` | `run` | x |\n"))
            .collect();
        let good = |_: &str| Some("pub(crate) fn run() {}".to_owned());
        assert!(of_page(&page, good).is_empty());
        assert_eq!(
            of_page(&page, |_| Some("fn walk() {}".to_owned())).len(),
            10
        );
        assert_eq!(of_page(&page, |_| None).len(), 10);
        assert_eq!(of_page("", good).len(), 1);
    }
}
