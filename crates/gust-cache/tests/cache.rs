//! The cache by itself: what is put is got, what is damaged is missed, what is old is trimmed, whoever is killed.

use std::fs;
use std::io::Cursor;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use gust_cache::{ActionId, Cache, CacheError, Hashing, OutputId, Verify};
use gust_fs::sha256;
use gust_fs::temp::TempDir;

fn scratch() -> (TempDir, Cache) {
    let dir = TempDir::new_in(&std::env::temp_dir(), "cache").unwrap();
    let cache = Cache::open(&dir.path().join("c/d")).unwrap();
    (dir, cache)
}

fn id(n: u32) -> ActionId {
    ActionId(sha256(&n.to_le_bytes()))
}

fn data(n: u32) -> Vec<u8> {
    n.to_string().repeat(n as usize % 4000).into_bytes()
}

fn action_file(cache: &Cache, id: ActionId) -> PathBuf {
    cache.dir().join(format!("{:02x}/{id}-a", id.0[0]))
}

#[test]
fn puts_and_gets() {
    let (dir, cache) = scratch();
    assert!(cache.get(id(1)).is_none());
    for n in [0, 1, 7, 3999] {
        let (out, size) = cache.put(id(n), &mut Cursor::new(data(n))).unwrap();
        assert_eq!(
            (out, size),
            (OutputId(sha256(&data(n))), data(n).len() as u64)
        );
        assert_eq!(cache.get_bytes(id(n)).unwrap().0, data(n));
        assert_eq!(cache.get_mapped(id(n)).unwrap().0[..], data(n));
        let (file, entry) = cache.get_file(id(n)).unwrap();
        assert_eq!((fs::read(&file).unwrap(), entry.size), (data(n), size));
        assert_eq!(file, cache.output_file(out));
    }
    let source = dir.path().join("source");
    fs::write(&source, "from a file").unwrap();
    cache.put_file(id(9), &source).unwrap();
    cache.put_file(id(10), &source).unwrap();
    assert_eq!(cache.get_bytes(id(10)).unwrap().0, b"from a file");
    cache.put_bytes(id(9), b"another").unwrap();
    assert_eq!(cache.get_bytes(id(9)).unwrap().0, b"another");
    assert_eq!(fs::read_to_string(&source).unwrap(), "from a file");
    assert!(
        fs::read_to_string(cache.dir().join("README"))
            .unwrap()
            .starts_with("This directory holds")
    );
}

#[test]
fn executables_have_their_name() {
    let (_dir, cache) = scratch();
    let (out, _) = cache
        .put_executable(id(1), "hello", &mut Cursor::new("#!/bin/sh\necho hi\n"))
        .unwrap();
    let (file, _) = cache.get_file(id(1)).unwrap();
    assert!(file.ends_with(format!("{out}-d/hello")));
    assert_eq!(Command::new(&file).output().unwrap().stdout, b"hi\n");
    // The same content under a second name spoils the entry, in go as here.
    cache
        .put_executable(id(2), "other", &mut Cursor::new("#!/bin/sh\necho hi\n"))
        .unwrap();
    assert!(cache.get_file(id(1)).is_none());
    let plain = cache.put_bytes(id(3), b"plain").unwrap().0;
    assert!(cache.output_file(plain).is_file());
    let clash = cache
        .put_executable(id(4), "x", &mut Cursor::new("plain"))
        .unwrap_err();
    assert!(matches!(clash, CacheError::NotExecutableEntry { .. }));
}

#[test]
fn damage_is_a_miss_and_is_mended_by_the_next_put() {
    let (_dir, cache) = scratch();
    let content = data(3210);
    for damage in 0..8 {
        let (out, _) = cache.put_bytes(id(1), &content).unwrap();
        assert_eq!(
            cache.get_bytes(id(1)).unwrap().0,
            content,
            "after damage {damage}"
        );
        let (action, output) = (action_file(&cache, id(1)), cache.output_file(out));
        let spoil = |path: &Path, change: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = fs::read(path).unwrap();
            change(&mut bytes);
            fs::write(path, bytes).unwrap();
        };
        match damage {
            0 => spoil(&action, &|b| b.truncate(100)),
            1 => spoil(&action, &|b| b.push(b'\n')),
            2 => spoil(&action, &|b| b.clear()),
            3 => spoil(&action, &|b| b[70] = b'!'),
            4 => spoil(&output, &|b| b.truncate(17)),
            5 => spoil(&output, &|b| b.extend_from_slice(b"more")),
            6 => spoil(&output, &|b| b[5] ^= 1),
            _ => fs::remove_file(&output).unwrap(),
        }
        assert!(cache.get_bytes(id(1)).is_none(), "damage {damage}");
        if damage != 6 {
            assert!(cache.get_file(id(1)).is_none(), "damage {damage}");
        }
    }
}

#[test]
fn trims_what_is_old_once_a_day() {
    let (_dir, cache) = scratch();
    let now = SystemTime::now();
    let day = Duration::from_secs(24 * 60 * 60);
    let (old, _) = cache.put_bytes(id(1), b"old").unwrap();
    cache.put_bytes(id(2), b"young").unwrap();
    let (exe, _) = cache
        .put_executable(id(3), "x", &mut Cursor::new("exe"))
        .unwrap();
    let set =
        |path: &Path, time: SystemTime| fs::File::open(path).unwrap().set_modified(time).unwrap();
    let exe_dir = cache.output_file(exe).parent().unwrap().to_owned();
    for path in [
        action_file(&cache, id(1)),
        cache.output_file(old),
        exe_dir.clone(),
    ] {
        set(&path, now - 6 * day);
    }
    fs::write(cache.dir().join("00/keep"), "").unwrap();
    set(&cache.dir().join("00/keep"), now - 60 * day);
    assert!(cache.trim_at(now).unwrap());
    assert!(cache.get(id(1)).is_none() && cache.get_file(id(2)).is_some() && !exe_dir.exists());
    assert!(cache.dir().join("00/keep").exists());
    let stamp = fs::read_to_string(cache.dir().join("trim.txt")).unwrap();
    assert_eq!(
        stamp,
        now.duration_since(SystemTime::UNIX_EPOCH)
            .unwrap()
            .as_secs()
            .to_string()
    );
    assert!(!cache.trim_at(now + day / 2).unwrap());
    assert!(cache.trim_at(now + day).unwrap());
    assert!(
        cache.trim_at(now - day).unwrap(),
        "a time far in the future does not count"
    );
    fs::write(cache.dir().join("trim.txt"), "no number").unwrap();
    assert!(cache.trim_at(now).unwrap());
}

#[test]
fn use_is_recorded_once_an_hour() {
    let (_dir, cache) = scratch();
    let (out, _) = cache.put_bytes(id(1), b"x").unwrap();
    let files = [action_file(&cache, id(1)), cache.output_file(out)];
    let age = |path: &PathBuf| {
        SystemTime::now()
            .duration_since(fs::metadata(path).unwrap().modified().unwrap())
            .unwrap_or_default()
    };
    for (minutes, refreshed) in [(30u64, false), (90, true)] {
        for file in &files {
            fs::File::open(file)
                .unwrap()
                .set_modified(SystemTime::now() - Duration::from_secs(minutes * 60))
                .unwrap();
        }
        cache.get_file(id(1)).unwrap();
        for file in &files {
            assert_eq!(
                age(file) < Duration::from_secs(60),
                refreshed,
                "{minutes} minutes"
            );
        }
    }
}

#[test]
fn verify_mode_compares() {
    let (_dir, cache) = scratch();
    let cache = cache.with_verify(Verify::On);
    let hashing = Hashing::new("go1.26.8").with_inputs_kept();
    let mut hasher = hashing.hasher("x");
    hasher.print(format_args!("inputs\n"));
    let id = hasher.finish();
    cache
        .put_verified(id, &mut Cursor::new("a"), &hashing)
        .unwrap();
    assert!(cache.get(id).is_none());
    cache
        .put_verified(id, &mut Cursor::new("a"), &hashing)
        .unwrap();
    let err = cache
        .put_verified(id, &mut Cursor::new("b"), &hashing)
        .unwrap_err()
        .to_string();
    assert!(err.starts_with(&format!(
        "go: internal cache error: cache verify failed: id={id} changed:<<<\ngo1.26.8inputs\n"
    )));
}

#[test]
fn says_what_go_says() {
    let dir = TempDir::new_in(&std::env::temp_dir(), "cache").unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let err = Cache::open(&file.join("c")).unwrap_err().to_string();
    let (file, want) = (file.display(), file.join("c"));
    assert_eq!(
        err,
        format!(
            "failed to initialize build cache at {}: mkdir {file}: not a directory",
            want.display()
        )
    );
}

#[test]
#[ignore = "started by survives_kills"]
fn child_puts_for_ever() {
    let dir = std::env::var("CACHE_DIR").expect("survives_kills starts this");
    let first: u32 = std::env::var("CACHE_FIRST").unwrap().parse().unwrap();
    let cache = Cache::open(Path::new(&dir)).unwrap();
    for n in (0..).map(|n| n % PUT_BY_CHILDREN + first) {
        cache.put_bytes(id(n), &data(n)).unwrap();
    }
}

const PUT_BY_CHILDREN: u32 = 600;

#[test]
fn survives_kills() {
    let (_dir, cache) = scratch();
    for round in 0..10u32 {
        let first = 3000 + round * 1000;
        let mut children: Vec<_> = (0..2)
            .map(|_| {
                Command::new(std::env::current_exe().unwrap())
                    .args(["--exact", "child_puts_for_ever", "--ignored"])
                    .env("CACHE_DIR", cache.dir())
                    .env("CACHE_FIRST", first.to_string())
                    .stdout(Stdio::null())
                    .spawn()
                    .unwrap()
            })
            .collect();
        // they are killed while they write, however long they took to start
        let patience = Instant::now() + Duration::from_secs(60);
        while cache.get_file(id(first)).is_none() {
            assert!(Instant::now() < patience, "the children write nothing");
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(u64::from(round) * 9));
        for child in &mut children {
            child.kill().unwrap();
            let ended = child.wait().unwrap();
            assert_eq!(ended.signal(), Some(9), "a child ended by itself");
        }
        let found = (first..first + PUT_BY_CHILDREN)
            .filter_map(|n| Some((n, cache.get_file(id(n))?.0)))
            .inspect(|(n, file)| assert_eq!(fs::read(file).unwrap(), data(*n)))
            .count();
        assert!(found > 0, "what the children wrote is gone");
    }
    cache.put_bytes(id(3000), &data(3000)).unwrap();
    assert!(cache.get_file(id(3000)).is_some());
}

#[test]
fn many_threads_on_the_same_entries() {
    let (_dir, cache) = scratch();
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                for n in 0..200 {
                    cache.put_bytes(id(n), &data(n % 10 + 3000)).unwrap();
                    let (file, entry) = cache.get_file(id(n)).unwrap();
                    assert_eq!(entry.output_id.0, sha256(&fs::read(file).unwrap()));
                }
            });
        }
    });
}
