//! Reading a child's output and waiting for its end, both with limits.

use std::io::{self, PipeReader, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::{Ending, Killed, Limits, Output};

/// go's text for output that was not waited for.
const OUTPUT_HELD: &str = "exec: WaitDelay expired before I/O complete";

/// Waits until the child has ended and its output too, or until a limit is reached.
pub(super) fn to_the_end(
    child: Child,
    reader: Option<PipeReader>,
    mut output: Output<'_>,
    limits: Limits,
    began: Instant,
) -> Ending {
    let handle = Pid::from_raw(child.id() as i32)
        .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
        .and_then(|pid| Ok(pidfd_open(pid, PidfdFlags::empty())?));
    let mut wait = Wait {
        child,
        reader,
        limits,
        began,
        status: None,
        told: false,
        giving_up: None,
        buffer: vec![0; 32 << 10],
    };
    let waited = match handle {
        Ok(handle) => wait.until_over(&handle, &mut output),
        Err(error) => Err(error),
    };
    wait.ending(waited)
}

struct Wait {
    child: Child,
    /// Until the output has ended.
    reader: Option<PipeReader>,
    limits: Limits,
    began: Instant,
    status: Option<ExitStatus>,
    /// It got the signal.
    told: bool,
    /// When the output is given up, once the child has ended or was told to.
    giving_up: Option<Instant>,
    buffer: Vec<u8>,
}

impl Wait {
    fn until_over(&mut self, handle: &OwnedFd, output: &mut Output<'_>) -> io::Result<()> {
        while self.status.is_none() || self.reader.is_some() {
            let (ended, readable) = self.sleep(handle)?;
            if readable {
                self.read(output)?;
            }
            if ended && self.status.is_none() {
                self.status = Some(self.child.wait()?);
                self.start_giving_up();
            }
            let now = Instant::now();
            if self.status.is_none() && !self.told && self.kill_at().is_some_and(|at| now >= at) {
                self.told = pidfd_send_signal(handle, Signal::QUIT).is_ok();
                self.start_giving_up();
            }
            if self.giving_up.is_some_and(|at| now >= at) {
                if self.status.is_none() {
                    self.child.kill()?;
                    self.status = Some(self.child.wait()?);
                }
                return Ok(());
            }
        }
        Ok(())
    }

    /// Until something happens: whether the child has ended, and whether there is output to read.
    fn sleep(&self, handle: &OwnedFd) -> io::Result<(bool, bool)> {
        let wake = match (self.giving_up, self.told) {
            (Some(at), _) => Some(at),
            (None, false) if self.status.is_none() => self.kill_at(),
            _ => None,
        };
        let timeout = wake.map(|at| {
            let left = at.saturating_duration_since(Instant::now());
            Timespec {
                tv_sec: left.as_secs() as i64,
                tv_nsec: i64::from(left.subsec_nanos()),
            }
        });
        // A child that has ended would wake us at once, again and again: it is asked for only until then.
        let mut watched = Vec::with_capacity(2);
        if let Some(reader) = &self.reader {
            watched.push(PollFd::from_borrowed_fd(reader.as_fd(), PollFlags::IN));
        }
        if self.status.is_none() {
            watched.push(PollFd::from_borrowed_fd(handle.as_fd(), PollFlags::IN));
        }
        match poll(&mut watched, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let readable = self.reader.is_some() && !watched[0].revents().is_empty();
        let ended =
            self.status.is_none() && watched.last().is_some_and(|fd| !fd.revents().is_empty());
        Ok((ended, readable))
    }

    fn read(&mut self, output: &mut Output<'_>) -> io::Result<()> {
        let Some(reader) = &mut self.reader else {
            return Ok(());
        };
        match reader.read(&mut self.buffer) {
            Ok(0) => self.reader = None,
            Ok(count) => {
                if let Output::To(sink) = output {
                    sink(&self.buffer[..count]);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn kill_at(&self) -> Option<Instant> {
        self.began.checked_add(self.limits.kill_after?)
    }

    fn start_giving_up(&mut self) {
        if self.giving_up.is_none() {
            self.giving_up = self.limits.delay.map(|delay| Instant::now() + delay);
        }
    }

    fn ending(mut self, waited: io::Result<()>) -> Ending {
        if let Err(error) = waited {
            // Whatever went wrong on our side, no child stays behind.
            let _ = self.child.kill();
            let _ = self.child.wait();
            return Ending {
                elapsed: self.began.elapsed(),
                failure: Some(gust_fs::errtext::go_text(&error)),
                exited: false,
                killed: None,
            };
        }
        let status = self.status.unwrap_or_else(|| ExitStatus::from_raw(0));
        let held = self.reader.is_some();
        let failure = match (status.success(), held) {
            (false, _) => Some(gust_toolchain::exit_text(&status)),
            (true, true) => Some(OUTPUT_HELD.to_owned()),
            (true, false) => None,
        };
        let limit = |duration: Option<Duration>| duration.unwrap_or_default();
        let killed = match (self.told, status.success() && held) {
            (true, _) => Some(Killed::TooLong {
                limit: limit(self.limits.kill_after),
            }),
            (false, true) => Some(Killed::OutputHeld {
                delay: limit(self.limits.delay),
            }),
            (false, false) => None,
        };
        Ending {
            elapsed: self.began.elapsed(),
            exited: !status.success() && status.code().is_some(),
            failure,
            killed,
        }
    }
}
