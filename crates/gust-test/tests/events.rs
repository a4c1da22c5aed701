//! The converter against `go tool test2json`: the same bytes in, the same events out.

use std::fs::File;
use std::path::Path;
use std::process::Command;

use gust_test::json::Converter;

/// What go's tool makes of the file.
fn theirs(input: &Path) -> String {
    let out = Command::new("go")
        .args(["tool", "test2json", "-p", "example.com/p"])
        .stdin(File::open(input).unwrap())
        .output()
        .expect("go is on PATH");
    assert!(out.status.success(), "{out:?}");
    String::from_utf8(out.stdout).unwrap()
}

/// What ours makes of it, in the steps in which go's tool reads a file.
fn ours(input: &[u8]) -> String {
    let mut out = Vec::new();
    let mut converter = Converter::start(&mut out, "example.com/p", None).unwrap();
    for step in input.chunks(32 << 10) {
        converter.write(step).unwrap();
    }
    converter.close().unwrap();
    String::from_utf8(out).unwrap()
}

fn compare(input: &[u8], what: &str) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("input");
    std::fs::write(&file, input).unwrap();
    let (want, got) = (theirs(&file), ours(input));
    for (number, (want, got)) in want.lines().zip(got.lines()).enumerate() {
        assert_eq!(got, want, "{what}: event {number}");
    }
    assert_eq!(got.len(), want.len(), "{what}: the number of events");
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
    let pieces = pieces();
    for seed in 1..=24u64 {
        let mut numbers = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut input = Vec::new();
        // After the first marker, framing without one is none: half of the outputs have no marker at all.
        let unmarked = seed % 2 == 0;
        while input.len() < 150_000 {
            let piece = &pieces[numbers.below(pieces.len())];
            if !(unmarked && piece.contains(&0x16)) {
                input.extend_from_slice(piece);
            }
        }
        compare(&input, &format!("seed {seed}"));
    }
}

#[test]
fn binary_output_is_the_tools_own() {
    for seed in 1..=6u64 {
        let mut numbers = Numbers(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let input: Vec<u8> = (0..40_000).map(|_| numbers.below(256) as u8).collect();
        compare(&input, &format!("seed {seed}"));
    }
}

#[test]
fn an_empty_output_only_starts() {
    compare(b"", "empty");
    assert_eq!(
        ours(b""),
        "{\"Action\":\"start\",\"Package\":\"example.com/p\"}\n"
    );
}
