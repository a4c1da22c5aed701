//! What `go test` knows beyond building: what a test binary prints, as events; what its run depended on; which words it is
//! given; how its result is told; how it is started and ended.
//!
//! | module | what it is |
//! |---|---|
//! | [`flags`] | the command line: `go test`'s own flags, packages, the test binary's arguments |
//! | [`json`] | a test binary's output as events, as `go tool test2json` writes them |
//! | [`log`] | cached results: what a run looked at, and whether that is as it was |
//! | [`report`] | the lines that tell how a package's test went |
//! | [`run`] | starting a test binary and waiting for its end |
//! | [`zone`] | the local time zone, as Go finds it |
//!
//! The text of a test's main package is made where the package graph is (`gust_packages`), since `list -test` shows that
//! package too.

pub mod flags;
pub mod json;
pub mod log;
pub mod report;
pub mod run;
pub mod zone;
