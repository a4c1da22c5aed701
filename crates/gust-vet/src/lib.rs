//! The release's vet, or another tool that takes the same questions, as actions of a build's plan.
//!
//! **The problem.** What the tool finds in a package depends on *facts* about the packages that it imports, which the tool finds
//! there: it runs over every package that a vetted one needs, once, and mostly it has done so before.
//!
//! **Terms.** A *unit* is a package with all that the tool is told of it ([`config`]): files, where export data and facts of
//! imports lie, where its own facts go. *Findings* are what the tool says of a unit; of packages that are only imported nobody
//! wants to know them.
//!
//! **The decision.** One action a package ([`action`]), after those that know the package's ID and the facts of its imports. Facts
//! and findings are kept in the build cache under go's own keys, so that either tool finds what the other has made. Which
//! flags the tool has it says itself ([`flags`]).

pub mod action;
pub mod config;
pub mod findings;
pub mod flags;

pub use action::{Vets, Vetting};
pub use findings::Findings;
