//! GOEXPERIMENT: the experiments of a release, which of them are on by default, and what a setting makes of them.
//!
//! The names and defaults of the reference release are a table here; those of another release are read from its own
//! sources (internal/goexperiment/flags.go and internal/buildcfg/exp.go), so that a release is driven by what it says of itself.

use thiserror::Error;

/// A GOEXPERIMENT value that cannot be taken.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ExperimentError {
    /// A name that the release does not know.
    #[error("unknown GOEXPERIMENT {0}")]
    Unknown(String),
    /// The register ABI for arguments without its wrappers.
    #[error("GOEXPERIMENT regabiargs requires regabiwrappers")]
    RegabiArgs,
}

/// How an experiment stands when nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Baseline {
    /// Off.
    Off,
    /// On.
    On,
    /// On where the register ABI is supported.
    Regabi,
    /// On where DWARF 5 is supported.
    Dwarf5,
}

/// The experiments of one release, in the order of its declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalog {
    flags: Vec<(String, Baseline)>,
}

/// The experiments of Go 1.26.
const GO1_26: &[(&str, Baseline)] = &[
    ("fieldtrack", Baseline::Off),
    ("preemptibleloops", Baseline::Off),
    ("staticlockranking", Baseline::Off),
    ("boringcrypto", Baseline::Off),
    ("regabiwrappers", Baseline::Regabi),
    ("regabiargs", Baseline::Regabi),
    ("heapminimum512kib", Baseline::Off),
    ("arenas", Baseline::Off),
    ("cgocheck2", Baseline::Off),
    ("loopvar", Baseline::Off),
    ("newinliner", Baseline::Off),
    ("dwarf5", Baseline::Dwarf5),
    ("jsonv2", Baseline::Off),
    ("greenteagc", Baseline::On),
    ("randomizedheapbase64", Baseline::On),
    ("runtimefreegc", Baseline::Off),
    ("sizespecializedmalloc", Baseline::Off),
    ("goroutineleakprofile", Baseline::Off),
    ("simd", Baseline::Off),
    ("runtimesecret", Baseline::Off),
];

impl Catalog {
    /// The reference release's experiments.
    pub fn reference() -> Catalog {
        Catalog {
            flags: GO1_26
                .iter()
                .map(|&(name, base)| (name.to_owned(), base))
                .collect(),
        }
    }

    /// Reads a release's own declaration: the fields of `type Flags struct` and the literal of the baseline.
    pub fn from_sources(flags_go: &str, exp_go: &str) -> Catalog {
        let literal = section(exp_go, "baseline := goexperiment.Flags{", "}");
        let on = |field: &str| {
            literal
                .lines()
                .filter_map(|line| line.trim().split_once(':'))
                .find(|(name, _)| *name == field)
                .map_or(Baseline::Off, |(_, value)| baseline(value))
        };
        let flags = section(flags_go, "type Flags struct {", "\n}")
            .lines()
            .filter_map(|line| line.trim().strip_suffix("bool"))
            .map(str::trim)
            .filter(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric()))
            .map(|name| (name.to_lowercase(), on(name)))
            .collect();
        Catalog { flags }
    }
}

fn section<'a>(text: &'a str, open: &str, close: &str) -> &'a str {
    let Some((_, rest)) = text.split_once(open) else {
        return "";
    };
    rest.split_once(close).map_or(rest, |(body, _)| body)
}

fn baseline(value: &str) -> Baseline {
    match value.trim().trim_end_matches(',').trim() {
        "true" => Baseline::On,
        "regabiSupported" => Baseline::Regabi,
        "dwarf5Supported" => Baseline::Dwarf5,
        "goarch == \"amd64\" || goarch == \"arm64\"" => Baseline::Regabi,
        _ => Baseline::Off,
    }
}

/// The experiments as they stand for one GOOS, GOARCH and GOEXPERIMENT.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Experiments {
    flags: Vec<Flag>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Flag {
    name: String,
    on: bool,
    base: bool,
}

impl Experiments {
    /// Applies `setting` (GOEXPERIMENT) to what the release has on by default.
    pub fn parse(
        catalog: &Catalog,
        goos: &str,
        goarch: &str,
        setting: &str,
    ) -> Result<Experiments, ExperimentError> {
        let always = matches!(
            goarch,
            "amd64" | "arm64" | "loong64" | "ppc64le" | "ppc64" | "riscv64"
        );
        let regabi = always || goarch == "s390x";
        let dwarf5 = !matches!(goos, "darwin" | "ios" | "aix");
        let mut all = Experiments {
            flags: catalog
                .flags
                .iter()
                .map(|(name, base)| {
                    let on = match base {
                        Baseline::Off => false,
                        Baseline::On => true,
                        Baseline::Regabi => regabi,
                        Baseline::Dwarf5 => dwarf5,
                    };
                    Flag {
                        name: name.clone(),
                        on,
                        base: on,
                    }
                })
                .collect(),
        };
        all.apply(setting)?;
        if always {
            all.set_regabi(true);
        }
        if !regabi {
            all.set_regabi(false);
        }
        if all.is_on("regabiargs") && !all.is_on("regabiwrappers") {
            return Err(ExperimentError::RegabiArgs);
        }
        Ok(all)
    }

    fn apply(&mut self, setting: &str) -> Result<(), ExperimentError> {
        for word in setting.split(',').filter(|w| !w.is_empty()) {
            if word == "none" {
                self.flags.iter_mut().for_each(|f| f.on = false);
                continue;
            }
            let (name, on) = match word.strip_prefix("no") {
                Some(rest) => (rest, false),
                None => (word, true),
            };
            if name == "regabi" {
                self.set_regabi(on);
                continue;
            }
            let flag = self.flags.iter_mut().find(|f| f.name == name);
            flag.ok_or_else(|| ExperimentError::Unknown(name.to_owned()))?
                .on = on;
        }
        Ok(())
    }

    fn set_regabi(&mut self, on: bool) {
        for flag in &mut self.flags {
            if matches!(flag.name.as_str(), "regabiwrappers" | "regabiargs") {
                flag.on = on;
            }
        }
    }

    /// Whether the named experiment is on.
    pub fn is_on(&self, name: &str) -> bool {
        self.flags.iter().any(|f| f.name == name && f.on)
    }

    /// The experiments that are on, in the release's order.
    pub fn enabled(&self) -> impl Iterator<Item = &str> {
        self.flags.iter().filter(|f| f.on).map(|f| f.name.as_str())
    }

    /// The shortest setting that gives the same: what differs from the default, comma separated (go's CleanGOEXPERIMENT).
    pub fn clean(&self) -> String {
        let differing = self.flags.iter().filter(|f| f.on != f.base);
        let words: Vec<String> = differing
            .map(|f| {
                if f.on {
                    f.name.clone()
                } else {
                    format!("no{}", f.name)
                }
            })
            .collect();
        words.join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_give_the_table() {
        let flags = "type Flags struct {\n\t// doc bool\n\tAlpha bool\n\tRegabiArgs bool\n}\n";
        let exp = "baseline := goexperiment.Flags{\n\t\tRegabiArgs: regabiSupported,\n\t\tAlpha:      true,\n\t}\n";
        let catalog = Catalog::from_sources(flags, exp);
        assert_eq!(
            catalog.flags,
            [
                ("alpha".to_owned(), Baseline::On),
                ("regabiargs".to_owned(), Baseline::Regabi)
            ]
        );
    }

    #[test]
    fn a_setting_is_cleaned() {
        let exps = Experiments::parse(
            &Catalog::reference(),
            "linux",
            "amd64",
            "arenas,nogreenteagc,dwarf5",
        )
        .unwrap();
        assert_eq!(exps.clean(), "arenas,nogreenteagc");
        let err = Experiments::parse(&Catalog::reference(), "linux", "amd64", "nope").unwrap_err();
        assert_eq!(err.to_string(), "unknown GOEXPERIMENT pe");
    }
}
