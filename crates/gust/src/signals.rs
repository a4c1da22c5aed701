//! ^C and termination: work directories go, children are ended, and so is gust.
//!
//! The watching thread is started by the first command part that leaves something to clean up; a command that does not pays
//! nothing.

use signal_hook::consts::{SIGINT, SIGQUIT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::Signals;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once};

/// The watch over signals of one process.
pub(crate) struct Watch {
    started: Once,
    interrupt: Arc<AtomicBool>,
    /// While a person's program runs, signals from the terminal are for it.
    leave_to_program: Arc<AtomicBool>,
    /// What runs already runs to its end: it has heard ^C too.
    finish: Arc<AtomicBool>,
}

impl Watch {
    /// A watch that is not kept yet.
    pub(crate) fn new() -> Watch {
        // A file that must not grow further is an error of writing it, not the end.
        let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
        Watch {
            started: Once::new(),
            interrupt: Arc::default(),
            leave_to_program: Arc::default(),
            finish: Arc::default(),
        }
    }

    /// From here on ^C keeps what has not begun from beginning, and nothing more: tests end as they like, and what they say then is
    /// told.
    pub(crate) fn let_children_finish(&self) {
        self.finish.store(true, Ordering::SeqCst);
    }

    /// Set when the person wants the command to end, as long as the watch is kept.
    pub(crate) fn interrupt(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.interrupt)
    }

    /// Starts watching, if that was not done before.
    pub(crate) fn start(&self) {
        self.started.call_once(|| self.keep());
    }

    fn keep(&self) {
        let interrupt = Arc::clone(&self.interrupt);
        let leave = Arc::clone(&self.leave_to_program);
        let finish = Arc::clone(&self.finish);
        if let Ok(mut signals) = Signals::new([SIGINT, SIGQUIT, SIGTERM]) {
            std::thread::spawn(move || {
                for signal in signals.forever() {
                    if leave.load(Ordering::SeqCst) {
                        if signal == SIGTERM {
                            // It was for gust alone. The program runs on, from where it is.
                            let _ = signal_hook::low_level::emulate_default_handler(signal);
                        }
                        continue;
                    }
                    // Before the children end: what waits for them is not to start others.
                    interrupt.store(true, Ordering::SeqCst);
                    if signal == SIGTERM || !finish.load(Ordering::SeqCst) {
                        end_by(signal);
                    }
                }
            });
        }
    }

    /// Leaves ^C to the program that is started now, until the value that is given back is dropped.
    pub(crate) fn leave_to_program(&self) -> Left {
        self.leave_to_program.store(true, Ordering::SeqCst);
        Left(Arc::clone(&self.leave_to_program))
    }
}

/// While it lives, ^C is the program's.
pub(crate) struct Left(Arc<AtomicBool>);

impl Drop for Left {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

#[expect(clippy::disallowed_methods, reason = "nothing is left to return to")]
fn end_by(signal: i32) {
    fall_silent();
    end_children();
    gust_fs::temp::remove_all();
    if signal == SIGTERM {
        let _ = signal_hook::low_level::emulate_default_handler(signal);
    }
    std::process::exit(1);
}

/// From here on nothing is printed: what the other threads would say of their children's end is of no interest.
fn fall_silent() {
    if let Ok(nowhere) = gust_fs::disk::File::options().write(true).open("/dev/null") {
        let _ = rustix::stdio::dup2_stdout(&nowhere);
        let _ = rustix::stdio::dup2_stderr(&nowhere);
    }
}

/// Asks every child to end. The system knows them best: nobody has to keep a list.
#[expect(
    clippy::disallowed_methods,
    reason = "/proc is no file of anybody's, and a view would remember it"
)]
fn end_children() {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else {
        return;
    };
    for thread in threads.flatten() {
        let Ok(list) = std::fs::read_to_string(thread.path().join("children")) else {
            continue;
        };
        for pid in list
            .split_whitespace()
            .filter_map(|p| p.parse().ok())
            .filter_map(rustix::process::Pid::from_raw)
        {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
    }
}
