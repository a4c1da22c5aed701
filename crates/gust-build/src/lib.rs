//! Packages to plan to outcome: action IDs, tools, schedule, stamps.
