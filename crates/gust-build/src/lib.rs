//! Packages to plan to outcome: action IDs, tools, schedule, stamps.

pub mod buildid;
pub mod cgo;
