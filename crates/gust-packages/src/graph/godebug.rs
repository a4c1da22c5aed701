//! The GODEBUG defaults of a program: what the go version of its main module implies, changed by `godebug` lines of
//! go.mod and `//go:debug` lines of the sources. What a version implies is told by the release's own table
//! (GOROOT/src/internal/godebugs/table.go), so that each release answers for itself.

use std::collections::BTreeMap;
use std::path::Path;

use gust_fs::View;
use gust_syntax::gover;

/// The settings that a release knows.
#[derive(Debug, Default)]
pub struct GodebugTable {
    known: Vec<Known>,
    removed: Vec<(String, u32)>,
    release: String,
}

#[derive(Debug)]
struct Known {
    name: String,
    changed: u32,
    old: String,
}

impl GodebugTable {
    /// Reads the table of the release in `goroot`; empty when there is none. `release` is `1.26.8`.
    pub fn read(view: &View, goroot: &Path, release: &str) -> GodebugTable {
        let file = goroot.join("src/internal/godebugs/table.go");
        let text = view.read_to_string(&file).unwrap_or_default();
        let mut table = GodebugTable {
            release: release.to_owned(),
            ..GodebugTable::default()
        };
        for line in text.lines() {
            let Some(name) = field(line, "Name: ") else {
                continue;
            };
            if let Some(removed) = field(line, "Removed: ") {
                table.removed.push((name, removed.parse().unwrap_or(0)));
                continue;
            }
            let changed = field(line, "Changed: ")
                .and_then(|c| c.parse().ok())
                .unwrap_or(0);
            table.known.push(Known {
                name,
                changed,
                old: field(line, "Old: ").unwrap_or_default(),
            });
        }
        table
    }

    /// Checks one setting of a `//go:debug` line (`what` is `//go:debug setting`) or of a `godebug` line.
    pub fn check(&self, what: &str, key: &str, value: &str) -> Result<(), String> {
        for (text, of) in [(key, "key"), (value, "value")] {
            if text.contains([' ', '\t']) {
                return Err(format!("{of} contains space"));
            }
        }
        for (text, of) in [(key, "key"), (value, "value")] {
            if text.contains(',') {
                return Err(format!("{of} contains comma"));
            }
        }
        if key == "default" {
            return self.check_default(value);
        }
        if self.known.iter().any(|k| k.name == key) {
            return Ok(());
        }
        if let Some((_, version)) = self.removed.iter().find(|(name, _)| name == key) {
            return Err(format!(
                "use of removed {what} {key:?}, see https://go.dev/doc/godebug#go-1{version}"
            ));
        }
        Err(format!("unknown {what} {key:?}"))
    }

    fn check_default(&self, value: &str) -> Result<(), String> {
        let Some(version) = value.strip_prefix("go").filter(|v| gover::is_valid(v)) else {
            return Err("value for default= must be goVERSION".into());
        };
        if gover::compare(version, &self.release).is_gt() {
            return Err(format!(
                "default={value} too new (toolchain is go{})",
                self.release
            ));
        }
        Ok(())
    }

    /// `//go:debug key=value` as key and value; an error's text for a bad one; `None` for another comment.
    pub fn parse_line<'a>(&self, text: &'a str) -> Option<Result<(&'a str, &'a str), String>> {
        let rest = text.strip_prefix("//go:debug")?;
        if rest.trim().is_empty() {
            return Some(Err("missing key=value".into()));
        }
        if !rest.starts_with([' ', '\t']) {
            return None;
        }
        let Some((key, value)) = rest.trim().split_once('=') else {
            return Some(Err("missing key=value".into()));
        };
        Some(
            self.check("//go:debug setting", key, value)
                .map(|()| (key, value)),
        )
    }

    /// What differs from the release's behaviour in a program of go `version`.
    fn for_version(&self, version: &str) -> BTreeMap<String, String> {
        let minor = version
            .strip_prefix("1.")
            .map(|rest| rest.split('.').next().unwrap_or(rest));
        let Some(minor) = minor.and_then(|m| m.parse::<u32>().ok()) else {
            return BTreeMap::new();
        };
        self.known
            .iter()
            .filter(|k| minor < k.changed)
            .map(|k| (k.name.clone(), k.old.clone()))
            .collect()
    }

    /// The DefaultGODEBUG of a main package: `a=1,b=2`, sorted.
    /// `settings` come from GOFIPS140 and go.mod, `directives` from the sources; later ones win.
    pub fn defaults<'a>(
        &self,
        go_version: &str,
        settings: impl IntoIterator<Item = (String, String)>,
        directives: impl IntoIterator<Item = &'a str>,
    ) -> String {
        let mut set: BTreeMap<String, String> = settings.into_iter().collect();
        for line in directives {
            if let Some(Ok((key, value))) = self.parse_line(line) {
                set.insert(key.to_owned(), value.to_owned());
            }
        }
        let mut version = go_version.to_owned();
        if let Some(default) = set.remove("default") {
            let stated = default.strip_prefix("go").unwrap_or(&default);
            if gover::is_valid(stated) {
                version = stated.to_owned();
            }
        }
        let mut all = self.for_version(&version);
        all.extend(set);
        all.iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect::<Vec<_>>()
            .join(",")
    }
}

/// `name"value"` or `nameNUMBER` in a line of the table.
fn field(line: &str, name: &str) -> Option<String> {
    let rest = &line[line.find(name)? + name.len()..];
    match rest.strip_prefix('"') {
        Some(text) => Some(text[..text.find('"')?].to_owned()),
        None => Some(rest.chars().take_while(char::is_ascii_digit).collect()),
    }
}
