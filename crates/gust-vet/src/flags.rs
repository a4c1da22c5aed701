//! The command line of vet: build flags, the tool's own flags, packages.
//!
//! Which flags the tool has it says itself: `TOOL -flags` prints them as JSON. They are handed on as they were typed.

use std::collections::BTreeMap;

use gust_text::flags::{FlagError, Kind, Parsed, Setting, parse_one};
use gust_toolchain::Settings;
use serde::Deserialize;

/// The tool's flag that the command has in its place: it shows lines of context itself.
const NOT_HANDED_ON: &str = "c";

/// A tool that does not say which flags it has.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// It cannot be asked.
    #[error("{program} -flags failed: {why}")]
    Failed {
        /// The tool.
        program: String,
        /// Why not.
        why: String,
    },
    /// Its answer makes no sense.
    #[error("can't unmarshal JSON from {program} -flags: {source}")]
    Answer {
        /// The tool.
        program: String,
        /// Why not.
        source: serde_json::Error,
    },
}

/// A flag of the tool.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ToolFlag {
    name: String,
    #[serde(rename = "Bool")]
    is_bool: bool,
}

impl ToolFlag {
    /// Its name, without dashes.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// A command line, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// The command's own flags, those of GOFLAGS first.
    pub flags: Parsed,
    /// The tool's flags, those that the command has too among them: of GOFLAGS what nobody typed, then the others as typed.
    pub tool: Vec<String>,
    /// The packages.
    pub packages: Vec<String>,
}

/// The flags that a tool has.
///
/// # Errors
/// The tool cannot be asked, or its answer not be read.
pub fn of_tool(settings: &Settings, program: &str) -> Result<Vec<ToolFlag>, ToolError> {
    let answer = settings.tool_flags(program);
    let answer = answer.map_err(|why| ToolError::Failed {
        program: program.to_owned(),
        why,
    })?;
    let flags: Result<Vec<ToolFlag>, _> = serde_json::from_slice(&answer);
    let mut flags = flags.map_err(|source| ToolError::Answer {
        program: program.to_owned(),
        source,
    })?;
    flags.retain(|flag| flag.name != NOT_HANDED_ON);
    Ok(flags)
}

/// The value of `flag` among the words, which names another tool: it must be known before the words can be read.
#[must_use]
pub fn other_tool(flag: &str, words: &[String]) -> Option<String> {
    let mut found = None;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let Some(name) = word.strip_prefix("--").or_else(|| word.strip_prefix('-')) else {
            continue;
        };
        match name.split_once('=') {
            Some((name, value)) if name == flag => found = Some(value.to_owned()),
            None if name == flag => found = words.next().cloned(),
            _ => {}
        }
    }
    found.filter(|tool| !tool.is_empty())
}

/// Sorts the words behind the command. `own` knows the command's own flags, `tool` are the tool's.
///
/// # Errors
/// A flag that neither has, or a value that does not fit.
pub fn read(
    own: &dyn Fn(&str) -> Option<Kind>,
    tool: &[ToolFlag],
    goflags: &[String],
    argv: &[String],
) -> Result<Words, FlagError> {
    let find = |name: &str| tool.iter().find(|flag| flag.name == name);
    let lookup = |name: &str| {
        let of_tool = || {
            Some(match find(name)?.is_bool {
                true => Kind::Bool,
                false => Kind::String,
            })
        };
        own(name).or_else(of_tool)
    };
    let mut words = Words::default();
    // A word of GOFLAGS may be meant for other commands.
    let preset = goflags.iter().filter_map(|word| {
        let read = parse_one(&lookup, std::slice::from_ref(word));
        read.ok().map(|(setting, _)| setting)
    });
    let mut preset: BTreeMap<String, Setting> =
        preset.map(|flag| (flag.name.clone(), flag)).collect();
    let known = preset.values().filter(|flag| own(&flag.name).is_some());
    words.flags.settings.extend(known.cloned());
    let mut rest = argv;
    while !rest.is_empty() {
        match parse_one(&lookup, rest) {
            Ok((setting, used)) => {
                if find(&setting.name).is_some() {
                    words.tool.extend_from_slice(&rest[..used]);
                    preset.remove(&setting.name);
                }
                if own(&setting.name).is_some() {
                    words.flags.settings.push(setting);
                }
                rest = &rest[used..];
            }
            Err(FlagError::NotAFlag { .. }) => break,
            Err(FlagError::Terminator) => {
                rest = &rest[1..];
                break;
            }
            Err(error) => return Err(error),
        }
    }
    words.packages = rest.to_vec();
    let preset = preset
        .values()
        .filter(|flag| find(&flag.name).is_some())
        .map(|flag| format!("-{}={}", flag.name, flag.value));
    words.tool.splice(0..0, preset);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(argv: &[&str]) -> Result<Words, FlagError> {
        let own = |name: &str| (name == "tags").then_some(Kind::String);
        let tool = [("printf", true), ("printf.funcs", false)].map(|(name, is_bool)| ToolFlag {
            name: name.to_owned(),
            is_bool,
        });
        let argv: Vec<String> = argv.iter().map(|&word| word.to_owned()).collect();
        read(&own, &tool, &["-tags=a".to_owned()], &argv)
    }

    #[test]
    fn the_tools_flags_are_handed_on_as_typed() {
        let words = words(&[
            "-printf",
            "-tags",
            "b",
            "-printf.funcs",
            "f,g",
            "./...",
            "-x",
        ])
        .unwrap();
        assert_eq!(words.tool, ["-printf", "-printf.funcs", "f,g"]);
        assert_eq!(words.packages, ["./...", "-x"]);
        assert_eq!(words.flags.last("tags"), Some("b"));
    }

    #[test]
    fn a_flag_that_nobody_has_is_refused() {
        assert!(matches!(
            words(&["-nosuch"]),
            Err(FlagError::NotDefined { .. })
        ));
    }
}
