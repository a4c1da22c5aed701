//! Which arguments of a test binary leave its result cacheable.

/// Flags of which the value tells results apart; `go help test` names them.
const TELLING: &[&str] = &[
    "benchtime",
    "cpu",
    "failfast",
    "fullpath",
    "list",
    "parallel",
    "run",
    "short",
    "skip",
    "timeout",
    "v",
];
/// Flags that change only where files go.
const INDIFFERENT: &[&str] = &["coverprofile", "outputdir"];

/// Why a run is neither looked for in the cache nor kept there. Displayed as `GODEBUG=gocachetest=1` has it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Uncacheable {
    /// No package was named: `go test` alone always runs.
    #[error("caching disabled in local directory mode")]
    NoPackageNamed,
    /// The package is in no module, GOPATH entry or GOROOT, so that nothing says which files count.
    #[error(
        "caching disabled for package outside of module root, GOPATH, or GOROOT: {import_path}"
    )]
    NoRoot {
        /// The package.
        import_path: String,
    },
    /// An argument that may change what the test does.
    #[error("caching disabled for test argument: {argument}")]
    Argument {
        /// As it is given to the test binary.
        argument: String,
    },
}

/// The arguments that tell results apart, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheArgs(Vec<String>);

impl CacheArgs {
    /// Sorts the arguments of a test binary. The first that is not known to leave the result alone is the error.
    pub fn of(arguments: &[String]) -> Result<CacheArgs, Uncacheable> {
        let mut telling = Vec::new();
        for argument in arguments {
            let name = argument
                .strip_prefix("-test.")
                .and_then(|rest| Some(rest.split_once('=')?.0));
            match name {
                Some(name) if TELLING.contains(&name) => telling.push(argument.clone()),
                Some(name) if INDIFFERENT.contains(&name) => {}
                _ => {
                    return Err(Uncacheable::Argument {
                        argument: argument.clone(),
                    });
                }
            }
        }
        Ok(CacheArgs(telling))
    }

    /// The arguments.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str]) -> Result<Vec<String>, String> {
        let words: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
        CacheArgs::of(&words)
            .map(|args| args.0)
            .map_err(|why| why.to_string())
    }

    #[test]
    fn what_tells_results_apart() {
        let kept = of(&["-test.timeout=10m0s", "-test.outputdir=/x", "-test.run=A=B"]);
        assert_eq!(kept.unwrap(), ["-test.timeout=10m0s", "-test.run=A=B"]);
        for word in [
            "-test.count=1",
            "-test.v",
            "-custom=1",
            "word",
            "--test.run=A",
            "-test.bench=.",
        ] {
            let want = format!("caching disabled for test argument: {word}");
            assert_eq!(of(&["-test.short=true", word]).unwrap_err(), want);
        }
    }
}
