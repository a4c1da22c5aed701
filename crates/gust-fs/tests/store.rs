//! Stores: what is put is found, by this process and the next; damage is a miss; kills leave no mark.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use gust_fs::store::Store;
use gust_fs::temp::TempDir;
use proptest::prelude::*;

fn scratch() -> TempDir {
    TempDir::new_in(&std::env::temp_dir(), "store").unwrap()
}

fn fill(file: &Path, from: u32, to: u32) {
    let store = Store::open(file);
    for n in from..to {
        store.put(n.to_le_bytes().to_vec(), value_of(n));
    }
    store.flush().unwrap();
}

fn value_of(n: u32) -> Vec<u8> {
    n.to_string().repeat(n as usize % 7).into_bytes()
}

#[test]
fn keeps_and_merges() {
    let dir = scratch();
    let file = dir.path().join("sub/store");
    let (one, two) = (Store::open(&file), Store::open(&file));
    one.put(b"a".to_vec(), b"1".to_vec());
    two.put(b"b".to_vec(), b"2".to_vec());
    two.put(b"a".to_vec(), b"older".to_vec());
    assert_eq!(one.get(b"b"), None);
    let held = two.get(b"a").unwrap();
    two.put(b"a".to_vec(), b"old".to_vec());
    assert_eq!((held, two.get(b"a").unwrap()), (&b"older"[..], &b"old"[..]));
    two.flush().unwrap();
    one.flush().unwrap();
    let three = Store::open(&file);
    assert_eq!(three.get(b"a"), Some(&b"1"[..]));
    assert_eq!(three.get(b"b"), Some(&b"2"[..]));
    let before = std::fs::metadata(&file).unwrap().len();
    three.put(b"a".to_vec(), b"1".to_vec());
    three.flush().unwrap();
    assert_eq!(
        std::fs::metadata(&file).unwrap().len(),
        before,
        "nothing new, nothing written"
    );
}

#[test]
fn segments_stay_few() {
    let dir = scratch();
    let file = dir.path().join("store");
    for round in 0..60 {
        fill(&file, round * 10, round * 10 + 10);
        assert!(Store::open(&file).segment_count() <= 13);
    }
    let store = Store::open(&file);
    assert!((0..600u32).all(|n| store.get(&n.to_le_bytes()) == Some(&value_of(n)[..])));
}

#[test]
fn stays_below_its_cap() {
    let dir = scratch();
    let file = dir.path().join("store");
    for round in 0..20u32 {
        let store = Store::open_with_cap(&file, 100_000);
        for n in 0..20u32 {
            store.put(
                (round * 100 + n).to_le_bytes().to_vec(),
                vec![round as u8; 1000],
            );
        }
        store.flush().unwrap();
        assert!(std::fs::metadata(&file).unwrap().len() < 110_000);
    }
    let store = Store::open(&file);
    let kept = (0..2000u32)
        .filter(|n| store.get(&n.to_le_bytes()).is_some())
        .count();
    assert!(kept > 40, "{kept} kept");
}

#[test]
fn of_no_use_is_empty() {
    let dir = scratch();
    assert_eq!(Store::open(dir.path()).get(b"a"), None);
    assert_eq!(Store::open(&dir.path().join("absent")).get(b"a"), None);
    std::fs::write(dir.path().join("text"), "what is this?".repeat(100)).unwrap();
    let store = Store::open(&dir.path().join("text"));
    assert_eq!(store.get(b"a"), None);
    store.put(b"a".to_vec(), b"1".to_vec());
    store.flush().unwrap();
    assert_eq!(
        Store::open(&dir.path().join("text")).get(b"a"),
        Some(&b"1"[..])
    );
    let nowhere = Store::open(Path::new("/proc/no/such/store"));
    nowhere.put(b"a".to_vec(), b"1".to_vec());
    assert!(nowhere.flush().is_err());
    assert_eq!(nowhere.get(b"a"), Some(&b"1"[..]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn is_a_map(ops in prop::collection::vec((0u8..20, prop::collection::vec(any::<u8>(), 0..40), any::<bool>()), 1..60)) {
        let dir = scratch();
        let file = dir.path().join("store");
        let mut model = HashMap::new();
        let mut store = Store::open(&file);
        for (key, value, reopen) in ops {
            store.put(vec![key], value.clone());
            model.insert(vec![key], value);
            if reopen {
                store.flush().unwrap();
                store = Store::open(&file);
            }
            for key in 0..20 {
                prop_assert_eq!(store.get(&[key]), model.get(&vec![key]).map(Vec::as_slice));
            }
        }
    }

    #[test]
    fn damage_is_a_miss(flips in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 0..20), cut in any::<Option<prop::sample::Index>>()) {
        let dir = scratch();
        let file = dir.path().join("store");
        for round in 0..3 {
            fill(&file, round * 40, round * 40 + 40);
        }
        let mut bytes = std::fs::read(&file).unwrap();
        for (at, mask) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= mask;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        std::fs::write(&file, &bytes).unwrap();
        let store = Store::open(&file);
        for n in 0..130u32 {
            let got = store.get(&n.to_le_bytes());
            prop_assert!(got.is_none() || got == Some(&value_of(n)[..]), "{} came back as {:?}", n, got);
        }
        // And it is of use again.
        fill(&file, 500, 510);
        let store = Store::open(&file);
        prop_assert_eq!(store.get(&505u32.to_le_bytes()), Some(&value_of(505)[..]));
    }
}

/// Not a test: the child of the next one, which writes until it is killed.
#[test]
#[ignore = "started by survives_kills"]
fn child_writes_for_ever() {
    let Ok(file) = std::env::var("STORE_FILE") else {
        return;
    };
    for round in 0.. {
        fill(Path::new(&file), round % 5000, round % 5000 + 50);
    }
}

#[test]
fn survives_kills() {
    let dir = scratch();
    let file = dir.path().join("store");
    for round in 0..12u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_writes_for_ever", "--ignored"])
            .env("STORE_FILE", &file)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(30 + round * 7));
        child.kill().unwrap();
        child.wait().unwrap();
        let store = Store::open(&file);
        for n in 0..5050u32 {
            assert!(
                store
                    .get(&n.to_le_bytes())
                    .is_none_or(|value| value == value_of(n))
            );
        }
    }
    fill(&file, 9000, 9010);
    assert_eq!(
        Store::open(&file).get(&9001u32.to_le_bytes()),
        Some(&value_of(9001)[..])
    );
    let left: Vec<_> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert!(
        left.len() <= 2,
        "only the store and its lock remain: {left:?}"
    );
}

#[test]
fn many_threads() {
    let dir = scratch();
    let file = dir.path().join("store");
    let store = Store::open(&file);
    std::thread::scope(|scope| {
        for t in 0..4u32 {
            let store = &store;
            scope.spawn(move || {
                for n in 0..500u32 {
                    let key = (t * 1000 + n).to_le_bytes();
                    store.put(key.to_vec(), value_of(n));
                    assert_eq!(store.get(&key), Some(&value_of(n)[..]));
                    if n % 100 == 0 {
                        store.flush().unwrap();
                    }
                }
            });
        }
    });
    store.flush().unwrap();
    let again = Store::open(&file);
    assert!(
        (0..4000u32)
            .filter(|n| n % 1000 < 500)
            .all(|n| again.get(&n.to_le_bytes()).is_some())
    );
}
