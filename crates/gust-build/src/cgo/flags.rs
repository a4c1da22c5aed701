//! Holding `#cgo` flags against the lists of [`super::allowed`].

use std::sync::{LazyLock, OnceLock};

use gust_text::regexp;
use regex::Regex;

use super::allowed;

/// Why a flag was refused.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
pub enum FlagError {
    /// `CGO_..._ALLOW` or `CGO_..._DISALLOW` is not a regular expression.
    #[error("parsing $CGO_{name}: {reason}")]
    Override {
        /// `CFLAGS_ALLOW` and the like.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The flag is on no list.
    #[error("invalid flag in {origin}: {flag} (see https://go.dev/s/invalidflag)")]
    Refused {
        /// Where it stands: `#cgo CFLAGS`, `pkg-config --cflags`, `go:cgo_ldflag`.
        origin: String,
        /// The flag itself.
        flag: String,
    },
    /// The flag is fine, the word behind it is not.
    #[error("invalid flag in {origin}: {flag} {argument} (see https://go.dev/s/invalidflag)")]
    Argument {
        /// Where it stands.
        origin: String,
        /// The flag.
        flag: String,
        /// The word behind it.
        argument: String,
    },
    /// The flag needs a word behind it and is the last.
    #[error("invalid flag in {origin}: {flag} without argument (see https://go.dev/s/invalidflag)")]
    NoArgument {
        /// Where it stands.
        origin: String,
        /// The flag.
        flag: String,
    },
}

/// What a person allowed or forbade beyond the lists: `CGO_<NAME>_ALLOW` and `CGO_<NAME>_DISALLOW`.
#[derive(Debug, Default)]
pub struct Overrides {
    allow: Option<Regex>,
    disallow: Option<Regex>,
}

impl Overrides {
    /// Reads the two settings of `name` (`CFLAGS`, `LDFLAGS`, ...) through `setting`.
    ///
    /// # Errors
    /// [`FlagError::Override`] when one is not a regular expression.
    pub fn read(name: &str, setting: impl Fn(&str) -> String) -> Result<Overrides, FlagError> {
        let one = |kind: &str| -> Result<Option<Regex>, FlagError> {
            let text = setting(&format!("CGO_{name}_{kind}"));
            if text.is_empty() {
                return Ok(None);
            }
            let failed = |reason: String| FlagError::Override {
                name: format!("{name}_{kind}"),
                reason,
            };
            let has_class = |class: &str| Regex::new(class).is_ok();
            regexp::check(&text, &has_class).map_err(|error| failed(error.to_string()))?;
            Regex::new(&text)
                .map(Some)
                .map_err(|error| failed(error.to_string()))
        };
        Ok(Overrides {
            allow: one("ALLOW")?,
            disallow: one("DISALLOW")?,
        })
    }
}

fn whole(regex: &Regex, flag: &str) -> bool {
    regex.find(flag).is_some_and(|found| found.as_str() == flag)
}

/// One list of flags and how it is read.
struct List {
    never: Patterns,
    valid: Patterns,
    with_argument: &'static [&'static str],
}

impl List {
    fn new(
        never: &[&'static str],
        valid: &[&'static str],
        with_argument: &'static [&'static str],
    ) -> List {
        List {
            never: Patterns::new(never),
            valid: Patterns::new(valid),
            with_argument,
        }
    }
}

/// Patterns of whole flags. Compiling all of a list takes longer than most commands may, and most flags are told apart by
/// their first letters: a pattern is compiled when a flag begins as it does.
struct Patterns(Vec<Pattern>);

struct Pattern {
    text: &'static str,
    prefix: &'static str,
    /// The patterns are constants of this crate; one that does not compile matches nothing, and a test says so.
    regex: OnceLock<Option<Regex>>,
}

impl Patterns {
    fn new(texts: &[&'static str]) -> Patterns {
        let pattern = |&text: &&'static str| Pattern {
            text,
            prefix: literal_prefix(text),
            regex: OnceLock::new(),
        };
        Patterns(texts.iter().map(pattern).collect())
    }

    fn is_match(&self, flag: &str) -> bool {
        let mut near = self.0.iter().filter(|p| flag.starts_with(p.prefix));
        near.any(|p| p.regex().is_some_and(|regex| regex.is_match(flag)))
    }
}

impl Pattern {
    fn regex(&self) -> Option<&Regex> {
        self.regex
            .get_or_init(|| Regex::new(&format!("^(?:{})$", self.text)).ok())
            .as_ref()
    }
}

/// What everything that matches begins with, or less. None of the patterns has a `|` outside of parentheses.
fn literal_prefix(pattern: &str) -> &str {
    let end = pattern.find(|c: char| r"\.+*?()|[]{}^$".contains(c));
    let end = end.unwrap_or(pattern.len());
    match pattern.as_bytes().get(end) {
        // The letter before it may be absent.
        Some(b'*' | b'?' | b'{') => &pattern[..end.saturating_sub(1)],
        _ => &pattern[..end],
    }
}

static COMPILER: LazyLock<List> =
    LazyLock::new(|| List::new(&[], allowed::COMPILER, allowed::COMPILER_WITH_ARGUMENT));
static LINKER: LazyLock<List> = LazyLock::new(|| {
    List::new(
        allowed::LINKER_NEVER,
        allowed::LINKER,
        allowed::LINKER_WITH_ARGUMENT,
    )
});
static PKG_CONFIG: LazyLock<List> = LazyLock::new(|| List::new(&[], allowed::PKG_CONFIG, &[]));

/// Checks flags for the C, C++ and Fortran compilers.
///
/// # Errors
/// [`FlagError`] for the first flag that is not allowed.
pub fn check_compiler(
    origin: &str,
    flags: &[String],
    overrides: &Overrides,
) -> Result<(), FlagError> {
    check(&COMPILER, origin, flags, overrides)
}

/// Checks flags for the linker.
///
/// # Errors
/// [`FlagError`] for the first flag that is not allowed.
pub fn check_linker(
    origin: &str,
    flags: &[String],
    overrides: &Overrides,
) -> Result<(), FlagError> {
    check(&LINKER, origin, flags, overrides)
}

/// Checks flags for pkg-config.
///
/// # Errors
/// [`FlagError`] for the first flag that is not allowed.
pub fn check_pkg_config(origin: &str, flags: &[String]) -> Result<(), FlagError> {
    check(&PKG_CONFIG, origin, flags, &Overrides::default())
}

/// Whether objects compiled with `flags` can be linked by Go's own linker: no plugins, no link-time optimization.
#[must_use]
pub fn internal_link_possible(flags: &[String]) -> bool {
    check(&COMPILER, "", flags, &Overrides::default()).is_ok()
        && !flags.iter().any(|flag| flag.starts_with("-flto"))
}

/// A word that no tool takes for a flag or a response file: it begins with a letter, a digit, `.`, `_`, `/` or beyond ASCII.
#[must_use]
pub fn is_safe_argument(word: &str) -> bool {
    word.bytes()
        .next()
        .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'/') || b >= 0x80)
}

fn check(
    list: &List,
    origin: &str,
    flags: &[String],
    overrides: &Overrides,
) -> Result<(), FlagError> {
    let mut rest = flags;
    while let [flag, after @ ..] = rest {
        rest = after;
        if overrides
            .disallow
            .as_ref()
            .is_some_and(|regex| whole(regex, flag))
        {
            return Err(refused(origin, flag));
        }
        if overrides
            .allow
            .as_ref()
            .is_some_and(|regex| whole(regex, flag))
        {
            continue;
        }
        if list.never.is_match(flag) {
            return Err(refused(origin, flag));
        }
        if list.valid.is_match(flag) {
            continue;
        }
        if let Some(states) = flag.strip_prefix("-Wl,--push-state,") {
            check_pushed(list, origin, flag, states)?;
            continue;
        }
        if !list.with_argument.contains(&flag.as_str()) {
            return Err(refused(origin, flag));
        }
        rest = argument_of(origin, flag, after)?;
    }
    Ok(())
}

fn refused(origin: &str, flag: &str) -> FlagError {
    FlagError::Refused {
        origin: origin.to_owned(),
        flag: flag.to_owned(),
    }
}

/// `-Wl,--push-state,--as-needed`: each part counts as a linker flag of its own.
fn check_pushed(list: &List, origin: &str, flag: &str, states: &str) -> Result<(), FlagError> {
    let fine = |part: &str| {
        let alone = format!("-Wl,{part}");
        list.valid.is_match(&alone) && !list.never.is_match(&alone)
    };
    if std::iter::once("--push-state")
        .chain(states.split(','))
        .all(fine)
    {
        Ok(())
    } else {
        Err(refused(origin, flag))
    }
}

/// Takes the word that belongs to `flag`; gives what comes behind it.
fn argument_of<'a>(
    origin: &str,
    flag: &str,
    after: &'a [String],
) -> Result<&'a [String], FlagError> {
    let [argument, rest @ ..] = after else {
        return Err(FlagError::NoArgument {
            origin: origin.to_owned(),
            flag: flag.to_owned(),
        });
    };
    // -Wl,-framework -Wl,name
    let through_linker = flag.starts_with("-Wl,")
        && argument
            .strip_prefix("-Wl,")
            .is_some_and(|inner| is_safe_argument(inner) && !inner.contains(','));
    // -I =/path and -I $SYSROOT/path
    let in_sysroot = flag == "-I"
        && (argument.starts_with('=') || argument.starts_with("$SYSROOT"))
        && is_safe_argument(&argument[1..]);
    if is_safe_argument(argument) || through_linker || in_sysroot {
        return Ok(rest);
    }
    Err(FlagError::Argument {
        origin: origin.to_owned(),
        flag: flag.to_owned(),
        argument: argument.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn every_pattern_compiles_and_begins_as_it_says() {
        for list in [&*COMPILER, &*LINKER, &*PKG_CONFIG] {
            for pattern in list.valid.0.iter().chain(&list.never.0) {
                assert!(pattern.regex().is_some(), "{}", pattern.text);
                let mut depth = 0;
                for c in pattern.text.chars() {
                    depth += i32::from(c == '(') - i32::from(c == ')');
                    assert!(c != '|' || depth > 0, "{}", pattern.text);
                }
            }
        }
        assert_eq!(literal_prefix("-f(no-)?lto"), "-f");
        assert_eq!(literal_prefix("-O"), "-O");
        assert_eq!(literal_prefix(r"-l([^@\-].*)"), "-l");
        assert_eq!(literal_prefix("-ab?c"), "-a");
        assert_eq!(literal_prefix("[a-z]"), "");
    }

    #[test]
    fn ordinary_flags_pass() {
        for good in [
            "-Wall -O2 -g",
            "-DNAME=1 -I include -std=c99",
            "-arch x86_64",
            "-I =/usr/include",
        ] {
            assert_eq!(
                check_compiler("#cgo CFLAGS", &words(good), &Overrides::default()),
                Ok(()),
                "{good}"
            );
        }
        for good in [
            "-lm -L/lib",
            "-framework Cocoa",
            "-Wl,-framework -Wl,Foo",
            "-Wl,--push-state,--as-needed",
            "libx.a",
        ] {
            assert_eq!(
                check_linker("#cgo LDFLAGS", &words(good), &Overrides::default()),
                Ok(()),
                "{good}"
            );
        }
    }

    #[test]
    fn flags_that_run_programs_are_refused() {
        for bad in ["-fplugin=x.so", "-D@file", "-Wa,-foo", "-I", "-include @x"] {
            assert!(
                check_compiler("#cgo CFLAGS", &words(bad), &Overrides::default()).is_err(),
                "{bad}"
            );
        }
        for bad in [
            "-Wl,-plugin,x",
            "-lto_library",
            "-Wl,-wrap,@x",
            "-Wl,--push-state,-plugin",
        ] {
            assert!(
                check_linker("#cgo LDFLAGS", &words(bad), &Overrides::default()).is_err(),
                "{bad}"
            );
        }
        assert!(!internal_link_possible(&words("-O2 -flto")));
    }

    #[test]
    fn people_may_allow_and_forbid() {
        let setting = |name: &str| match name {
            "CGO_CFLAGS_ALLOW" => "-fplugin=.*".to_owned(),
            "CGO_CFLAGS_DISALLOW" => "-O.*".to_owned(),
            _ => String::new(),
        };
        let overrides = Overrides::read("CFLAGS", setting).unwrap();
        assert_eq!(
            check_compiler("#cgo CFLAGS", &words("-fplugin=x.so"), &overrides),
            Ok(())
        );
        let error = check_compiler("#cgo CFLAGS", &words("-O2"), &overrides).unwrap_err();
        assert_eq!(
            error.to_string(),
            "invalid flag in #cgo CFLAGS: -O2 (see https://go.dev/s/invalidflag)"
        );
        assert!(Overrides::read("LDFLAGS", |_| "(".to_owned()).is_err());
    }
}
