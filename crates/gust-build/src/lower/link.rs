//! A program: the list of its archives, the linker, the true build ID.

use std::path::Path;

use gust_packages::Package;

use super::Before;
use crate::command::{Command, Operation};
use crate::plan::Action;
use crate::run::BuildError;
use crate::site::Site;
use crate::tools::{config, link};

/// The commands that link `p` to `target`; `build_id` is what the linker is given.
///
/// # Errors
/// [`BuildError::Words`] when the C compiler's command cannot be passed on.
pub(crate) fn commands(
    before: &Before<'_>,
    action: &Action,
    p: &Package,
    objdir: &str,
    build_id: &str,
    target: &str,
) -> Result<Vec<Command>, BuildError> {
    let site = before.site;
    let archives = before.linked(action);
    let stamp = site.stamps.get(&p.id).map_or("", |s| s);
    let text = config::importcfg_link(archives.iter().map(|(p, f)| (*p, &**f)), stamp);
    let mut commands = vec![Command::write(format!("{objdir}importcfg.link"), text)];
    if let Some(slash) = target.rfind('/') {
        commands.push(Command::make_dir(&target[..=slash]));
    }
    let main = action.deps.first().copied();
    let main_file = main.and_then(|main| before.results.file(main));
    let main_file = main_file.unwrap_or_else(|| format!("{objdir}_pkg_.a"));
    let plugin = (site.shape.buildmode == "plugin").then(|| {
        let main = main.map(|main| before.results.build_id(main));
        plugin_path_of_link(site, p, &main.unwrap_or_default())
    });
    let link = link::command(
        site,
        p,
        &link::Link {
            objdir,
            target,
            build_id,
            main: &main_file,
            omit_debug: before.plan.targets.omits_debug(p.id),
            cxx: before.has_cxx(action),
            plugin_path: plugin.as_deref(),
        },
    )?;
    commands.push(Command::tool(&link.dir, link.environment, link.words).headed(&p.import_path));
    commands.push(Command::new(Operation::SetBuildId {
        file: target.to_owned(),
        given: build_id.to_owned(),
    }));
    Ok(commands)
}

/// The import path of a plugin; one made of files gets its own, so that two of them can be loaded.
pub(crate) fn plugin_path(site: &Site<'_>, p: &Package, build_id: &str) -> String {
    use sha1::Digest;
    if &*p.import_path != "command-line-arguments" {
        return p.import_path.to_string();
    }
    let mut hash = sha1::Sha1::new();
    hash.update(format!("build ID: {build_id}\n"));
    let s = &*p.sources;
    for file in [&s.go, &s.cgo, &s.s].into_iter().flatten() {
        if let Ok(data) = site.view.read(&p.place.dir.join(&**file)) {
            hash.update(data);
        }
    }
    let digits: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    format!("plugin/unnamed-{digits}")
}

/// The same when linking: the main package's ID counts as it was while the package was compiled.
fn plugin_path_of_link(site: &Site<'_>, p: &Package, main_build_id: &str) -> String {
    let action = crate::buildid::action_part(main_build_id);
    plugin_path(site, p, &format!("{action}/{action}"))
}

/// The command that makes a profile ready for the compiler.
pub(crate) fn preprocess(site: &Site<'_>, input: &Path, target: &str) -> Command {
    let input = input.to_string_lossy();
    let mut words = site.options.toolexec.clone();
    words.push(site.tool("preprofile"));
    words.extend(["-o", target, "-i", &input].map(str::to_owned));
    Command::tool(".", Vec::new(), words).headed(&input)
}
