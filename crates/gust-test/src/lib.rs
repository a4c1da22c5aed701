//! What `go test` knows beyond building: what a test binary prints, as events; what its run depended on; which words it is
//! given; how its result is told; how it is started and ended.
//!
//! | module | what it is |
//! |---|---|
//! | [`flags`] | the command line: `go test`'s own flags, packages, the test binary's arguments |
//! | [`vet`] | which checks are made before a test runs |
//! | [`log`] | cached results: what a run looked at, and whether that is as it was |
//! | [`run`] | starting a test binary and waiting for its end |
//! | [`package`] | one package's test: run, shown or held, told |
//! | [`report`] | the lines that tell how a package's test went |
//! | [`order`] | the outputs of many packages, in the order of the packages |
//! | [`json`] | a test binary's output as events, as `go tool test2json` writes them |
//! | [`profile`] | coverage profiles of many packages as one |
//! | [`action`] | tests as actions of a build's plan |
//! | [`zone`] | the local time zone, as Go finds it |
//!
//! The text of a test's main package is made where the package graph is (`gust_packages`), since `list -test` shows that
//! package too.

pub mod action;
pub mod flags;
pub mod json;
pub mod log;
pub mod order;
pub mod package;
pub mod profile;
pub mod report;
pub mod run;
pub mod vet;
pub mod zone;
