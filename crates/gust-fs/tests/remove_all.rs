//! What the handler of ^C calls. Alone in its process, since it removes every work directory there is.

use gust_fs::temp::{TempDir, remove_all};

#[test]
fn removes_what_stands_and_not_what_was_kept() {
    let one = TempDir::new_in(&std::env::temp_dir(), "go-build").unwrap();
    let two = TempDir::new_in(&std::env::temp_dir(), "go-build").unwrap();
    let kept = TempDir::new_in(&std::env::temp_dir(), "go-build")
        .unwrap()
        .keep();
    std::fs::write(one.path().join("f"), "x").unwrap();
    remove_all();
    assert!(!one.path().exists() && !two.path().exists() && kept.exists());
    gust_fs::temp::remove(&kept);
}
