//! The `...` wildcard. It matches any text, `/` included; `x/...` also matches `x`; a `vendor` element is matched only by
//! a pattern that itself holds the vendor directory there.

/// A compiled pattern over slash-separated paths.
#[derive(Debug, Clone)]
pub struct Glob {
    /// Alternatives, each the texts between wildcards.
    alternatives: Vec<Vec<String>>,
    vendor: VendorRule,
    /// What stands before the first wildcard, as typed.
    prefix: String,
    wild: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum VendorRule {
    /// Wildcards match `vendor` like any other element.
    Free,
    /// Wildcards do not match `vendor` elements.
    Apart,
}

/// Stands for a `vendor` element while matching, so that wildcards can be kept from it.
const VENDOR: char = '\0';

impl Glob {
    /// A pattern as on the command line: wildcards do not reach into vendor directories.
    pub fn new(pattern: &str) -> Glob {
        Glob::compile(pattern, VendorRule::Apart)
    }

    /// A pattern whose wildcards match vendor directories too.
    pub fn simple(pattern: &str) -> Glob {
        Glob::compile(pattern, VendorRule::Free)
    }

    fn compile(pattern: &str, vendor: VendorRule) -> Glob {
        let apart = vendor == VendorRule::Apart;
        let text = if apart {
            replace_vendor(pattern)
        } else {
            pattern.to_owned()
        };
        let texts: Vec<String> = if apart && pattern.contains(VENDOR) {
            Vec::new()
        } else if text == "\0/..." {
            vec!["/vendor".into(), "/\0/...".into()]
        } else if let Some(base) = text.strip_suffix("/\0/...").filter(|_| apart) {
            vec![format!("{base}/vendor"), text.clone()]
        } else if let Some(base) = text.strip_suffix("/...") {
            vec![base.to_owned(), text.clone()]
        } else {
            vec![text.clone()]
        };
        let alternatives = texts
            .iter()
            .map(|t| t.split("...").map(str::to_owned).collect())
            .collect();
        let wild = pattern.contains("...");
        let prefix = pattern.split("...").next().unwrap_or_default().to_owned();
        Glob {
            alternatives,
            vendor,
            prefix,
            wild,
        }
    }

    /// Does the path match?
    pub fn matches(&self, path: &str) -> bool {
        if self.vendor == VendorRule::Free {
            return self
                .alternatives
                .iter()
                .any(|a| match_parts(a, path, self.vendor));
        }
        if path.contains(VENDOR) {
            return false;
        }
        let path = replace_vendor(path);
        self.alternatives
            .iter()
            .any(|a| match_parts(a, &path, self.vendor))
    }

    /// Could the path, or one below it, match?
    pub fn may_match_below(&self, path: &str) -> bool {
        path.len() <= self.prefix.len() && has_path_prefix(&self.prefix, path)
            || self.wild && path.starts_with(&*self.prefix)
    }
}

/// Is `prefix` made of the first elements of `path`?
pub fn has_path_prefix(path: &str, prefix: &str) -> bool {
    match path.strip_prefix(prefix) {
        Some(rest) => rest.is_empty() || prefix.ends_with('/') || rest.starts_with('/'),
        None => false,
    }
}

/// First part anchored at the start, last part at the end, the others in between in order.
/// Backtracking is needed only where a wildcard may not cross a vendor element.
fn match_parts(parts: &[String], text: &str, rule: VendorRule) -> bool {
    let Some(rest) = text.strip_prefix(&*parts[0]) else {
        return false;
    };
    if parts.len() == 1 {
        return rest.is_empty();
    }
    match_after_wildcard(&parts[1..], rest, rule)
}

fn match_after_wildcard(parts: &[String], text: &str, rule: VendorRule) -> bool {
    let limit = match rule {
        VendorRule::Apart => text.find(VENDOR).unwrap_or(text.len()),
        VendorRule::Free => text.len(),
    };
    let part = &*parts[0];
    if parts.len() == 1 {
        return text.ends_with(part) && text.len() - part.len() <= limit;
    }
    let mut from = 0;
    while let Some(at) = text[from..].find(part).map(|i| i + from) {
        if at > limit {
            return false;
        }
        if match_after_wildcard(&parts[1..], &text[at + part.len()..], rule) {
            return true;
        }
        if rule == VendorRule::Free {
            return false;
        }
        match text[at..].chars().next() {
            Some(c) => from = at + c.len_utf8(),
            None => return false,
        }
    }
    false
}

fn replace_vendor(path: &str) -> String {
    if !path.contains("vendor") {
        return path.to_owned();
    }
    let mut elems: Vec<&str> = path.split('/').collect();
    let last = elems.len() - 1;
    for e in &mut elems[..last] {
        if *e == "vendor" {
            *e = "\0";
        }
    }
    elems.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        for (pattern, yes, no) in [
            ("...", "a/b", "vendor/x"),
            ("a/...", "a", "ab"),
            ("a/...", "a/b", "b/a"),
            ("net...", "netchan", "not"),
            ("a/.../b", "a/x/b", "a/b"),
            ("x...vendored/y", "x/vendored/y", "x/vendored/z"),
            ("a/...", "a/vendored/b", "a/vendor/b"),
            ("a/vendor/...", "a/vendor/b", "a/vendored"),
            ("a/vendor/...", "a/vendor", "a/b"),
            ("./...", "./x/vendor", "./x/vendor/y"),
            ("...e...", "hello", "hlo"),
        ] {
            assert!(Glob::new(pattern).matches(yes), "{pattern} {yes}");
            assert!(!Glob::new(pattern).matches(no), "{pattern} {no}");
        }
        assert!(Glob::simple("a/...").matches("a/vendor/b"));
    }
}
