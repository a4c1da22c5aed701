//! SWIG: from a description of a C or C++ interface to a Go file for cgo, and a file for the C compiler.

use crate::cgo::Scene;
use crate::cgo::command::{FromPkgConfig, package_flags};
use crate::command::Command;
use crate::run::BuildError;

/// The oldest version that writes Go as cgo reads it.
const OLDEST: [u32; 3] = [3, 0, 6];

/// One run of SWIG.
pub(crate) struct Wrapping {
    /// The tool.
    pub(crate) run: Command,
    /// The Go file that it makes.
    pub(crate) made: String,
    /// Where that has to go: to a name that no source can have, for cgo names its own files after it.
    pub(crate) go_file: String,
}

/// Asks SWIG which version it is.
pub(crate) fn ask_version() -> Command {
    let words = ["swig", "-version"].map(str::to_owned);
    Command::tool(".", Vec::new(), words.to_vec())
}

/// What is said of a SWIG that is too old, if what it said of itself means that.
///
/// # Errors
/// It is.
pub(crate) fn check_version(told: &[u8]) -> Result<(), BuildError> {
    let told = gust_bytes::text(told);
    match version(&told) {
        // Of a version that cannot be read the best is hoped.
        Some(version) if version < OLDEST => Err(too_old()),
        _ => Ok(()),
    }
}

/// SWIG does not know flags that it should.
pub(crate) fn check_flags(told: &[u8]) -> Result<(), BuildError> {
    let told = gust_bytes::text(told);
    match told.contains("-intgosize") || told.contains("-cgo") {
        true => Err(too_old()),
        false => Ok(()),
    }
}

fn too_old() -> BuildError {
    BuildError::Other("must have SWIG version >= 3.0.6".to_owned())
}

/// The numbers behind the word `version`. What is left out counts as new enough.
fn version(told: &str) -> Option<[u32; 3]> {
    let is_number = |text: &&str| text.starts_with(|c: char| c.is_ascii_digit());
    let behind = told.match_indices("ersion ").filter_map(|(at, word)| {
        let capital = told[..at].ends_with(['v', 'V']);
        let rest = told[at + word.len()..].trim_start_matches(' ');
        capital.then_some(rest).filter(is_number)
    });
    let text = behind.into_iter().next()?;
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let mut numbers = text[..end.unwrap_or(text.len())].split('.');
    let mut next = || numbers.next().and_then(|number| number.parse().ok());
    let major = next()?;
    Some([
        major,
        next().unwrap_or(OLDEST[1]),
        next().unwrap_or(OLDEST[2]),
    ])
}

/// The runs for a package's files, those for C first.
///
/// # Errors
/// [`BuildError`] for flags that cannot be used, or a name that is cgo's.
pub(crate) fn wrappings(
    scene: &Scene<'_>,
    from_pkg_config: &FromPkgConfig,
    dry_run: bool,
) -> Result<Vec<Wrapping>, BuildError> {
    let sources = &scene.package.sources;
    let flags = package_flags(scene)?;
    let bits = match dry_run {
        true => "$INTBITS",
        false => int_bits(scene.settings.goarch()),
    };
    let mut wrappings = Vec::new();
    let kinds = [
        (&sources.swig, ".swig", "c", &flags.cflags),
        (&sources.swigcxx, ".swigcxx", "cxx", &flags.cxxflags),
    ];
    for (files, extension, language, own_flags) in kinds {
        let flags = [&flags.cppflags, &from_pkg_config.cflags, own_flags];
        let includes = flags.into_iter().flatten();
        let includes = includes.filter(|flag| flag.len() > 3 && flag.starts_with("-I"));
        let includes: Vec<String> = includes.cloned().collect();
        for file in files {
            if file.starts_with("cgo") {
                let text = "SWIG file must not use prefix 'cgo'".to_owned();
                return Err(BuildError::Other(text));
            }
            let base = file.strip_suffix(extension).unwrap_or(file);
            wrappings.push(wrapping(scene, file, base, language, bits, &includes));
        }
    }
    Ok(wrappings)
}

fn wrapping(
    scene: &Scene<'_>,
    file: &str,
    base: &str,
    language: &str,
    bits: &str,
    includes: &[String],
) -> Wrapping {
    let objdir = scene.objdir;
    let made = format!("{objdir}{base}_wrap.{language}");
    let words = [
        "swig",
        "-go",
        "-cgo",
        "-intgosize",
        bits,
        "-module",
        base,
        "-o",
        &made,
        "-outdir",
        objdir,
    ];
    let mut words: Vec<String> = words.map(str::to_owned).to_vec();
    words.extend(includes.iter().cloned());
    words.extend((language == "cxx").then(|| "-c++".to_owned()));
    words.push(file.to_owned());
    Wrapping {
        run: Command::tool(
            &scene.package.place.dir.to_string_lossy(),
            Vec::new(),
            words,
        ),
        made: format!("{objdir}{base}.go"),
        go_file: format!("{objdir}_{base}_swig.go"),
    }
}

/// How many bits an `int` of Go has.
fn int_bits(goarch: &str) -> &'static str {
    match goarch {
        "386" | "arm" | "mips" | "mipsle" => "32",
        _ => "64",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_far_as_they_go() {
        for (told, is_fine) in [
            ("\nSWIG Version 4.1.0\n\nCompiled with g++\n", true),
            ("SWIG Version 3.0.6", true),
            ("SWIG Version 3.0.5", false),
            ("SWIG version 3", true),
            ("SWIG Version 2.0.12", false),
            ("SWIG Version  1", false),
            ("no conversion at all", true),
        ] {
            assert_eq!(check_version(told.as_bytes()).is_ok(), is_fine, "{told}");
        }
    }
}
