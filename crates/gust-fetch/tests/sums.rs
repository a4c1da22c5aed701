//! go.sum and the checksum database.

mod common;

use std::collections::HashSet;
use std::sync::Arc;

use common::{PATH, Room, VERSION, hello, hello_set};
use gust_fetch::Config;
use gust_testkit::sumdb::{SumDb, module_zip_hash};
use gust_testkit::{Fault, Module, Server};

const WRONG: &str = "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fn database() -> Arc<SumDb> {
    let db = Arc::new(SumDb::new("sum.example.com"));
    db.add_filler(300);
    db.add_module(&hello());
    db.add_filler(5);
    db
}

/// A configuration with a database at its own URL.
fn with_database(room: &Room, proxy: &Server, db: &SumDb, at: &Server) -> Config {
    let mut config = room.config(&proxy.url());
    config.gosumdb = format!("{} {}", db.key(), at.url());
    config
}

fn keep() -> HashSet<(String, String)> {
    let key = |version: &str| (PATH.to_owned(), version.to_owned());
    HashSet::from([key(VERSION), key("v1.2.3/go.mod")])
}

#[test]
fn sums_are_added_and_written() {
    let room = Room::new();
    let server = Server::modules(hello_set());
    std::fs::write(room.go_sum(), "example.com/A v1.0.0 h1:x\n").unwrap();
    let fetcher = room.fetcher(&server.url());
    fetcher.dir(PATH, VERSION).unwrap();
    fetcher.go_mod(PATH, VERSION).unwrap();
    assert!(
        !fetcher.sums().have(PATH, VERSION).unwrap(),
        "not before it is written"
    );
    assert_eq!(
        fetcher.write_sums(&keep(), true).unwrap_err().to_string(),
        "updates to go.sum needed, disabled by -mod=readonly"
    );
    fetcher.write_sums(&keep(), false).unwrap();
    let text = std::fs::read_to_string(room.go_sum()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0], "example.com/A v1.0.0 h1:x");
    assert_eq!(
        lines[1],
        format!("{PATH} {VERSION} {}", module_zip_hash(&hello()))
    );
    assert!(lines[2].starts_with(&format!("{PATH} {VERSION}/go.mod h1:")));
    let fetcher = room.fetcher("off");
    assert!(fetcher.sums().have(PATH, VERSION).unwrap());
    assert!(fetcher.cached_go_mod(PATH, VERSION).unwrap().is_some());
}

#[test]
fn another_zip_than_the_one_in_go_sum_is_refused() {
    let room = Room::new();
    let server = Server::modules(hello_set());
    std::fs::write(room.go_sum(), format!("{PATH} {VERSION} {WRONG}\n")).unwrap();
    let err = room.fetcher(&server.url()).dir(PATH, VERSION).unwrap_err();
    let hash = module_zip_hash(&hello());
    assert_eq!(
        err.to_string(),
        format!(
            "verifying {PATH}@{VERSION}: checksum mismatch\n\tdownloaded: {hash}\n\tgo.sum:     {WRONG}\n\n\
             SECURITY ERROR\nThis download does NOT match an earlier download recorded in go.sum.\n\
             The bits may have been replaced on the origin server, or an attacker may\n\
             have intercepted the download attempt.\n\n\
             For more information, see 'go help module-auth'.\n"
        )
    );
    assert!(err.is_fatal());
    let tree = room.tree();
    assert!(
        !tree
            .iter()
            .any(|l| l.ends_with(".zip") || l.ends_with("hash") || l.contains("!hello@")),
        "{tree:?}"
    );
}

#[test]
fn another_go_mod_than_the_one_in_go_sum_is_refused() {
    let room = Room::new();
    let server = Server::modules(hello_set());
    std::fs::write(room.go_sum(), format!("{PATH} {VERSION}/go.mod {WRONG}\n")).unwrap();
    let err = room
        .fetcher(&server.url())
        .go_mod(PATH, VERSION)
        .unwrap_err();
    assert!(
        err.is_fatal()
            && err
                .to_string()
                .starts_with("verifying example.com/Hello@v1.2.3/go.mod: checksum mismatch")
    );
}

#[test]
fn a_go_sum_with_a_wrong_line_is_refused() {
    let room = Room::new();
    std::fs::write(room.go_sum(), "a b c\n\na b\n").unwrap();
    let err = room.fetcher("off").sums().trim(&keep()).unwrap_err();
    let file = room.go_sum();
    assert_eq!(
        err.to_string(),
        format!(
            "malformed go.sum:\n{}:3: wrong number of fields 2\n",
            file.display()
        )
    );
}

#[test]
fn the_database_is_asked_and_believed_when_it_proves_itself() {
    let room = Room::new();
    let (db, proxy) = (database(), Server::modules(hello_set()));
    let at = db.serve();
    let fetcher = room.fetcher_with(with_database(&room, &proxy, &db, &at));
    fetcher.dir(PATH, VERSION).unwrap();
    fetcher.go_mod(PATH, VERSION).unwrap();
    assert_eq!(
        at.requests()
            .iter()
            .filter(|r| r.starts_with("lookup/"))
            .count(),
        1
    );
    assert!(
        room.dir
            .path()
            .join("sumdb/sum.example.com/latest")
            .exists()
    );
    assert!(
        room.cache()
            .join("cache/download/sumdb/sum.example.com/tile/8/0/001.p/50")
            .exists()
    );
    // The cache answers from then on.
    let asked = at.requests().len();
    let again = room.fetcher_with(with_database(&room, &proxy, &db, &at));
    again.dir(PATH, VERSION).unwrap();
    assert_eq!(at.requests().len(), asked);
}

#[test]
fn the_log_may_grow_and_nothing_else() {
    let room = Room::new();
    let (db, proxy) = (database(), Server::modules(hello_set()));
    let at = db.serve();
    room.fetcher_with(with_database(&room, &proxy, &db, &at))
        .go_mod(PATH, VERSION)
        .unwrap();
    db.add_filler(1000);
    let more = Module::new(
        "example.com/more",
        "v1.0.0",
        &[("go.mod", "module example.com/more\n")],
    );
    db.add_module(&more);
    let mut set = hello_set();
    set.add(more);
    let proxy = Server::modules(set);
    room.fetcher_with(with_database(&room, &proxy, &db, &at))
        .dir("example.com/more", "v1.0.0")
        .unwrap();
}

#[test]
fn a_log_with_two_timelines_is_found_out() {
    let room = Room::new();
    let proxy = Server::modules(hello_set());
    let db = Arc::new(SumDb::new("sum.example.com"));
    db.add_filler(3);
    db.add_module(&hello());
    let at = db.serve();
    room.fetcher_with(with_database(&room, &proxy, &db, &at))
        .go_mod(PATH, VERSION)
        .unwrap();

    // Another log under the same key: the two heads cannot both be.
    let fork = Arc::new(SumDb::new("sum.example.com"));
    fork.add_filler(10);
    let third = Module::new(
        "example.com/third",
        "v1.0.0",
        &[("go.mod", "module example.com/third\n")],
    );
    fork.add_module(&third);
    let proxy = Server::modules(gust_testkit::ModuleSet::new([third]));
    let at = fork.serve();
    let fetcher = room.fetcher_with(with_database(&room, &proxy, &fork, &at));
    let err = fetcher.dir("example.com/third", "v1.0.0").unwrap_err();
    let text = err.to_string();
    assert!(err.is_fatal(), "{text}");
    assert!(
        text.starts_with(
            "SECURITY ERROR\ngo.sum database server misbehavior detected!\n\nold database:\n\t"
        ),
        "{text}"
    );
    assert!(text.contains("proof of misbehavior:\n\t"), "{text}");
    assert!(!text.contains("internal error"), "{text}");
}

#[test]
fn a_zip_that_the_database_knows_differently_is_refused() {
    let room = Room::new();
    let db = Arc::new(SumDb::new("sum.example.com"));
    db.add(PATH, VERSION, Some(WRONG), None);
    let (proxy, at) = (Server::modules(hello_set()), db.serve());
    let fetcher = room.fetcher_with(with_database(&room, &proxy, &db, &at));
    let err = fetcher.dir(PATH, VERSION).unwrap_err();
    let hash = module_zip_hash(&hello());
    let text = err.to_string();
    let begin = format!(
        "{PATH}@{VERSION}: verifying module: checksum mismatch\n\tdownloaded: {hash}\n\tsum.example.com: {WRONG}\n\nSECURITY ERROR\n"
    );
    assert!(text.starts_with(&begin), "{text}");
    assert!(
        !err.is_fatal(),
        "it is said of one module, among what is said of others"
    );
    let err = fetcher.go_mod(PATH, VERSION).unwrap_err().to_string();
    assert!(err.starts_with(&format!("{PATH}@{VERSION}: verifying go.mod: checksum missing from sumdb response\n\nSECURITY ERROR")), "{err}");
}

#[test]
fn tiles_and_notes_that_were_changed_are_refused() {
    let room = Room::new();
    let (db, proxy) = (database(), Server::modules(hello_set()));
    let at = db.serve();
    at.set_fault("tile/8/0/001.p/50", Fault::Replace(vec![1; 50 * 32]));
    let fetch = || {
        let fetcher = room.fetcher_with(with_database(&room, &proxy, &db, &at));
        fetcher
            .go_mod(PATH, VERSION)
            .map(drop)
            .map_err(|err| err.to_string())
    };
    let text = fetch().unwrap_err();
    assert!(
        text.starts_with(
            "example.com/Hello@v1.2.3: verifying go.mod: example.com/Hello@v1.2.3/go.mod: "
        ),
        "{text}"
    );
    assert!(text.ends_with("downloaded inconsistent tile"), "{text}");

    at.clear_faults();
    let lookup = String::from_utf8(db.answer("lookup/example.com/Hello@v1.2.3").unwrap()).unwrap();
    at.set_fault(
        "lookup/example.com/!hello@v1.2.3",
        Fault::Replace(lookup.replace("h1:", "h1:x").into_bytes()),
    );
    let text = fetch().unwrap_err();
    assert!(
        text.ends_with("cannot authenticate record data in server response"),
        "{text}"
    );
    let other = Arc::new(SumDb::new("sum.other.com"));
    other.add_module(&hello());
    let foreign = other.answer("lookup/example.com/Hello@v1.2.3").unwrap();
    at.set_fault("lookup/example.com/!hello@v1.2.3", Fault::Replace(foreign));
    let text = fetch().unwrap_err();
    assert!(
        text.contains("reading tree note: note has no verifiable signatures"),
        "{text}"
    );
    at.set_fault(
        "lookup/example.com/!hello@v1.2.3",
        Fault::Status(500, String::new()),
    );
    let text = fetch().unwrap_err();
    assert!(
        text.ends_with("lookup/example.com/%21hello@v1.2.3: 500 Internal Server Error"),
        "{text}"
    );
}

#[test]
fn a_known_tree_is_proved_before_it_is_gone_on_with() {
    let room = Room::new();
    let (db, proxy) = (database(), Server::modules(hello_set()));
    let at = db.serve();
    let fetch = || {
        let fetcher = room.fetcher_with(with_database(&room, &proxy, &db, &at));
        let answer = fetcher.go_mod(PATH, VERSION);
        answer.map(drop).map_err(|err| err.to_string())
    };
    fetch().unwrap();
    // The tree is still known; its tiles and the module are asked for again.
    let downloads = room.cache().join("cache/download");
    gust_fs::disk::remove_all(downloads).unwrap();
    let edge = "tile/8/0/001.p/50";
    at.set_fault(edge, Fault::Replace(vec![1; 50 * 32]));
    let text = fetch().unwrap_err();
    assert!(
        text.ends_with(
            "initializing sumdb.Client: checking tree#306: downloaded inconsistent tile"
        ),
        "{text}"
    );
    at.clear_faults();
    db.add_filler(2);
    at.set_fault("tile/8/0/001.p/52", Fault::Replace(vec![1; 52 * 32]));
    let text = fetch().unwrap_err();
    assert!(
        text.ends_with("checking tree#306 against tree#308: downloaded inconsistent tile"),
        "{text}"
    );
    at.clear_faults();
    fetch().unwrap();
}

#[test]
fn a_proxy_may_pass_the_database_on() {
    let room = Room::new();
    let db = database();
    let server = db.serve_with(hello_set());
    let mut config = room.config(&server.url());
    config.gosumdb = db.key();
    room.fetcher_with(config).dir(PATH, VERSION).unwrap();
    let requests = server.requests();
    assert!(
        requests.contains(&"sumdb/sum.example.com/supported".to_owned()),
        "{requests:?}"
    );
}

#[test]
fn settings_of_the_database() {
    let room = Room::new();
    let proxy = Server::modules(hello_set());
    let ask = |gosumdb: &str, gonosumdb: &str| {
        let mut config = room.config(&proxy.url());
        config.gosumdb = gosumdb.to_owned();
        config.gonosumdb = gonosumdb.to_owned();
        let _ = gust_fetch::remove_all(room.cache());
        room.fetcher_with(config)
            .go_mod(PATH, VERSION)
            .map(drop)
            .map_err(|err| err.to_string())
    };
    let wrong = |why: &str| Err(format!("{PATH}@{VERSION}: verifying go.mod: {why}"));
    assert_eq!(ask("", ""), wrong("missing GOSUMDB"));
    assert_eq!(ask("a b c", ""), wrong("invalid GOSUMDB: too many fields"));
    assert_eq!(
        ask("x", ""),
        wrong("invalid GOSUMDB: malformed verifier id")
    );
    assert_eq!(ask("x", "example.com/*"), Ok(()));
    assert_eq!(ask("off", ""), Ok(()));
}
