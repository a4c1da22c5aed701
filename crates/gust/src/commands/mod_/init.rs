//! `go mod init`: the current directory becomes a module.

use crate::session::Session;
use crate::ui::{Failure, Outcome};
use gust_fs::errtext::PathError;
use gust_modules::ModulesError;
use gust_modules::init::new_module;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    let args = session.args();
    if args.len() > 1 {
        return Err(Failure::error("'go mod init' accepts at most one argument"));
    }
    let settings = session.workspace().module_settings()?;
    match settings.go111module.as_str() {
        "" | "on" | "auto" => {}
        "off" => return Err(Failure::error(ModulesError::Disabled)),
        other => return Err(ModulesError::UnknownGo111Module(other.to_owned()).into()),
    }
    let file = match &settings.modfile {
        Some(file) if !file.ends_with(".mod") => {
            let text = format!("-modfile={file}: file does not have .mod extension");
            return Err(Failure::error(text));
        }
        Some(file) => settings.cwd.join(file),
        None => settings.cwd.join("go.mod"),
    };
    let view = session.workspace().view()?;
    if view.exists(&file) {
        return Err(Failure::error(format!("{} already exists", file.display())));
    }
    let module = new_module(view, &settings, args.first().map(String::as_str))?;
    session.ui().note(format_args!(
        "go: creating new go.mod: module {}",
        module.path
    ));
    // Locked, as others may be at it too.
    gust_fs::lock::write_locked(&file, module.text.as_bytes(), 0o666).map_err(|err| {
        Failure::error(format!(
            "updating go.mod: {}",
            PathError::new("open", &file, err)
        ))
    })?;
    view.forget(&file);
    if module.has_sources {
        session
            .ui()
            .note("go: to add module requirements and sums:\n\tgo mod tidy");
    }
    Ok(())
}
