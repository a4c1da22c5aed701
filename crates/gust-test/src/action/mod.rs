//! Tests as actions of a build's plan.
//!
//! **The problem.** A test runs when its binary is linked, and not even the link is wanted when its result is known; many run at
//! once, and what they say has to stand in the order of the packages.
//!
//! **Terms.** Of each package there is a *run*, which looks for a result that is kept, or starts the binary; a *clean*, which
//! removes the binary's directory; and a *print*, which tells what was held back, each behind the print of the package before.
//! An empty action before each run, its *barrier*, waits for what the run waits for and for the barrier before: so runs begin
//! in order. The *end* closes the command with a line when something failed.
//!
//! **The decision.** All of these are kinds of this crate ([`gust_build::plan::ActionKind`]); gust-build carries them out without
//! knowing tests. What they share is one [`Testing`]: what was asked, and, behind locks, what has been said so far. That a
//! test fails is no failure of its action: those that follow still have something to tell.

mod clean;
mod cover;
mod meta;
mod plan;
mod print;
mod run;
mod testing;

pub use plan::{Shape, TestBinary, Tested, plan};
pub use testing::{Asked, Events, Outlet, Testing};
