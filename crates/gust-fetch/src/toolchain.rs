//! Go releases as versions of the paths `go` and `toolchain`.
//!
//! They are known by the module golang.org/toolchain, one of whose versions is one release for
//! one platform: `v0.0.1-go1.22.0.linux-amd64`. Fetching one is fetching that module.

/// The module whose zips are Go releases.
pub const MODULE: &str = "golang.org/toolchain";

/// The version of [`MODULE`] for a release (such as `1.22.0`) on a platform.
pub fn version_for(release: &str, goos: &str, goarch: &str) -> String {
    format!("v0.0.1-go{release}.{goos}-{goarch}")
}

/// The release that a version of [`MODULE`] is.
pub fn release_of(version: &str) -> Option<&str> {
    let (_, rest) = version.split_once('-')?;
    let (release, platform) = rest.rsplit_once('.')?;
    platform
        .contains('-')
        .then(|| release.strip_prefix("go").unwrap_or(release))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_the_module_are_releases() {
        assert_eq!(
            version_for("1.22.0", "linux", "amd64"),
            "v0.0.1-go1.22.0.linux-amd64"
        );
        assert_eq!(
            release_of("v0.0.1-go1.22rc1.windows-arm64"),
            Some("1.22rc1")
        );
        assert_eq!(release_of("v0.0.1"), None);
        assert_eq!(release_of("v0.0.1-go1.22"), None);
    }
}
