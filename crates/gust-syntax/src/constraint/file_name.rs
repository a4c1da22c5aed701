//! What a file's name says about the platforms it is for.

use crate::platform::{is_known_arch, is_known_os};

/// The platform suffixes of a file name: its GOOS, its GOARCH.
///
/// `name_GOOS.go`, `name_GOARCH.go`, `name_GOOS_GOARCH.go`, each with `_test` allowed behind;
/// everything up to the first underscore is only a name, so `linux.go` is for every platform.
pub fn file_name_tags(name: &str) -> (Option<&str>, Option<&str>) {
    let stem = name.split('.').next().unwrap_or(name);
    let Some(first) = stem.find('_') else {
        return (None, None);
    };
    let stem = &stem[first..];
    let stem = stem.strip_suffix("_test").unwrap_or(stem);
    let mut parts = stem.rsplit('_');
    let last = parts.next().unwrap_or_default();
    let before = parts.next();
    if is_known_arch(last) {
        return (before.filter(|os| is_known_os(os)), Some(last));
    }
    (Some(last).filter(|os| is_known_os(os)), None)
}

/// Reports whether the file's name admits it; `holds` is asked for the tags that the name carries.
pub fn file_name_matches(name: &str, holds: &mut dyn FnMut(&str) -> bool) -> bool {
    let (os, arch) = file_name_tags(name);
    let arch = arch.is_none_or(&mut *holds);
    let os = os.is_none_or(holds);
    arch && os
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes() {
        assert_eq!(
            file_name_tags("x_linux_amd64_test.go"),
            (Some("linux"), Some("amd64"))
        );
        assert_eq!(file_name_tags("x_linux.go"), (Some("linux"), None));
        assert_eq!(file_name_tags("linux.go"), (None, None));
        assert_eq!(file_name_tags("_linux.go"), (Some("linux"), None));
        assert_eq!(file_name_tags("x_arm64.s"), (None, Some("arm64")));
        assert_eq!(file_name_tags("x_amd64_linux.go"), (Some("linux"), None));
        assert_eq!(file_name_tags("x_test.go"), (None, None));
        assert_eq!(file_name_tags("linux_test.go"), (None, None));
    }
}
