//! `go run`: compiles a program and starts it.

use super::build::failure;
use crate::process;
use crate::session::Session;
use crate::ui::{Failure, Outcome};
use gust_build::plan;
use gust_ops::building::Building;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    let args = session.args();
    let files = args.iter().take_while(|a| a.ends_with(".go")).count();
    let named = match files {
        0 => match args.first() {
            Some(arg) if !arg.starts_with('-') => 1,
            _ => return Err(Failure::error("no go files listed")),
        },
        files => files,
    };
    let (patterns, rest) = args.split_at(named);
    if files > 0
        && let Some(test) = patterns.iter().find(|f| f.ends_with("_test.go"))
    {
        let text = format!("cannot run *_test.go files ({test})");
        return Err(Failure::error(text));
    }
    let flags = session.build_flags();
    if session.flags().bool("json") {
        session.ui().show_builds_as_json();
    }
    session.watch();
    let (workspace, ui) = (session.workspace(), session.ui());
    let mut building = Building::load(workspace, &flags, ui, patterns, true)?;
    let main = match building.graph.roots.as_slice() {
        [main] => *main,
        [] => {
            let text = format!("no packages loaded from {}", patterns[0]);
            return Err(Failure::error(text));
        }
        many => {
            let names: Vec<&str> = many
                .iter()
                .map(|&id| &*building.graph[id].import_path)
                .collect();
            return Err(Failure::error(format!(
                "pattern {} matches multiple packages:\n\t{}",
                patterns[0],
                names.join("\n\t")
            )));
        }
    };
    building.check()?;
    let cgo = session.settings().cgo_enabled();
    let wrapper = wrapper(session);
    let plan = plan::run(building.setting(), main, rest.to_vec(), cgo).map_err(failure)?;
    let outcome = building.carry_out(&plan)?;
    if outcome.failed {
        ui.set_code(1);
    }
    if outcome.failed || building.loading.options.dry_run {
        return Ok(());
    }
    let Some(program) = &outcome.program else {
        return Ok(());
    };
    let mut words = wrapper;
    words.push(program.to_string_lossy().into_owned());
    words.extend(rest.iter().cloned());
    session.ui().flush();
    start(session, &words)
}

/// Starts the program and waits for it. Its exit code becomes a message, as `go run` has it.
fn start(session: &Session, words: &[String]) -> Outcome {
    let environ = session.settings().program_environ(true);
    let _left = session.watch().leave_to_program();
    match process::run_program(words, &environ, session.settings()) {
        Ok(()) => Ok(()),
        Err(why) => Err(Failure::plain(why)),
    }
}

/// What programs are started with: -exec, or for another platform a program named for it.
fn wrapper(session: &Session) -> Vec<String> {
    let settings = session.settings();
    if session.flags().is_set("exec") {
        return session.flags().words("exec");
    }
    if settings.goos() == settings.gohostos() && settings.goarch() == settings.gohostarch() {
        return Vec::new();
    }
    let name = format!("go_{}_{}_exec", settings.goos(), settings.goarch());
    let found = settings.environ().look_path(settings.view(), &name);
    found
        .map(|path| path.to_string_lossy().into_owned())
        .into_iter()
        .collect()
}
