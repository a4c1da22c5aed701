//! The converter against `go tool test2json`: the same bytes in, the same events out.

use std::fs::File;
use std::path::Path;
use std::process::Command;

use gust_test::json::{Converter, Dialect};

/// The releases whose tools are asked, by GOTOOLCHAIN and minor version: go's own, and those others that are on this machine.
fn releases() -> Vec<(&'static str, u32)> {
    let there = |toolchain: &&(&str, u32)| {
        let version = Command::new("go")
            .arg("version")
            .env("GOTOOLCHAIN", toolchain.0)
            .env("GOPROXY", "off")
            .output();
        version.is_ok_and(|out| out.status.success())
    };
    let all = [("local", 26), ("go1.25.8", 25), ("go1.27.0", 27)];
    all.iter().filter(there).copied().collect()
}

/// What go's tool makes of the file.
fn theirs(input: &Path, toolchain: &str) -> String {
    let out = Command::new("go")
        .args(["tool", "test2json", "-p", "example.com/p"])
        .env("GOTOOLCHAIN", toolchain)
        .env("GOPROXY", "off")
        .stdin(File::open(input).unwrap())
        .output()
        .expect("go is on PATH");
    assert!(out.status.success(), "{out:?}");
    String::from_utf8(out.stdout).unwrap()
}

/// What ours makes of it, in the steps in which go's tool reads a file.
fn ours(input: &[u8], minor: u32) -> String {
    let mut out = Vec::new();
    let mut converter =
        Converter::start(&mut out, "example.com/p", Dialect::of(minor), None).unwrap();
    for step in input.chunks(32 << 10) {
        converter.write(step).unwrap();
    }
    converter.close().unwrap();
    String::from_utf8(out).unwrap()
}

fn compare(input: &[u8], (toolchain, minor): (&str, u32), what: &str) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("input");
    std::fs::write(&file, input).unwrap();
    let (want, got) = (theirs(&file, toolchain), ours(input, minor));
    for (number, (want, got)) in want.lines().zip(got.lines()).enumerate() {
        assert_eq!(got, want, "{toolchain}, {what}: event {number}");
    }
    assert_eq!(
        got.len(),
        want.len(),
        "{toolchain}, {what}: the number of events"
    );
}

/// Numbers without a pattern, the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// Pieces of which outputs are made: framing right and wrong, with and without marker, indented, cut off, long, not UTF-8.
fn pieces() -> Vec<Vec<u8>> {
    let texts: &[&str] = &[
        "=== RUN   TestA\n",
        "=== RUN   TestA/sub_<&>\n",
        "=== RUN   \n",
        "=== PAUSE TestA\n",
        "=== CONT  TestA\n",
        "=== CONT  \n",
        "=== NAME\n",
        "=== NAME  TestB\r\n",
        "=== PASS  TestB\n",
        "=== SKIP  TestB\n",
        "=== ATTR  TestA key some value\n",
        "=== ATTR  TestA key\n",
        "=== ATTR  TestA\n",
        "=== ARTIFACTS TestA /tmp/some where\n",
        "=== RUNTestA\n",
        "--- PASS: TestA (0.25s)\n",
        "--- FAIL: TestA/sub (1.50s) \n",
        "    --- PASS: TestA/sub (0.00s)\n",
        "        --- SKIP: TestA/sub/deep (0.00s)\n",
        "            --- FAIL: TestA/sub/deep/er (fast)\n",
        "--- BENCH: BenchmarkX-8\n",
        "--- PASS: \n",
        "--- PASS: TestU\u{a0}(0.10s)\u{2003}\n",
        "    file_test.go:10: indented\n",
        "        file_test.go:11: twice\n",
        "                deep\n",
        "     five\n",
        "PASS\n",
        "FAIL\n",
        "PASS\r\n",
        "PASSED\n",
        "FAIL\texample.com/p [build failed]\n",
        "ok  \texample.com/p\t0.01s\n",
        "?   \texample.com/p\t[no test files]\n",
        "BenchmarkX-8   \t",
        "BenchmarkX-8   \t  1000 ns/op\n",
        "Benchmarkx\t",
        "Benchmark\tno name\n",
        "no newline",
        "\n",
        "\r\n",
        "\"quotes\" \\ <html> & \u{2028} \u{7f} \u{0} \u{8}\t\n",
        "日本語のテスト\n",
    ];
    let mut pieces: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    for text in texts {
        if !text.is_empty() {
            pieces.push([b"\x16", text.as_bytes()].concat());
        }
    }
    let marked = [
        "\x0f    a_test.go:1: an error\x0e\n",
        "\x0fan error\n    of two lines\x0e",
        "before\x0fafter\x0e and more\n",
        "\x0f\x0e\x0f\x0f\x0e\x0e\n",
        "escaped \x1b\x16 and \x1b\x0f and \x1b\x1b and \x1b\n",
        "\x1b",
        "\x0e",
        "\x0f",
    ];
    pieces.extend(marked.map(|text| text.as_bytes().to_vec()));
    pieces.push(b"\x16".to_vec());
    pieces.push(b"\x16\x16".to_vec());
    pieces.push(b"\xff\xfe half \xe6\x97 a character\n".to_vec());
    pieces.push(b"=== RUN   Test\xff\n".to_vec());
    pieces.push(b"--- PASS: Test\xc3 (1s)\n".to_vec());
    pieces.push(vec![b'x'; 1023]);
    pieces.push(vec![b'y'; 4095]);
    pieces.push("é".repeat(3000).into_bytes());
    pieces.push("漢字".repeat(1000).into_bytes());
    pieces.push("😀".repeat(1500).into_bytes());
    pieces
}

#[test]
fn every_event_is_the_tools_own() {
    let (pieces, releases) = (pieces(), releases());
    for seed in 1..=8u64 {
        let mut numbers = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut input = Vec::new();
        // After the first marker, framing without one is none: half of the outputs have no marker at all.
        let unmarked = seed % 2 == 0;
        while input.len() < 80_000 {
            let piece = &pieces[numbers.below(pieces.len())];
            if !(unmarked && piece.contains(&0x16)) {
                input.extend_from_slice(piece);
            }
        }
        for &release in &releases {
            compare(&input, release, &format!("seed {seed}"));
        }
    }
}

#[test]
fn binary_output_is_the_tools_own() {
    let releases = releases();
    for seed in 1..=2u64 {
        let mut numbers = Numbers(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let input: Vec<u8> = (0..40_000).map(|_| numbers.below(256) as u8).collect();
        for &release in &releases {
            compare(&input, release, &format!("seed {seed}"));
        }
    }
}

#[test]
fn an_empty_output_only_starts() {
    compare(b"", ("local", 26), "empty");
    assert_eq!(
        ours(b"", 26),
        "{\"Action\":\"start\",\"Package\":\"example.com/p\"}\n"
    );
}
