//! Made modules: any number of packages that import each other, the same ones every time.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Result;

/// The path of every made module.
pub(super) const MODULE: &str = "example.com/made";

/// Packages in one directory.
const GROUP: usize = 100;

/// The directory of package `n`, below the module's.
pub(super) fn package(n: usize) -> String {
    format!("g{}/p{n}", n / GROUP)
}

/// Writes a module of `count` packages and a program that uses them all into `dir`.
pub(super) fn write(dir: &Path, count: usize) -> Result<()> {
    fs::create_dir_all(dir)?;
    fs::write(dir.join("go.mod"), format!("module {MODULE}\n\ngo 1.25\n"))?;
    for n in 0..count {
        let place = dir.join(package(n));
        fs::create_dir_all(&place)?;
        fs::write(place.join("p.go"), source(n))?;
        fs::write(place.join("help.go"), helper(n))?;
    }
    let place = dir.join("cmd/made");
    fs::create_dir_all(&place)?;
    fs::write(place.join("main.go"), program(count))?;
    Ok(())
}

/// The earlier packages that package `n` imports: a neighbour, one near, one far.
fn imports(n: usize) -> Vec<usize> {
    let mut found: Vec<usize> = [
        n.checked_sub(1 + n % 7),
        n.checked_sub(11 + n % 13),
        Some(n * 37 / 101),
    ]
    .into_iter()
    .flatten()
    .filter(|&m| m < n)
    .collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn source(n: usize) -> String {
    let mut text =
        format!("// Package p{n} is one of many.\npackage p{n}\n\nimport (\n\t\"strings\"\n");
    if n.is_multiple_of(10) {
        text.push_str("\t\"fmt\"\n");
    }
    for m in imports(n) {
        let _ = writeln!(text, "\t\"{MODULE}/{}\"", package(m));
    }
    let _ = write!(
        text,
        ")\n\n// Sum adds up what lies below.\nfunc Sum(depth int) int {{\n\tif depth == 0 {{\n\t\treturn {n}\n\t}}\n"
    );
    let _ = writeln!(
        text,
        "\ttotal := len(strings.Repeat(\"x\", {})) + help({n})",
        n % 17
    );
    if n.is_multiple_of(10) {
        text.push_str("\ttotal += len(fmt.Sprint(total))\n");
    }
    for m in imports(n) {
        let _ = writeln!(text, "\ttotal += p{m}.Sum(depth - 1)");
    }
    text.push_str("\treturn total\n}\n");
    text
}

fn helper(n: usize) -> String {
    format!(
        "package p{n}\n\nfunc help(n int) int {{\n\treturn n%{} + {}\n}}\n",
        n % 23 + 2,
        n % 5
    )
}

fn program(count: usize) -> String {
    let mut text = String::from("// Command made uses every package.\npackage main\n\nimport (\n");
    for n in 0..count {
        let _ = writeln!(text, "\t\"{MODULE}/{}\"", package(n));
    }
    text.push_str(")\n\nfunc main() {\n\ttotal := 0\n");
    for n in 0..count {
        let _ = writeln!(text, "\ttotal += p{n}.Sum(2)");
    }
    text.push_str("\tprintln(total)\n}\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_point_down() {
        for n in 0..2000 {
            let found = imports(n);
            assert!(
                found.iter().all(|&m| m < n) && (n < 2 || !found.is_empty()),
                "{n}: {found:?}"
            );
        }
    }
}
