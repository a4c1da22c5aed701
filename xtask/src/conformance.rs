//! `cargo xtask conformance`: cmd/go's own acceptance suite, run against gust.
//!
//! The suite is the one in the Go distribution's sources. Nothing in GOROOT is written: two edits that point the
//! suite at another binary are made in copies and handed to `go test -c -overlay`:
//! 1. what scripts call `go` is the binary under test, not the suite's own test binary;
//! 2. the check that each script left usage counters behind is off, for gust keeps none.
//!
//! Results are `name<TAB>PASS|FAIL|SKIP<TAB>seconds`; `conformance/passing.txt` is the ratchet.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::go;

/// What one case did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Pass,
    Fail,
    Skip,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Skip => "SKIP",
        }
    }
}

/// What one case did, and how long it took.
#[derive(Debug, Clone, PartialEq)]
struct Outcome {
    verdict: Verdict,
    seconds: f64,
}

type Results = BTreeMap<String, Outcome>;

#[derive(Debug, Default)]
struct Options {
    binary: Option<PathBuf>,
    update: bool,
    jobs: Option<String>,
    short: bool,
    select: Option<String>,
}

impl Options {
    fn parse(args: Vec<String>) -> Result<Options> {
        let mut options = Options::default();
        let mut args = args.into_iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--binary" => {
                    options.binary = Some(args.next().context("--binary takes a file")?.into())
                }
                "--jobs" => options.jobs = Some(args.next().context("--jobs takes a number")?),
                "--update" => options.update = true,
                "--short" => options.short = true,
                _ if arg.starts_with('-') => bail!("unknown flag {arg}"),
                _ if options.binary.is_none() && arg.contains('/') && Path::new(&arg).is_file() => {
                    options.binary = Some(arg.into());
                }
                _ => options.select = Some(arg),
            }
        }
        Ok(options)
    }

    /// Which cases: a regular expression over names; `@file` is a list.
    fn selection(&self) -> Result<String> {
        match self.select.as_deref() {
            None => Ok(".*|Test.*".to_owned()),
            Some(list) if list.starts_with('@') => Ok(names(Path::new(&list[1..]))?
                .into_iter()
                .collect::<Vec<_>>()
                .join("|")),
            Some(regex) => Ok(regex.to_owned()),
        }
    }
}

/// `conformance/passing.txt`: the cases that count, and below a heading those that say nothing of gust.
#[derive(Debug, Default, PartialEq)]
struct Listed {
    counted: BTreeSet<String>,
    hollow: BTreeSet<String>,
}

/// What the heading of the hollow cases begins with.
const HOLLOW: &str = "## Hollow";

impl Listed {
    fn read() -> Result<Listed> {
        let file = Self::file();
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        Ok(Self::parse(&text))
    }

    fn file() -> PathBuf {
        go::top().join("conformance/passing.txt")
    }

    fn parse(text: &str) -> Listed {
        let (counted, hollow) = match text.find(HOLLOW) {
            Some(at) => text.split_at(at),
            None => (text, ""),
        };
        Listed {
            counted: names_in(counted),
            hollow: names_in(hollow),
        }
    }

    /// All of them: a hollow case must pass, too.
    fn all(&self) -> BTreeSet<String> {
        self.counted.union(&self.hollow).cloned().collect()
    }

    /// The file with `new` among the cases that count; its headings and comments stay.
    fn with(&self, text: &str, new: &[&String]) -> String {
        let head: String = text
            .lines()
            .take_while(|line| line.starts_with('#'))
            .map(|line| format!("{line}\n"))
            .collect();
        let counted: BTreeSet<&String> = self.counted.iter().chain(new.iter().copied()).collect();
        let counted: String = counted.iter().map(|name| format!("{name}\n")).collect();
        match text.find(HOLLOW) {
            Some(at) => format!("{head}{counted}\n{}", &text[at..]),
            None => head + &counted,
        }
    }
}

/// The names in a list, one a line, `#` begins a comment.
fn names_in(text: &str) -> BTreeSet<String> {
    text.lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

/// The names in a list file.
fn names(file: &Path) -> Result<BTreeSet<String>> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    Ok(names_in(&text))
}

/// Runs the suite; true when every listed case that was selected passed.
pub(crate) fn run(args: Vec<String>) -> Result<bool> {
    let options = Options::parse(args)?;
    let selection = options.selection()?;
    let binary = match &options.binary {
        Some(file) => fs::canonicalize(file).with_context(|| file.display().to_string())?,
        None => go::build_gust_with_hooks()?,
    };
    let suite = Suite::prepare()?;
    let results = suite.run(&binary, &selection, &options)?;
    if results.is_empty() {
        bail!("no case ran; the log: {}", suite.log().display());
    }
    report(&suite, &results)?;
    ratchet(&results, &options)
}

/// Holds the results against `conformance/passing.txt`, and says how many cases count.
fn ratchet(results: &Results, options: &Options) -> Result<bool> {
    let list = Listed::read()?;
    let listed = list.all();
    // A case that ran by name or pattern is judged when it ran; where whole lists ran, what did not run is lost too.
    let all_ran = options
        .select
        .as_deref()
        .is_none_or(|select| select.starts_with('@'));
    let selected = match options
        .select
        .as_deref()
        .and_then(|select| select.strip_prefix('@'))
    {
        Some(list) => names(Path::new(list))?,
        None => listed.clone(),
    };
    let lost = lost(results, &listed, |name| all_ran && selected.contains(name));
    for line in &lost {
        println!("LOST {line}");
    }
    let new: Vec<&String> = passed(results)
        .filter(|name| !listed.contains(*name))
        .collect();
    if !new.is_empty() && options.update {
        let text = fs::read_to_string(Listed::file())?;
        fs::write(Listed::file(), list.with(&text, &new))?;
        println!("{} cases added to conformance/passing.txt", new.len());
    } else if !new.is_empty() {
        println!(
            "{} cases pass and are not listed: --update adds them",
            new.len()
        );
    }
    let real = passed(results).filter(|name| !list.hollow.contains(*name));
    println!(
        "{} cases count: they pass and say something of gust",
        real.count()
    );
    Ok(lost.is_empty())
}

fn passed(results: &Results) -> impl Iterator<Item = &String> {
    results
        .iter()
        .filter(|(_, outcome)| outcome.verdict == Verdict::Pass)
        .map(|(name, _)| name)
}

/// The listed cases that ran and did not pass, and those that were to run and did not.
fn lost(
    results: &Results,
    listed: &BTreeSet<String>,
    was_to_run: impl Fn(&str) -> bool,
) -> Vec<String> {
    listed
        .iter()
        .filter_map(|name| match results.get(name) {
            Some(outcome) if outcome.verdict == Verdict::Pass => None,
            Some(_) => Some(format!(
                "{name}: it is in conformance/passing.txt and does not pass"
            )),
            None => was_to_run(name)
                .then(|| format!("{name}: it is in conformance/passing.txt and did not run")),
        })
        .collect()
}

fn report(suite: &Suite, results: &Results) -> Result<()> {
    let count = |wanted: Verdict| {
        results
            .values()
            .filter(|outcome| outcome.verdict == wanted)
            .count()
    };
    for (name, _) in results
        .iter()
        .filter(|(_, outcome)| outcome.verdict == Verdict::Fail)
    {
        println!("FAIL {name}");
    }
    let table: String = results
        .iter()
        .map(|(name, outcome)| format!("{name}\t{}\t{}\n", outcome.verdict.word(), outcome.seconds))
        .collect();
    fs::write(suite.work.join("result.tsv"), table)?;
    println!("log: {}", suite.log().display());
    println!(
        "{} passed, {} failed, {} skipped",
        count(Verdict::Pass),
        count(Verdict::Fail),
        count(Verdict::Skip)
    );
    Ok(())
}

/// The suite's binary and where it works.
struct Suite {
    go: PathBuf,
    goroot: PathBuf,
    work: PathBuf,
}

impl Suite {
    fn prepare() -> Result<Suite> {
        let go = PathBuf::from("go");
        let goroot = PathBuf::from(go::env(&go, "GOROOT")?);
        let work = go::top()
            .join("target/cmdgo")
            .join(go::env(&go, "GOVERSION")?);
        fs::create_dir_all(&work)?;
        let suite = Suite {
            go: goroot.join("bin/go"),
            goroot,
            work,
        };
        if !suite.binary().exists() {
            suite.compile()?;
        }
        Ok(suite)
    }

    fn binary(&self) -> PathBuf {
        self.work.join("cmdgo.test")
    }

    fn log(&self) -> PathBuf {
        self.work.join("result.log")
    }

    fn sources(&self) -> PathBuf {
        self.goroot.join("src/cmd/go")
    }

    fn compile(&self) -> Result<()> {
        let edits = [
            (
                "go_test.go",
                "testExe, err := os.Executable()",
                "testExe, err := os.Getenv(\"CMDGO_UNDER_TEST\"), error(nil)",
                "",
            ),
            (
                "script_test.go",
                "\t\t\tcheckCounters(t, telemetryDir)",
                "\t\t\t_ = telemetryDir",
                "\nvar _ = checkCounters\n",
            ),
        ];
        let mut replace = BTreeMap::new();
        for (name, from, to, appended) in edits {
            let original = self.sources().join(name);
            let text =
                fs::read_to_string(&original).with_context(|| original.display().to_string())?;
            if !text.contains(from) {
                bail!("{name} of this release has another shape: the edit must change with it");
            }
            let copy = self.work.join(name);
            fs::write(&copy, text.replace(from, to) + appended)?;
            replace.insert(original, copy);
        }
        let overlay = self.work.join("overlay.json");
        fs::write(
            &overlay,
            serde_json::to_vec(&serde_json::json!({ "Replace": replace }))?,
        )?;
        // a release that lies in the module cache may not be overlaid there: for this one build the module cache is elsewhere
        go::must(
            Command::new(&self.go)
                .current_dir(self.sources())
                .args(["test", "-c", "-overlay"])
                .arg(&overlay)
                .arg("-o")
                .args([&self.binary()])
                .arg("cmd/go")
                .env("GOMODCACHE", self.work.join("mod"))
                .env("GOTOOLCHAIN", "local")
                .env("GOFLAGS", ""),
        )?;
        Ok(())
    }

    /// Scripts run under TestScript, names that begin with Test are functions of the suite.
    fn run(&self, binary: &Path, selection: &str, options: &Options) -> Result<Results> {
        let (functions, scripts): (Vec<&str>, Vec<&str>) = selection
            .split('|')
            .partition(|name| name.starts_with("Test"));
        let mut log = Vec::new();
        if !scripts.is_empty() {
            log.extend(self.start(
                binary,
                options,
                &[
                    "-test.run",
                    &format!("^TestScript$/^({})$", scripts.join("|")),
                ],
            )?);
        }
        if !functions.is_empty() {
            let pattern = format!("^({})$", functions.join("|"));
            log.extend(self.start(
                binary,
                options,
                &["-test.run", &pattern, "-test.skip", "^TestScript$"],
            )?);
        }
        fs::write(self.log(), &log)?;
        let known = self.functions(binary)?;
        Ok(verdicts(&String::from_utf8_lossy(&log), &known))
    }

    fn command(&self, binary: &Path) -> Command {
        let mut command = Command::new(self.binary());
        let path = std::env::var("PATH").unwrap_or_default();
        command
            .current_dir(self.sources())
            .env(
                "PATH",
                format!("{}:{path}", self.goroot.join("bin").display()),
            )
            .env("CMDGO_UNDER_TEST", binary)
            .env("GOTOOLCHAIN", "local")
            .env("GOFLAGS", "")
            .stdin(Stdio::null());
        command
    }

    fn start(&self, binary: &Path, options: &Options, args: &[&str]) -> Result<Vec<u8>> {
        let mut command = self.command(binary);
        command.args(["-test.v", "-test.timeout", "80m"]);
        if let Some(jobs) = &options.jobs {
            command.args(["-test.parallel", jobs]);
        }
        if options.short {
            command.arg("-test.short");
        }
        let out = command
            .args(args)
            .stderr(Stdio::inherit())
            .output()
            .context("running the suite")?;
        Ok(out.stdout)
    }

    fn functions(&self, binary: &Path) -> Result<BTreeSet<String>> {
        let out = go::must(self.command(binary).args(["-test.list", "^Test"]))?;
        Ok(String::from_utf8_lossy(&out)
            .lines()
            .map(str::to_owned)
            .filter(|name| name != "TestScript")
            .collect())
    }
}

/// Scripts print their result indented by four, functions at the margin. Functions are held against the suite's own
/// list, because the tests that a script runs print lines of the same shape.
fn verdicts(log: &str, functions: &BTreeSet<String>) -> Results {
    let mut found = BTreeMap::new();
    for line in log.lines() {
        let (indented, rest) = match line.strip_prefix("    --- ") {
            Some(rest) => (true, rest),
            None => match line.strip_prefix("--- ") {
                Some(rest) => (false, rest),
                None => continue,
            },
        };
        let Some((word, name)) = rest.split_once(": ") else {
            continue;
        };
        let verdict = match word {
            "PASS" => Verdict::Pass,
            "FAIL" => Verdict::Fail,
            "SKIP" => Verdict::Skip,
            _ => continue,
        };
        let (name, time) = name.split_once(' ').unwrap_or((name, ""));
        let seconds = time
            .trim_matches(['(', ')', 's'])
            .parse()
            .unwrap_or_default();
        let outcome = Outcome { verdict, seconds };
        match name.strip_prefix("TestScript/") {
            Some(script) if indented && !script.contains('/') => {
                found.insert(script.to_owned(), outcome)
            }
            None if !indented && functions.contains(name) => found.insert(name.to_owned(), outcome),
            _ => None,
        };
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_suites_own_lines_count() {
        let log = "=== RUN   TestScript\n    --- PASS: TestScript/list_std (0.10s)\n    --- FAIL: TestScript/mod_x (0.10s)\n--- PASS: TestInner (0.00s)\n--- SKIP: TestOuter (0.00s)\n        --- PASS: TestScript/a/b (0.1s)\n";
        let functions = BTreeSet::from(["TestOuter".to_owned()]);
        let found = verdicts(log, &functions);
        assert_eq!(found.len(), 3);
        assert_eq!(
            found["list_std"],
            Outcome {
                verdict: Verdict::Pass,
                seconds: 0.1
            }
        );
        assert_eq!(found["mod_x"].verdict, Verdict::Fail);
        assert_eq!(found["TestOuter"].verdict, Verdict::Skip);
    }

    #[test]
    fn hollow_cases_stand_apart() {
        let text = "# head\na\nc\n\n## Hollow: why.\nh\n";
        let list = Listed::parse(text);
        assert_eq!(list.counted, names_in("a\nc"));
        assert_eq!(list.hollow, names_in("h"));
        assert_eq!(list.all(), names_in("a\nc\nh"));
        let grown = list.with(text, &[&"b".to_owned()]);
        assert_eq!(grown, "# head\na\nb\nc\n\n## Hollow: why.\nh\n");
    }

    #[test]
    fn the_ratchet_turns_one_way() {
        let outcome = |verdict| Outcome {
            verdict,
            seconds: 1.0,
        };
        let results = BTreeMap::from([
            ("good".to_owned(), outcome(Verdict::Pass)),
            ("bad".to_owned(), outcome(Verdict::Fail)),
            ("skipped".to_owned(), outcome(Verdict::Skip)),
        ]);
        let listed = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        assert!(lost(&results, &listed(&["good"]), |_| true).is_empty());
        assert_eq!(
            lost(&results, &listed(&["bad", "good", "skipped"]), |_| true).len(),
            2
        );
        assert_eq!(lost(&results, &listed(&["absent"]), |_| true).len(), 1);
        assert!(lost(&results, &listed(&["absent"]), |_| false).is_empty());
        assert_eq!(passed(&results).collect::<Vec<_>>(), ["good"]);
    }
}
