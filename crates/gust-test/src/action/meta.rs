//! What there is to be counted in packages that a test does not link: a list for all tests of the command (-coverpkg).

use std::path::PathBuf;

use gust_build::command::Command;
use gust_build::plan::{ActionKind, Surroundings};
use gust_build::run::BuildError;
use serde::Serialize;

use super::cover::{COLLECTED, meta_file};

/// Writes the list, when the packages are built.
#[derive(Debug)]
pub(super) struct CollectMeta;

/// Packages and what they say. (internal/coverage.)
#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Collection {
    import_paths: Option<Vec<String>>,
    meta_file_fragments: Option<Vec<String>>,
}

impl ActionKind for CollectMeta {
    fn mode(&self) -> String {
        "write coverage meta-data file".to_owned()
    }

    fn act(&self, around: &Surroundings<'_>) -> Option<Result<Option<PathBuf>, BuildError>> {
        let mut all = Collection::default();
        for &dep in around.deps() {
            let (Some(package), Some(file)) = (around.package_of(dep), meta_file(around, dep))
            else {
                continue;
            };
            // A package without functions says nothing.
            if around.read(&file).is_none_or(|said| said.is_empty()) {
                continue;
            }
            let path = package.import_path.to_string();
            all.import_paths.get_or_insert_default().push(path);
            all.meta_file_fragments.get_or_insert_default().push(file);
        }
        let text = gust_text::json::to_string(&all).unwrap_or_default();
        let file = format!("{}{COLLECTED}", around.objdir());
        let commands = [
            Command::make_dir(around.objdir()),
            Command::write(file, format!("{text}\n")),
        ];
        let made = commands
            .iter()
            .try_for_each(|command| around.perform(command));
        Some(made.map(|()| None))
    }
}
