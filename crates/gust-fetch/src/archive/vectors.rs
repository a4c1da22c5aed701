//! The vectors of golang.org/x/mod/zip's own tests, held against gust's (`vectors/make.py` takes them from there).

use gust_testkit::zipfile::ZipWriter;
use serde::Deserialize;

use super::{Archive, ZipError, check, unpack};
use crate::dirhash;

#[derive(Deserialize)]
struct Vectors {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    kind: String,
    name: String,
    path: String,
    version: String,
    #[serde(default, rename = "wantErr")]
    error: String,
    #[serde(default)]
    hash: String,
    #[serde(default)]
    want: String,
    files: Vec<(String, String)>,
}

impl Case {
    fn zip(&self) -> Vec<u8> {
        let mut zip = ZipWriter::default();
        for (name, content) in &self.files {
            zip.add(name, content.as_bytes());
        }
        zip.finish()
    }

    fn check(&self, zip: &[u8]) -> Result<(), ZipError> {
        let archive = Archive::open(zip)?;
        check(&archive, zip.len() as u64, &self.path, &self.version)
    }

    /// The directory's hash that unpacking comes to.
    fn unpacked(&self) -> Result<String, ZipError> {
        let zip = self.zip();
        self.check(&zip)?;
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("module");
        let prefix = format!("{}@{}", self.path, self.version);
        unpack(&Archive::open(&zip)?, prefix.len() + 1, &root)?;
        Ok(dirhash::of_dir(&root, &prefix).unwrap())
    }
}

fn cases(kind: &str) -> Vec<Case> {
    let all: Vectors = serde_json::from_str(include_str!("vectors/zips.json")).unwrap();
    all.cases
        .into_iter()
        .filter(|case| case.kind == kind)
        .collect()
}

#[test]
fn what_a_zip_must_not_hold_is_told_file_by_file() {
    let cases = cases("check_zip");
    assert_eq!(cases.len(), 2);
    for case in cases {
        let (_, invalid) = case.want.split_once("invalid:\n").unwrap();
        let invalid: Vec<String> = invalid.lines().map(str::to_owned).collect();
        let told = match case.check(&case.zip()) {
            Ok(()) => Vec::new(),
            Err(ZipError::Files { files }) => files,
            Err(err) => panic!("{}: {err}", case.name),
        };
        assert_eq!(told, invalid, "{}", case.name);
    }
}

#[test]
fn zips_unpack_to_the_hash_or_the_error() {
    let cases = cases("unzip");
    assert_eq!(cases.len(), 14);
    for case in cases {
        match case.unpacked() {
            Ok(hash) => {
                assert_eq!(case.error, "", "{}", case.name);
                assert_eq!(hash, case.hash, "{}", case.name);
            }
            Err(err) => {
                assert_ne!(case.error, "", "{}: {err}", case.name);
                let told = err.to_string();
                assert!(told.contains(&case.error), "{}: {told}", case.name);
            }
        }
    }
}
