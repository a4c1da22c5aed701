//! Which checks vet makes before a test runs: `-vet`.

use gust_text::quote::quote;

/// Checks that are hardly ever wrong, which are made when nobody says which; with those of later releases.
const USUAL: &[&str] = &[
    "-atomic",
    "-bool",
    "-buildtags",
    "-directive",
    "-errorsas",
    "-ifaceassert",
    "-nilfunc",
    "-printf",
    "-slog",
    "-stringintconv",
    "-tests",
];
/// The same from go1.27 on.
const USUAL_1_27: &[&str] = &[
    "-atomic",
    "-bools",
    "-buildtag",
    "-directive",
    "-errorsas",
    "-ifaceassert",
    "-nilfunc",
    "-printf",
    "-slog",
    "-stdversion",
    "-stringintconv",
    "-tests",
];

/// Every check that may be named.
const KNOWN: &[&str] = &[
    "appends",
    "asmdecl",
    "assign",
    "atomic",
    "bool",
    "bools",
    "buildtag",
    "buildtags",
    "cgocall",
    "composites",
    "copylocks",
    "defers",
    "directive",
    "errorsas",
    "framepointer",
    "hostport",
    "httpresponse",
    "ifaceassert",
    "loopclosure",
    "lostcancel",
    "methods",
    "nilfunc",
    "printf",
    "rangeloops",
    "shift",
    "sigchanyzer",
    "slog",
    "stdmethods",
    "stdversion",
    "stringintconv",
    "structtag",
    "testinggoroutine",
    "tests",
    "timeformat",
    "unmarshal",
    "unreachable",
    "unsafeptr",
    "unusedresult",
    "waitgroup",
];

/// What vet is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checks {
    /// Somebody said so: then it holds for the standard library too.
    pub explicit: bool,
    /// vet is not run at all.
    pub off: bool,
    /// vet's own flags; none is every check.
    pub flags: Vec<String>,
}

impl Checks {
    /// What is checked when nobody says, in go1.`minor`.
    pub fn usual(minor: u32) -> Checks {
        let usual = if minor >= 27 { USUAL_1_27 } else { USUAL };
        Checks {
            explicit: false,
            off: false,
            flags: usual.iter().map(|flag| (*flag).to_owned()).collect(),
        }
    }

    /// Reads the value of -vet. The error is go's reason for refusing it.
    pub fn read(value: &str, minor: u32) -> Result<Checks, String> {
        if value.is_empty() {
            return Ok(Checks::usual(minor));
        }
        if value.contains('=') {
            return Err("-vet argument cannot contain equal signs".to_owned());
        }
        if value.contains(' ') {
            return Err("-vet argument is comma-separated list, cannot contain spaces".to_owned());
        }
        let mut checks = Checks {
            explicit: true,
            off: false,
            flags: Vec::new(),
        };
        let mut alone = None;
        for word in value.split(',') {
            match word {
                "" => return Err("-vet argument contains empty list element".to_owned()),
                "all" | "off" => {
                    alone = Some(word);
                    checks.off = word == "off";
                    checks.flags.clear();
                }
                name if KNOWN.contains(&name) => checks.flags.push(format!("-{name}")),
                name => {
                    return Err(format!(
                        "-vet argument must be a supported analyzer or a distinguished value; found {name}"
                    ));
                }
            }
        }
        match alone {
            Some(word) if checks.flags.len() > 1 => {
                let word = quote(word);
                Err(format!(
                    "-vet does not accept {word} in a list with other analyzers"
                ))
            }
            _ => Ok(checks),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        let flags = |value: &str| Checks::read(value, 26).map(|c| (c.off, c.flags.join(" ")));
        assert_eq!(flags("printf,bool"), Ok((false, "-printf -bool".into())));
        assert_eq!(flags("all"), Ok((false, String::new())));
        assert_eq!(flags("off"), Ok((true, String::new())));
        assert_eq!(flags("printf,off"), Ok((true, String::new())));
        assert!(!Checks::read("", 26).unwrap().explicit);
        for (value, why) in [
            ("a=b", "-vet argument cannot contain equal signs"),
            (
                "a b",
                "-vet argument is comma-separated list, cannot contain spaces",
            ),
            ("printf,", "-vet argument contains empty list element"),
            (
                "nosuch",
                "-vet argument must be a supported analyzer or a distinguished value; found nosuch",
            ),
            (
                "off,printf,bool",
                "-vet does not accept \"off\" in a list with other analyzers",
            ),
        ] {
            assert_eq!(flags(value), Err(why.to_owned()));
        }
    }
}
