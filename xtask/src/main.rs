//! The project's own chores. `cargo xtask` lists them.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "a chore is a program of its own: it prints, reads and starts things"
)]

mod bench;
mod conformance;
mod go;
mod house;
mod identical;
mod kills;
mod observed;
mod warm;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  bench [--gust FILE] [--go FILE] [--runs N] [--patience SECONDS] [--cold-runs N] [--rows A,B] [--out FILE] [SUBJECT...]
      go and gust in turns on the same work; writes BENCHMARKS.md. A SUBJECT is PACKAGE@VERSION, the directory of a
      module, or made:N for a module of N made packages. Fails when gust cannot do what go does.
  conformance [--binary FILE] [--update] [--jobs N] [--short] [REGEX | @LISTFILE]
      runs cmd/go's own acceptance suite against gust; without REGEX, everything.
      Fails when a case of conformance/passing.txt does not pass; --update adds what newly passes.
  house
      checks the rules of the house: floors, doors, file sizes, licences, words that do not belong in product code.
  observed [--binary FILE] [--dir DIR] [list|build|run|install|env...]
      runs commands in the module in DIR (examples/census) under strace, with a gust that has the suite's hooks: every path
      that gust looks at outside of its caches must stand in its log of observations.
  identical [--gust FILE] [--go FILE] MODULE@VERSION|DIR... [-- BUILD FLAGS]
      builds with go and with gust in caches of their own and compares every byte.
  kills [--gust FILE] [--rounds N] [--plant entry|cut|byte|module|temporary|all] [DIR]
      kills gust at random moments of downloads and builds of the module in DIR (examples/census); afterwards both
      caches must be sound, and go and gust, each the first to use them, must build the bytes of a go that saw no kill.
      --plant spoils what the kill left: then it must fail. With all, it fails when one of the faults is not found.
  warm [--gust FILE] [--steps N] [--seed N] [--blind file|directory|absent|variable|program|all]
      changes a tree at random and asks each time, from records and without: no answer may differ. With --blind one kind
      of observation is left out of the records, and a change is made that only this kind shows: then it fails when the
      answer is right.
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let result = match args.next().as_deref() {
        Some("bench") => bench::run(args.collect()),
        Some("conformance") => conformance::run(args.collect()),
        Some("identical") => identical::run(args.collect()),
        Some("kills") => kills::run(args.collect()),
        Some("observed") => observed::run(args.collect()),
        Some("warm") => warm::run(args.collect()),
        Some("house") => house::run(args.collect()),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::from(2)
        }
    }
}
