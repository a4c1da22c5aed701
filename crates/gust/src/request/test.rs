//! `go test`.

use super::Request;
use super::build::build_flags;
use gust_ops::BuildFlags;
use gust_ops::TestRequest;
use gust_test::flags::{DEFAULT_TIMEOUT_NS, profile};
use gust_test::vet::Checks;
use gust_text::num::parse_duration;
use std::time::Duration;

/// Profiles that can only be read beside the binary.
const NEED_BINARY: [&str; 4] = ["blockprofile", "cpuprofile", "memprofile", "mutexprofile"];

/// Reads it.
pub(crate) fn test(request: &Request) -> TestRequest {
    let flags = &request.flags;
    let events = flags.bool("json");
    let given = |name: &str| !flags.text(name).is_empty();
    let verbose = flags.text("v");
    TestRequest {
        flags: BuildFlags {
            // -v and -o mean something else here.
            verbose: false,
            output: None,
            ..build_flags(request)
        },
        patterns: request.args.clone(),
        arguments: request.handed_on.arguments.clone(),
        wrapper: flags.is_set("exec").then(|| flags.words("exec")),
        cover_profile: flags
            .last("coverprofile")
            .filter(|file| !file.is_empty())
            .map(str::to_owned),
        output_dir: flags.text("outputdir").to_owned(),
        builds_only: flags.bool("c"),
        output: flags.last("o").map(str::to_owned),
        profile: profile(flags.parsed()),
        keeps_binary: NEED_BINARY.into_iter().any(given),
        shows_passing: flags.bool("v") || given("list") || request.handed_on.help,
        marked: events || verbose == "test2json",
        events,
        benchmarks: given("bench"),
        fuzzes: given("fuzz"),
        fail_fast: flags.bool("failfast"),
        checks: checks(flags.text("vet"), request.release_minor),
        timeout: timeout(flags.last("timeout")),
    }
}

/// The checks of -vet. Its value was looked at when it was read; a release may still not know a check of a later one.
fn checks(text: &str, minor: u32) -> Checks {
    Checks::read(text, minor).unwrap_or_else(|_| Checks::usual(minor))
}

/// How long a test may take; zero, and what is below it, is without end.
fn timeout(given: Option<&str>) -> Duration {
    let asked = given.map_or(DEFAULT_TIMEOUT_NS, |text| parse_duration(text).unwrap_or(0));
    Duration::from_nanos(u64::try_from(asked).unwrap_or(0))
}
