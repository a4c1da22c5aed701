//! The command line of vet: build flags, the tool's own flags, packages.
//!
//! Which flags the tool has it says itself: `TOOL -flags` prints them as JSON. They are handed on as they were typed.

use gust_text::flags::{FlagError, Kind, Parsed, parse_one};
use gust_toolchain::Settings;
use serde::Deserialize;

/// Flags that the tool has for itself, or that the command has under the same name.
const NOT_HANDED_ON: [&str; 6] = ["V", "flags", "json", "c", "fix", "diff"];

/// The flag that is for both: the tool prints so, and the command passes it on.
const SHARED: &str = "json";

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

/// A command line, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// The command's own flags, those of GOFLAGS first.
    pub flags: Parsed,
    /// The tool's flags, as typed.
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
    flags.retain(|flag| !NOT_HANDED_ON.contains(&flag.name.as_str()));
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
    for (list, typed) in [(goflags, false), (argv, true)] {
        let mut rest = list;
        while !rest.is_empty() {
            match parse_one(&lookup, rest) {
                Ok((setting, used)) => {
                    let is_own = own(&setting.name).is_some();
                    if !is_own || setting.name == SHARED {
                        words.tool.extend_from_slice(&rest[..used]);
                    }
                    if is_own {
                        words.flags.settings.push(setting);
                    }
                    rest = &rest[used..];
                }
                // A word of GOFLAGS may be meant for other commands.
                Err(_) if !typed => rest = &rest[1..],
                Err(FlagError::NotAFlag { .. }) => break,
                Err(FlagError::Terminator) => {
                    rest = &rest[1..];
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        if typed {
            words.packages = rest.to_vec();
        }
    }
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
