//! Carries out a plan that another process wrote down: what a remote worker would do, without the network.
//!
//!     carry_out PLAN.json WORK [STORE]
//!
//! PLAN.json is what `LoweredPlan::to_json` gives. WORK is made and used as the work directory. With STORE, each action
//! runs alone: STORE holds the sources below the names that they had, the names themselves must be free, and each action
//! finds there, and in WORK, the files that it declares and nothing else.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a program of its own, for tests and for reading"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use gust_build::lowered::{Carrier, Input, LoweredPlan};

fn main() -> ExitCode {
    let args: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let done = match args.as_slice() {
        [plan, work] => carry_out(plan, work, None),
        [plan, work, store] => carry_out(plan, work, Some(store)),
        _ => Err("usage: carry_out PLAN.json WORK [STORE]".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(plan: &Path, work: &Path, store: Option<&PathBuf>) -> Result<(), String> {
    let text = fs::read_to_string(plan).map_err(|e| format!("{}: {e}", plan.display()))?;
    let plan = LoweredPlan::from_json(&text).map_err(|e| e.to_string())?;
    fs::create_dir_all(work).map_err(|e| format!("{}: {e}", work.display()))?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut carrier = Carrier::new(&plan, work, threads);
    let Some(store) = store else {
        return carrier.run_all().map_err(|e| e.to_string());
    };
    for (at, action) in plan.actions.iter().enumerate() {
        let alone = Alone {
            store,
            work,
            dir: Path::new(&plan.dir),
        };
        let inputs = carrier.inputs(at).map_err(|e| e.to_string())?;
        let named = format!("{at} ({} {})", action.mode, action.package);
        let placed = alone.place(&inputs).map_err(|e| format!("{named}: {e}"))?;
        carrier.run(at).map_err(|e| format!("{named}: {e}"))?;
        let outputs = carrier.outputs(at).map_err(|e| e.to_string())?;
        let sources = action.inputs.iter().zip(&placed);
        let sources = sources.filter(|(input, _)| matches!(input, Input::Source { .. }));
        let sources = sources.map(|(_, path)| path.as_path());
        alone
            .clear(sources, &outputs)
            .map_err(|e| format!("{named}: {e}"))?;
    }
    // What the plan was for is left where it belongs.
    let last = plan.actions.len().saturating_sub(1);
    let wanted = plan.actions[last].after.iter().chain([&last]);
    for &at in wanted {
        for file in carrier.outputs(at).map_err(|e| e.to_string())? {
            let kept = below(store, &file);
            if kept.exists() && !file.exists() {
                copy(&kept, &file).map_err(|e| e.to_string())?;
            }
        }
    }
    Ok(())
}

/// A place where one action finds its inputs and nothing else.
struct Alone<'a> {
    store: &'a Path,
    work: &'a Path,
    dir: &'a Path,
}

impl Alone<'_> {
    /// Puts the inputs where the action looks for them.
    fn place(&self, inputs: &[PathBuf]) -> std::io::Result<Vec<PathBuf>> {
        fs::create_dir_all(self.work)?;
        fs::create_dir_all(self.dir)?;
        for input in inputs {
            copy(&below(self.store, input), input)
                .map_err(|e| std::io::Error::other(format!("{}: {e}", input.display())))?;
        }
        Ok(inputs.to_vec())
    }

    /// Takes the outputs away, and everything else with them.
    fn clear<'p>(
        &self,
        sources: impl Iterator<Item = &'p Path>,
        outputs: &[PathBuf],
    ) -> std::io::Result<()> {
        for output in outputs.iter().filter(|output| output.exists()) {
            copy(output, &below(self.store, output))?;
            fs::remove_file(output)?;
        }
        for source in sources {
            let _ = fs::remove_file(source);
            let mut dir = source.parent();
            while let Some(empty) = dir.filter(|dir| fs::remove_dir(dir).is_ok()) {
                dir = empty.parent();
            }
        }
        fs::remove_dir_all(self.work)
    }
}

/// A path below another place, by the same name.
fn below(store: &Path, path: &Path) -> PathBuf {
    store.join(path.strip_prefix("/").unwrap_or(path))
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if let Some(dir) = to.parent() {
        fs::create_dir_all(dir)?;
    }
    fs::copy(from, to).map(|_| ())
}
