//! `go test`'s command line: which words are its own, which packages, and what the test binary is given.
//!
//! Flags may stand before and after the packages. One that `go test` does not know is the binary's, and ends the packages; so
//! does `-args`, which is not handed on itself. Flags that both know (`-run`, `-v`, `-timeout`) are handed on under the binary's
//! name for them, `-test.run=…`, with their value as Go prints it.

use std::collections::BTreeMap;
use std::path::Path;

use gust_fs::paths::clean;
use gust_text::flags::{FlagError, Kind, Parsed, parse, parse_one};
use gust_text::num::{format_duration, parse_bool, parse_duration, parse_int};

/// How long a test may take when nobody says.
pub const DEFAULT_TIMEOUT_NS: i64 = 600_000_000_000;

/// How a flag's value is told to the test binary.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Bool,
    Int,
    Text,
    Duration,
    /// A directory, made absolute.
    Dir,
    /// On, off, or `test2json`.
    Verbose,
    /// On, off, or a seed.
    Shuffle,
}

/// What the test binary has under `test.` and the same name.
const HANDED_ON: &[(&str, Shape)] = &[
    ("artifacts", Shape::Bool),
    ("bench", Shape::Text),
    ("benchmem", Shape::Bool),
    ("benchtime", Shape::Text),
    ("blockprofile", Shape::Text),
    ("blockprofilerate", Shape::Text),
    ("count", Shape::Int),
    ("coverprofile", Shape::Text),
    ("cpu", Shape::Text),
    ("cpuprofile", Shape::Text),
    ("failfast", Shape::Bool),
    ("fullpath", Shape::Bool),
    ("fuzz", Shape::Text),
    ("fuzzminimizetime", Shape::Text),
    ("fuzztime", Shape::Text),
    ("list", Shape::Text),
    ("memprofile", Shape::Text),
    ("memprofilerate", Shape::Text),
    ("mutexprofile", Shape::Text),
    ("mutexprofilefraction", Shape::Text),
    ("outputdir", Shape::Dir),
    ("parallel", Shape::Int),
    ("run", Shape::Text),
    ("short", Shape::Bool),
    ("shuffle", Shape::Shuffle),
    ("skip", Shape::Text),
    ("timeout", Shape::Duration),
    ("trace", Shape::Text),
    ("v", Shape::Verbose),
];

/// Flags that make the binary write a file for one package, in the order in which go names one.
const PROFILES: &[&str] = &[
    "blockprofile",
    "cpuprofile",
    "memprofile",
    "mutexprofile",
    "trace",
];

/// The command line, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Every flag of `go test` itself, those of GOFLAGS first; under their plain names, without `test.`.
    pub flags: Parsed,
    /// The packages, as typed. None: the one in the current directory, whose output is shown as it comes.
    pub packages: Vec<String>,
    /// The test binary's arguments.
    pub arguments: Vec<String>,
    /// The test binary is asked for its help, which is to be shown though it passes.
    pub help: bool,
}

/// Why a command line is refused. The usage follows, and the exit code is 2.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A flag, or its value.
    #[error(transparent)]
    Flag(#[from] FlagError),
    /// Nothing is run with -c, so nobody would read a flag that is meant for the binary.
    #[error("go: unknown flag {flag} cannot be used with -c")]
    UnknownWithC {
        /// The flag as typed.
        flag: String,
    },
}

/// Sorts the words after `go test`. `lookup` knows the flags and the syntax of their values; `cwd` is where the person stands.
pub fn read(
    lookup: &dyn Fn(&str) -> Option<Kind>,
    goflags: &[String],
    argv: &[String],
    cwd: &Path,
) -> Result<Words, Refused> {
    let mut sorter = Sorter {
        lookup,
        cwd,
        words: Words {
            flags: parse(lookup, goflags, &[])?,
            ..Words::default()
        },
        implied: BTreeMap::new(),
        unknown: None,
    };
    for at in 0..sorter.words.flags.settings.len() {
        let setting = &mut sorter.words.flags.settings[at];
        let name = setting.name.clone();
        plain(&name).clone_into(&mut setting.name);
        if let Some(argument) = sorter.handed_on(&name, at) {
            sorter.implied.insert(name, argument);
        }
    }
    sorter.sort(argv)?;
    if let Some(flag) = sorter.unknown.take()
        && sorter.words.flags.bool("c")
    {
        return Err(Refused::UnknownWithC { flag });
    }
    Ok(sorter.finish())
}

/// A profile is asked for: the name of its flag, with the dash.
pub fn profile(flags: &Parsed) -> Option<String> {
    let given = |name: &&&str| flags.last(name).is_some_and(|value| !value.is_empty());
    PROFILES.iter().find(given).map(|name| format!("-{name}"))
}

/// The name without `test.`.
fn plain(name: &str) -> &str {
    let short = name.strip_prefix("test.").unwrap_or(name);
    match shape(short) {
        Some(_) => short,
        None => name,
    }
}

fn shape(name: &str) -> Option<Shape> {
    let at = HANDED_ON.binary_search_by(|(n, _)| (*n).cmp(name)).ok()?;
    Some(HANDED_ON[at].1)
}

struct Sorter<'a> {
    lookup: &'a dyn Fn(&str) -> Option<Kind>,
    cwd: &'a Path,
    words: Words,
    /// What GOFLAGS hands on, by the name used there; what the command line says itself is taken out.
    implied: BTreeMap<String, String>,
    /// The first flag that is the binary's alone.
    unknown: Option<String>,
}

impl Sorter<'_> {
    fn sort(&mut self, argv: &[String]) -> Result<(), FlagError> {
        let mut rest = argv;
        // Packages have begun, and whether they are over.
        let (mut begun, mut within) = (false, false);
        let mut after_bare_unknown = false;
        while let Some(word) = rest.first() {
            let could_be_value = std::mem::take(&mut after_bare_unknown);
            match parse_one(self.lookup, rest) {
                Ok((mut setting, used)) => {
                    within = false;
                    let name = std::mem::take(&mut setting.name);
                    plain(&name).clone_into(&mut setting.name);
                    self.words.flags.settings.push(setting);
                    let at = self.words.flags.settings.len() - 1;
                    if let Some(argument) = self.handed_on(&name, at) {
                        self.words.arguments.push(argument);
                        let short = plain(&name);
                        self.implied.remove(short);
                        self.implied.remove(&format!("test.{short}"));
                    }
                    rest = &rest[used..];
                }
                Err(FlagError::Terminator) => break,
                Err(FlagError::NotAFlag { .. }) if within || !begun => {
                    (begun, within) = (true, true);
                    self.words.packages.push(word.clone());
                    rest = &rest[1..];
                }
                // Perhaps the value of a flag that only the binary knows: flags of ours may follow.
                Err(FlagError::NotAFlag { .. }) if could_be_value => {
                    self.words.arguments.push(word.clone());
                    rest = &rest[1..];
                }
                Err(FlagError::NotAFlag { .. }) => break,
                Err(FlagError::NotDefined { .. }) if matches!(&**word, "-args" | "--args") => {
                    rest = &rest[1..];
                    break;
                }
                Err(FlagError::NotDefined { arg, value, .. }) => {
                    (begun, within) = (true, false);
                    after_bare_unknown = value.is_none();
                    self.unknown.get_or_insert_with(|| arg.clone());
                    self.words.arguments.push(arg);
                    rest = &rest[1..];
                }
                Err(error) => return Err(error),
            }
        }
        self.words.arguments.extend_from_slice(rest);
        Ok(())
    }

    /// The argument that hands the setting on, if its flag is one of those; the setting's own value is put in Go's form too.
    fn handed_on(&mut self, name: &str, at: usize) -> Option<String> {
        let short = plain(name);
        let shape = shape(short)?;
        let setting = &mut self.words.flags.settings[at];
        setting.value = told(shape, &setting.value, self.cwd);
        Some(format!("-test.{short}={}", setting.value))
    }

    /// Puts before the explicit arguments what GOFLAGS and the defaults add to them.
    fn finish(mut self) -> Words {
        let flags = &self.words.flags;
        let mut arguments = Vec::with_capacity(self.words.arguments.len() + 3);
        if flags.bool("json") {
            // Has the binary mark its framing, so that the events can be told from output that looks like it.
            arguments.push("-test.v=test2json".to_owned());
            self.implied.remove("v");
            self.implied.remove("test.v");
        }
        arguments.extend(self.implied.into_values());
        // The binary's own default is to take as long as it likes.
        if !flags.is_set("timeout") {
            let default = format_duration(DEFAULT_TIMEOUT_NS);
            arguments.push(format!("-test.timeout={default}"));
        }
        // The binary's own default is where it runs; people expect files where they stand.
        let writes = profile(flags).is_some() || flags.bool("artifacts");
        if writes && !flags.is_set("outputdir") {
            arguments.push(format!("-test.outputdir={}", self.cwd.display()));
        }
        let explicit = self.words.arguments;
        self.words.help = explicit
            .iter()
            .take_while(|word| *word != "--")
            .any(|word| matches!(&**word, "-h" | "-help" | "--help"));
        arguments.extend(explicit);
        self.words.arguments = arguments;
        self.words
    }
}

/// A value that was checked, as Go prints it.
fn told(shape: Shape, value: &str, cwd: &Path) -> String {
    match shape {
        Shape::Bool => parse_bool(value).unwrap_or(false).to_string(),
        Shape::Int => parse_int(value).unwrap_or(0).to_string(),
        Shape::Duration => format_duration(parse_duration(value).unwrap_or(0)),
        Shape::Text => value.to_owned(),
        Shape::Dir if value.is_empty() => String::new(),
        Shape::Dir => clean(&cwd.join(value)).display().to_string(),
        Shape::Verbose => match parse_bool(value) {
            Ok(on) => on.to_string(),
            Err(_) => "test2json".to_owned(),
        },
        Shape::Shuffle => match parse_seed(value) {
            Some(seed) => seed.to_string(),
            None => value.to_owned(),
        },
    }
}

/// A decimal seed; none for the words `on` and `off`.
fn parse_seed(value: &str) -> Option<i64> {
    value.parse().ok()
}

/// Whether -v takes the value; if not, why.
pub fn check_verbose(value: &str) -> Result<(), String> {
    match value == "test2json" || parse_bool(value).is_ok() {
        true => Ok(()),
        false => Err(format!("invalid flag -test.v={value}")),
    }
}

/// Whether -shuffle takes the value; if not, why.
pub fn check_shuffle(value: &str) -> Result<(), String> {
    if matches!(value, "on" | "off") || parse_seed(value).is_some() {
        return Ok(());
    }
    let digits = value.strip_prefix(['+', '-']).unwrap_or(value);
    let why = match !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        true => "value out of range",
        false => "invalid syntax",
    };
    let value = gust_text::quote::quote(value);
    Err(format!(
        "-shuffle argument must be \"on\", \"off\", or an int64: strconv.ParseInt: parsing {value}: {why}"
    ))
}
