//! Kinds of actions that crates above define: tests, vet.
//!
//! Such an action joins a plan like any other: it has a package, comes after others, and its key, its commands and what
//! becomes of its result are its kind's. Schedule, cache and runners treat it as they treat a compile.

use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::Arc;

use gust_cache::ActionId;
use gust_packages::Package;

use super::{Action, ActionRef};
use crate::command::Command;
use crate::lower::Before;
use crate::run::BuildError;
use crate::site::Site;

/// A kind of action. It holds what it needs to know besides the action itself. Either its work is commands, which have a key
/// and a result ([`ActionKind::lower`] and what stands beside it), or it acts itself ([`ActionKind::act`]); such an action
/// can be carried out, but not be written down for another process.
pub trait ActionKind: Debug + Send + Sync {
    /// Its name in `-debug-actiongraph`.
    fn mode(&self) -> String;

    /// The lines of the action's key, each with its line break: all that its result depends on. None for an action whose
    /// result is not looked up. Asked when all that the action comes after is done.
    ///
    /// # Errors
    /// [`BuildError`] when the action cannot be done at all.
    fn key(&self, _around: &Surroundings<'_>) -> Result<Option<String>, BuildError> {
        Ok(None)
    }

    /// The action's commands. Asked when its result was not found.
    ///
    /// # Errors
    /// [`BuildError`] when the action cannot be done.
    fn lower(&self, _around: &Surroundings<'_>) -> Result<Vec<Command>, BuildError> {
        let mode = self.mode();
        Err(BuildError::Internal(format!("{mode} has no commands")))
    }

    /// The file with the result. It is kept in the cache under the action's ID.
    fn result(&self, _around: &Surroundings<'_>) -> Option<String> {
        None
    }

    /// The sources that the commands read.
    fn sources(&self, _around: &Surroundings<'_>) -> Vec<PathBuf> {
        Vec::new()
    }

    /// An earlier result of an action with this ID, found some other way than by [`ActionKind::result`].
    fn find(&self, _around: &Surroundings<'_>, _id: ActionId) -> Option<PathBuf> {
        None
    }

    /// What the kind does itself, where that is no command: to start people's programs, to print what they said. Called
    /// instead of asking for commands. Gives the file with the result, if there is one.
    ///
    /// # Errors
    /// [`BuildError`] when that fails.
    fn act(&self, _around: &Surroundings<'_>) -> Option<Result<Option<PathBuf>, BuildError>> {
        None
    }

    /// The kind needs nothing of the action before it, whose build ID would begin with this: it is not carried out, if nothing else
    /// needs it.
    fn spares(&self, _around: &Surroundings<'_>, _dep: &str) -> bool {
        false
    }

    /// The commands have succeeded; `said` is what they wrote.
    ///
    /// # Errors
    /// [`BuildError`] when that means that the action has failed after all.
    fn finish(&self, _around: &Surroundings<'_>, _said: &[u8]) -> Result<(), BuildError> {
        Ok(())
    }
}

/// A kind from above, as a plan holds it. Two are the same when they are one.
#[derive(Debug, Clone)]
pub struct Open(pub Arc<dyn ActionKind>);

impl PartialEq for Open {
    fn eq(&self, other: &Open) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Open {}

/// What a kind may know of an action and of those before it.
pub struct Surroundings<'a> {
    before: Before<'a>,
    action: &'a Action,
    objdir: String,
    scene: Option<&'a dyn Scene>,
}

/// What an action that is at work may have done besides commands.
pub(crate) trait Scene {
    /// Shows a line of the script, when commands are shown.
    fn show(&self, line: &str);

    /// Has a command carried out.
    fn perform(&self, command: &Command) -> Result<(), BuildError>;

    /// Has a command carried out; what it wrote.
    fn output(&self, command: &Command) -> Result<Vec<u8>, BuildError>;

    /// What a file of the action's directory holds, if it is there.
    fn read(&self, file: &str) -> Option<Vec<u8>>;

    /// Removes a directory that the build made.
    fn remove(&self, dir: &str);
}

impl<'a> Surroundings<'a> {
    pub(crate) fn new(before: Before<'a>, action: &'a Action, objdir: String) -> Surroundings<'a> {
        Surroundings {
            before,
            action,
            objdir,
            scene: None,
        }
    }

    /// The same, for an action that is at work.
    pub(crate) fn at_work(mut self, scene: &'a dyn Scene) -> Surroundings<'a> {
        self.scene = Some(scene);
        self
    }

    /// Shows a line of the script, when commands are shown.
    pub fn show(&self, line: &str) {
        if let Some(scene) = self.scene {
            scene.show(line);
        }
    }

    /// Has a command carried out.
    ///
    /// # Errors
    /// [`BuildError`] when it fails.
    pub fn perform(&self, command: &Command) -> Result<(), BuildError> {
        self.scene.map_or(Ok(()), |scene| scene.perform(command))
    }

    /// Has a command carried out; what it wrote.
    ///
    /// # Errors
    /// [`BuildError`] when it fails.
    pub fn output(&self, command: &Command) -> Result<Vec<u8>, BuildError> {
        self.scene
            .map_or(Ok(Vec::new()), |scene| scene.output(command))
    }

    /// The directory of an action before, with a slash at the end, for an action that has one itself.
    pub fn objdir_of(&self, dep: ActionRef) -> Option<String> {
        let number = self.before.plan.action(dep).objdir?;
        let (work, _) = self.objdir.trim_end_matches('/').rsplit_once('/')?;
        Some(format!("{work}/b{number:03}/"))
    }

    /// What a file of the action's directory holds, if it is there.
    pub fn read(&self, file: &str) -> Option<Vec<u8>> {
        self.scene?.read(file)
    }

    /// Removes a directory that the build made.
    pub fn remove(&self, dir: &str) {
        if let Some(scene) = self.scene {
            scene.remove(dir);
        }
    }

    /// The package of the action whose failure kept one before from its work; the outer `None` when that did not fail.
    pub fn failed(&self, dep: ActionRef) -> Option<Option<&'a Package>> {
        let failed = self.before.results.failed(dep)?;
        Some(self.package_of(failed))
    }

    /// The ID of the content of what an action before made; empty when it has none.
    pub fn content_id(&self, dep: ActionRef) -> String {
        crate::buildid::content_part(&self.build_id(dep)).to_owned()
    }

    /// What all actions of the build have in common.
    pub fn site(&self) -> &'a Site<'a> {
        self.before.site
    }

    /// The action's package.
    pub fn package(&self) -> Option<&'a Package> {
        self.action.package.map(|id| &self.before.site.graph[id])
    }

    /// The action's directory, with a slash at the end; empty when it has none.
    pub fn objdir(&self) -> &str {
        &self.objdir
    }

    /// What the action comes after.
    pub fn deps(&self) -> &'a [ActionRef] {
        &self.action.deps
    }

    /// What an action before comes after.
    pub fn deps_of(&self, dep: ActionRef) -> &'a [ActionRef] {
        &self.before.plan.action(dep).deps
    }

    /// The ID of what an action before is made from.
    pub fn made_from(&self, dep: ActionRef) -> Option<ActionId> {
        self.before.results.action_id(dep)
    }

    /// The package of an action before.
    pub fn package_of(&self, dep: ActionRef) -> Option<&'a Package> {
        let id = self.before.plan.action(dep).package?;
        Some(&self.before.site.graph[id])
    }

    /// The file with the result of an action before.
    pub fn file(&self, dep: ActionRef) -> Option<String> {
        self.before.results.file(dep)
    }

    /// The build ID of the result of an action before; empty when it has none.
    pub fn build_id(&self, dep: ActionRef) -> String {
        self.before.results.build_id(dep)
    }
}
