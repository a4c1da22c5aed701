//! Cached results: when a test need not run, since nothing that it looked at has changed.
//!
//! A test binary that is given `-test.testlogfile=F` writes down each environment variable, file and directory that it asked
//! for. What those are now, hashed, is the run's *inputs ID*. A result is found in two steps: the *test ID*, of the binary
//! and the arguments that matter, leads to the log of the last run; that log, hashed anew, and the test ID lead to what the run
//! printed. A result is kept under two test IDs: one of the link's action ID, so that nothing need be linked to find it, and
//! one of the binary's content, so that another way to the same binary finds it too.
//!
//! Files outside of the package's module, GOPATH entry or GOROOT are not looked at. Of a file its size and times are taken,
//! not its content; so a file that is younger than two seconds proves nothing, and a run that read one is not kept.
//!
//! | module | what it is |
//! |---|---|
//! | [`arguments`] | which arguments leave a run cacheable, and which of them tell results apart |
//! | [`entries`] | the log's lines |
//! | [`inputs`] | what they say now, as a hash |
//! | [`results`] | [`Results`]: finding and keeping |
//!
//! All of it is shared with `go`: each finds the other's results.

pub mod arguments;
pub mod entries;
pub mod inputs;
pub mod results;

pub use arguments::{CacheArgs, Uncacheable};
pub use inputs::{InputsError, Look};
pub use results::{Miss, Results, Run, Stored};
