//! Proxies that misbehave: each fault, the words for it, and what it leaves behind (nothing).

mod common;

use common::{PATH, Room, VERSION, hello, hello_set};
use gust_testkit::zipfile::{Lie, ZipWriter};
use gust_testkit::{Fault, ModuleSet, Server};

const INFO: &str = "example.com/!hello/@v/v1.2.3.info";
const ZIP: &str = "example.com/!hello/@v/v1.2.3.zip";

fn url(server: &Server, path: &str) -> String {
    format!("{}/{}", server.url(), path.replace('!', "%21"))
}

/// What asking for the zip says when the proxy's answer for it goes wrong.
fn zip_error(fault: Fault) -> (String, String) {
    let room = Room::new();
    let server = Server::modules(hello_set());
    server.set_fault(ZIP, fault);
    let err = room
        .fetcher(&server.url())
        .dir(PATH, VERSION)
        .unwrap_err()
        .to_string();
    let left: Vec<String> = room
        .tree()
        .into_iter()
        .filter(|l| !l.ends_with(".lock") && l.contains("v1.2.3"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    // And with the fault gone, all is well.
    server.clear_faults();
    room.fetcher(&server.url()).dir(PATH, VERSION).unwrap();
    (err, url(&server, ZIP))
}

#[test]
fn a_server_error_is_told_with_its_text() {
    let (err, url) = zip_error(Fault::Status(500, "out of order\nsorry\n".to_owned()));
    assert_eq!(
        err,
        format!(
            "{PATH}@{VERSION}: reading {url}: 500 Internal Server Error\n\tserver response:\n\tout of order\n\tsorry"
        )
    );
}

#[test]
fn a_missing_file_is_told_with_the_servers_text() {
    let (err, url) = zip_error(Fault::Status(404, "not found: no such module\n".to_owned()));
    assert_eq!(
        err,
        format!(
            "{PATH}@{VERSION}: reading {url}: 404 Not Found\n\tserver response: not found: no such module"
        )
    );
}

#[test]
fn a_proxy_that_hangs_is_given_up() {
    let (err, url) = zip_error(Fault::Hang);
    assert_eq!(
        err,
        format!("{PATH}@{VERSION}: Get \"{url}\": net/http: timeout awaiting response headers")
    );
    let (err, url) = zip_error(Fault::HangInBody);
    assert_eq!(
        err,
        format!("{PATH}@{VERSION}: read \"{url}\": net/http: timeout reading response body")
    );
}

#[test]
fn a_body_that_stops_is_an_unexpected_end() {
    for n in [0, 10, 100] {
        let (err, url) = zip_error(Fault::Cut(n));
        assert_eq!(
            err,
            format!("{PATH}@{VERSION}: read \"{url}\": unexpected EOF")
        );
    }
}

#[test]
fn a_connection_that_closes_is_an_end() {
    let (err, url) = zip_error(Fault::Close);
    assert_eq!(err, format!("{PATH}@{VERSION}: Get \"{url}\": EOF"));
}

#[test]
fn an_answer_that_is_no_http() {
    let (err, _) = zip_error(Fault::Garbage);
    assert!(err.contains("malformed HTTP response"), "{err}");
}

#[test]
fn nobody_listens() {
    let room = Room::new();
    let err = room
        .fetcher("http://127.0.0.1:1")
        .info(PATH, VERSION)
        .unwrap_err();
    assert_eq!(
        err.to_string(),
        format!(
            "{PATH}@{VERSION}: Get \"http://127.0.0.1:1/example.com/%21hello/@v/v1.2.3.info\": \
             dial tcp 127.0.0.1:1: connect: connection refused"
        )
    );
}

#[test]
fn redirects_are_followed_so_far() {
    let room = Room::new();
    let server = Server::modules(hello_set());
    let there = Server::modules(hello_set());
    server.set_fault(INFO, Fault::Redirect(url(&there, INFO)));
    room.fetcher(&server.url()).info(PATH, VERSION).unwrap();
    let room = Room::new();
    there.set_fault(INFO, Fault::Redirect(url(&there, INFO)));
    let err = room.fetcher(&server.url()).info(PATH, VERSION).unwrap_err();
    assert!(
        err.to_string().ends_with("stopped after 10 redirects"),
        "{err}"
    );
}

#[test]
fn an_info_that_is_no_json() {
    let room = Room::new();
    let server = Server::modules(hello_set());
    server.set_fault(INFO, Fault::Replace(b"<html>".to_vec()));
    let err = room.fetcher(&server.url()).info(PATH, VERSION).unwrap_err();
    let invalid = format!(
        "{PATH}@{VERSION}: invalid response from proxy \"{}\": ",
        server.url()
    );
    assert_eq!(
        err.to_string(),
        format!("{invalid}invalid character '<' looking for beginning of value")
    );
    server.set_fault(INFO, Fault::Replace(b"{\"Version\":".to_vec()));
    let err = room.fetcher(&server.url()).info(PATH, VERSION).unwrap_err();
    assert_eq!(
        err.to_string(),
        format!("{invalid}unexpected end of JSON input")
    );
    server.set_fault(INFO, Fault::Replace(b"{\"Version\":\"v1.0.0\"}".to_vec()));
    let err = room.fetcher(&server.url()).info(PATH, VERSION).unwrap_err();
    assert_eq!(
        err.to_string(),
        format!(
            "{PATH}@{VERSION}: proxy returned info for version v1.0.0 instead of requested version"
        )
    );
}

#[test]
fn the_next_proxy_is_asked_as_the_list_says() {
    let good = Server::modules(hello_set());
    let empty = Server::modules(ModuleSet::default());
    let broken = Server::modules(hello_set());
    for path in [INFO, ZIP] {
        broken.set_fault(path, Fault::Status(500, String::new()));
    }
    let (good_url, empty_url, broken_url) = (good.url(), empty.url(), broken.url());
    for list in [
        format!("{empty_url},{good_url}"),
        format!("{broken_url}|{good_url}"),
    ] {
        Room::new().fetcher(&list).dir(PATH, VERSION).unwrap();
    }
    let err = Room::new()
        .fetcher(&format!("{broken_url},{good_url}"))
        .dir(PATH, VERSION)
        .unwrap_err();
    assert!(
        err.to_string().ends_with("500 Internal Server Error"),
        "{err}"
    );
    let err = Room::new()
        .fetcher(&format!("{empty_url},off"))
        .dir(PATH, VERSION)
        .unwrap_err();
    assert!(
        err.to_string()
            .ends_with("module lookup disabled by GOPROXY=off"),
        "{err}"
    );
    let err = Room::new().fetcher("off").dir(PATH, VERSION).unwrap_err();
    assert_eq!(err.to_string(), "module lookup disabled by GOPROXY=off");
    let err = Room::new()
        .fetcher(&format!("{empty_url},direct"))
        .dir(PATH, VERSION)
        .unwrap_err();
    assert!(err.to_string().contains(AT_THE_SOURCE), "{err}");
    // A proxy that stops in the middle leaves nothing for the next one to stumble over.
    broken.set_fault(ZIP, Fault::Cut(50));
    Room::new()
        .fetcher(&format!("{broken_url}|{good_url}"))
        .dir(PATH, VERSION)
        .unwrap();
}

/// What is said of a path that was looked for at its own host and has no repository there, whether that host answers or not.
const AT_THE_SOURCE: &str = "unrecognized import path \"example.com/Hello\"";

#[test]
fn private_modules_do_not_come_from_proxies() {
    let server = Server::modules(hello_set());
    let room = Room::new();
    let mut config = room.config(&server.url());
    config.gonoproxy = "example.com".to_owned();
    let err = room.fetcher_with(config).dir(PATH, VERSION).unwrap_err();
    assert!(err.to_string().contains(AT_THE_SOURCE), "{err}");
    assert!(server.requests().is_empty());
}

/// What a zip that is not what it should be says; also whether the zip itself is kept.
fn bad_zip(build: impl FnOnce(&mut ZipWriter)) -> (String, bool) {
    let room = Room::new();
    let mut zip = ZipWriter::default();
    build(&mut zip);
    let server = Server::modules(ModuleSet::new([hello().with_zip(zip.finish())]));
    let err = room
        .fetcher(&server.url())
        .dir(PATH, VERSION)
        .unwrap_err()
        .to_string();
    let tree = room.tree();
    assert!(
        !tree
            .iter()
            .any(|l| l.contains("!hello@v1.2.3") || l.contains("tmp")),
        "{tree:?}"
    );
    let kept = tree.iter().any(|l| l.ends_with(".zip"));
    (
        err.replace(&room.dir.path().display().to_string(), "$ROOM"),
        kept,
    )
}

const PREFIX: &str = "example.com/Hello@v1.2.3/";
const UNZIP: &str = "unzip $ROOM/modcache/cache/download/example.com/!hello/@v/v1.2.3.zip: ";

#[test]
fn zips_that_are_none() {
    let server = Server::modules(ModuleSet::new([hello().with_zip(b"not a zip".to_vec())]));
    let err = Room::new()
        .fetcher(&server.url())
        .dir(PATH, VERSION)
        .unwrap_err();
    assert_eq!(err.to_string(), "zip: not a valid zip file");
    let whole = hello().zip;
    for len in [0, 1, 30, whole.len() / 2, whole.len() - 1] {
        let server = Server::modules(ModuleSet::new([hello().with_zip(whole[..len].to_vec())]));
        let err = Room::new()
            .fetcher(&server.url())
            .dir(PATH, VERSION)
            .unwrap_err();
        assert_eq!(err.to_string(), "zip: not a valid zip file", "cut to {len}");
    }
}

#[test]
fn zips_whose_paths_escape() {
    let (err, kept) = bad_zip(|zip| {
        zip.add("../../etc/passwd", b"");
    });
    assert_eq!(
        err,
        "zip for example.com/Hello@v1.2.3 has unexpected file ../../etc/passwd"
    );
    assert!(!kept);
    let (err, kept) = bad_zip(|zip| {
        zip.add(&format!("{PREFIX}../../x"), b"");
    });
    assert!(err.starts_with(UNZIP), "{err}");
    assert!(err.contains("../../x: "), "{err}");
    assert!(kept);
    let (err, _) = bad_zip(|zip| {
        zip.add(&format!("{PREFIX}a/../b"), b"");
    });
    assert_eq!(
        err,
        format!("{UNZIP}{PREFIX}a/../b: file path is not clean")
    );
    let (err, _) = bad_zip(|zip| {
        zip.add(&format!("{PREFIX}/abs"), b"");
    });
    assert!(err.starts_with(UNZIP), "{err}");
}

#[test]
fn zips_with_names_that_clash() {
    let (err, _) = bad_zip(|zip| {
        zip.add(&format!("{PREFIX}a/B"), b"")
            .add(&format!("{PREFIX}A/B"), b"");
    });
    assert_eq!(
        err,
        format!("{UNZIP}{PREFIX}A/B: case-insensitive file name collision: \"a/B\" and \"A/B\"")
    );
    let (err, _) = bad_zip(|zip| {
        zip.add(&format!("{PREFIX}a"), b"")
            .add(&format!("{PREFIX}a"), b"");
    });
    assert_eq!(
        err,
        format!("{UNZIP}{PREFIX}a: multiple entries for file \"a\"")
    );
    let (err, _) = bad_zip(|zip| {
        zip.add(&format!("{PREFIX}sub/go.mod"), b"");
    });
    assert_eq!(
        err,
        format!("{UNZIP}{PREFIX}sub/go.mod: go.mod file not in module root directory")
    );
    let (err, _) = bad_zip(|zip| {
        zip.add(&format!("{PREFIX}GO.mod"), b"");
    });
    assert_eq!(
        err,
        format!("{UNZIP}{PREFIX}GO.mod: go.mod files must have lowercase names")
    );
}

#[test]
fn zips_whose_sizes_lie() {
    let file = format!("{PREFIX}f");
    let content = b"some text that is longer than its header says".repeat(100);
    let lie = |lie: Lie| {
        bad_zip(|zip| {
            zip.add_lie(&file, &content, lie);
        })
    };
    assert_eq!(
        lie(Lie {
            size: Some(10),
            ..Lie::default()
        })
        .0,
        "zip: not a valid zip file"
    );
    assert_eq!(
        lie(Lie {
            size: Some(5000),
            ..Lie::default()
        })
        .0,
        "unexpected EOF"
    );
    assert_eq!(
        lie(Lie {
            size: Some(0x1000_0000),
            ..Lie::default()
        })
        .0,
        "unexpected EOF"
    );
    assert_eq!(
        lie(Lie {
            crc32: Some(1),
            ..Lie::default()
        })
        .0,
        "zip: checksum error"
    );
    assert_eq!(
        lie(Lie {
            method: Some(12),
            ..Lie::default()
        })
        .0,
        "zip: unsupported compression algorithm"
    );
}

#[test]
fn credentials_come_from_netrc_for_https_only() {
    let room = Room::new();
    let server = Server::modules(hello_set());
    let netrc = room.dir.path().join("netrc");
    std::fs::write(&netrc, "machine 127.0.0.1 login me password secret\n").unwrap();
    let mut config = room.config(&server.url());
    config.netrc = Some(netrc);
    room.fetcher_with(config).info(PATH, VERSION).unwrap();
    assert!(
        !server
            .request_headers()
            .iter()
            .any(|h| h.to_lowercase().starts_with("authorization"))
    );
    let with_user = server.url().replace("http://", "http://me:secret@");
    let err = Room::new()
        .fetcher(&with_user)
        .info(PATH, VERSION)
        .unwrap_err();
    assert!(
        err.to_string()
            .contains("refusing to pass credentials to insecure URL"),
        "{err}"
    );
    assert!(!err.to_string().contains("secret@"), "{err}");
}

#[test]
fn requests_are_told() {
    let room = Room::new();
    let server = Server::modules(hello_set());
    let mut config = room.config(&server.url());
    config.trace = true;
    room.fetcher_with(config).info(PATH, VERSION).unwrap();
    let lines = room.lines.0.lock().unwrap().clone();
    let url = url(&server, INFO);
    assert_eq!(lines[0], format!("# get {url}"));
    assert!(
        lines[1].starts_with(&format!("# get {url}: 200 OK (0.")),
        "{}",
        lines[1]
    );
}
