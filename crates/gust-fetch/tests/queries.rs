//! What proxies say about versions.

mod common;

use common::Room;
use gust_testkit::{Module, ModuleSet, Server};

fn set(versions: &[&str]) -> ModuleSet {
    ModuleSet::new(
        versions
            .iter()
            .map(|v| Module::new("example.com/m", v, &[])),
    )
}

#[test]
fn versions_are_sorted_and_pseudo_versions_left_out() {
    let server = Server::modules(set(&[
        "v1.10.0",
        "v1.9.0",
        "v0.0.0-20200101000000-abcdefabcdef",
        "v1.9.0-rc.1",
        "v2.0.0+incompatible",
    ]));
    let room = Room::new();
    let fetcher = room.fetcher(&server.url());
    assert_eq!(
        fetcher.versions("example.com/m", "").unwrap().list,
        ["v1.9.0-rc.1", "v1.9.0", "v1.10.0", "v2.0.0+incompatible"]
    );
    assert_eq!(
        fetcher.versions("example.com/m", "v1.9").unwrap().list,
        ["v1.9.0-rc.1", "v1.9.0"]
    );
}

#[test]
fn the_latest_of_a_module_without_versions() {
    let server = Server::modules(set(&[
        "v0.0.0-20200101000000-abcdefabcdef",
        "v0.0.0-20210101000000-abcdefabcdee",
    ]));
    let room = Room::new();
    let info = room.fetcher(&server.url()).latest("example.com/m").unwrap();
    assert_eq!(info.version, "v0.0.0-20210101000000-abcdefabcdee");
    let server = Server::modules(ModuleSet::default());
    let err = room
        .fetcher(&server.url())
        .latest("example.com/none")
        .unwrap_err();
    assert!(
        err.is_not_exist()
            && err
                .to_string()
                .starts_with("module example.com/none: reading "),
        "{err}"
    );
}

#[test]
fn a_branch_is_resolved_and_kept_under_its_version() {
    let mut modules = set(&["v1.0.0"]);
    modules.files.insert(
        "example.com/m/@v/main.info".to_owned(),
        br#"{"Version":"v1.0.0","Time":"2020-01-01T00:00:00Z"}"#.to_vec(),
    );
    let server = Server::modules(modules);
    let room = Room::new();
    let fetcher = room.fetcher(&server.url());
    assert_eq!(
        fetcher.info("example.com/m", "main").unwrap().version,
        "v1.0.0"
    );
    assert_eq!(
        &*fetcher.go_mod("example.com/m", "main").unwrap(),
        b"module example.com/m\n"
    );
    assert!(
        room.cache()
            .join("cache/download/example.com/m/@v/v1.0.0.info")
            .exists()
    );
    assert!(
        !room
            .cache()
            .join("cache/download/example.com/m/@v/main.info")
            .exists()
    );
    let err = fetcher
        .info("example.com/m", "nosuch")
        .unwrap_err()
        .to_string();
    assert!(
        err.starts_with("example.com/m@nosuch: invalid version: reading http://127.0.0.1:"),
        "{err}"
    );
}

#[test]
fn releases_are_versions_of_a_module() {
    let versions = [
        "v0.0.1-go1.25.0.linux-amd64",
        "v0.0.1-go1.27rc1.linux-amd64",
        "v0.0.1-go1.27rc1.windows-amd64",
    ];
    let server = Server::modules(ModuleSet::new(
        versions
            .iter()
            .map(|v| Module::new("golang.org/toolchain", v, &[])),
    ));
    let room = Room::new();
    let fetcher = room.fetcher(&server.url());
    assert_eq!(
        fetcher.versions("go", "").unwrap().list,
        ["1.25.0", "1.26.8", "1.27rc1"]
    );
    assert_eq!(
        fetcher.versions("toolchain", "").unwrap().list,
        ["go1.25.0", "go1.26.8", "go1.27rc1"]
    );
    assert_eq!(
        fetcher.info("toolchain", "go1.27rc1").unwrap().version,
        "go1.27rc1"
    );
    assert_eq!(fetcher.info("go", "1.21").unwrap().version, "1.21");
    assert_eq!(fetcher.latest("go").unwrap().version, "1.27rc1");
    assert_eq!(&*fetcher.go_mod("go", "1.21").unwrap(), b"module go\n");
    let err = fetcher.info("go", "1.28").unwrap_err();
    assert_eq!(
        err.to_string(),
        "go language version 1.28 is not a toolchain version"
    );
}
