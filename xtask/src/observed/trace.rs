//! What strace wrote: the paths that one process looked at, its children aside.

use std::collections::{BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};

/// System calls that look at a path given as their first argument.
const BY_PATH: &[&str] = &["open", "stat", "lstat", "access", "readlink"];
/// System calls that look at a path given as their second, from the directory given as their first.
const BY_DIR: &[&str] = &[
    "openat",
    "openat2",
    "newfstatat",
    "statx",
    "faccessat",
    "faccessat2",
    "readlinkat",
];
/// What strace is to write down.
pub(super) const CALLS: &str = "trace=open,stat,lstat,access,readlink,openat,openat2,newfstatat,statx,faccessat,faccessat2,\
                                readlinkat,clone,clone3,fork,vfork,execve";

/// The absolute paths that the traced process looked at, in any of its threads; `text` is what
/// `strace -f -y -s 4096 -o` wrote.
pub(super) fn looked_at(text: &str) -> BTreeSet<PathBuf> {
    let calls = calls(text);
    let own = own_threads(&calls);
    let mut paths = BTreeSet::new();
    for call in calls.iter().filter(|call| own.contains(&call.thread)) {
        paths.extend(path_of(call));
    }
    paths
}

/// One system call, whole.
struct Call {
    thread: u32,
    name: String,
    /// Between the parentheses and behind them.
    rest: String,
}

fn calls(text: &str) -> Vec<Call> {
    let mut begun: HashMap<u32, String> = HashMap::new();
    let mut found = Vec::new();
    for line in text.lines() {
        let Some((thread, call)) = line.split_once(' ') else {
            continue;
        };
        let Ok(thread) = thread.parse() else { continue };
        let call = call.trim_start();
        let whole = if let Some(start) = call.strip_suffix("<unfinished ...>") {
            begun.insert(thread, start.to_owned());
            continue;
        } else if let Some((_, end)) = call
            .starts_with("<...")
            .then(|| call.split_once("resumed>"))
            .flatten()
        {
            begun.remove(&thread).unwrap_or_default() + end
        } else {
            call.to_owned()
        };
        if let Some((name, rest)) = whole.split_once('(') {
            found.push(Call {
                thread,
                name: name.to_owned(),
                rest: rest.to_owned(),
            });
        }
    }
    // What was interrupted by the end of the process was looked at all the same.
    for (thread, start) in begun {
        if let Some((name, rest)) = start.split_once('(') {
            let (name, rest) = (name.to_owned(), rest.to_owned());
            found.push(Call { thread, name, rest });
        }
    }
    found
}

/// The first thread and all that it and its threads started as threads.
fn own_threads(calls: &[Call]) -> BTreeSet<u32> {
    let mut own: BTreeSet<u32> = calls.first().map(|call| call.thread).into_iter().collect();
    // A thread's first call may stand before the line that says it was started.
    loop {
        let before = own.len();
        for call in calls {
            let starts = call.name.starts_with("clone") && call.rest.contains("CLONE_THREAD");
            if starts && own.contains(&call.thread) {
                let result = call.rest.rsplit("= ").next().unwrap_or_default();
                own.extend(result.trim().parse::<u32>());
            }
        }
        if own.len() == before {
            return own;
        }
    }
}

fn path_of(call: &Call) -> Option<PathBuf> {
    let (dir, rest) = if BY_DIR.contains(&call.name.as_str()) {
        let (dir, rest) = call.rest.split_once(", ")?;
        (dir.split_once('<')?.1.strip_suffix('>')?, rest)
    } else if BY_PATH.contains(&call.name.as_str()) {
        ("/", call.rest.as_str())
    } else {
        return None;
    };
    let (path, flags) = quoted(rest)?;
    // Empty: of the open file itself. The others open to write, or to ask for names later.
    let looks = !["O_CREAT", "O_WRONLY", "O_PATH"]
        .iter()
        .any(|flag| flags.contains(flag));
    (looks && !path.is_empty()).then(|| clean(&Path::new(dir).join(path)))
}

/// A string in C's quotes at the start of `text`, and what stands behind it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let text = text.strip_prefix('"')?;
    let mut bytes = Vec::new();
    let mut at = 0;
    while let Some(&byte) = text.as_bytes().get(at) {
        at += 1;
        match byte {
            b'"' => return Some((String::from_utf8_lossy(&bytes).into_owned(), &text[at..])),
            b'\\' => {
                let digits = text[at..].bytes().take(3).take_while(u8::is_ascii_digit);
                let octal = digits.count();
                if octal > 0 {
                    bytes.push(u8::from_str_radix(&text[at..at + octal], 8).ok()?);
                    at += octal;
                } else {
                    bytes.push(*text.as_bytes().get(at)?);
                    at += 1;
                }
            }
            byte => bytes.push(byte),
        }
    }
    None
}

fn clean(path: &Path) -> PathBuf {
    path.components()
        .filter(|part| *part != Component::CurDir)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_count_and_children_do_not() {
        let text = r#"7 execve("/bin/gust", ["gust", "list"], 0x7ffc /* 9 vars */) = 0
7 clone3({flags=CLONE_VM|CLONE_THREAD|CLONE_FILES, exit_signal=0} => {parent_tid=[8]}, 88) = 8
8 openat(AT_FDCWD</w>, "a/./b", O_RDONLY|O_CLOEXEC <unfinished ...>
9 openat(AT_FDCWD</w>, "child", O_RDONLY) = 3</w/child>
7 statx(4</w/dir>, "na\"me", AT_STATX_SYNC_AS_STAT, STATX_BASIC_STATS, 0x7ffc) = -1 ENOENT (No such file or directory)
8 <... openat resumed>) = 5</w/a/b>
7 vfork( <unfinished ...>
7 <... vfork resumed>) = 9
7 statx(5</w/a/b>, "", AT_EMPTY_PATH, STATX_BASIC_STATS, {stx_mode=S_IFREG}) = 0
7 openat(AT_FDCWD</w>, "/w/out", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 6</w/out>
7 openat(AT_FDCWD</w>, "/w/dir", O_RDONLY|O_PATH) = 6</w/dir>
7 readlink("/p\303\244th", 0x7ffc, 4095) = 3
7 +++ exited with 0 +++
"#;
        let found: Vec<String> = looked_at(text)
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        assert_eq!(found, ["/p\u{e4}th", "/w/a/b", "/w/dir/na\"me"]);
    }
}
