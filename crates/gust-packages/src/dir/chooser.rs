//! How a command looks at directories: the same way at all of them.

use super::facts::DirIndex;
use super::persist::BuildKind;
use super::select::{SelectMode, Selected, select};
use crate::context::BuildContext;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_128;

/// How a command's packages are selected, in all directories alike.
pub struct Chooser {
    context: Arc<BuildContext>,
    mode: SelectMode<'static>,
    pub(super) kind: BuildKind,
    pub(super) positions: bool,
}

impl Chooser {
    /// `positions`: where imports and patterns stand is wanted with each package. Otherwise it is found when an error tells it.
    pub fn new(context: Arc<BuildContext>, mode: SelectMode<'static>, positions: bool) -> Chooser {
        let all = format!("{context:?} {mode:?}");
        Chooser {
            kind: xxh3_128(all.as_bytes()).to_le_bytes(),
            context,
            mode,
            positions,
        }
    }

    /// Selects with all positions.
    pub fn select(&self, index: &DirIndex) -> Selected {
        select(index, &self.context, self.mode)
    }
}
