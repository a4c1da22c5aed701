//! The pages that are about no command.

use super::Topic;

macro_rules! topics {
    ($($name:literal: $short:literal;)*) => {
        &[$(Topic { name: $name, short: $short, text: include_str!(concat!("topics/", $name, ".txt")) }),*]
    };
}

/// All topics, in the order in which help lists them.
pub(crate) const TOPICS: &[Topic] = topics! {
    "buildconstraint": "build constraints";
    "buildjson": "build -json encoding";
    "buildmode": "build modes";
    "c": "calling between Go and C";
    "cache": "build and test caching";
    "environment": "environment variables";
    "filetype": "file types";
    "goauth": "GOAUTH environment variable";
    "go.mod": "the go.mod file";
    "gopath": "GOPATH environment variable";
    "goproxy": "module proxy protocol";
    "importpath": "import path syntax";
    "modules": "modules, module versions, and more";
    "module-auth": "module authentication using go.sum";
    "packages": "package lists and patterns";
    "private": "configuration for downloading non-public code";
    "testflag": "testing flags";
    "testfunc": "testing functions";
    "vcs": "controlling version control with GOVCS";
};
