//! Lists of glob patterns for module paths: GOPRIVATE, GONOSUMDB and the like.

use crate::glob::Glob;

/// Does a pattern of the comma-separated list match the path, or as many of its first elements as the pattern has?
/// Empty and malformed patterns match nothing.
pub fn match_prefix_patterns(globs: &str, target: &str) -> bool {
    globs
        .split(',')
        .map(|glob| glob.strip_suffix('/').unwrap_or(glob))
        .filter(|glob| !glob.is_empty())
        .any(|glob| {
            let slashes = glob.matches('/').count();
            let prefix = match target.match_indices('/').nth(slashes) {
                Some((end, _)) => &target[..end],
                None if target.matches('/').count() < slashes => return false,
                None => target,
            };
            Glob::new(glob).is_ok_and(|glob| glob.matches(prefix))
        })
}

#[cfg(test)]
mod tests {
    use super::match_prefix_patterns;

    #[test]
    fn prefixes() {
        assert!(match_prefix_patterns(
            "*.corp.example.com,rsc.io/private",
            "git.corp.example.com/xyzzy"
        ));
        assert!(match_prefix_patterns(
            "*.corp.example.com,rsc.io/private",
            "rsc.io/private/quux"
        ));
        assert!(!match_prefix_patterns("rsc.io/private", "rsc.io/privately"));
        assert!(!match_prefix_patterns("rsc.io/private/x", "rsc.io/private"));
        assert!(match_prefix_patterns(",rsc.io/", "rsc.io/x"));
    }
}
