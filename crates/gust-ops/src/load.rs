//! From flags and settings to what loads packages: the view with its overlay, the options of a build, the loader.

use crate::error::OpError;
use crate::fips;
use crate::release::hook;
use crate::request::BuildFlags;
use crate::workspace::{Workspace, WorkspaceError};
use gust_build::options::{BuildOptions, PerPackage};
use gust_build::shape::{Platform, Shape, ShapeError};
use gust_modules::Modules;
use gust_packages::Loader;
use gust_packages::config::{BuildShape, LoadConfig, Needs, Pgo};
use gust_packages::context::BuildContext;
use gust_packages::pattern::PackageMatcher;
use gust_toolchain::Settings;
use gust_toolchain::vars;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a command that loads packages has in its hands.
pub struct Loading {
    /// Loads packages.
    pub loader: Loader,
    /// The options of a build of them.
    pub options: BuildOptions,
    /// What they make of the build.
    pub shape: Shape,
}

/// Makes the loader that flags and settings describe.
pub fn loading(
    workspace: &Workspace,
    flags: &BuildFlags,
    needs: Needs,
) -> Result<Loading, OpError> {
    let settings = workspace.settings();
    let modules = workspace.modules()?.cloned();
    let mut options = options(workspace, flags, modules.is_some())?;
    if let Some(modules) = &modules {
        name_modules(&mut options, modules);
    }
    let platform = Platform {
        goos: settings.goos().to_owned(),
        goarch: settings.goarch().to_owned(),
        cgo_enabled: settings.cgo_enabled(),
    };
    let mut shape = Shape::new(&options, &platform)?;
    shape.release_minor = settings.release_minor();
    if let Some(jobs) = flags.jobs.filter(|p| *p <= 0) {
        return Err(ShapeError::Jobs(jobs).into());
    }
    check_compilers(workspace.settings())?;
    let config = LoadConfig {
        view: Arc::clone(workspace.view()?),
        context: Arc::new(context(workspace, flags, &shape)),
        modules,
        cwd: settings.cwd().to_owned(),
        goroot: settings.goroot().to_owned(),
        gopath: settings.gopath(),
        gobin: Some(settings.gobin())
            .filter(|dir| !dir.is_empty())
            .map(PathBuf::from),
        host: (
            settings.gohostos().to_owned(),
            settings.gohostarch().to_owned(),
        ),
        build: build_shape(workspace, flags, &options, &shape)?,
        fips: fips::snapshot(workspace, &flags.tags)?,
        needs,
        show_ignored: flags.show,
        state_dir: settings.state_dir(),
        module_cache: Some(settings.gomodcache()),
        release: settings.release_name().trim_start_matches("go").to_owned(),
        go_version: None,
    };
    Ok(Loading {
        loader: Loader::new(config),
        options,
        shape,
    })
}

fn context(workspace: &Workspace, flags: &BuildFlags, shape: &Shape) -> BuildContext {
    let settings = workspace.settings();
    let mut context = BuildContext::from_settings(settings, settings.cgo_enabled());
    context.tags = fips::tags(workspace, &flags.tags);
    context.tool_tags.extend(shape.tool_tag.map(str::to_owned));
    context.install_suffix = shape.install_suffix.clone();
    if let Some(compiler) = &flags.compiler {
        context.compiler.clone_from(compiler);
    }
    context
}

/// The options of a build, from flags.
fn options(
    workspace: &Workspace,
    flags: &BuildFlags,
    modules_enabled: bool,
) -> Result<BuildOptions, WorkspaceError> {
    let threads = threads(workspace);
    let per_package = |flag: &'static str, given: &[String]| {
        let given = given.iter().map(String::as_str);
        PerPackage::parse(given, workspace.settings().cwd())
            .map_err(|source| WorkspaceError::PerPackage { flag, source })
    };
    Ok(BuildOptions {
        command: flags.command,
        release: Some(hook(
            workspace.settings().environ(),
            vars::TESTGO_TOOLCHAIN_VERSION,
        ))
        .filter(|release| !release.is_empty())
        .map(str::to_owned),
        rebuild: flags.rebuild,
        dry_run: flags.dry_run,
        show: flags.show,
        verbose: flags.verbose,
        trace: !flags.trace.is_empty(),
        keep_work: flags.keep_work,
        jobs: flags
            .jobs
            .and_then(|p| usize::try_from(p).ok())
            .filter(|p| *p > 0)
            .unwrap_or(threads),
        threads,
        buildmode: flags.buildmode.as_deref().unwrap_or("default").to_owned(),
        race: flags.race,
        msan: flags.msan,
        asan: flags.asan,
        trimpath: flags.trimpath,
        linkshared: flags.linkshared,
        output_given: flags.output.as_ref().is_some_and(|o| !o.is_empty()),
        gcflags: per_package("gcflags", &flags.gcflags)?,
        asmflags: per_package("asmflags", &flags.asmflags)?,
        ldflags: per_package("ldflags", &flags.ldflags)?,
        toolexec: flags.toolexec.clone(),
        install_suffix: flags.install_suffix.clone(),
        modules_enabled,
        ..BuildOptions::default()
    })
}

/// Lets the patterns `tool` and `work` of flags mean what go.mod and go.work say.
fn name_modules(options: &mut BuildOptions, modules: &Modules) {
    let mains = || {
        let mains = modules.main_modules().iter();
        mains.filter(|main| main.file.is_some())
    };
    let paths: Vec<String> = mains().map(|main| main.module.path.to_string()).collect();
    let tools = mains().flat_map(|main| main.tools());
    let tools: Vec<String> = tools.map(str::to_owned).collect();
    for flag in [
        &mut options.gcflags,
        &mut options.asmflags,
        &mut options.ldflags,
    ] {
        *flag = std::mem::take(flag).with_modules(&paths, &tools);
    }
}

/// GOMAXPROCS, or the processors there are.
fn threads(workspace: &Workspace) -> usize {
    let asked = workspace
        .settings()
        .environ()
        .get(vars::GOMAXPROCS)
        .parse()
        .ok();
    let processors = || std::thread::available_parallelism().map_or(1, usize::from);
    asked.filter(|n| *n > 0).unwrap_or_else(processors)
}

fn build_shape(
    workspace: &Workspace,
    flags: &BuildFlags,
    options: &BuildOptions,
    shape: &Shape,
) -> Result<BuildShape, OpError> {
    let settings = workspace.settings();
    let cwd = settings.cwd();
    let every = || PackageMatcher::new("all", cwd);
    let ldflags = options
        .ldflags
        .entries()
        .map(|(matcher, words)| (matcher.cloned().unwrap_or_else(every), words.to_vec()));
    Ok(BuildShape {
        race: options.race,
        msan: options.msan,
        asan: options.asan,
        cover: flags.cover.is_some(),
        linkshared: options.linkshared,
        buildmode: shape.buildmode.clone(),
        pgo: match flags.pgo.as_deref().unwrap_or("auto") {
            "auto" => Pgo::Auto,
            "off" => Pgo::Off,
            "" => Pgo::File(Arc::from(cwd)),
            file => Pgo::File(Arc::from(cwd.join(file))),
        },
        ldflags: ldflags.collect(),
        pkgdir: flags.pkgdir.as_ref().map(|dir| cwd.join(dir)),
        installs_goroot: settings.godebug_value("installgoroot") == "all",
        fips140: !matches!(settings.gofips140(), "" | "off"),
        embed_follows_symlinks: settings.godebug_value("embedfollowsymlinks") == "1",
    })
}

/// CC, CXX and FC may not name programs by a relative path, since tools run in other directories.
pub(crate) fn check_compilers(settings: &Settings) -> Result<(), WorkspaceError> {
    for name in [vars::CC, vars::CXX, vars::FC] {
        let words = settings.words(name, "");
        let words = words.map_err(|source| WorkspaceError::CompilerWords { name, source })?;
        if let Some(program) = words.first()
            && program.contains('/')
            && !Path::new(program).is_absolute()
        {
            let program = program.clone();
            return Err(WorkspaceError::RelativeCompiler { name, program });
        }
    }
    Ok(())
}
