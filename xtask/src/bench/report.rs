//! BENCHMARKS.md.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use crate::go;

/// What was measured in one module.
pub(super) struct Section {
    pub(super) title: String,
    pub(super) rows: Vec<Row>,
}

/// One kind of work by both.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) go: Cell,
    pub(super) gust: Cell,
}

/// What one of them took for it.
pub(super) enum Cell {
    Measured {
        took: Duration,
        peak: u64,
        calls: Option<u64>,
        runs: usize,
    },
    Failed(String),
}

impl Row {
    /// Whether gust did what go did.
    pub(super) fn is_sound(&self) -> bool {
        matches!(
            (&self.go, &self.gust),
            (Cell::Failed(_), _) | (_, Cell::Measured { .. })
        )
    }

    /// The row in one line, for whoever watches.
    pub(super) fn line(&self) -> String {
        let mut line = format!(
            "{:<26} go {:>10}  gust {:>10}  {:>7}",
            self.name,
            self.go.time(),
            self.gust.time(),
            self.ratio()
        );
        for cell in [&self.go, &self.gust] {
            if let Cell::Failed(text) = cell {
                let _ = write!(line, "\n    {text}");
            }
        }
        line
    }

    /// How many times sooner gust was done.
    fn ratio(&self) -> String {
        match (&self.go, &self.gust) {
            (Cell::Measured { took: go, .. }, Cell::Measured { took: gust, .. })
                if !gust.is_zero() =>
            {
                format!("{:.2}x", go.as_secs_f64() / gust.as_secs_f64())
            }
            _ => "-".to_owned(),
        }
    }

    fn table_line(&self) -> String {
        let runs = match (&self.go, &self.gust) {
            (Cell::Measured { runs: a, .. }, Cell::Measured { runs: b, .. }) => {
                a.min(b).to_string()
            }
            _ => "-".to_owned(),
        };
        format!(
            "| {} | {} | {} | **{}** | {} | {} | {} | {} | {runs} |\n",
            self.name,
            self.go.time(),
            self.gust.time(),
            self.ratio(),
            self.go.memory(),
            self.gust.memory(),
            self.go.system_calls(),
            self.gust.system_calls(),
        )
    }
}

impl Cell {
    fn time(&self) -> String {
        match self {
            Self::Measured { took, .. } if took.as_secs() >= 10 => {
                format!("{:.1} s", took.as_secs_f64())
            }
            Self::Measured { took, .. } if took.as_secs() >= 1 => {
                format!("{:.2} s", took.as_secs_f64())
            }
            Self::Measured { took, .. } => format!("{:.1} ms", took.as_secs_f64() * 1000.0),
            Self::Failed(_) => "fails".to_owned(),
        }
    }

    fn memory(&self) -> String {
        match self {
            Self::Measured { peak, .. } => format!("{:.0} MB", *peak as f64 / 1e6),
            Self::Failed(_) => "-".to_owned(),
        }
    }

    fn system_calls(&self) -> String {
        match self {
            Self::Measured {
                calls: Some(calls), ..
            } => grouped(*calls),
            _ => "-".to_owned(),
        }
    }
}

/// A number with its thousands apart.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// What serves the rows that are not cold.
const WARM: &str = "What a row finds there: a cold build has an empty build cache and all modules; `mod download` has an \
    empty module cache. All other rows come after three runs that are not counted, over files that have not changed since, so go \
    is served by its build cache (results of actions and tests, and the index of each module in the module cache) and gust by \
    its own: the same results, and under `GOCACHE/gust` what each directory's files say, the digests of files, which archives \
    are known to be sound, and the record of the command itself, which answers when nothing that it saw has changed. Rows that \
    say \"no record\" are measured with `GUST_WARM=off`: what a new command over known directories takes. Every subject is a git \
    checkout with 300 tags, with default settings (GOFLAGS empty, GOENV=off): programs are stamped. The machine's own cache of \
    files is warm for both.";

/// The whole page.
pub(super) fn page(go: &Path, sections: &[Section]) -> Result<String> {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("", |(_, name)| name);
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let mut out = format!(
        "# Benchmarks\n\nWritten by `cargo xtask bench`: {} and gust in turns, each with a build cache of its own and both with one \
         module cache; who goes first alternates, and telemetry is off for both. Medians; the number of runs stands in the last \
         column. Peak memory is that of the largest process. System calls are those of the command and its children, counted in a \
         run apart.\n\n{WARM}\n\nMachine: {processors} processors{}.\n",
        go::env(go, "GOVERSION")?,
        if model.is_empty() {
            String::new()
        } else {
            format!(", {model}")
        },
    );
    for section in sections {
        let _ = write!(
            out,
            "\n## {}\n\n| | go | gust | go / gust | memory go | gust | system calls go | gust | runs |\n\
             |---|---:|---:|---:|---:|---:|---:|---:|---:|\n",
            section.title
        );
        out.extend(section.rows.iter().map(Row::table_line));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_read_well() {
        let cell = |ms, calls| Cell::Measured {
            took: Duration::from_millis(ms),
            peak: 52_400_000,
            calls,
            runs: 5,
        };
        let row = Row {
            name: "env".to_owned(),
            go: cell(1234, Some(1_234_567)),
            gust: cell(123, None),
        };
        assert_eq!(
            row.table_line(),
            "| env | 1.23 s | 123.0 ms | **10.03x** | 52 MB | 52 MB | 1,234,567 | - | 5 |\n"
        );
        assert!(row.is_sound());
        let row = Row {
            name: "env".to_owned(),
            go: cell(5, None),
            gust: Cell::Failed("not yet".to_owned()),
        };
        assert!(
            !row.is_sound()
                && row.line().contains("not yet")
                && row.table_line().contains("| fails | **-** |")
        );
    }
}
