//! Go-shaped text: what looks like Go's own when a person or a tool reads it, and nothing about Go packages.
//!
//! - [`quote`]: `strconv.Quote`, the word lists of GOFLAGS and the command lines that `-x` prints.
//! - [`json`]: the bytes of Go's `encoding/json` for anything that serde can serialize.
//! - [`decode`]: JSON that people and servers write, with encoding/json's words for what is wrong with it.
//! - [`diff`]: unified differences, hunk for hunk as go prints them.
//! - [`flags`]: the flag syntax of go's commands over a declared table.
//! - [`fmt`]: `fmt.Sprint` and `fmt.Sprintf` over the values of templates.
//! - [`num`]: integers and durations as Go's flags and literals spell them.
//! - [`regexp`]: what Go says of a regular expression that is none.
//! - [`rfc3339`]: times, and what Go says of text that is none.
//! - [`template`]: Go's `text/template`, over values that describe themselves.

pub mod decode;
pub mod diff;
pub mod flags;
pub mod fmt;
pub mod json;
pub mod num;
pub mod quote;
pub mod regexp;
pub mod rfc3339;
pub mod template;
