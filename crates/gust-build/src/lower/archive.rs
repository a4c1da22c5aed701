//! A package's archive: ABIs of assembly, the compiler, headers for assembly, the assembler, and packing.

use gust_packages::Package;
use gust_packages::model::{Str, TestMain};

use crate::command::{Command, Operation};
use crate::run::BuildError;
use crate::site::Site;
use crate::tools::{absolute, asm, changed_environment, compile, config};

/// What the archive of a package is made of.
#[derive(Clone)]
pub(crate) struct Archive<'a> {
    pub(crate) site: &'a Site<'a>,
    pub(crate) package: &'a Package,
    /// The action's directory, with a slash at the end.
    pub(crate) objdir: &'a str,
    /// The build ID that the tools are given.
    pub(crate) build_id: &'a str,
    pub(crate) omit_debug: bool,
    /// The archives of the packages imported.
    pub(crate) imported: Vec<(&'a str, String)>,
    /// The profile.
    pub(crate) profile: Option<String>,
    /// What the compiler is to know of counters.
    pub(crate) cover_config: Option<String>,
    /// Go files for the compiler.
    pub(crate) go_files: Vec<String>,
    /// Files for Go's assembler.
    pub(crate) s_files: Vec<String>,
    /// C files that nobody will compile.
    pub(crate) c_files: Vec<String>,
    /// Objects from elsewhere.
    pub(crate) objects: Vec<String>,
}

impl<'a> Archive<'a> {
    /// The archive of a package from its own sources; cgo's part is to be added.
    pub(crate) fn new(
        site: &'a Site<'a>,
        package: &'a Package,
        objdir: &'a str,
        build_id: &'a str,
    ) -> Archive<'a> {
        let sources = &*package.sources;
        let mut archive = Archive {
            site,
            package,
            objdir,
            build_id,
            omit_debug: false,
            imported: Vec::new(),
            profile: None,
            cover_config: None,
            go_files: names(&sources.go),
            s_files: names(&sources.s),
            c_files: names(&sources.c),
            objects: Vec::new(),
        };
        if package.generated().is_some() {
            archive.go_files = vec![format!("{objdir}{}", TestMain::FILE)];
        }
        if let Some(covered) = super::cover::of(package, objdir) {
            (archive.go_files, archive.cover_config) = (covered.go_files, covered.config);
        }
        if package.uses_cgo() || package.uses_swig() {
            archive.c_files.clear();
            // runtime/cgo has assembly for both worlds.
            let split = package.place.standard && &*package.import_path == "runtime/cgo";
            archive.s_files.retain(|f| split && !f.starts_with("gcc_"));
        }
        archive
    }

    /// Where it is made.
    pub(crate) fn file(&self) -> String {
        format!("{}_pkg_.a", self.objdir)
    }

    /// From the first tool to the headers for assembly.
    pub(crate) fn compile(&self) -> Vec<Command> {
        let (site, p, objdir) = (self.site, self.package, self.objdir);
        let mut commands = Vec::with_capacity(4);
        // Counters come into what is there already.
        if p.build.cover.is_none() {
            commands.extend(generate(p, objdir));
        }
        let path = package_path(site, p, self.build_id);
        let with_asm = !self.s_files.is_empty();
        let symabis = format!("{objdir}symabis");
        if with_asm {
            // Nothing is defined yet when the ABIs are read off, and nothing needs to be.
            commands.push(Command::write(format!("{objdir}go_asm.h"), ""));
            let words = asm::symabis_words(site, p, &path, objdir, &self.s_files);
            commands.push(self.in_package(words));
        }
        let imported = self.imported.iter().map(|(path, file)| (*path, &**file));
        let importcfg = config::importcfg(p, imported);
        commands.push(Command::write(format!("{objdir}importcfg"), importcfg));
        let embedcfg = config::embedcfg(site, p);
        let embeds = embedcfg.is_some();
        commands.extend(embedcfg.map(|text| Command::write(format!("{objdir}embedcfg"), text)));
        let words = compile::words(
            site,
            p,
            &compile::Compile {
                objdir,
                package_path: &path,
                build_id: self.build_id,
                omit_debug: self.omit_debug,
                profile: self.profile.as_deref(),
                cover_config: self.cover_config.as_deref(),
                symabis: with_asm.then_some(&symabis),
                asm_header: with_asm,
                embeds,
                files: &self.go_files,
            },
        );
        let cwd = site.settings.cwd().to_string_lossy();
        let environment = changed_environment(site.settings);
        commands.push(Command::tool(&cwd, environment, words));
        self.copy_headers(&mut commands);
        commands
    }

    /// From the assembler to the finished archive.
    ///
    /// # Errors
    /// [`BuildError::CWithoutCgo`] when there is C that nobody will compile.
    pub(crate) fn assemble(&self) -> Result<Vec<Command>, BuildError> {
        let (site, p, objdir) = (self.site, self.package, self.objdir);
        if let Some(file) = self.c_files.first() {
            return Err(BuildError::CWithoutCgo(absolute(p, file)));
        }
        let path = package_path(site, p, self.build_id);
        let (mut commands, mut objects) = (Vec::new(), Vec::new());
        for file in &self.s_files {
            let words = asm::words(site, p, &path, objdir, file);
            commands.push(self.in_package(words));
            objects.push(asm::object(objdir, file));
        }
        objects.extend(self.objects.iter().cloned());
        objects.extend(p.sources.syso.iter().map(|f| absolute(p, f)));
        if !objects.is_empty() {
            let archive = self.file();
            commands.push(Command {
                dir: p.place.dir.to_string_lossy().into_owned(),
                ..Command::new(Operation::Append { archive, objects })
            });
        }
        Ok(commands)
    }

    /// The last step: the archive's true build ID.
    pub(crate) fn set_build_id(&self) -> Command {
        let given = self.build_id.to_owned();
        Command::new(Operation::SetBuildId {
            file: self.file(),
            given,
        })
    }

    /// A tool that runs in the package's directory and speaks of the package by its import path.
    fn in_package(&self, words: Vec<String>) -> Command {
        let environment = changed_environment(self.site.settings);
        let dir = self.package.place.dir.to_string_lossy();
        Command::tool(&dir, environment, words).headed(&self.package.import_path)
    }

    /// Header files named for a platform are offered to assembly files under a name that fits any.
    fn copy_headers(&self, commands: &mut Vec<Command>) {
        let settings = self.site.settings;
        let (goos, goarch) = (settings.goos(), settings.goarch());
        let endings = [
            (format!("_{goos}_{goarch}"), "_GOOS_GOARCH"),
            (format!("_{goarch}"), "_GOARCH"),
            (format!("_{goos}"), "_GOOS"),
        ];
        for file in &self.package.sources.h {
            let (name, ext) = file.rsplit_once('.').unwrap_or((file, ""));
            let general = endings
                .iter()
                .find_map(|(ending, general)| Some((name.strip_suffix(ending.as_str())?, general)));
            if let Some((stem, general)) = general {
                let to = format!("{}{stem}{general}.{ext}", self.objdir);
                commands.push(Command::copy(absolute(self.package, file), to, true));
            }
        }
    }
}

/// Makes the source of a package that is nowhere yet.
pub(super) fn generate(p: &Package, objdir: &str) -> Option<Command> {
    let main = p.generated()?;
    Some(Command::new(Operation::Generate {
        file: format!("{objdir}{}", TestMain::FILE),
        text: gust_bytes::text(&main.source).into_owned(),
    }))
}

/// The import path by which a package's symbols are named.
fn package_path(site: &Site<'_>, p: &Package, build_id: &str) -> String {
    if site.shape.buildmode == "plugin" {
        return super::link::plugin_path(site, p, build_id);
    }
    match &*p.name == "main" && !p.build.force_library {
        true => "main".to_owned(),
        false => p.import_path.to_string(),
    }
}

fn names(files: &[Str]) -> Vec<String> {
    files.iter().map(|f| f.to_string()).collect()
}
