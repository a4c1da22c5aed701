//! One command, run once: how long, how much memory, how many system calls.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// One of the two that are compared.
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) binary: PathBuf,
    /// Its own build cache.
    pub(super) cache: PathBuf,
    /// Where it keeps settings; in it telemetry is off, so that neither starts a process of its own to count and upload.
    config: PathBuf,
    work: PathBuf,
}

/// What a run did.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) took: Duration,
    /// The most memory that it or one of its children held, in bytes.
    pub(super) peak: u64,
}

impl Tool {
    pub(super) fn new(name: &'static str, binary: &Path, work: &Path) -> Result<Self> {
        let cache = work.join(format!("cache-{name}"));
        fs::create_dir_all(&cache)?;
        let config = work.join("config");
        fs::create_dir_all(config.join("go/telemetry"))?;
        fs::write(config.join("go/telemetry/mode"), "off")?;
        Ok(Self {
            name,
            binary: binary.to_owned(),
            cache,
            config,
            work: work.to_owned(),
        })
    }

    /// Makes its build cache empty.
    pub(super) fn clear_cache(&self) -> Result<()> {
        fs::remove_dir_all(&self.cache)?;
        Ok(fs::create_dir_all(&self.cache)?)
    }

    /// Where a program that it builds goes.
    pub(super) fn output(&self) -> PathBuf {
        self.work.join(format!("out-{}", self.name))
    }

    /// Runs it once; its output goes to a file, as a person's pipe would take it.
    pub(super) fn run(&self, dir: &Path, args: &[String], env: &[(String, String)]) -> Result<Run> {
        let mut command = Command::new(&self.binary);
        command.args(args);
        self.settle(&mut command, dir, env)?;
        let started = Instant::now();
        let child = command
            .spawn()
            .with_context(|| format!("running {}", self.binary.display()))?;
        let (code, peak) = wait(&child)?;
        let took = started.elapsed();
        anyhow::ensure!(
            code == 0,
            "{} {} ends with {code}: {}",
            self.name,
            args.join(" "),
            self.complaint()
        );
        Ok(Run { took, peak })
    }

    /// How many system calls it and its children make; `None` when there is no strace to count them.
    pub(super) fn calls(
        &self,
        dir: &Path,
        args: &[String],
        env: &[(String, String)],
    ) -> Option<u64> {
        let table = self.work.join("strace");
        let mut command = Command::new("strace");
        command
            .args(["-f", "-c", "-q", "-o"])
            .arg(&table)
            .arg(&self.binary)
            .args(args);
        self.settle(&mut command, dir, env).ok()?;
        command.status().ok()?;
        let text = fs::read_to_string(&table).ok()?;
        let total = text
            .lines()
            .rfind(|line| line.trim_end().ends_with(" total"))?;
        total.split_whitespace().nth(3)?.parse().ok()
    }

    fn settle(&self, command: &mut Command, dir: &Path, env: &[(String, String)]) -> Result<()> {
        command
            .current_dir(dir)
            .env("GOCACHE", &self.cache)
            .env("XDG_CONFIG_HOME", &self.config)
            .env("GOTELEMETRY", "off")
            .env("GOENV", "off")
            .env("GOFLAGS", "")
            .env("GOTOOLCHAIN", "local")
            .env("GOWORK", "")
            .env("GUST_WARM", "on")
            .envs(env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(File::create(self.work.join("stdout"))?)
            .stderr(File::create(self.work.join("stderr"))?);
        Ok(())
    }

    fn complaint(&self) -> String {
        let text = fs::read(self.work.join("stderr")).unwrap_or_default();
        String::from_utf8_lossy(&text)
            .lines()
            .rev()
            .take(3)
            .collect::<Vec<_>>()
            .join(" / ")
    }
}

/// Waits for `child` and gives its exit code and peak memory: what the standard library's wait does not tell.
fn wait(child: &std::process::Child) -> Result<(i32, u64)> {
    let mut status = 0;
    // SAFETY: rusage is plain numbers, for which zeros are fine.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    loop {
        // SAFETY: both pointers are to locals that outlive the call, and the child is ours and not waited for elsewhere.
        let done = unsafe { libc::wait4(child.id() as libc::pid_t, &mut status, 0, &mut usage) };
        if done > 0 {
            break;
        }
        let err = io::Error::last_os_error();
        if err.kind() != io::ErrorKind::Interrupted {
            return Err(err).context("waiting");
        }
    }
    let code = if libc::WIFEXITED(status) {
        libc::WEXITSTATUS(status)
    } else {
        128 + libc::WTERMSIG(status)
    };
    Ok((code, usage.ru_maxrss as u64 * 1024))
}

/// The middle one of `values`, the lower of two.
pub(super) fn median<T: Ord + Copy>(mut values: Vec<T>) -> Option<T> {
    values.sort_unstable();
    values.get(values.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(median(vec![3, 1, 2]), Some(2));
        assert_eq!(median(vec![4, 1, 2, 3]), Some(2));
        assert_eq!(median(Vec::<u8>::new()), None);
    }

    #[test]
    fn counts_and_complains() {
        let work = std::env::temp_dir().join(format!("bench-{}", std::process::id()));
        let tool = Tool::new("sh", Path::new("/bin/sh"), &work).unwrap();
        let args = |text: &str| vec!["-c".to_owned(), text.to_owned()];
        let run = tool
            .run(
                &work,
                &args("test $X = y"),
                &[("X".to_owned(), "y".to_owned())],
            )
            .unwrap();
        assert!(run.peak > 100_000 && run.took < Duration::from_secs(5));
        let err = tool
            .run(&work, &args("echo no >&2; exit 3"), &[])
            .unwrap_err()
            .to_string();
        assert!(err.contains("ends with 3: no"), "{err}");
        fs::remove_dir_all(&work).unwrap();
    }
}
