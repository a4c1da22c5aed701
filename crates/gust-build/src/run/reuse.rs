//! Finding out that work need not be done: in the file that would be replaced, or in the cache.

use std::path::Path;

use gust_cache::ActionId;
use gust_fs::View;

use super::executor::Executor;
use super::job::Job;
use super::known::Archive;
use super::state::Built;
use crate::buildid::{self, action_part, hash_to_string};
use crate::command::{Command, Operation};
use crate::id;
use crate::plan::{ActionRef, Kind};

/// How much of an archive or program is read to find its build ID, in bytes.
const HEAD: u64 = 64 << 10;

/// What was found.
pub(crate) enum Reuse {
    /// Nothing has to be done.
    Hit {
        /// The result's build ID.
        build_id: String,
        /// The file with it; None when nobody will ask for it.
        built: Option<Built>,
        /// Where the result was found.
        found: Found,
    },
    /// Something has to be done; the result is first given this build ID.
    Miss {
        /// With the action's ID in place of the content's.
        build_id: String,
    },
}

/// Where a result was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// Where it is to be installed.
    Place,
    /// In the cache.
    Cache,
    /// The program that it would go into is there.
    Program,
}

impl Executor<'_> {
    /// Looks for the result of the action `at` with these inputs. `target` is where it may be installed already.
    pub(crate) fn reuse(
        &self,
        job: &Job<'_>,
        at: ActionRef,
        action_id: ActionId,
        target: Option<&Path>,
        print: bool,
    ) -> Reuse {
        let action = self.plan.action(at);
        let own = hash_to_string(&action_id.0);
        let build_id = match (&action.kind, action.deps.first()) {
            (Kind::Link, Some(&main)) => format!("{own}/{}/{own}", self.states.build_id(main)),
            _ => format!("{own}/{own}"),
        };
        if self.site.options.rebuild {
            return Reuse::Miss { build_id };
        }
        if let Some(target) = target {
            let there = read_build_id(self.site.view, target).unwrap_or_default();
            if there.len() > own.len() && action_part(&there) == own {
                return Reuse::Hit {
                    build_id: there,
                    built: Some(Built::File(target.to_path_buf())),
                    found: Found::Place,
                };
            }
            if let Some(build_id) = self.in_program(at, &own, &there) {
                if print {
                    self.show_stored(job, action_id, "stdout");
                    self.show_stored(job, action_id, "link-stdout");
                }
                return Reuse::Hit {
                    build_id,
                    built: None,
                    found: Found::Program,
                };
            }
        }
        self.in_cache(job, at, action_id, print)
            .unwrap_or(Reuse::Miss { build_id })
    }

    fn in_cache(
        &self,
        job: &Job<'_>,
        at: ActionRef,
        action_id: ActionId,
        print: bool,
    ) -> Option<Reuse> {
        let action = self.plan.action(at);
        let archive = action.kind == Kind::Build;
        if archive && let Some(known) = self.in_memory(action_id) {
            if print && !known.silent {
                self.show_stored(job, action_id, "stdout");
            }
            return Some(Reuse::Hit {
                build_id: known.build_id,
                built: Some(Built::Output(known.output)),
                found: Found::Cache,
            });
        }
        let (file, entry) = self.site.cache.get_file(action_id)?;
        if matches!(action.kind, Kind::Profile { .. }) {
            return Some(Reuse::Hit {
                build_id: String::new(),
                built: Some(Built::File(file)),
                found: Found::Cache,
            });
        }
        let build_id = read_build_id(self.site.view, &file)?;
        if archive {
            let silent = self.is_silent(action_id);
            let (output, size) = (entry.output_id, entry.size);
            let archive = Archive {
                output,
                size,
                silent,
                build_id: build_id.clone(),
            };
            self.known.put(action_id, &archive);
        }
        if print && action.kind == Kind::Link {
            for &dep in &action.deps {
                if let Some(id) = self.states.get(dep).and_then(|done| done.action_id) {
                    self.show_stored(job, id, "link-stdout");
                }
            }
        } else if print {
            self.show_stored(job, action_id, "stdout");
        }
        Some(Reuse::Hit {
            build_id,
            built: Some(Built::File(file)),
            found: Found::Cache,
        })
    }

    /// What an earlier build found, if the archive is still there.
    pub(crate) fn in_memory(&self, action_id: ActionId) -> Option<Archive> {
        let archive = self.known.get(action_id)?;
        let there = self.known.is_there(self.site.cache.dir(), &archive);
        there.then_some(archive)
    }

    /// Did the tools write nothing when the archive was made?
    fn is_silent(&self, action_id: ActionId) -> bool {
        let key = self.site.hashing.subkey(action_id, "stdout");
        self.site.cache.get(key).is_none_or(|entry| entry.size == 0)
    }

    /// The main package is wanted for one program only: if that is up to date with the main package that it names itself,
    /// the main package needs no archive. Gives the main package's build ID.
    fn in_program(&self, at: ActionRef, own: &str, program: &str) -> Option<String> {
        let [trigger] = self.triggers.of(at) else {
            return None;
        };
        let link = self.plan.action(*trigger);
        if self.site.options.needs_export()
            || self.plan.action(at).kind != Kind::Build
            || link.kind != Kind::Link
        {
            return None;
        }
        let mut parts = program.split('/');
        let (of_link, main, content) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_none() || parts.next().is_some() || main != own {
            return None;
        }
        let build_id = format!("{main}/{content}");
        let wanted = self.link_id(*trigger, Some((at, &build_id))).ok()?;
        (hash_to_string(&wanted.0) == of_link).then_some(build_id)
    }

    /// The ID of a link, `known` being the build ID of a dependency that is not finished.
    pub(crate) fn link_id(
        &self,
        link: ActionRef,
        known: Option<(ActionRef, &str)>,
    ) -> Result<ActionId, id::IdError> {
        let action = self.plan.action(link);
        let Some(package) = action.package.map(|id| &self.site.graph[id]) else {
            return Ok(ActionId::default());
        };
        let inputs = action.deps.iter().filter_map(|&dep| {
            let package = &self.site.graph[self.plan.action(dep).package?];
            let build_id = match known {
                Some((at, id)) if at == dep => id,
                _ => self.states.build_id(dep),
            };
            Some(id::link::Input { package, build_id })
        });
        let omit_debug = self.plan.targets.omits_debug(package.id);
        id::link::action_id(self.site, package, omit_debug, inputs)
    }

    /// Shows what a tool wrote when the result was made, if it was kept.
    pub(super) fn show_stored(&self, job: &Job<'_>, action_id: ActionId, key: &str) {
        let key = self.site.hashing.subkey(action_id, key);
        let Some((text, entry)) = self.site.cache.get_bytes(key) else {
            return;
        };
        if text.is_empty() {
            return;
        }
        let file = self.site.cache.output_file(entry.output_id);
        let replay = Operation::Replay {
            file: file.to_string_lossy().into_owned(),
            text: gust_bytes::text(&text).into_owned(),
        };
        let said = job.attempt(&Command::new(replay)).output;
        if !said.is_empty() {
            job.print(&said);
        }
    }
}

/// The build ID in a file; None when it is no result of a build.
pub(crate) fn read_build_id(view: &View, file: &Path) -> Option<String> {
    use std::io::Read;
    let opened = view.open_unreplaced(file).ok()?;
    // A pipe would have to be waited for.
    opened.metadata().ok().filter(|meta| meta.is_file())?;
    let mut head = Vec::with_capacity(1024);
    (&opened).take(1024).read_to_end(&mut head).ok()?;
    if !head.starts_with(b"!<arch>") {
        // Programs: notes and headers stand near the start, but not within the first page.
        (&opened).take(HEAD).read_to_end(&mut head).ok()?;
        if head.len() as u64 >= HEAD && buildid::read(&head).is_err() {
            head.clear();
            view.open_unreplaced(file)
                .ok()?
                .read_to_end(&mut head)
                .ok()?;
        }
    }
    buildid::read(&head).ok()
}
