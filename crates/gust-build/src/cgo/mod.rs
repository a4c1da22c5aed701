//! Packages that speak C: which flags they may use and how their C is compiled.

mod allowed;
pub mod flags;
pub mod pkg_config;
