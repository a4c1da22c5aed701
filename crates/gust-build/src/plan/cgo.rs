//! The actions of a package that uses cgo: one run of cgo, one compile a file, one that stands for all of them.

use gust_packages::PackageId;
use gust_packages::model::Str;

use super::{Action, ActionRef, CgoFile, Kind, Language, Place, Planner};

impl Planner<'_> {
    /// Adds them, to begin after `before`; gives the one that stands for all.
    pub(super) fn cgo(&mut self, id: PackageId, objdir: u32, before: Vec<ActionRef>) -> ActionRef {
        let action = |kind: Kind, deps: Vec<ActionRef>| Action {
            package: Some(id),
            objdir: Some(objdir),
            deps,
            ..Action::new(kind)
        };
        let run = self.push(action(Kind::CgoRun, before));
        let mut deps = Vec::new();
        for (number, (file, language)) in self.cgo_files(id).into_iter().enumerate() {
            let kind = Kind::CgoCompile { file, language };
            let compile = Action {
                target: Place::Work(format!("_x{:03}.o", number + 1)),
                ..action(kind, vec![run])
            };
            deps.push(self.push(compile));
        }
        self.push(Action {
            package: None,
            ..action(Kind::CgoCollect, deps)
        })
    }

    /// What is compiled by other compilers, in go's order.
    fn cgo_files(&self, id: PackageId) -> Vec<(CgoFile, Language)> {
        let package = &self.graph[id];
        let sources = &*package.sources;
        let mut files = vec![generated("_cgo_export.c", Language::C)];
        let swig_go = swig_bases(&sources.swig, &sources.swigcxx).map(|b| format!("_{b}_swig"));
        let covered = if package.build.cover.is_some() {
            ".cover"
        } else {
            ""
        };
        let cgo_go = sources.cgo.iter().map(|f| {
            let stem = base(f).trim_end_matches(".go");
            format!("{stem}{covered}")
        });
        for stem in cgo_go.chain(swig_go) {
            files.push(generated(&format!("{stem}.cgo2.c"), Language::C));
        }
        // runtime/cgo bridges the worlds of cgo and Go: the C compiler gets the files that are named for it.
        let split = package.place.standard && &*package.import_path == "runtime/cgo";
        let assembly = sources.s.iter().filter(|f| !split || f.starts_with("gcc_"));
        let assembly = assembly.map(|f| own(f, Language::Assembly));
        let c = sources.c.iter().map(|f| own(f, Language::C));
        let objective_c = sources.m.iter().map(|f| own(f, Language::C));
        let cxx = sources.cxx.iter().map(|f| own(f, Language::Cxx));
        let wraps = |list: &[Str], from: &str, to: &str, language| -> Vec<(CgoFile, Language)> {
            let bases = list.iter().filter_map(|f| f.strip_suffix(from));
            bases
                .map(|base| generated(&format!("{base}_wrap.{to}"), language))
                .collect()
        };
        let swig_c = wraps(&sources.swig, ".swig", "c", Language::C);
        let swig_cxx = wraps(&sources.swigcxx, ".swigcxx", "cxx", Language::Cxx);
        if self.shape.compiles_c_in_one_step() {
            files.extend(
                c.chain(assembly)
                    .chain(swig_c)
                    .chain(cxx)
                    .chain(swig_cxx)
                    .chain(objective_c),
            );
        } else {
            files.extend(
                assembly
                    .chain(c)
                    .chain(objective_c)
                    .chain(swig_c)
                    .chain(cxx)
                    .chain(swig_cxx),
            );
        }
        files.extend(sources.f.iter().map(|f| own(f, Language::Fortran)));
        files
    }
}

fn swig_bases<'a>(c: &'a [Str], cxx: &'a [Str]) -> impl Iterator<Item = &'a str> {
    let c = c.iter().filter_map(|f| f.strip_suffix(".swig"));
    c.chain(cxx.iter().filter_map(|f| f.strip_suffix(".swigcxx")))
}

fn base(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}

fn generated(name: &str, language: Language) -> (CgoFile, Language) {
    (CgoFile::Generated(name.to_owned()), language)
}

fn own(name: &str, language: Language) -> (CgoFile, Language) {
    (CgoFile::Own(name.to_owned()), language)
}
