//! GUST_LOG: what gust tells of its own work on standard error: the stops of a command, each action, requests. Nothing is set
//! up, and nothing costs more than a look at a flag, when nobody asks.

use crate::ui::Failure;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// Begins to tell what `filter` lets through: `info`, `gust_build=debug`, `gust_fetch=trace,info`.
pub(crate) fn start(filter: &str) -> Result<(), Failure> {
    if filter.is_empty() {
        return Ok(());
    }
    let filter = EnvFilter::try_new(filter)
        .map_err(|why| Failure::with_code(format!("gust: GUST_LOG={filter}: {why}"), 2))?;
    // Spans are told when they end, with the time that they took.
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(std::io::stderr)
        .init();
    Ok(())
}
