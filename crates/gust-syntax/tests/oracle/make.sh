#!/usr/bin/env bash
# Makes the tables of this folder, and gust-toolchain's of releases, with the go on PATH.
#
# Some answers are of packages that only cmd/go may import, so an overlay puts the program there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cmd=$(go env GOROOT)/src/cmd/go
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/newer.go" <<'GO'
package toolchain

// OracleNewer is for the oracle.
func OracleNewer(need string, list []string) (string, error) { return newerToolchain(need, list) }
GO
cat >"$work/overlay.json" <<JSON
{"Replace": {
    "$cmd/internal/oracle/main.go": "$here/main.go",
    "$cmd/internal/toolchain/oracle.go": "$work/newer.go"
}}
JSON
cd "$cmd"
GOFLAGS='' GOTOOLCHAIN=local go run -overlay "$work/overlay.json" cmd/go/internal/oracle "$here" "$here/../../../gust-toolchain/tests/oracle"
