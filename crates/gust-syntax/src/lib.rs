//! What files say: source headers, build constraints, go.mod, go.sum, modules.txt, versions, paths.

pub mod cgo;
pub mod constraint;
pub mod embed;
pub mod glob;
pub mod gosum;
pub mod gover;
pub mod gowork;
pub mod header;
pub mod literal;
pub mod modfile;
pub mod module;
pub mod modules_txt;
pub mod platform;
pub mod pseudo;
pub mod semver;
pub mod slash;
pub mod synopsis;
pub mod unicode;

pub use module::escape;
