//! How long a test is waited for.

use std::time::Duration;

/// The least that output is waited for after a test's end: what the system may need.
const LEAST_DELAY: Duration = Duration::from_secs(5);
/// The least that a test gets for showing its goroutines after its own timeout.
const LEAST_GRACE: Duration = Duration::from_secs(60);

/// How long a test is waited for. Both none: as long as it takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// From its start until it is told to end.
    pub kill_after: Option<Duration>,
    /// From its end, or from being told, until its output is given up and it is killed.
    pub delay: Option<Duration>,
}

impl Limits {
    /// What follows from `-timeout`; zero is none. Benchmarks and fuzzing are to have no limits at all.
    pub fn of(timeout: Duration) -> Limits {
        if timeout.is_zero() {
            return Limits::default();
        }
        let delay = (timeout / 10).max(LEAST_DELAY);
        Limits {
            kill_after: Some(timeout + delay.max(LEAST_GRACE)),
            delay: Some(delay),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_grow_with_the_timeout() {
        let seconds = |timeout| {
            let limits = Limits::of(Duration::from_secs(timeout));
            (
                limits.kill_after.map(|d| d.as_secs()),
                limits.delay.map(|d| d.as_secs()),
            )
        };
        assert_eq!(seconds(0), (None, None));
        assert_eq!(seconds(1), (Some(61), Some(5)));
        assert_eq!(seconds(100), (Some(160), Some(10)));
        assert_eq!(seconds(6000), (Some(6600), Some(600)));
    }
}
