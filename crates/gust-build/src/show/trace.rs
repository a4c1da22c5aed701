//! -debug-trace: when each action was at work, in the form that trace viewers (Perfetto, chrome://tracing) read.

use serde::Serialize;

/// An action at work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The action's mode and package.
    pub name: String,
    /// Which worker did it, from 0.
    pub worker: usize,
    /// When it began, in microseconds since the build did.
    pub begun: u64,
    /// How long it took, in microseconds.
    pub took: u64,
}

/// An event of the trace format: one that has a duration.
#[derive(Serialize)]
struct Event<'a> {
    name: &'a str,
    ph: &'static str,
    ts: u64,
    dur: u64,
    pid: u32,
    tid: usize,
}

/// The spans as a trace, in the order in which they began.
pub fn json(spans: &[Span]) -> String {
    let mut spans: Vec<&Span> = spans.iter().collect();
    spans.sort_by_key(|span| (span.begun, span.worker));
    let event = |span: &&Span| {
        let event = Event {
            name: &span.name,
            ph: "X",
            ts: span.begun,
            dur: span.took,
            pid: 0,
            tid: span.worker,
        };
        serde_json::to_string(&event).unwrap_or_default()
    };
    let events: Vec<String> = spans.iter().map(event).collect();
    format!("[{}\n]\n", events.join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_json() {
        let span = |name: &str, begun| Span {
            name: name.to_owned(),
            worker: 1,
            begun,
            took: 5,
        };
        let text = json(&[span("link", 9), span("build a\"b", 2)]);
        let events: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(events[0]["name"], "build a\"b");
        assert_eq!(
            (&events[1]["ts"], &events[1]["dur"]),
            (&9.into(), &5.into())
        );
        assert_eq!(json(&[]), "[\n]\n");
    }
}
