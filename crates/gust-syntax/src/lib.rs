//! What files say: source headers, build constraints, go.mod, go.sum, modules.txt, versions, paths.

pub mod cgo;
pub mod constraint;
pub mod embed;
pub mod header;
pub mod literal;
pub mod platform;
pub mod slash;
pub mod synopsis;
pub mod unicode;
