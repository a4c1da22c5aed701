//! Carrying out a lowered plan, by a process that knows neither packages nor settings.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use gust_cache::{ActionId, Hashing, OutputId};
use gust_fs::View;
use gust_fs::overlay::Overlay;
use gust_toolchain::environ::Environ;

use super::{Input, LoweredAction, LoweredPlan, Piece, Step, Text};
use crate::buildid::{content_part, hash_to_string};
use crate::command::{Command, Operation, THREADS};
use crate::run::job::with_threads;
use crate::run::local::{Local, digest_now};
use crate::run::{BuildError, Made, Runner};

/// Why a plan could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    /// A command failed.
    #[error("{package}: {source}\n{}", gust_bytes::text(output))]
    Command {
        /// The package.
        package: String,
        /// What the command said.
        output: Vec<u8>,
        /// How it ended.
        source: Box<BuildError>,
    },
    /// A hole that nothing before fills: the plan's actions are out of order.
    #[error("action {0}: {1:?} is not known yet")]
    Unknown(usize, Piece),
    /// A source is not what it was when the plan was made.
    #[error("{0} is not what it was when the plan was made")]
    Changed(String),
}

/// A plan on its way.
pub struct Carrier<'a> {
    plan: &'a LoweredPlan,
    work: PathBuf,
    threads: usize,
    environ: Environ,
    view: View,
    hashing: Hashing,
    ids: HashMap<usize, ActionId>,
    contents: HashMap<usize, String>,
}

impl<'a> Carrier<'a> {
    /// To carry out `plan` with `work`, an absolute path, as its work directory; a tool may use so many threads.
    pub fn new(plan: &'a LoweredPlan, work: &Path, threads: usize) -> Carrier<'a> {
        let environment = plan.environment.iter();
        Carrier {
            plan,
            work: work.to_path_buf(),
            threads,
            environ: Environ::new(environment.map(|(name, value)| (name.into(), value.into()))),
            view: View::new(Overlay::default()),
            hashing: Hashing::new(&plan.toolchain.release),
            ids: HashMap::new(),
            contents: HashMap::new(),
        }
    }

    /// Carries out all actions, one after the other.
    ///
    /// # Errors
    /// [`CarryError`] of the first that fails.
    pub fn run_all(&mut self) -> Result<(), CarryError> {
        (0..self.plan.actions.len()).try_for_each(|at| self.run(at))
    }

    /// The files that an action reads.
    ///
    /// # Errors
    /// [`CarryError::Unknown`] when the plan is out of order.
    pub fn inputs(&self, at: usize) -> Result<Vec<PathBuf>, CarryError> {
        let inputs = self.plan.actions[at].inputs.iter();
        let path = |input: &Input| match input {
            Input::Source { path, .. } => Ok(path.into()),
            Input::Output { path, .. } => self.fill(at, path).map(PathBuf::from),
        };
        inputs.map(path).collect()
    }

    /// The files that an action leaves.
    ///
    /// # Errors
    /// As for [`Carrier::inputs`].
    pub fn outputs(&self, at: usize) -> Result<Vec<PathBuf>, CarryError> {
        let outputs = self.plan.actions[at].outputs.iter();
        outputs
            .map(|path| self.fill(at, path).map(PathBuf::from))
            .collect()
    }

    /// Carries out one action.
    ///
    /// # Errors
    /// [`CarryError`] when it fails, or comes before one that it needs.
    pub fn run(&mut self, at: usize) -> Result<(), CarryError> {
        let action = &self.plan.actions[at];
        for input in &action.inputs {
            self.check(input)?;
        }
        if let Some(lines) = &action.key {
            let mut hasher = self.hashing.hasher(action.mode.clone());
            for line in lines {
                let line = self.fill(at, line)?;
                hasher.write(format!("{line}\n").as_bytes());
            }
            let id = hasher.finish();
            self.ids.insert(at, id);
        }
        if let (Some(objdir), false) = (&action.objdir, action.steps.is_empty()) {
            let path = self.fill(at, objdir)?;
            let made = self.local().run("", &Command::make_dir(&path));
            failed(action, made)?;
        }
        self.steps(at, action, &action.steps)
    }

    /// A source must be what it was: the results would be filed under an ID that says so.
    fn check(&self, input: &Input) -> Result<(), CarryError> {
        let Input::Source { path, sha256 } = input else {
            return Ok(());
        };
        let digest = digest_now(Path::new(path)).map(|digest| OutputId(digest).to_hex());
        match digest.as_ref() == Some(sha256) {
            true => Ok(()),
            false => Err(CarryError::Changed(path.clone())),
        }
    }

    fn steps(
        &mut self,
        at: usize,
        action: &LoweredAction,
        steps: &[Step],
    ) -> Result<(), CarryError> {
        for step in steps {
            match step {
                Step::Run { command } => {
                    let made = failed(action, self.command(at, action, command)?)?;
                    if let Some(build_id) = made.build_id {
                        let content = content_part(&build_id.id).to_owned();
                        self.contents.insert(at, content);
                    }
                }
                Step::Try {
                    command,
                    succeeded,
                    failed,
                } => {
                    let made = self.command(at, action, command)?;
                    let next = if made.result.is_ok() {
                        succeeded
                    } else {
                        failed
                    };
                    return self.steps(at, action, next);
                }
            }
        }
        Ok(())
    }

    fn command(
        &self,
        at: usize,
        action: &LoweredAction,
        command: &Command<Text>,
    ) -> Result<Made, CarryError> {
        let mut unknown = None;
        let mut filled = command.clone().map(&mut |text: Text| {
            self.fill(at, &text).unwrap_or_else(|error| {
                unknown.get_or_insert(error);
                String::new()
            })
        });
        if let Some(error) = unknown {
            return Err(error);
        }
        if let Operation::Tool { words, .. } = &mut filled.operation {
            *words = with_threads(words, self.threads);
        }
        Ok(self.local().run(&action.package, &filled))
    }

    fn local(&self) -> Local<'_> {
        Local {
            environ: &self.environ,
            view: &self.view,
            cwd: Path::new(&self.plan.dir),
            temp: self.work.clone(),
            script: None,
        }
    }

    fn fill(&self, at: usize, text: &Text) -> Result<String, CarryError> {
        text.fill(|hole| {
            self.hole(at, hole)
                .ok_or_else(|| CarryError::Unknown(at, hole.clone()))
        })
    }

    fn hole(&self, at: usize, hole: &Piece) -> Option<String> {
        match hole {
            Piece::Plain(plain) => Some(plain.clone()),
            Piece::Work => Some(self.work.to_string_lossy().into_owned()),
            Piece::ActionId(of) => Some(hash_to_string(&self.ids.get(of)?.0)),
            Piece::ContentId(of) => self.contents.get(of).cloned(),
            Piece::FileHash(of) => {
                let file = self.outputs(*of).ok()?.into_iter().next()?;
                Some(hash_to_string(&digest_now(&file)?))
            }
            Piece::Seed => {
                let (of, text) = self.plan.actions[at].seed.as_ref()?;
                let text = self.fill(at, text).ok()?;
                let id = self.hashing.subkey(*self.ids.get(of)?, &text);
                Some(hash_to_string(&id.0))
            }
            Piece::Threads => THREADS.strip_prefix("-c=").map(str::to_owned),
        }
    }
}

fn failed(action: &LoweredAction, made: Made) -> Result<Made, CarryError> {
    match made.result {
        Ok(()) => Ok(made),
        Err(source) => Err(CarryError::Command {
            package: action.package.clone(),
            output: made.output,
            source: Box::new(source),
        }),
    }
}
