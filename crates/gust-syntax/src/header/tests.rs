use super::*;

fn errors(src: &str) -> Vec<String> {
    match scan(src.as_bytes()).error {
        Some(HeaderError::Syntax(list)) => list
            .iter()
            .map(|e| format!("{}:{}: {}", e.pos.line, e.pos.col, e.message))
            .collect(),
        Some(HeaderError::ImportPath(e)) => {
            vec![format!("{}:{}: {}", e.pos.line, e.pos.col, e.message)]
        }
        Some(HeaderError::Read(e)) => vec![e.into()],
        None => Vec::new(),
    }
}

#[test]
fn a_plain_file() {
    let src = "//go:build linux\n\n// Package p does. And more.\npackage p // import \"x/p\"\n\nimport (\n\t\"fmt\"\n\tos2 \"os\"\n)\n\nfunc f() {\n";
    let header = scan(src.as_bytes());
    assert_eq!(header.error, None);
    assert_eq!(&*header.package, "p");
    assert_eq!(&*header.synopsis, "Package p does.");
    assert_eq!(
        header.constraint,
        Constraint::GoBuild("//go:build linux".into())
    );
    assert_eq!(
        header.import_comment,
        Some(ImportComment::Path("x/p".into()))
    );
    let imports: Vec<_> = header
        .imports
        .iter()
        .map(|i| (&*i.path, i.pos.line, i.pos.col))
        .collect();
    assert_eq!(imports, [("fmt", 7, 2), ("os", 8, 2)]);
    assert_eq!(&*header.directives[0].text, "//go:build linux");
}

#[test]
fn broken_files() {
    assert_eq!(
        errors("pakage p\n"),
        ["1:1: expected 'package', found pakage"]
    );
    assert_eq!(errors(""), ["1:1: expected 'package', found 'EOF'"]);
    assert_eq!(
        errors("package p\nimport \"a\nfunc"),
        ["2:8: string literal not terminated"]
    );
    assert_eq!(
        errors("package p\nimport x\n"),
        ["2:9: missing import path"]
    );
    assert_eq!(
        errors("package p\nimport \"a b\"\n"),
        ["2:8: invalid import path: a b"]
    );
    assert_eq!(errors("package p\0\n"), ["unexpected NUL in input"]);
    assert_eq!(errors("package p\n\nfunc f() { \0 }\n"), [""; 0]);
}

#[test]
fn embeds_need_the_import() {
    let body = "\n//go:embed a b\nvar x string\nvar y = \"//go:embed no\"\n";
    assert!(
        scan(format!("package p\n{body}").as_bytes())
            .embeds
            .is_empty()
    );
    let header = scan(format!("package p\nimport _ \"embed\"\n{body}").as_bytes());
    let embeds: Vec<_> = header
        .embeds
        .iter()
        .map(|e| (&*e.pattern, e.pos.line, e.pos.col))
        .collect();
    assert_eq!(embeds, [("a", 4, 12), ("b", 4, 14)]);
}

#[test]
fn cgo_lines() {
    let src = "package p\n\n// #cgo LDFLAGS: -lm\n// #include <math.h>\nimport \"C\"\n";
    assert_eq!(scan(src.as_bytes()).cgo_lines, ["#cgo LDFLAGS: -lm".into()]);
}

#[test]
fn line_comments_move_positions() {
    let src = "package p\n//line other.y:10\nimport \"a\"\n";
    let header = scan(src.as_bytes());
    assert_eq!(
        header.imports[0].pos,
        Pos {
            line: 10,
            col: 0,
            file: 1
        }
    );
    assert_eq!(&*header.files[0], "other.y");
}

#[test]
fn plus_build_lines() {
    let src = b"// +build a\n// +build b\n\n// +build no\npackage p\n";
    assert_eq!(
        scan(src).constraint,
        Constraint::PlusBuild(vec!["// +build a".into(), "// +build b".into()])
    );
    assert_eq!(
        scan_other(b"// +build a\n\nTEXT x\n"),
        Constraint::PlusBuild(vec!["// +build a".into()])
    );
}

/// Whatever the bytes are, reading them ends, and within the text.
#[test]
fn any_bytes_can_be_read() {
    const PIECES: [&[u8]; 24] = [
        b"package p\n",
        b"import (",
        b"import \"a\"\n",
        b"\"",
        b"`",
        b"'",
        b"//",
        b"/*",
        b"*/",
        b"\n",
        b"\r\n",
        b"//line x:1:2\n",
        b"/*line :9*/",
        b"//go:build a &&\n",
        b"// +build x\n",
        b"import \"embed\"\n",
        b"//go:embed \"a\n",
        b"\xff",
        b"\0",
        b"\xef\xbb\xbf",
        b"func TestX(t *testing.T) {",
        b"}",
        b"\\x",
        b"0x_1.e",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for _ in 0..5_000 {
        let mut text = Vec::new();
        for _ in 0..random(12) {
            text.extend_from_slice(PIECES[random(PIECES.len())]);
        }
        let lines = text.iter().filter(|b| **b == b'\n').count() as u32 + 1;
        let header = scan(&text);
        for import in &header.imports {
            assert!(import.pos.file > 0 || import.pos.line <= lines.max(10));
        }
        scan_tests(&text);
        scan_other(&text);
    }
}
