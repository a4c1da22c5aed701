//! Unified differences of texts, hunk for hunk those that go prints.
//!
//! Which of several equally short differences is shown is a matter of rule. The rule here: lines that occur exactly once in either
//! text are *anchors*; as many of them as stand in the same order in both are held fast, and equal lines before and behind an
//! anchor grow from it. What lies between is all taken away and then all put in. That is not always the shortest difference, but it
//! is found in one pass, and no brace is matched with a brace of another function.

use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// How two texts differ, with a head that names them; empty if they do not.
#[must_use]
pub fn unified(old_name: &str, old: &str, new_name: &str, new: &str) -> String {
    if old == new {
        return String::new();
    }
    let (a, b) = (lines(old), lines(new));
    let mut text = format!("diff {old_name} {new_name}\n--- {old_name}\n+++ {new_name}\n");
    for hunk in hunks(&changes(&a, &b), a.len()) {
        hunk.write(&a, &b, &mut text);
    }
    text
}

/// Lines with their ends; a last one without is told so.
fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    if let Some(last) = lines.last_mut().filter(|last| !last.ends_with('\n')) {
        last.push_str("\n\\ No newline at end of file\n");
    }
    lines
}

/// These lines of the old text became those of the new one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Changed {
    old: Range<usize>,
    new: Range<usize>,
}

/// What lies between the lines that are held fast.
fn changes(a: &[String], b: &[String]) -> Vec<Changed> {
    let mut found = Vec::new();
    let (mut x, mut y) = (0, 0);
    let ends = std::iter::once((a.len(), b.len()));
    for (mut to_x, mut to_y) in anchors(a, b).into_iter().chain(ends) {
        if to_x < x {
            continue;
        }
        // Equal lines before the anchor grow from it, and then those behind the anchor before.
        let (from_x, from_y) = (to_x, to_y);
        while to_x > x && to_y > y && a[to_x - 1] == b[to_y - 1] {
            (to_x, to_y) = (to_x - 1, to_y - 1);
        }
        if to_x > x || to_y > y {
            found.push(Changed {
                old: x..to_x,
                new: y..to_y,
            });
        }
        (x, y) = (from_x, from_y);
        while x < a.len() && y < b.len() && a[x] == b[y] {
            (x, y) = (x + 1, y + 1);
        }
    }
    found
}

/// The longest list of lines that occur once in either text and stand in the same order in both. Of several such lists the one whose
/// lines stand furthest down in the old text. The beginnings of both texts count as one such line.
fn anchors(a: &[String], b: &[String]) -> Vec<(usize, usize)> {
    let (in_a, in_b) = (once(a), once(b));
    let mut pairs: Vec<(usize, usize)> = in_a
        .iter()
        .filter_map(|(line, &x)| Some((x, *in_b.get(line)?)))
        .collect();
    pairs.sort_unstable();
    // For each length the least line of the new text at which a list of that length ends; for each pair the length at it.
    let mut ends: Vec<usize> = Vec::new();
    let lengths: Vec<usize> = pairs
        .iter()
        .map(|&(_, y)| {
            let length = ends.partition_point(|&end| end < y);
            match ends.get_mut(length) {
                Some(end) => *end = y,
                None => ends.push(y),
            }
            length
        })
        .collect();
    let (mut wanted, mut below) = (ends.len(), usize::MAX);
    let mut chosen = Vec::with_capacity(ends.len() + 1);
    for (&(x, y), length) in pairs.iter().zip(lengths).rev() {
        if length + 1 == wanted && y < below {
            chosen.push((x, y));
            (wanted, below) = (length, y);
        }
    }
    chosen.push((0, 0));
    chosen.reverse();
    chosen
}

/// Lines that occur once, and where.
fn once(lines: &[String]) -> HashMap<&str, usize> {
    let mut seen: HashMap<&str, Option<usize>> = HashMap::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        seen.entry(line)
            .and_modify(|place| *place = None)
            .or_insert(Some(at));
    }
    let single = seen.into_iter();
    single.filter_map(|(line, at)| Some((line, at?))).collect()
}

/// Changes that are shown together, with the lines around them.
struct Hunk<'c> {
    changes: &'c [Changed],
    before: usize,
    after: usize,
}

/// Changes with fewer than two contexts between them go together.
fn hunks(changes: &[Changed], length: usize) -> impl Iterator<Item = Hunk<'_>> {
    let together = |one: &Changed, next: &Changed| next.old.start - one.old.end < 2 * CONTEXT;
    changes.chunk_by(together).map(move |group| Hunk {
        changes: group,
        before: group[0].old.start.min(CONTEXT),
        after: (length - group[group.len() - 1].old.end).min(CONTEXT),
    })
}

impl Hunk<'_> {
    fn write(&self, a: &[String], b: &[String], text: &mut String) {
        let (Some(first), Some(last)) = (self.changes.first(), self.changes.last()) else {
            return;
        };
        let old = first.old.start - self.before..last.old.end + self.after;
        let new = first.new.start - self.before..last.new.end + self.after;
        // What is empty stands behind the line before it.
        let place = |range: &Range<usize>| range.start + usize::from(!range.is_empty());
        let _ = writeln!(
            text,
            "@@ -{},{} +{},{} @@",
            place(&old),
            old.len(),
            place(&new),
            new.len()
        );
        let mut put = |sign: char, lines: &[String]| {
            for line in lines {
                text.push(sign);
                text.push_str(line);
            }
        };
        let mut at = old.start;
        for change in self.changes {
            put(' ', &a[at..change.old.start]);
            put('-', &a[change.old.clone()]);
            put('+', &b[change.new.clone()]);
            at = change.old.end;
        }
        put(' ', &a[at..old.end]);
    }
}

#[cfg(test)]
mod tests {
    use super::unified;

    fn body(old: &str, new: &str) -> String {
        let text = unified("a", old, "b", new);
        let head = "diff a b\n--- a\n+++ b\n";
        text.strip_prefix(head).unwrap_or(&text).to_owned()
    }

    #[test]
    fn what_is_equal_differs_in_nothing() {
        assert_eq!(unified("a", "x\n", "b", "x\n"), "");
        assert_eq!(body("", "x\n"), "@@ -0,0 +1,1 @@\n+x\n");
        assert_eq!(body("x\n", ""), "@@ -1,1 +0,0 @@\n-x\n");
        assert_eq!(
            body("x", "x\n"),
            "@@ -1,1 +1,1 @@\n-x\n\\ No newline at end of file\n+x\n"
        );
    }

    #[test]
    fn changes_close_to_each_other_share_a_hunk() {
        let old: String = (1..=20).map(|n| format!("{n}\n")).collect();
        let near = old.replace("5\n", "five\n").replace("\n11\n", "\neleven\n");
        // "15" became "1five" as well.
        assert_eq!(body(&old, &near).matches("@@ -").count(), 1);
        let far = old
            .replace("\n5\n", "\nfive\n")
            .replace("\n12\n", "\ntwelve\n");
        assert_eq!(
            body(&old, &far),
            "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n@@ -9,7 +9,7 @@\n 9\n 10\n 11\n-12\n+twelve\n 13\n 14\n 15\n"
        );
    }

    #[test]
    fn lines_that_occur_once_hold_their_places() {
        assert_eq!(
            body("a\n}\nb\n}\n", "b\n}\na\n}\n"),
            "@@ -1,4 +1,4 @@\n-a\n-}\n b\n }\n+a\n+}\n"
        );
    }
}
