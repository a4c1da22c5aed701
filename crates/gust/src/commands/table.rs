//! Every command: its words, what it wants and may do, and what runs it. The order is that of help.

use super::explain::{outdated, tree, upgrade, why};
use super::{Arguments, Command, Id, Policy, Versions};
use super::{
    bug, build, clean, doc, env, fmt, generate, get, install, list, mod_, run, telemetry, test,
    tool, version, vet, work,
};
use gust_modules::{Intent, RootMode};
use gust_ops::Switches;

/// What most commands are in dealing with modules: they take what there is, and change nothing.
const ON_MODULES: gust_ops::Policy = gust_ops::Policy {
    root: RootMode::Auto,
    force_modules: false,
    workspaces: true,
    intent: Intent::Use,
    is_work_command: false,
    switches: Switches::Never,
    announces: true,
    stamps: false,
};

/// What commands are that build programs for keeps.
const STAMPING: gust_ops::Policy = gust_ops::Policy {
    stamps: true,
    ..ON_MODULES
};

/// What commands are that choose other versions.
const CHANGING: gust_ops::Policy = gust_ops::Policy {
    force_modules: true,
    workspaces: false,
    intent: Intent::Update,
    switches: Switches::Always,
    ..ON_MODULES
};

/// What most commands are.
const PLAIN: Policy = Policy {
    arguments: Arguments::Flags,
    lenient_goflags: false,
    needs_platform: true,
    passes_missing_flags: false,
    json_builds: false,
    known_releases: false,
    needs_directory: true,
    recorded: false,
    versions: Versions::Nowhere,
    modules: ON_MODULES,
};

/// What a row does not say.
const COMMAND: Command = Command {
    id: Id::Bug,
    name: "",
    usage: "",
    short: "",
    hints: &[],
    policy: PLAIN,
    own: false,
    run: None,
};

/// What the commands are that explain the module graph: they read it and change nothing.
const EXPLAINING: Policy = Policy {
    modules: gust_ops::Policy {
        root: RootMode::Needed,
        force_modules: true,
        intent: Intent::Inspect,
        ..ON_MODULES
    },
    ..PLAIN
};

/// All commands.
pub(crate) const COMMANDS: &[Command] = &[
    Command {
        id: Id::Bug,
        name: "bug",
        usage: "",
        short: "start a bug report",
        policy: Policy {
            lenient_goflags: true,
            ..PLAIN
        },
        run: Some(bug::run),
        ..COMMAND
    },
    Command {
        id: Id::Build,
        name: "build",
        usage: "[-o output] [build flags] [packages]",
        short: "compile packages and all that they need",
        policy: Policy {
            recorded: true,
            json_builds: true,
            modules: STAMPING,
            ..PLAIN
        },
        run: Some(build::run),
        ..COMMAND
    },
    Command {
        id: Id::Clean,
        name: "clean",
        usage: "[-i] [-r] [-cache] [-testcache] [-modcache] [-fuzzcache] [build flags] [packages]",
        short: "remove built files and caches",
        policy: Policy {
            passes_missing_flags: true,
            ..PLAIN
        },
        run: Some(clean::run),
        ..COMMAND
    },
    Command {
        id: Id::Doc,
        name: "doc",
        usage: "[doc flags] [package|[package.]symbol[.methodOrField]]",
        short: "print the documentation of a package or symbol",
        policy: Policy {
            arguments: Arguments::Own,
            ..PLAIN
        },
        run: Some(doc::run),
        ..COMMAND
    },
    Command {
        id: Id::Env,
        name: "env",
        usage: "[-json] [-changed] [-u] [-w] [var ...]",
        short: "print or change settings",
        policy: Policy {
            recorded: true,
            lenient_goflags: true,
            needs_platform: false,
            ..PLAIN
        },
        run: Some(env::run),
        ..COMMAND
    },
    Command {
        id: Id::Fix,
        name: "fix",
        usage: "[build flags] [-fixtool prog] [fix flags] [packages]",
        short: "rewrite what analyzers find out of date",
        hints: &[
            "Run 'go help fix' for details.",
            "Run 'go tool fix help' for a full list of flags and analyzers.",
            "Run 'go tool fix -help' for an overview.",
        ],
        policy: Policy {
            arguments: Arguments::Tool,
            ..PLAIN
        },
        run: Some(vet::fix),
        ..COMMAND
    },
    Command {
        id: Id::Fmt,
        name: "fmt",
        usage: "[-n] [-x] [packages]",
        short: "format the sources of packages with gofmt",
        run: Some(fmt::run),
        ..COMMAND
    },
    Command {
        id: Id::Generate,
        name: "generate",
        usage: "[-run regexp] [-n] [-v] [-x] [build flags] [file.go... | packages]",
        short: "run the generators that sources name",
        run: Some(generate::run),
        ..COMMAND
    },
    Command {
        id: Id::Get,
        name: "get",
        usage: "[-t] [-u] [-tool] [build flags] [packages]",
        short: "change the versions that the module requires",
        policy: Policy {
            modules: CHANGING,
            ..PLAIN
        },
        run: Some(get::run),
        ..COMMAND
    },
    Command {
        id: Id::Install,
        name: "install",
        usage: "[build flags] [packages]",
        short: "compile packages and put programs in their place",
        policy: Policy {
            recorded: true,
            json_builds: true,
            versions: Versions::Anywhere,
            modules: gust_ops::Policy {
                switches: Switches::AtVersion,
                ..STAMPING
            },
            ..PLAIN
        },
        run: Some(install::run),
        ..COMMAND
    },
    Command {
        id: Id::List,
        name: "list",
        usage: "[-f format] [-json] [-m] [list flags] [build flags] [packages]",
        short: "say what is known of packages or modules",
        policy: Policy {
            recorded: true,
            passes_missing_flags: true,
            modules: STAMPING,
            ..PLAIN
        },
        run: Some(list::run),
        ..COMMAND
    },
    Command {
        id: Id::ModDownload,
        name: "mod download",
        usage: "[-x] [-json] [-reuse=old.json] [modules]",
        short: "fetch modules into the module cache",
        policy: Policy {
            modules: gust_ops::Policy {
                force_modules: true,
                intent: Intent::Update,
                switches: Switches::Always,
                announces: false,
                ..ON_MODULES
            },
            ..PLAIN
        },
        run: Some(mod_::download::run),
        ..COMMAND
    },
    Command {
        id: Id::ModEdit,
        name: "mod edit",
        usage: "[editing flags] [-fmt|-print|-json] [go.mod]",
        short: "change go.mod by command",
        policy: Policy {
            modules: gust_ops::Policy {
                workspaces: false,
                ..ON_MODULES
            },
            ..PLAIN
        },
        run: Some(mod_::edit::run),
        ..COMMAND
    },
    Command {
        id: Id::ModGraph,
        name: "mod graph",
        usage: "[-go=version] [-x]",
        short: "print which module requires which",
        policy: Policy {
            recorded: true,
            known_releases: true,
            modules: gust_ops::Policy {
                root: RootMode::Needed,
                force_modules: true,
                intent: Intent::Inspect,
                ..ON_MODULES
            },
            ..PLAIN
        },
        run: Some(mod_::graph::run),
        ..COMMAND
    },
    Command {
        id: Id::ModInit,
        name: "mod init",
        usage: "[module-path]",
        short: "make the current directory a module",
        policy: Policy {
            modules: gust_ops::Policy {
                force_modules: true,
                workspaces: false,
                intent: Intent::Update,
                ..ON_MODULES
            },
            ..PLAIN
        },
        run: Some(mod_::init::run),
        ..COMMAND
    },
    Command {
        id: Id::ModTidy,
        name: "mod tidy",
        usage: "[-e] [-v] [-x] [-diff] [-go=version] [-compat=version]",
        short: "make go.mod agree with the sources",
        policy: Policy {
            recorded: true,
            known_releases: true,
            modules: gust_ops::Policy {
                root: RootMode::Needed,
                force_modules: true,
                workspaces: false,
                intent: Intent::Update,
                switches: Switches::Always,
                ..ON_MODULES
            },
            ..PLAIN
        },
        run: Some(mod_::tidy::run),
        ..COMMAND
    },
    Command {
        id: Id::ModVendor,
        name: "mod vendor",
        usage: "[-e] [-v] [-o outdir]",
        short: "copy the packages needed into vendor",
        policy: Policy {
            modules: gust_ops::Policy {
                root: RootMode::Needed,
                force_modules: true,
                intent: Intent::MakeVendor,
                ..ON_MODULES
            },
            ..PLAIN
        },
        run: Some(mod_::vendor::run),
        ..COMMAND
    },
    Command {
        id: Id::ModVerify,
        name: "mod verify",
        usage: "",
        short: "check the module cache against what was downloaded",
        policy: Policy {
            modules: gust_ops::Policy {
                root: RootMode::Needed,
                force_modules: true,
                intent: Intent::Inspect,
                ..ON_MODULES
            },
            ..PLAIN
        },
        run: Some(mod_::verify::run),
        ..COMMAND
    },
    Command {
        id: Id::ModWhy,
        name: "mod why",
        usage: "[-m] [-vendor] packages...",
        short: "show through which imports a package is needed",
        policy: Policy {
            recorded: true,
            modules: gust_ops::Policy {
                root: RootMode::Needed,
                force_modules: true,
                intent: Intent::Inspect,
                ..ON_MODULES
            },
            ..PLAIN
        },
        run: Some(mod_::why::run),
        ..COMMAND
    },
    Command {
        id: Id::WorkEdit,
        name: "work edit",
        usage: "[editing flags] [go.work]",
        short: "change go.work by command",
        policy: Policy {
            modules: gust_ops::Policy {
                is_work_command: true,
                ..ON_MODULES
            },
            ..PLAIN
        },
        run: Some(work::edit::run),
        ..COMMAND
    },
    Command {
        id: Id::WorkInit,
        name: "work init",
        usage: "[moddirs]",
        short: "make a workspace",
        policy: Policy {
            modules: gust_ops::Policy {
                force_modules: true,
                is_work_command: true,
                switches: Switches::Always,
                ..ON_MODULES
            },
            ..PLAIN
        },
        run: Some(work::uses::init),
        ..COMMAND
    },
    Command {
        id: Id::WorkSync,
        name: "work sync",
        usage: "",
        short: "take the workspace's versions over into its modules",
        policy: Policy {
            modules: gust_ops::Policy {
                force_modules: true,
                intent: Intent::Update,
                is_work_command: true,
                switches: Switches::Always,
                ..ON_MODULES
            },
            ..PLAIN
        },
        run: Some(work::sync::run),
        ..COMMAND
    },
    Command {
        id: Id::WorkUse,
        name: "work use",
        usage: "[-r] [moddirs]",
        short: "add modules to the workspace",
        policy: Policy {
            modules: gust_ops::Policy {
                force_modules: true,
                is_work_command: true,
                switches: Switches::Always,
                ..ON_MODULES
            },
            ..PLAIN
        },
        run: Some(work::uses::run),
        ..COMMAND
    },
    Command {
        id: Id::WorkVendor,
        name: "work vendor",
        usage: "[-e] [-v] [-o outdir]",
        short: "copy the packages needed into vendor",
        policy: Policy {
            modules: gust_ops::Policy {
                force_modules: true,
                intent: Intent::MakeVendor,
                is_work_command: true,
                ..ON_MODULES
            },
            ..PLAIN
        },
        run: Some(mod_::vendor::run_for_workspace),
        ..COMMAND
    },
    Command {
        id: Id::Run,
        name: "run",
        usage: "[build flags] [-exec xprog] package [arguments...]",
        short: "compile a program and run it",
        policy: Policy {
            json_builds: true,
            recorded: true,
            versions: Versions::First,
            modules: gust_ops::Policy {
                switches: Switches::AtVersion,
                ..ON_MODULES
            },
            ..PLAIN
        },
        run: Some(run::run),
        ..COMMAND
    },
    Command {
        id: Id::Telemetry,
        name: "telemetry",
        usage: "[off|local|on]",
        short: "show that nothing is collected",
        run: Some(telemetry::run),
        ..COMMAND
    },
    Command {
        id: Id::Test,
        name: "test",
        usage: "[build/test flags] [packages] [build/test flags & test binary flags]",
        short: "test packages",
        hints: &["Run 'go help test' and 'go help testflag' for details."],
        policy: Policy {
            recorded: true,
            arguments: Arguments::Tests,
            json_builds: true,
            ..PLAIN
        },
        run: Some(test::run),
        ..COMMAND
    },
    Command {
        id: Id::Tool,
        name: "tool",
        usage: "[-n] command [args...]",
        short: "run a tool of the release or of the module",
        policy: Policy {
            recorded: true,
            ..PLAIN
        },
        run: Some(tool::run),
        ..COMMAND
    },
    Command {
        id: Id::Version,
        name: "version",
        usage: "[-m] [-v] [-json] [file ...]",
        short: "print the version, or those of programs",
        policy: Policy {
            needs_directory: false,
            ..PLAIN
        },
        run: Some(version::run),
        ..COMMAND
    },
    Command {
        id: Id::Vet,
        name: "vet",
        usage: "[build flags] [-vettool prog] [vet flags] [packages]",
        short: "report what is likely a mistake",
        hints: &[
            "Run 'go help vet' for details.",
            "Run 'go tool vet help' for a full list of flags and analyzers.",
            "Run 'go tool vet -help' for an overview.",
        ],
        policy: Policy {
            recorded: true,
            arguments: Arguments::Tool,
            ..PLAIN
        },
        run: Some(vet::run),
        ..COMMAND
    },
    Command {
        id: Id::Outdated,
        name: "outdated",
        usage: "[--all] [--json]",
        short: "list required modules that have newer versions",
        policy: EXPLAINING,
        own: true,
        run: Some(outdated::run),
        ..COMMAND
    },
    Command {
        id: Id::Tree,
        name: "tree",
        usage: "[--depth n] [--reverse module] [--duplicates] [--json]",
        short: "draw which module requires which",
        policy: EXPLAINING,
        own: true,
        run: Some(tree::run),
        ..COMMAND
    },
    Command {
        id: Id::Upgrade,
        name: "upgrade",
        usage: "[--level patch|minor] [--dry-run] [--json] [modules]",
        short: "require newer versions, and show what changes",
        policy: Policy {
            modules: CHANGING,
            ..PLAIN
        },
        own: true,
        run: Some(upgrade::run),
        ..COMMAND
    },
    Command {
        id: Id::Why,
        name: "why",
        usage: "[--all] [--json] modules or packages...",
        short: "say who decides the version of a module, and who imports a package",
        policy: EXPLAINING,
        own: true,
        run: Some(why::run),
        ..COMMAND
    },
];
