//! Record and replay: what a command saw and answered is written down, and the same command over the same files answers from it.
//!
//! A command is a function of its words, its environment and what it saw on the disk. Whoever ran one hands over the log of its
//! one view and its answer ([`Record::of`]); a [`Shelf`] keeps records. Before the next run of the same [`Invocation`] the
//! shelf is asked ([`Shelf::find`]), and the record [holds](Kept::check) when every file, variable and program says today what
//! it said then. Nothing here knows what the command is or what it was about.
//!
//! | module | what it is |
//! |---|---|
//! | [`invocation`] | what must be the same for two commands to be one question |
//! | [`answer`] | what a command wrote, and how it ended |
//! | [`record`] | one command's observations and answer; what cannot be proved makes none |
//! | [`places`] | paths to be looked at, by directory |
//! | `touched` | files that a command gives the current time: their times say nothing, their content does |
//! | [`holds`] | looking at them again |
//! | [`shelf`] | where records lie, and which go when there are too many |

pub mod answer;
pub mod holds;
pub mod invocation;
pub mod places;
pub mod record;
pub mod shelf;
mod touched;

pub use answer::{Answer, Starts, Stream};
pub use holds::{Stale, Today, digest};
pub use invocation::Invocation;
pub use record::{Kept, NoRecord, Record};
pub use shelf::Shelf;
