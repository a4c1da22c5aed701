//! GOAMD64, GOARM64 and their kin: which values are valid, and the build tags that they turn on.
//!
//! Like the tools of the distribution, and unlike the other settings, these are checked only as the process environment gives
//! them; a value from a file is taken as it stands and left for the compiler to refuse.

use crate::environ::Environ;
use crate::experiment::ExperimentError;
use crate::vars;
use thiserror::Error;

/// A value in the environment that no release's tools would take.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BuildConfigError {
    /// A GOARM64 that is none.
    #[error(
        "invalid GOARM64: must start with v8.{{0-9}} or v9.{{0-5}} and may optionally end in \",lse\" and/or \",crypto\""
    )]
    Arm64,
    /// A GOMIPS, GOMIPS64, GOPPC64 or GORISCV64 that is none: its name and the valid values.
    #[error("invalid {0}: must be {1}")]
    OneOf(&'static str, &'static str),
    /// A feature in GOWASM that does not exist.
    #[error("invalid GOWASM: no such feature {}", quoted(.0))]
    Wasm(String),
    /// A GOFIPS140 that is none.
    #[error("invalid GOFIPS140: must be off, latest, inprocess, certified, or v1.Y.Z")]
    Fips,
    /// A GOEXPERIMENT that is none.
    #[error(transparent)]
    Experiment(#[from] ExperimentError),
}

fn quoted(text: &str) -> String {
    gust_text::quote::quote(text)
}

/// What `zbootstrap.go` of a release says the defaults are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// Name and value, as in `const DefaultGOAMD64`.
    values: Vec<(String, String)>,
}

const STANDARD: &[(&str, &str)] = &[
    (vars::GO386, "sse2"),
    (vars::GOAMD64, "v1"),
    (vars::GOARM, "7"),
    (vars::GOARM64, "v8.0"),
    (vars::GOMIPS, "hardfloat"),
    (vars::GOMIPS64, "hardfloat"),
    (vars::GOPPC64, "power8"),
    (vars::GORISCV64, "rva20u64"),
    (vars::GOFIPS140, "off"),
];

impl Default for Defaults {
    fn default() -> Defaults {
        Defaults {
            values: STANDARD
                .iter()
                .map(|&(n, v)| (n.to_owned(), v.to_owned()))
                .collect(),
        }
    }
}

impl Defaults {
    /// Reads the constants that the release was built with; those it does not name keep their standard value.
    pub fn from_source(zbootstrap_go: &str) -> Defaults {
        let mut defaults = Defaults::default();
        for line in zbootstrap_go.lines() {
            let Some((name, value)) = line.strip_prefix("const ").and_then(|l| l.split_once('='))
            else {
                continue;
            };
            let name = name.trim();
            let Some(name) = name
                .strip_prefix("Default")
                .or_else(|| name.strip_prefix("default"))
            else {
                continue;
            };
            let value = value.trim().trim_matches(['`', '"']);
            if name.starts_with(vars::GOOS) || name.starts_with(vars::GOARCH) {
                continue;
            }
            match defaults.values.iter_mut().find(|(n, _)| n == name) {
                Some(slot) => slot.1 = value.to_owned(),
                None => defaults.values.push((name.to_owned(), value.to_owned())),
            }
        }
        defaults
    }

    /// The default of a variable, empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.values
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v)
    }
}

/// The variable that refines an architecture, if one does.
pub fn arch_variable(goarch: &str) -> Option<&'static str> {
    Some(match goarch {
        "386" => vars::GO386,
        "amd64" => vars::GOAMD64,
        "arm" => vars::GOARM,
        "arm64" => vars::GOARM64,
        "mips" | "mipsle" => vars::GOMIPS,
        "mips64" | "mips64le" => vars::GOMIPS64,
        "ppc64" | "ppc64le" => vars::GOPPC64,
        "riscv64" => vars::GORISCV64,
        "wasm" => vars::GOWASM,
        _ => return None,
    })
}

/// Checks the environment's architecture and FIPS settings; the error that go reports is the last that it met.
///
/// go's check of GOARM64 forgets what it found wrong with GOAMD64 and GOARM before it, so those two pass here as well.
pub fn check(
    environ: &Environ,
    experiment: Option<ExperimentError>,
) -> Result<(), BuildConfigError> {
    let mut last = Ok(());
    let mut note = |bad: bool, error: BuildConfigError| {
        if bad {
            last = Err(error);
        }
    };
    let set = |name: &str, valid: &[&str]| {
        let value = environ.get(name);
        !value.is_empty() && !valid.contains(&value)
    };
    let float = ["hardfloat", "softfloat"];
    note(
        arm64(environ.get(vars::GOARM64)).is_none(),
        BuildConfigError::Arm64,
    );
    note(
        set(vars::GOMIPS, &float),
        BuildConfigError::OneOf(vars::GOMIPS, "hardfloat, softfloat"),
    );
    note(
        set(vars::GOMIPS64, &float),
        BuildConfigError::OneOf(vars::GOMIPS64, "hardfloat, softfloat"),
    );
    note(
        set(vars::GOPPC64, &["power8", "power9", "power10"]),
        BuildConfigError::OneOf(vars::GOPPC64, "power8, power9, power10"),
    );
    note(
        set(vars::GORISCV64, &["rva20u64", "rva22u64", "rva23u64"]),
        BuildConfigError::OneOf(vars::GORISCV64, "rva20u64, rva22u64, rva23u64"),
    );
    for feature in environ.get(vars::GOWASM).split(',') {
        note(
            !matches!(feature, "" | "satconv" | "signext"),
            BuildConfigError::Wasm(feature.to_owned()),
        );
    }
    if let Some(error) = experiment {
        note(true, error.into());
    }
    let fips = environ.get(vars::GOFIPS140);
    note(
        !matches!(fips, "" | "off" | "latest" | "inprocess" | "certified")
            && !is_fips_version(fips),
        BuildConfigError::Fips,
    );
    last
}

/// v1.Y.Z, with -rcN or a dash and eight characters after it.
fn is_fips_version(text: &str) -> bool {
    fn number(text: &str) -> Option<&str> {
        let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
        (rest.len() < text.len()).then_some(rest)
    }
    let rest = text
        .strip_prefix("v1.")
        .and_then(number)
        .and_then(|r| r.strip_prefix('.'))
        .and_then(number);
    match rest {
        None => false,
        Some("") => true,
        Some(rest) => match rest.strip_prefix("-rc") {
            Some(n) => number(n) == Some(""),
            None => rest.strip_prefix('-').is_some_and(|date| date.len() == 8),
        },
    }
}

/// Major and minor of a GOARM64 (v8.0 when empty); None when it is not valid.
fn arm64(value: &str) -> Option<(u8, u8)> {
    let mut value = if value.is_empty() { "v8.0" } else { value };
    while let Some(rest) = value
        .strip_suffix(",lse")
        .or_else(|| value.strip_suffix(",crypto"))
    {
        value = rest;
    }
    match value.as_bytes() {
        [b'v', b'8', b'.', minor @ b'0'..=b'9'] => Some((8, minor - b'0')),
        [b'v', b'9', b'.', minor @ b'0'..=b'5'] => Some((9, minor - b'0')),
        _ => None,
    }
}

/// The build tags of the architecture's features, such as amd64.v1, as the environment (not the files) asks for them.
pub fn tags(environ: &Environ, defaults: &Defaults, host_arch: &str, host_os: &str) -> Vec<String> {
    let or =
        |value: &str, default: &str| (if value.is_empty() { default } else { value }).to_owned();
    let goarch = or(environ.get(vars::GOARCH), host_arch);
    let goos = or(environ.get(vars::GOOS), host_os);
    let Some(variable) = arch_variable(&goarch) else {
        return Vec::new();
    };
    let value = or(environ.get(variable), defaults.get(variable));
    let steps = |prefix: &str, from: u8, to: u8| {
        (from..=to)
            .map(|i| format!("{goarch}.{prefix}{i}"))
            .collect::<Vec<_>>()
    };
    match variable {
        vars::GOAMD64 => steps(
            "v",
            1,
            one_of(&value, &[("v1", 1), ("v2", 2), ("v3", 3), ("v4", 4)]),
        ),
        vars::GOARM => {
            let least = if goos == "android" { 7 } else { 5 };
            let version = value
                .trim_end_matches(",hardfloat")
                .trim_end_matches(",softfloat");
            let version = match version {
                "5" => 5,
                "6" => 6,
                "7" => 7,
                _ if least == 7 => 7,
                _ => defaults
                    .get(vars::GOARM)
                    .bytes()
                    .next()
                    .map_or(7, |b| b.saturating_sub(b'0')),
            };
            steps("", 5, version)
        }
        vars::GOARM64 => {
            let (major, minor) = arm64(&value).unwrap_or((8, 0));
            let mut tags = steps(&format!("v{major}."), 0, minor);
            if major == 9 {
                tags.extend(steps("v8.", 0, (minor + 5).min(9)));
            }
            tags
        }
        vars::GOPPC64 => steps(
            "power",
            8,
            one_of(&value, &[("power8", 8), ("power9", 9), ("power10", 10)]),
        ),
        vars::GORISCV64 => {
            let year = one_of(
                &value,
                &[("rva20u64", 20), ("rva22u64", 22), ("rva23u64", 23)],
            );
            let years = [20, 22, 23].into_iter().filter(|&y| y <= year);
            years.map(|y| format!("{goarch}.rva{y}u64")).collect()
        }
        vars::GOWASM => vec![format!("{goarch}.satconv"), format!("{goarch}.signext")],
        vars::GOMIPS | vars::GOMIPS64 if !matches!(value.as_str(), "hardfloat" | "softfloat") => {
            vec![format!("{goarch}.{}", defaults.get(variable))]
        }
        _ => vec![format!("{goarch}.{value}")],
    }
}

fn one_of(value: &str, known: &[(&str, u8)]) -> u8 {
    known
        .iter()
        .find(|(name, _)| *name == value)
        .map_or(known[0].1, |(_, n)| *n)
}
