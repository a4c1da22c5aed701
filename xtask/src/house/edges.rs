//! Dead edges: what a manifest asks for and no source uses.
//!
//! cargo-machete finds the same, but takes longer to install than the rest of this check takes to run.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Source;

/// Holds every manifest against the sources beside it, and the workspace's table against the manifests.
pub(super) fn breaches(top: &Path, sources: &[Source]) -> Result<Vec<String>> {
    let read = |file: &Path| {
        fs::read_to_string(top.join(file)).with_context(|| file.display().to_string())
    };
    let mut found = Vec::new();
    let mut asked_for = Vec::new();
    for dir in super::crates(sources) {
        let manifest = read(&dir.join("Cargo.toml"))?;
        let own: Vec<&Source> = sources
            .iter()
            .filter(|source| source.path.starts_with(&dir))
            .collect();
        found.extend(of_manifest(&dir.to_string_lossy(), &manifest, &own));
        asked_for.extend(edges(&manifest).into_iter().map(|edge| edge.name));
    }
    let table = edges(&read(Path::new("Cargo.toml"))?);
    found.extend(
        table
            .iter()
            .filter(|edge| !edge.own && !asked_for.contains(&edge.name))
            .map(|edge| format!("edges: no crate asks for the workspace's {}", edge.name)),
    );
    Ok(found)
}

fn of_manifest(name: &str, manifest: &str, sources: &[&Source]) -> Vec<String> {
    let lines: Vec<&str> = sources
        .iter()
        .flat_map(|source| source.text.lines())
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    edges(manifest)
        .into_iter()
        .filter(|edge| {
            let word = edge.name.replace('-', "_");
            !edge.optional && !lines.iter().any(|line| uses(line, &word))
        })
        .map(|edge| format!("edges: {name} asks for {} and does not use it", edge.name))
        .collect()
}

/// Whether `word` stands in the line as the beginning of a path, or is brought in by itself.
fn uses(line: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        let apart = !before.ends_with(is_name) && !before.ends_with("::");
        let path = after.starts_with("::");
        let alone = ["use ", "extern crate "]
            .iter()
            .any(|keyword| before.trim_end().ends_with(keyword.trim_end()))
            && !after.starts_with(is_name);
        apart && (path || alone)
    })
}

/// One line under a heading that ends in `dependencies`.
struct Edge {
    name: String,
    /// Asked for by a feature alone; which of them use it is the feature's business.
    optional: bool,
    /// A crate of this workspace: it is there whether somebody asks for it or not.
    own: bool,
}

fn edges(manifest: &str) -> Vec<Edge> {
    let mut listed = false;
    let mut found = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[') {
            listed = section.trim_end_matches(']').ends_with("dependencies");
        } else if listed
            && !line.starts_with('#')
            && let Some((name, rest)) = line.split_once(['=', '.'])
        {
            found.push(Edge {
                name: name.trim().to_owned(),
                optional: rest.contains("optional = true"),
                own: rest.contains("path ="),
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_that_no_source_uses_is_a_breach() {
        let manifest = "[package]\nname = \"x\"\n\n[dependencies]\nleaf = \"1\"\ntree-root = { workspace = true }\n\n\
                        [dev-dependencies]\nseed.workspace = true\n";
        let of = |text: &str| {
            let source = Source {
                path: "crates/x/src/lib.rs".into(),
                text: text.to_owned(),
            };
            of_manifest("crates/x", manifest, &[&source])
        };
        let all = "use tree_root::View;\n#[derive(leaf::Serialize)]\nuse seed;\n";
        assert_eq!(of(all), Vec::<String>::new());
        assert_eq!(
            of(&all.replace("use tree_root::View", "// use tree_root::View")),
            ["edges: crates/x asks for tree-root and does not use it"]
        );
        for (used, other) in [
            ("leaf::", "my_leaf::"),
            ("leaf::", "crate::leaf::"),
            ("use seed;", "use seeds;"),
        ] {
            assert_eq!(of(&all.replace(used, other)).len(), 1, "{other}");
        }
    }
}
