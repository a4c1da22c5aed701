//! `go telemetry`: gust collects nothing, and answers as a go that was told to.

mod oracle;

use oracle::Oracle;

#[test]
fn off_is_off() {
    let place = Oracle::new("");
    let answer = place.same(&["telemetry"]);
    assert_eq!((answer.code, &*answer.stdout), (Some(0), "off\n"));
    assert_eq!(place.same(&["telemetry", "off"]).code, Some(0));
}

#[test]
fn bad_input() {
    let place = Oracle::new("");
    for args in [
        &["telemetry", "maybe"][..],
        &["telemetry", "off", "on"],
        &["telemetry", "-nosuch"],
    ] {
        assert_eq!(place.same(args).code, Some(2), "{args:?}");
    }
}
