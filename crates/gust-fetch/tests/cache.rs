//! The module cache: layout, permissions, leftovers, locks.

mod common;

use common::{PATH, Room, VERSION, hello, hello_set};
use gust_testkit::Server;

#[test]
fn a_module_lies_where_go_puts_it() {
    let room = Room::new();
    let server = Server::modules(hello_set());
    let fetcher = room.fetcher(&server.url());
    let (info, _) = fetcher.info_file(PATH, VERSION).unwrap();
    assert_eq!(info.time.to_string(), "2024-01-02T03:04:05Z");
    fetcher.go_mod(PATH, VERSION).unwrap();
    let dir = fetcher.dir(PATH, VERSION).unwrap();
    assert_eq!(
        std::fs::read_to_string(dir.join("sub/dir/file.txt")).unwrap(),
        "text\n"
    );
    let tree = room.tree();
    assert_eq!(
        tree,
        [
            "755 cache",
            "755 cache/download",
            "755 cache/download/example.com",
            "755 cache/download/example.com/!hello",
            "755 cache/download/example.com/!hello/@v",
            "644 cache/download/example.com/!hello/@v/list",
            "644 cache/download/example.com/!hello/@v/v1.2.3.info",
            "644 cache/download/example.com/!hello/@v/v1.2.3.lock",
            "644 cache/download/example.com/!hello/@v/v1.2.3.mod",
            "644 cache/download/example.com/!hello/@v/v1.2.3.zip",
            "644 cache/download/example.com/!hello/@v/v1.2.3.ziphash",
            "755 example.com",
            "555 example.com/!hello@v1.2.3",
            "444 example.com/!hello@v1.2.3/empty",
            "444 example.com/!hello@v1.2.3/go.mod",
            "444 example.com/!hello@v1.2.3/hello.go",
            "555 example.com/!hello@v1.2.3/sub",
            "555 example.com/!hello@v1.2.3/sub/dir",
            "444 example.com/!hello@v1.2.3/sub/dir/file.txt",
        ]
    );
    assert_eq!(
        *room.lines.0.lock().unwrap(),
        ["go: downloading example.com/Hello v1.2.3"]
    );
}

#[test]
fn what_is_there_is_not_asked_for_again() {
    let room = Room::new();
    let server = Server::modules(hello_set());
    room.fetcher(&server.url()).dir(PATH, VERSION).unwrap();
    let asked = server.requests().len();
    let fetcher = room.fetcher(&server.url());
    fetcher.dir(PATH, VERSION).unwrap();
    fetcher.zip(PATH, VERSION).unwrap();
    assert!(fetcher.cached_dir(PATH, VERSION).is_some());
    assert!(
        fetcher
            .cached_sum(PATH, VERSION)
            .unwrap()
            .starts_with("h1:")
    );
    assert_eq!(server.requests().len(), asked);
}

#[test]
fn with_modcacherw_directories_stay_writable() {
    let room = Room::new();
    let server = Server::modules(hello_set());
    let mut config = room.config(&server.url());
    config.mod_cache_rw = true;
    room.fetcher_with(config).dir(PATH, VERSION).unwrap();
    assert!(
        room.tree()
            .contains(&"755 example.com/!hello@v1.2.3/sub/dir".to_owned())
    );
}

#[test]
fn a_file_proxy_serves_as_well() {
    let room = Room::new();
    let proxy = tempfile::tempdir().unwrap();
    hello_set().write_to(proxy.path());
    let fetcher = room.fetcher(&format!("file://{}", proxy.path().display()));
    fetcher.dir(PATH, VERSION).unwrap();
    assert_eq!(fetcher.versions(PATH, "").unwrap().list, ["v1.2.3"]);
    let err = fetcher.info(PATH, "v9.9.9").unwrap_err();
    let url = format!(
        "file://{}/example.com/%21hello/@v/v9.9.9.info",
        proxy.path().display()
    );
    let text = format!("{PATH}@v9.9.9: reading {url}: no such file or directory");
    assert_eq!(err.to_string(), text);
    assert!(err.is_not_exist());
}

#[test]
fn leftovers_of_killed_processes_are_removed() {
    let room = Room::new();
    let server = Server::modules(hello_set());
    let downloads = room.cache().join("cache/download/example.com/!hello/@v");
    let dir = room.cache().join("example.com/!hello@v1.2.3");
    std::fs::create_dir_all(&downloads).unwrap();
    std::fs::write(downloads.join("v1.2.3.lock"), "").unwrap();
    std::fs::write(downloads.join("v1.2.3.partial"), "").unwrap();
    std::fs::write(downloads.join("v1.2.3.ziphash"), "\0\0\0").unwrap();
    std::fs::write(downloads.join("v1.2.3.zip123.tmp"), "half").unwrap();
    std::fs::create_dir_all(dir.join("sub")).unwrap();
    std::fs::write(dir.join("sub/half"), "half").unwrap();
    let old = room.cache().join("example.com/!hello@v1.2.3.tmp-42");
    std::fs::create_dir_all(&old).unwrap();
    room.fetcher(&server.url()).dir(PATH, VERSION).unwrap();
    assert!(!old.exists() && !dir.join("sub/half").exists() && dir.join("hello.go").exists());
    let left: Vec<String> = room
        .tree()
        .into_iter()
        .filter(|l| l.contains("tmp") || l.contains("partial"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_lost_ziphash_is_made_again_from_the_zip() {
    let room = Room::new();
    let server = Server::modules(hello_set());
    room.fetcher(&server.url()).dir(PATH, VERSION).unwrap();
    let hash = room
        .cache()
        .join("cache/download/example.com/!hello/@v/v1.2.3.ziphash");
    let before = std::fs::read(&hash).unwrap();
    for damage in [None, Some(vec![0; 47]), Some(b"h1:".to_vec())] {
        match damage {
            None => std::fs::remove_file(&hash).unwrap(),
            Some(bytes) => std::fs::write(&hash, bytes).unwrap(),
        }
        room.fetcher("off").dir(PATH, VERSION).unwrap();
        assert_eq!(std::fs::read(&hash).unwrap(), before);
    }
}

#[test]
fn many_fetchers_at_once_agree() {
    let room = Room::new();
    let server = Server::modules(hello_set());
    let url = server.url();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| room.fetcher(&url).dir(PATH, VERSION).unwrap());
        }
    });
    let zips = server
        .requests()
        .iter()
        .filter(|r| r.ends_with(".zip"))
        .count();
    assert_eq!(zips, 1);
}

#[test]
fn a_cache_that_cannot_be_is_told_in_gos_words() {
    let room = Room::new();
    std::fs::write(room.cache(), "").unwrap();
    let err = room.fetcher("off").go_mod(PATH, VERSION).unwrap_err();
    let cache = room.cache();
    assert_eq!(
        err.to_string(),
        format!(
            "could not create module cache: \"{}\" is not a directory",
            cache.display()
        )
    );
    let mut config = room.config("off");
    config.gomodcache = "relative".into();
    let err = room.fetcher_with(config).go_mod(PATH, VERSION).unwrap_err();
    assert_eq!(
        err.to_string(),
        "GOMODCACHE entry is relative; must be absolute path: \"relative\".\n"
    );
}

#[test]
fn a_module_for_a_newer_go_is_refused() {
    let room = Room::new();
    let mut set = hello_set();
    set.add(gust_testkit::Module::new(
        "example.com/new",
        "v1.0.0",
        &[("go.mod", "module example.com/new\n\ngo 1.999\n")],
    ));
    let server = Server::modules(set);
    let fetcher = room.fetcher(&server.url());
    let err = fetcher.dir("example.com/new", "v1.0.0").unwrap_err();
    assert_eq!(
        err.to_string(),
        "example.com/new@v1.0.0 requires go >= 1.999 (running go 1.26.8)"
    );
    assert!(fetcher.dir(PATH, VERSION).is_ok());
    let _ = hello();
}

#[test]
fn what_was_changed_in_the_cache_is_found() {
    let room = Room::new();
    let server = Server::modules(hello_set());
    let modules = [
        (PATH.to_owned(), VERSION.to_owned()),
        ("example.com/never".to_owned(), "v1.0.0".to_owned()),
    ];
    let verify = || {
        room.fetcher("off")
            .verify(&modules)
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert!(verify().is_empty());
    let mut config = room.config(&server.url());
    config.mod_cache_rw = true;
    let dir = room.fetcher_with(config).dir(PATH, VERSION).unwrap();
    assert!(verify().is_empty(), "{:?}", verify());
    std::fs::write(dir.join("sub/dir/new.go"), "package new\n").unwrap();
    assert_eq!(
        verify(),
        [format!(
            "{PATH} {VERSION}: dir has been modified ({})",
            dir.display()
        )]
    );
    std::fs::remove_file(dir.join("sub/dir/new.go")).unwrap();
    let zip = room
        .cache()
        .join("cache/download/example.com/!hello/@v/v1.2.3.zip");
    let other = gust_testkit::Module::new(PATH, VERSION, &[("other", "")]);
    std::fs::write(&zip, other.zip).unwrap();
    assert_eq!(
        verify(),
        [format!(
            "{PATH} {VERSION}: zip has been modified ({})",
            zip.display()
        )]
    );
    let hash = room
        .cache()
        .join("cache/download/example.com/!hello/@v/v1.2.3.ziphash");
    std::fs::remove_file(&hash).unwrap();
    assert_eq!(
        verify(),
        [format!(
            "{PATH} {VERSION}: missing ziphash: open {}: no such file or directory",
            hash.display()
        )]
    );
}
