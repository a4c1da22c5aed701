//! Which of the loaded packages are covered.

use super::Building;
use gust_packages::pattern::PackageMatcher;
use gust_packages::{CoverAsk, Covered, PackageId, TestCover};

impl Building<'_> {
    /// Covers the programs that are built, if that was asked for: what -coverpkg means, or the main modules' packages.
    pub(crate) fn cover(&mut self) {
        let roots = self.graph.roots().to_vec();
        self.select_covered(|building, ask| {
            let graph = std::mem::take(&mut *building.graph);
            let loader = &mut building.loading.loader;
            let (graph, covered) = loader.cover_programs(graph, &roots, ask);
            *building.graph = graph;
            (covered, "built")
        });
    }

    /// The same for tests of these packages: how each of them is covered.
    pub(crate) fn cover_tests(&mut self, roots: &[PackageId]) -> Option<TestCover> {
        let covered = self.select_covered(|building, ask| {
            let graph = std::mem::take(&mut *building.graph);
            let loader = &mut building.loading.loader;
            let (graph, covered) = loader.cover_tests(graph, roots, ask);
            *building.graph = graph;
            (covered, "tested")
        })?;
        let patterns = &self.flags.cover.as_ref()?.patterns;
        Some(TestCover {
            mode: self.flags.cover_mode().to_owned(),
            local: patterns.is_empty(),
            packages: covered.packages,
            paths: patterns.clone(),
        })
    }

    /// Makes what tests of these packages are made of tell a fuzzer how far an input came.
    pub(crate) fn fuzz_tests(&mut self, roots: &[PackageId]) {
        let graph = std::mem::take(&mut *self.graph);
        *self.graph = self.loading.loader.fuzz_tests(graph, roots);
    }

    /// Has packages selected, and warns of patterns that mean none of them.
    fn select_covered(
        &mut self,
        select: impl FnOnce(&mut Self, &CoverAsk<'_>) -> (Covered, &'static str),
    ) -> Option<Covered> {
        let flags = self.flags;
        let patterns = &flags.cover.as_ref()?.patterns;
        let cwd = self.workspace.settings().cwd();
        let matchers: Vec<PackageMatcher> = patterns
            .iter()
            .map(|pattern| PackageMatcher::new(pattern, cwd))
            .collect();
        let ask = CoverAsk {
            mode: flags.cover_mode(),
            patterns: &matchers,
            race: flags.race,
        };
        let (covered, what) = select(self, &ask);
        for (pattern, matched) in patterns.iter().zip(&covered.matched) {
            if !matched {
                self.reporter.note(&format_args!(
                    "warning: no packages being {what} depend on matches for pattern {pattern}"
                ));
            }
        }
        Some(covered)
    }
}
