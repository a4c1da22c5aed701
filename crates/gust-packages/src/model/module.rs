//! What is shown of a module.

pub use gust_modules::ModulePublic;
