//! Changes, by chance.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Result;

use super::tree::Tree;

/// Numbers that are the same from run to run (xorshift64*).
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Chance {
        Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % n
    }
}

/// The program's source says something else: the same size, the same names.
pub(super) fn one_file(tree: &mut Tree) -> Result<()> {
    rewrite(&tree.dir.join("cmd/p/main.go"), |text| counted(&text, 1))
}

pub(super) fn one_more_file(tree: &mut Tree) -> Result<()> {
    Ok(fs::write(tree.dir.join("a/more.go"), "package a\n")?)
}

/// In a directory of which nothing else is looked at.
pub(super) fn go_work_above(tree: &mut Tree) -> Result<()> {
    let path = tree.dir.with_file_name("go.work");
    match path.exists() {
        true => fs::remove_file(path)?,
        false => fs::write(path, "go 1.25\n\nuse ./m\n")?,
    }
    Ok(())
}

pub(super) fn another_compiler(tree: &mut Tree) -> Result<()> {
    tree.variables.insert("CC", "cc".to_owned());
    Ok(())
}

/// Only version control knows of it.
pub(super) fn one_tag(tree: &mut Tree) -> Result<()> {
    tree.git(&["tag", "v0.1.0"]);
    Ok(())
}

type Edit = fn(&mut Tree, &mut Chance) -> Result<()>;

const EDITS: &[(&str, Edit)] = &[
    ("another size", another_size),
    ("the same size", same_size),
    ("the same size", same_size),
    ("the same size", same_size),
    ("the same size", same_size),
    ("the same size, time set back", time_set_back),
    ("the same size and time, by another file", swapped),
    ("touched", touched),
    ("renamed", renamed),
    ("removed", removed),
    ("a new file", new_file),
    ("another mode", another_mode),
    ("a link in its place", link_in_place),
    ("changed through a hard link", through_hard_link),
    ("a directory behind a link", directory_behind_link),
    ("another environment", another_environment),
    ("another environment", another_environment),
    ("the user's settings", user_settings),
    ("go.mod", go_mod),
    ("go.work", go_work),
    ("go.work above", |tree, _| go_work_above(tree)),
    ("a program", a_program),
    ("a vendor directory", vendor_directory),
    ("a module within", module_within),
    ("an ignored file", ignored_file),
    ("commit", commit),
    ("tag", tag),
    ("tag", tag),
    ("tag", tag),
    ("tag", tag),
    ("checkout", checkout),
    ("stash", stash),
    ("unstash", unstash),
];

/// Makes one change and says which.
pub(super) fn apply(tree: &mut Tree, chance: &mut Chance) -> Result<&'static str> {
    // Most changes break something, and what fails is not recorded.
    let (name, edit) = match chance.below(4) {
        0 => ("put back", put_back as Edit),
        _ => EDITS[chance.below(EDITS.len())],
    };
    tree.count += 1;
    let gone = |error: &anyhow::Error| {
        let error = error.downcast_ref::<std::io::Error>();
        error.is_some_and(|error| error.kind() == ErrorKind::NotFound)
    };
    match edit(tree, chance) {
        // What an earlier change took away cannot be changed.
        Err(error) if gone(&error) => Ok("nothing"),
        done => done.map(|()| name),
    }
}

const EDITED: &[&str] = &[
    "dep/dep.go",
    "a/a.go",
    "a/a_test.go",
    "a/data.txt",
    "b/b.go",
    "b/text.txt",
    "b/tagged.go",
    "cmd/p/main.go",
    "cmd/q/main.go",
];

/// A file that may be gone.
fn some_file(tree: &Tree, chance: &mut Chance) -> PathBuf {
    tree.dir.join(EDITED[chance.below(EDITED.len())])
}

/// The text with its number counted up: the same length for 900 steps.
fn counted(text: &str, count: u32) -> String {
    match text.rfind(|c: char| c.is_ascii_digit()) {
        Some(last)
            if last >= 2
                && text.as_bytes()[last - 2..=last]
                    .iter()
                    .all(u8::is_ascii_digit) =>
        {
            format!(
                "{}{:03}{}",
                &text[..last - 2],
                100 + count % 900,
                &text[last + 1..]
            )
        }
        _ => text.to_owned(),
    }
}

fn rewrite(path: &Path, change: impl FnOnce(String) -> String) -> Result<()> {
    if let Ok(text) = fs::read_to_string(path) {
        fs::write(path, change(text))?;
    }
    Ok(())
}

fn another_size(tree: &mut Tree, chance: &mut Chance) -> Result<()> {
    let comment = format!("{}// {}\n", "\n".repeat(1 + chance.below(3)), tree.count);
    let path = some_file(tree, chance);
    rewrite(&path, |text| {
        let kept: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with("//") || line.starts_with("//go:"))
            .collect();
        counted(&(kept.join("\n") + &comment), tree.count)
    })
}

fn same_size(tree: &mut Tree, chance: &mut Chance) -> Result<()> {
    rewrite(&some_file(tree, chance), |text| counted(&text, tree.count))
}

fn set_time(path: &Path, time: SystemTime) -> Result<()> {
    Ok(File::options()
        .append(true)
        .open(path)?
        .set_modified(time)?)
}

fn time_set_back(tree: &mut Tree, chance: &mut Chance) -> Result<()> {
    let path = some_file(tree, chance);
    let Ok(before) = fs::metadata(&path) else {
        return Ok(());
    };
    rewrite(&path, |text| counted(&text, tree.count))?;
    set_time(&path, before.modified()?)
}

fn swapped(tree: &mut Tree, chance: &mut Chance) -> Result<()> {
    let path = some_file(tree, chance);
    let (Ok(before), Ok(text)) = (fs::metadata(&path), fs::read_to_string(&path)) else {
        return Ok(());
    };
    let other = tree.beside.join("other");
    fs::write(&other, counted(&text, tree.count))?;
    set_time(&other, before.modified()?)?;
    Ok(fs::rename(other, path)?)
}

fn touched(tree: &mut Tree, chance: &mut Chance) -> Result<()> {
    let path = some_file(tree, chance);
    match path.exists() {
        true => set_time(&path, SystemTime::now()),
        false => Ok(()),
    }
}

fn renamed(tree: &mut Tree, chance: &mut Chance) -> Result<()> {
    let path = some_file(tree, chance);
    let to = path.with_extension("off");
    let (from, to) = if path.exists() {
        (path, to)
    } else {
        (to, path)
    };
    let _ = fs::rename(from, to);
    Ok(())
}

fn removed(tree: &mut Tree, chance: &mut Chance) -> Result<()> {
    let _ = fs::remove_file(some_file(tree, chance));
    Ok(())
}

/// Everything as it was at first.
fn put_back(tree: &mut Tree, _: &mut Chance) -> Result<()> {
    tree.git(&["checkout", "-q", "-f", "main"]);
    tree.git(&["clean", "-q", "-f", "-d"]);
    let _ = fs::remove_file(tree.dir.with_file_name("go.work"));
    tree.variables.clear();
    user_settings_are(tree, "")
}

fn new_file(tree: &mut Tree, chance: &mut Chance) -> Result<()> {
    let package = ["a", "b", "dep"][chance.below(3)];
    let path = tree
        .dir
        .join(package)
        .join(format!("new{}.go", chance.below(2)));
    match path.exists() {
        true => fs::remove_file(path)?,
        false => fs::write(
            path,
            format!("package {package}\n\nvar _ = {}\n", tree.count),
        )?,
    }
    Ok(())
}

fn another_mode(tree: &mut Tree, chance: &mut Chance) -> Result<()> {
    let path = some_file(tree, chance);
    if path.exists() {
        let mode = [0o644, 0o600, 0o755][chance.below(3)];
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    }
    Ok(())
}

fn link_in_place(tree: &mut Tree, chance: &mut Chance) -> Result<()> {
    let path = some_file(tree, chance);
    let to = tree.beside.join(format!("linked{}", chance.below(3)));
    if let Ok(text) = fs::read_to_string(&path) {
        fs::write(&to, counted(&text, tree.count))?;
        fs::remove_file(&path)?;
        symlink(to, path)?;
    }
    Ok(())
}

fn through_hard_link(tree: &mut Tree, chance: &mut Chance) -> Result<()> {
    let (path, other) = (some_file(tree, chance), tree.beside.join("hard"));
    let _ = fs::remove_file(&other);
    if fs::hard_link(&path, &other).is_ok() {
        rewrite(&other, |text| counted(&text, tree.count))?;
    }
    Ok(())
}

fn directory_behind_link(tree: &mut Tree, _: &mut Chance) -> Result<()> {
    let (dir, behind) = (tree.dir.join("dep"), tree.beside.join("dep"));
    match dir.is_symlink() {
        true => {
            fs::remove_file(&dir)?;
            fs::rename(&behind, &dir)?;
        }
        false => {
            let _ = fs::remove_dir_all(&behind);
            if fs::rename(&dir, &behind).is_ok() {
                symlink(&behind, &dir)?;
                rewrite(&behind.join("dep.go"), |text| counted(&text, tree.count))?;
            }
        }
    }
    Ok(())
}

fn another_environment(tree: &mut Tree, chance: &mut Chance) -> Result<()> {
    let (name, value) = [
        ("WORD", "one"),
        ("WORD", "two"),
        ("GOFLAGS", "-tags=word"),
        ("CGO_ENABLED", "0"),
        ("CC", "cc"),
        ("CC", "cc"),
    ][chance.below(6)];
    if tree.variables.remove(name).is_none() {
        tree.variables.insert(name, value.to_owned());
    }
    Ok(())
}

fn user_settings(tree: &mut Tree, chance: &mut Chance) -> Result<()> {
    let text = [
        "",
        "GOFLAGS=-tags=word\n",
        "GOOS=windows\n",
        "GOFLAGS=-trimpath\n",
    ][chance.below(4)];
    user_settings_are(tree, text)
}

fn user_settings_are(tree: &Tree, text: &str) -> Result<()> {
    Ok(fs::write(tree.beside.join("env"), text)?)
}

fn go_mod(tree: &mut Tree, chance: &mut Chance) -> Result<()> {
    let line = ["go 1.24", "go 1.25", "go 1.23"][chance.below(3)];
    rewrite(&tree.dir.join("go.mod"), |text| {
        let lines = text
            .lines()
            .map(|old| if old.starts_with("go ") { line } else { old });
        lines.collect::<Vec<_>>().join("\n") + "\n"
    })
}

fn go_work(tree: &mut Tree, _: &mut Chance) -> Result<()> {
    let path = tree.dir.join("go.work");
    match path.exists() {
        true => fs::remove_file(path)?,
        false => fs::write(path, "go 1.25\n\nuse .\n\nuse ./dep\n")?,
    }
    Ok(())
}

/// Whether there is one decides where packages come from.
fn vendor_directory(tree: &mut Tree, _: &mut Chance) -> Result<()> {
    let dir = tree.dir.join("vendor");
    match dir.exists() {
        true => fs::remove_dir_all(dir)?,
        false => fs::create_dir(dir)?,
    }
    Ok(())
}

fn module_within(tree: &mut Tree, _: &mut Chance) -> Result<()> {
    let path = tree.dir.join("b/go.mod");
    match path.exists() {
        true => fs::remove_file(path)?,
        false if path.parent().is_some_and(Path::is_dir) => {
            fs::write(path, "module example.com/other\n\ngo 1.24\n")?;
        }
        false => {}
    }
    Ok(())
}

/// What was built is gone, or another program stands there.
fn a_program(tree: &mut Tree, chance: &mut Chance) -> Result<()> {
    let path = tree.dir.join("out").join(["p", "q"][chance.below(2)]);
    match (path.exists(), chance.below(2)) {
        (true, 0) => fs::remove_file(path)?,
        (true, _) => fs::write(path, "no program")?,
        (false, _) => {}
    }
    Ok(())
}

fn ignored_file(tree: &mut Tree, chance: &mut Chance) -> Result<()> {
    let name = ["x.ignored", "untracked.txt"][chance.below(2)];
    let path = tree.dir.join(name);
    match path.exists() {
        true => fs::remove_file(path)?,
        false => fs::write(path, "x")?,
    }
    // A second is what version control tells times by.
    std::thread::sleep(Duration::from_millis(5));
    Ok(())
}

fn commit(tree: &mut Tree, _: &mut Chance) -> Result<()> {
    tree.git(&["commit", "-q", "-a", "-m", &tree.count.to_string()]);
    Ok(())
}

fn tag(tree: &mut Tree, _: &mut Chance) -> Result<()> {
    tree.git(&["tag", "-f", &format!("v0.1.{}", tree.count)]);
    Ok(())
}

fn checkout(tree: &mut Tree, chance: &mut Chance) -> Result<()> {
    tree.git(&[
        "checkout",
        "-q",
        "-f",
        ["main", "HEAD~1", "main"][chance.below(3)],
    ]);
    Ok(())
}

fn stash(tree: &mut Tree, _: &mut Chance) -> Result<()> {
    tree.git(&["stash", "-q"]);
    Ok(())
}

fn unstash(tree: &mut Tree, _: &mut Chance) -> Result<()> {
    tree.git(&["stash", "pop", "-q"]);
    Ok(())
}
