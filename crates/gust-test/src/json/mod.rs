//! `-json`: what a test binary prints, as events, one JSON object a line; the same bytes as `go tool test2json`.
//!
//! A test binary that is told `-test.v=test2json` puts a ^V before each line that frames (`=== RUN`, `--- PASS`, `PASS`); once
//! one was seen, a line without it is only output, whatever it looks like. A report of a test (`--- PASS: TestX`) is held back
//! until its own output has passed, and that of its subtests before it: the lines below it are indented, and by their
//! indentation they find the test that they belong to.
//!
//! | module | what it is |
//! |---|---|
//! | [`converter`] | [`Converter`]: the state between lines |
//! | `cut` | bytes to lines through a buffer of fixed size, so that a line without an end does not pile up |
//! | `marks` | errors within output (go1.27) |
//! | `frame` | what one line means |
//! | `event` | one event's bytes |

pub mod converter;
mod cut;
mod event;
mod frame;
mod marks;

pub use converter::{Converter, Dialect};
pub use event::Clock;
