//! Where a build's output goes.

use gust_build::Sink;
use serde::Serialize;
use std::io::Write;
use std::sync::Mutex;

/// Standard error, as it comes.
pub(crate) struct TextSink;

impl Sink for TextSink {
    fn output(&self, _package: Option<&str>, text: &[u8]) {
        let _ = std::io::stderr().write_all(text);
    }

    fn failure(&self, _package: Option<&str>, text: &str) {
        let _ = std::io::stderr().write_all(with_newline(text).as_bytes());
    }
}

fn with_newline(text: &str) -> String {
    match text.is_empty() || text.ends_with('\n') {
        true => text.to_owned(),
        false => format!("{text}\n"),
    }
}

/// -json: events on standard output, one a line.
#[derive(Default)]
pub(crate) struct JsonSink {
    one_at_a_time: Mutex<()>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Event<'a> {
    import_path: &'a str,
    action: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    output: &'a str,
}

impl JsonSink {
    fn event(&self, package: Option<&str>, action: &'static str, output: &str) {
        let _one = self.one_at_a_time.lock();
        let event = Event {
            import_path: package.unwrap_or(""),
            action,
            output,
        };
        if let Ok(line) = gust_text::json::to_string(&event) {
            let _ = std::io::stdout().write_all(format!("{line}\n").as_bytes());
        }
    }
}

impl Sink for JsonSink {
    fn output(&self, package: Option<&str>, text: &[u8]) {
        if !text.is_empty() {
            self.event(package, "build-output", &String::from_utf8_lossy(text));
        }
    }

    fn failure(&self, package: Option<&str>, text: &str) {
        for line in with_newline(text).split_inclusive('\n') {
            self.event(package, "build-output", line);
        }
        self.event(package, "build-fail", "");
    }

    fn names_packages(&self) -> bool {
        true
    }
}
