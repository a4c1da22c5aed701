//! From flags and settings to what loads packages: the view with its overlay, the options of a build, the loader.

use crate::session::Session;
use crate::ui::Failure;
use gust_build::options::{BuildOptions, PerPackage};
use gust_build::shape::{Platform, Shape, ShapeError};
use gust_packages::Loader;
use gust_packages::config::{BuildShape, LoadConfig, Needs, Pgo};
use gust_packages::context::BuildContext;
use gust_packages::pattern::PackageMatcher;
use gust_packages::source::{FromModules, ModuleSource};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a command that loads packages has in its hands.
pub(crate) struct Loading {
    /// Loads packages.
    pub(crate) loader: Loader,
    /// The options of a build of them.
    pub(crate) options: BuildOptions,
    /// What they make of the build.
    pub(crate) shape: Shape,
}

/// Makes the loader that the session's flags and settings describe.
pub(crate) fn loading(session: &Session, needs: Needs) -> Result<Loading, Failure> {
    let settings = session.settings();
    let modules = modules(session)?;
    let mut options = options(session, modules.is_some())?;
    if let Some(modules) = &modules {
        name_modules(&mut options, modules.as_ref());
    }
    let platform = Platform {
        goos: settings.goos().to_owned(),
        goarch: settings.goarch().to_owned(),
        cgo_enabled: settings.cgo_enabled(),
    };
    let mut shape = Shape::new(&options, &platform).map_err(shape_failure)?;
    shape.release_minor = settings.release_minor();
    if let Some(jobs) = session.flags().int("p").filter(|p| *p <= 0) {
        return Err(shape_failure(ShapeError::Jobs(jobs)));
    }
    check_compilers(session)?;
    let config = LoadConfig {
        view: Arc::clone(session.view()?),
        context: Arc::new(context(session, &shape)),
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
        build: build_shape(session, &options, &shape)?,
        needs,
        show_ignored: session.flags().bool("x"),
        state_dir: settings.state_dir(),
        module_cache: Some(settings.gomodcache()),
        release: settings.release_name().trim_start_matches("go").to_owned(),
    };
    Ok(Loading {
        loader: Loader::new(config),
        options,
        shape,
    })
}

fn shape_failure(error: ShapeError) -> Failure {
    Failure::with_code(error.to_string().trim_end(), error.exit_code())
}

/// The modules that packages come from; none in GOPATH mode.
fn modules(session: &Session) -> Result<Option<Arc<dyn ModuleSource>>, Failure> {
    let Some(modules) = session.modules()? else {
        return Ok(None);
    };
    let source = FromModules::new(Arc::clone(modules), Arc::clone(session.view()?));
    Ok(Some(Arc::new(source)))
}

fn context(session: &Session, shape: &Shape) -> BuildContext {
    let settings = session.settings();
    let mut context = BuildContext::from_settings(settings, settings.cgo_enabled());
    context.tags = session.flags().tags();
    context.tool_tags.extend(shape.tool_tag.map(str::to_owned));
    context.install_suffix = shape.install_suffix.clone();
    if let Some(compiler) = session.flags().last("compiler") {
        context.compiler = compiler.to_owned();
    }
    context
}

/// The options of a build, from flags.
fn options(session: &Session, modules_enabled: bool) -> Result<BuildOptions, Failure> {
    let flags = session.flags();
    let threads = threads(session);
    let per_package = |name: &str| {
        PerPackage::parse(flags.all(name), session.settings().cwd())
            .map_err(|e| Failure::error(format!("-{name}: {e}")))
    };
    Ok(BuildOptions {
        command: session.request().command.name,
        rebuild: flags.bool("a"),
        dry_run: flags.bool("n"),
        show: flags.bool("x"),
        verbose: flags.bool("v"),
        keep_work: flags.bool("work"),
        jobs: flags
            .int("p")
            .and_then(|p| usize::try_from(p).ok())
            .filter(|p| *p > 0)
            .unwrap_or(threads),
        threads,
        buildmode: flags.last("buildmode").unwrap_or("default").to_owned(),
        race: flags.bool("race"),
        msan: flags.bool("msan"),
        asan: flags.bool("asan"),
        trimpath: flags.bool("trimpath"),
        linkshared: flags.bool("linkshared"),
        output_given: flags.last("o").is_some_and(|o| !o.is_empty()),
        gcflags: per_package("gcflags")?,
        asmflags: per_package("asmflags")?,
        ldflags: per_package("ldflags")?,
        toolexec: flags.words("toolexec"),
        install_suffix: flags.text("installsuffix").to_owned(),
        modules_enabled,
        ..BuildOptions::default()
    })
}

/// Lets the patterns `tool` and `work` of flags mean what go.mod and go.work say.
fn name_modules(options: &mut BuildOptions, modules: &dyn ModuleSource) {
    let mains = modules.mains();
    let paths: Vec<String> = mains.iter().map(|main| main.path.clone()).collect();
    let tools = mains.iter().flat_map(|main| &main.tools);
    let tools: Vec<String> = tools.map(|tool| tool.to_string()).collect();
    for flag in [
        &mut options.gcflags,
        &mut options.asmflags,
        &mut options.ldflags,
    ] {
        *flag = std::mem::take(flag).with_modules(&paths, &tools);
    }
}

/// GOMAXPROCS, or the processors there are.
fn threads(session: &Session) -> usize {
    let asked = session.settings().environ().get("GOMAXPROCS").parse().ok();
    let processors = || std::thread::available_parallelism().map_or(1, usize::from);
    asked.filter(|n| *n > 0).unwrap_or_else(processors)
}

fn build_shape(
    session: &Session,
    options: &BuildOptions,
    shape: &Shape,
) -> Result<BuildShape, Failure> {
    let (flags, settings) = (session.flags(), session.settings());
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
        cover: flags.bool("cover"),
        linkshared: options.linkshared,
        buildmode: shape.buildmode.clone(),
        pgo: match flags.last("pgo").unwrap_or("auto") {
            "auto" => Pgo::Auto,
            "off" | "" => Pgo::Off,
            file => Pgo::File(Arc::from(cwd.join(file))),
        },
        ldflags: ldflags.collect(),
        pkgdir: flags
            .last("pkgdir")
            .filter(|d| !d.is_empty())
            .map(|d| cwd.join(d)),
        fips140: !matches!(settings.gofips140(), "" | "off"),
        embed_follows_symlinks: settings.godebug_value("embedfollowsymlinks") == "1",
    })
}

/// CC, CXX and FC may not name programs by a relative path, since tools run in other directories.
fn check_compilers(session: &Session) -> Result<(), Failure> {
    for name in ["CC", "CXX", "FC"] {
        let words = session.settings().words(name, "");
        let words = words.map_err(|e| {
            Failure::error(format!(
                "{name} environment variable could not be parsed: {e}"
            ))
        })?;
        if let Some(program) = words.first()
            && program.contains('/')
            && !Path::new(program).is_absolute()
        {
            let text = format!(
                "{name} environment variable is relative; must be absolute path: {program}"
            );
            return Err(Failure::error(text));
        }
    }
    Ok(())
}
