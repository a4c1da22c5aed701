//! Words that product code must not hold.

use super::{Source, code};

/// Macros that stand for what is not there.
const STUBS: [&str; 2] = ["todo", "unimplemented"];

/// Looks through the sources of the crates (tests aside) for names of acceptance cases, and for lints put off.
pub(super) fn breaches(sources: &[Source], cases: &[String]) -> Vec<String> {
    let product = sources.iter().filter(|source| {
        let path = source.path.to_string_lossy();
        path.starts_with("crates/")
            && path.contains("/src/")
            && !path.contains("/gust-testkit/")
            && !path.ends_with("tests.rs")
    });
    product
        .flat_map(|source| of_source(source, cases))
        .collect()
}

fn of_source(source: &Source, cases: &[String]) -> Vec<String> {
    let code = &code::product(&source.text);
    let mut found = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let place = format!("{}:{}", source.path.display(), index + 1);
        let named = cases
            .iter()
            .find(|case| case.contains('_') && line.contains(&format!("\"{case}\"")));
        if let Some(case) = named {
            found.push(format!(
                "words: {place}: the name of an acceptance case, {case}"
            ));
        }
        // An expectation that nothing fulfils is told by the compiler; what is allowed stays for ever.
        if line.contains("[allow(") {
            found.push(format!(
                "words: {place}: #[expect] with a reason, not #[allow]"
            ));
        }
        if line.contains("(missing_docs") {
            found.push(format!(
                "words: {place}: documentation is owed, not put off"
            ));
        }
        for name in STUBS {
            if line.contains(&format!("{name}!(")) {
                found.push(format!("words: {place}: a stub, {name}"));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> usize {
        let source = Source {
            path: "crates/gust/src/x.rs".into(),
            text: text.to_owned(),
        };
        breaches(&[source], &["list_std".to_owned()]).len()
    }

    #[test]
    fn each_word_is_found() {
        assert_eq!(found("if name == \"list_std\" {\n"), 1);
        assert_eq!(found("#![expect(missing_docs)]\n"), 1);
        assert_eq!(found("#[allow(dead_code)]\n"), 1);
        for stub in STUBS {
            assert_eq!(found(&format!("fn f() {{ {stub}!() }}\n")), 1);
        }
        assert_eq!(
            found("fn f() {}\n#[cfg(test)]\nmod tests { const CASE: &str = \"list_std\"; }\n"),
            0
        );
    }
}
