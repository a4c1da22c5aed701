//! Making what tools write fit to be read: paths relative to where the person stands, cgo's names as the person wrote them.

use std::path::Path;
use std::sync::LazyLock;

use gust_fs::paths::short;
use regex::Regex;

/// `x.go:19[/tmp/.../x.cgo1.go:18]`: the place in the file that cgo or cover wrote.
static GENERATED_PLACE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\[[^\[\]]+\.(cgo1|cover)\.go:[0-9]+(:[0-9]+)?\]").ok());
/// `_Ctype_int`: cgo's name for C.int.
static C_NAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b_C2?(type|func|var|macro)_\B").ok());

/// The output of a tool that worked on files in `dir`, as it is shown to someone standing in `cwd`.
pub(crate) fn readable(
    output: &[u8],
    dir: &Path,
    cwd: &Path,
    work: &str,
    keep_cgo: bool,
) -> String {
    let mut out = gust_bytes::text(output).into_owned();
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out = replace_prefix(out, work, "$WORK");
    let mut at = Some(dir);
    while let Some(dir) = at {
        let shown = dir.to_string_lossy();
        if shown.is_empty() || !out.contains("/") {
            break;
        }
        let short = short(cwd, dir);
        if short != dir {
            out = replace_prefix(out, &shown, &short.to_string_lossy());
        }
        at = dir.parent();
    }
    let (Some(place), Some(name), false) = (&*GENERATED_PLACE, &*C_NAME, keep_cgo) else {
        return out;
    };
    if out.contains(".go:") && place.is_match(&out) {
        let cut = place.replace_all(&out, "").into_owned();
        return name.replace_all(&cut, "C.").into_owned();
    }
    out
}

/// Replaces `old` where a path can begin: at the start of a line, behind a blank or a tab that starts a line.
pub(crate) fn replace_prefix(text: String, old: &str, new: &str) -> String {
    if old.is_empty() || !text.contains(old) {
        return text;
    }
    let mut text = text.replace(&format!(" {old}"), &format!(" {new}"));
    text = text.replace(&format!("\n{old}"), &format!("\n{new}"));
    text = text.replace(&format!("\n\t{old}"), &format!("\n\t{new}"));
    match text.strip_prefix(old) {
        Some(rest) => format!("{new}{rest}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shortened() {
        let text = b"/home/me/mod/a/x.go:1:2: bad\n\t/home/me/mod/b/y.go:3: other\n/tmp/go-build1/b001/z.go:1";
        let dir = Path::new("/home/me/mod/a");
        let shown = readable(text, dir, dir, "/tmp/go-build1", false);
        assert_eq!(
            shown,
            "./x.go:1:2: bad\n\t../b/y.go:3: other\n$WORK/b001/z.go:1\n"
        );
    }

    #[test]
    fn cgo_is_hidden() {
        let text = b"./x.go:19[/tmp/w/x.cgo1.go:18]: cannot use _Ctype_int";
        let dir = Path::new("/x");
        let shown = readable(text, dir, dir, "/tmp/w", false);
        assert_eq!(shown, "./x.go:19: cannot use C.int\n");
    }
}
