//! Mutable statics: what a command needs travels in a value that names it. Two things cannot, and are named here.

use super::{Source, code};

/// The file and the name of each static that may change.
const NAMED: &[(&str, &str)] = &[
    // A signal comes to the process as a whole, and its handler has no value in hand.
    ("crates/gust-fs/src/temp.rs", "STANDING"),
    // Keeps two names that one process makes apart.
    ("crates/gust-fs/src/write.rs", "COUNT"),
];

/// Types that change behind a shared reference: with one of them in its type a static is state. A `LazyLock` of
/// what never changes is a constant that Rust cannot work out while compiling.
const CHANGING: &[&str] = &[
    "Atomic", "Mutex", "RwLock", "Cell", "OnceLock", "OnceMap", "PathMap",
];

/// The statics of product code that change and are not named, and names without a static.
pub(super) fn breaches(sources: &[Source]) -> Vec<String> {
    let product = sources.iter().filter(|source| {
        let path = source.path.to_string_lossy();
        path.starts_with("crates/") && path.contains("/src/") && !path.contains("/gust-testkit/")
    });
    let mut seen = Vec::new();
    let mut found = Vec::new();
    for source in product {
        let path = source.path.to_string_lossy();
        for (line, name) in changing(&source.text) {
            let named = NAMED.iter().find(|named| **named == (&path, &name));
            match named {
                Some(named) => seen.push(named),
                None => found.push(format!(
                    "statics: {path}:{line}: {name} can change: what a command needs travels in a value that names it"
                )),
            }
        }
    }
    let gone = NAMED.iter().filter(|named| !seen.contains(named));
    found.extend(
        gone.map(|(path, name)| format!("statics: no {name} in {path}: strike it off the list")),
    );
    found
}

/// Line and name of each static that can change, tests aside.
fn changing(text: &str) -> Vec<(usize, String)> {
    let code = code::product(text);
    let mut found = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut words = line.trim_start();
        for front in ["pub ", "pub(crate) ", "pub(super) "] {
            words = words.strip_prefix(front).unwrap_or(words);
        }
        if words.starts_with("thread_local!") {
            found.push((index + 1, "thread_local".to_owned()));
        }
        let Some(rest) = words.strip_prefix("static ") else {
            continue;
        };
        let is_mut = rest.starts_with("mut ");
        let rest = rest.strip_prefix("mut ").unwrap_or(rest);
        let (name, rest) = rest.split_once(':').unwrap_or((rest, ""));
        let kind = rest.split('=').next().unwrap_or_default();
        if is_mut || CHANGING.iter().any(|changing| kind.contains(changing)) {
            found.push((index + 1, name.trim().to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source {
            path: path.into(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_static_that_can_change_is_a_breach() {
        let named: Vec<Source> = NAMED
            .iter()
            .map(|(path, name)| source(path, &format!("static {name}: AtomicU64 = x;\n")))
            .collect();
        assert_eq!(breaches(&named), Vec::<String>::new());
        assert_eq!(breaches(&named[1..]).len(), 1, "a name without a static");
        for bad in [
            "static mut X: u32 = 0;",
            "    pub(crate) static X: Mutex<Vec<u8>> = Mutex::new(Vec::new());",
            "static X: std::sync::OnceLock<String> = OnceLock::new();",
            "thread_local! {",
        ] {
            assert_eq!(changing(bad).len(), 1, "{bad}");
        }
        for good in [
            "static X: &str = \"Mutex\";",
            "fn f(x: &'static Mutex<u8>) {}",
            "fn f() {}\n#[cfg(test)]\nmod tests {\n static X: AtomicU64 = x;\n}",
        ] {
            assert_eq!(changing(good).len(), 0, "{good}");
        }
    }
}
