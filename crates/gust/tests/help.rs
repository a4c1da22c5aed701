//! Usage, help and what is not there, where go's words are fixed.

mod oracle;

use oracle::Oracle;

#[test]
fn misuse_has_gos_words() {
    let place = Oracle::new("");
    for args in [
        &["nosuch"][..],
        &["mod", "nosuch"],
        &["mod", "--help"],
        &["work", "nosuch"],
        &["help", "nosuch"],
        &["help", "mod", "nosuch"],
        &["mod", "help", "nosuch"],
        &["help", "build", "nosuch"],
        &["build", "-h"],
        &["test", "-h"],
        &["vet", "-help"],
        &["env", "-nosuch"],
        &["version", "-m=maybe"],
        &["telemetry", "nosuch"],
        &["telemetry", "on", "off"],
        &["bug", "help"],
    ] {
        place.same(args);
    }
}

#[test]
fn every_command_and_topic_has_a_page() {
    let place = Oracle::new("");
    let gust = std::path::Path::new(oracle::gust());
    let overview = place.answer(gust, &["help"]).stdout;
    let words = overview
        .lines()
        .filter_map(|line| line.strip_prefix('\t'))
        .filter_map(|line| line.split(' ').next());
    let names: Vec<&str> = words.filter(|name| *name != "go").collect();
    assert!(names.len() > 30, "{names:?}");
    for name in names {
        let page = place.answer(gust, &["help", name]);
        assert_eq!(page.code, Some(0), "{name}");
        assert!(page.stdout.len() > 40, "{name}: {}", page.stdout);
    }
}
