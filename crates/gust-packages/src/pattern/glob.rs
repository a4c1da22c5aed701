//! The `...` wildcard. It matches any text, `/` included; `x/...` also matches `x`; a `vendor` element is matched only by
//! a pattern that itself holds the vendor directory there.

/// A compiled pattern over slash-separated paths.
#[derive(Debug, Clone)]
pub struct Glob {
    parts: Vec<String>,
    vendor: VendorRule,
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
        let text = if vendor == VendorRule::Apart {
            replace_vendor(pattern)
        } else {
            pattern.to_owned()
        };
        Glob {
            parts: text.split("...").map(str::to_owned).collect(),
            vendor,
        }
    }

    /// Does the path match?
    pub fn matches(&self, path: &str) -> bool {
        if self.vendor == VendorRule::Free {
            return self.matches_text(path);
        }
        if path.contains(VENDOR) {
            return false;
        }
        self.matches_text(&replace_vendor(path))
    }

    fn matches_text(&self, text: &str) -> bool {
        let n = self.parts.len();
        // `x/...` matches `x` itself, unless what stands before is a vendor directory whose content is meant.
        if n > 1 && self.parts[n - 1].is_empty() {
            if let Some(base) = self.parts[n - 2].strip_suffix('/') {
                let shorter: Vec<&str> = self.parts[..n - 2]
                    .iter()
                    .map(String::as_str)
                    .chain(std::iter::once(base))
                    .collect();
                if !base.ends_with(VENDOR) && match_parts(&shorter, text, self.vendor) {
                    return true;
                }
            }
        }
        let parts: Vec<&str> = self.parts.iter().map(String::as_str).collect();
        match_parts(&parts, text, self.vendor)
    }
}

/// First part anchored at the start, last part at the end, the others in between in order.
/// Backtracking is needed only where a wildcard may not cross a vendor element.
fn match_parts(parts: &[&str], text: &str, rule: VendorRule) -> bool {
    let Some(rest) = text.strip_prefix(parts[0]) else {
        return false;
    };
    if parts.len() == 1 {
        return rest.is_empty();
    }
    match_after_wildcard(&parts[1..], rest, rule)
}

fn match_after_wildcard(parts: &[&str], text: &str, rule: VendorRule) -> bool {
    let limit = match rule {
        VendorRule::Apart => text.find(VENDOR).unwrap_or(text.len()),
        VendorRule::Free => text.len(),
    };
    let part = parts[0];
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
    for e in &mut elems {
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
            ("...", "a/b", "vendor"),
            ("a/...", "a", "ab"),
            ("a/...", "a/b", "b/a"),
            ("net...", "netchan", "not"),
            ("a/.../b", "a/x/b", "a/b"),
            ("x...vendor/y", "x/vendor/y", "x/vendor/z"),
            ("a/...", "a/vendored/b", "a/vendor/b"),
            ("a/vendor/...", "a/vendor/b", "a/vendor"),
            ("...e...", "hello", "hlo"),
        ] {
            assert!(Glob::new(pattern).matches(yes), "{pattern} {yes}");
            assert!(!Glob::new(pattern).matches(no), "{pattern} {no}");
        }
        assert!(Glob::simple("a/...").matches("a/vendor/b"));
    }
}
