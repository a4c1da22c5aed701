//! go.mod files, as `go mod edit` of Go 1.26 reads and writes them.

use gust_syntax::modfile;
use gust_syntax::module::ModuleVersion;

fn formatted(text: &str) -> String {
    let mut file = modfile::parse("go.mod", text.as_bytes(), None).unwrap();
    file.sort_blocks();
    file.cleanup();
    file.format()
}

#[test]
fn comments_and_blank_lines_stay() {
    let text = "module x\nexclude (\n a.b/c v1.0.0 // c\n)\n\n// hi\n\nreplace (\n  z v1.0.0 => ./c\n\n\n // c\n\n a v1.0.0 => ./b\n\n) // end\n// tail\n";
    let want = "module x\n\nexclude a.b/c v1.0.0 // c\n\n// hi\n\nreplace (\n\n\t// c\n\n\ta v1.0.0 => ./b\n\tz v1.0.0 => ./c\n) // end\n\n// tail\n";
    assert_eq!(formatted(text), want);
}

#[test]
fn everything_wrong_at_once() {
    let text = "module x\ngo 1\ngo 1.2\nfoo bar\nfoo (\n)\nrequire a.b/c v2.0.0\nrequire a.b/d v1\nreplace a => b\nreplace a => b@v1\nretract [v1.0.0, v1.2\nretract v1.0.0 x\n";
    let errors = modfile::parse("go.mod", text.as_bytes(), None).unwrap_err();
    let want = "go.mod:2: invalid go version '1': must match format 1.23.0\n\
        go.mod:4: unknown directive: foo\n\
        go.mod:5: unknown block type: foo\n\
        go.mod:7: require a.b/c: version \"v2.0.0\" invalid: should be v0 or v1, not v2\n\
        go.mod:9: replacement module without version must be directory path (rooted or starting with . or ..)\n\
        go.mod:10: replacement module must match format 'path version', not 'path@version'\n\
        go.mod:11: expected ']' after version\n\
        go.mod:12: unexpected token after version: \"x\"";
    assert_eq!(errors.to_string(), want);
    let lax = modfile::parse_lax(
        "go.mod",
        b"module x\nfoo bar\nrequire a.b/c v1.0.0\nretract [v1\n",
        None,
    )
    .unwrap();
    assert_eq!(lax.require.len(), 1);
}

#[test]
fn direct_and_indirect_apart() {
    let mut file = modfile::parse(
        "go.mod",
        b"module x\n\ngo 1.20\n\nrequire (\n\ta.b/c v1.0.0\n\ta.b/d v1.0.0 // why\n\ta.b/e v1.0.0 // indirect\n)\n",
        None,
    )
    .unwrap();
    let require =
        |path: &str, version: &str, indirect| (ModuleVersion::new(path, version), indirect);
    file.set_requires_separately(&[
        require("a.b/d", "v1.1.0", false),
        require("a.b/e", "v1.0.0", true),
        require("a.b/c", "v1.0.0", true),
        require("a.b/f", "v1.0.0", true),
    ]);
    file.cleanup();
    let want = "module x\n\ngo 1.20\n\nrequire a.b/d v1.1.0 // why\n\nrequire (\n\ta.b/c v1.0.0 // indirect\n\ta.b/e v1.0.0 // indirect\n\ta.b/f v1.0.0 // indirect\n)\n";
    assert_eq!(file.format(), want);
}

#[test]
fn deprecation_and_reasons() {
    let file = modfile::parse(
        "go.mod",
        b"// Deprecated: use y\n// instead.\n//\n// Really.\nmodule x\n\n// broken\nretract (\n\tv1.0.0\n\t[v1.1.0, v1.2.0] // worse\n)\n",
        None,
    )
    .unwrap();
    assert_eq!(file.module.unwrap().deprecated, "use y\ninstead.");
    let reasons: Vec<&str> = file.retract.iter().map(|r| r.rationale.as_str()).collect();
    assert_eq!(reasons, ["broken", "worse"]);
}
