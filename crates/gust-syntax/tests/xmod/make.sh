#!/usr/bin/env bash
# Makes the tables of this folder: the vectors of golang.org/x/mod's own tests, as data. Needs the go on PATH and a proxy.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version=v0.43.0
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
cp -r "$(GOFLAGS='' go mod download -json "golang.org/x/mod@$version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')" mod
chmod -R u+w mod
cat >mod/modfile/vectors_test.go <<'GO'
package modfile

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestVectors(t *testing.T) {
	out, err := os.Create(os.Getenv("VECTORS"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	fmt.Fprintln(out, os.Getenv("HEAD"))
	row := func(cells ...string) {
		for i, cell := range cells {
			if i > 0 {
				fmt.Fprint(out, "\t")
			}
			fmt.Fprint(out, strconv.QuoteToASCII(cell))
		}
		fmt.Fprintln(out)
	}
	golden := func(text string) string {
		f, err := Parse("out", []byte(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		data, err := f.Format()
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	edit := func(name, in, want, a, b, c string) { row(name, in, a, b, c, golden(want)) }
	for _, tt := range addRequireTests {
		edit("add require", tt.in, tt.out, tt.path, tt.vers, "")
	}
	for _, tt := range addGoTests {
		edit("set go", tt.in, tt.out, tt.version, "", "")
	}
	for _, tt := range setRequireTests {
		mods := ""
		for _, m := range tt.mods {
			mods += fmt.Sprintln(m.path, m.vers, m.indirect)
		}
		edit("set requires", tt.in, tt.out, mods, "", "")
	}
	for _, tt := range setRequireSeparateIndirectTests {
		mods := ""
		for _, m := range tt.mods {
			mods += fmt.Sprintln(m.path, m.vers, m.indirect)
		}
		edit("set requires separately", tt.in, tt.out, mods, "", "")
	}
	for _, tt := range dropGoTests {
		edit("drop go", tt.in, tt.out, "", "", "")
	}
	for _, tt := range addToolchainTests {
		edit("set toolchain", tt.in, tt.out, tt.version, "", "")
	}
	for _, tt := range dropToolchainTests {
		edit("drop toolchain", tt.in, tt.out, "", "", "")
	}
	for _, tt := range addExcludeTests {
		edit("add exclude", tt.in, tt.out, tt.path, tt.version, "")
	}
	for _, tt := range addRetractTests {
		edit("add retract", tt.in, tt.out, tt.low, tt.high, tt.rationale)
	}
	for _, tt := range dropRetractTests {
		edit("drop retract", tt.in, tt.out, tt.low, tt.high, "")
	}
	for _, tt := range sortBlocksTests {
		if tt.strict {
			edit("sort blocks", tt.in, tt.out, "", "", "")
		}
	}
	for _, tt := range addGodebugTests {
		edit("add godebug", tt.in, tt.out, tt.key, tt.value, "")
	}
	for _, tt := range dropGodebugTests {
		edit("drop godebug", tt.in, tt.out, tt.key, "", "")
	}
	for _, tt := range addToolTests {
		edit("add tool", tt.in, tt.want, tt.path, "", "")
	}
	for _, tt := range dropToolTests {
		edit("drop tool", tt.in, tt.want, tt.path, "", "")
	}
	for _, tt := range addIgnoreTests {
		edit("add ignore", tt.in, tt.want, tt.path, "", "")
	}
	for _, tt := range dropIgnoreTests {
		edit("drop ignore", tt.in, tt.want, tt.path, "", "")
	}
	for _, tt := range retractRationaleTests {
		row("rationale", tt.in, "", "", "", tt.want)
	}
	for _, tt := range moduleDeprecatedTests {
		row("deprecated", tt.in, "", "", "", tt.want)
	}
	for _, tt := range modulePathTests {
		row("module path", string(tt.input), "", "", "", tt.expected)
	}
	files, _ := filepath.Glob("testdata/*.in")
	goldens, _ := filepath.Glob("testdata/*.golden")
	for _, file := range append(files, goldens...) {
		in, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(file[:len(file)-len(filepath.Ext(file))] + ".golden")
		if err != nil {
			t.Fatal(err)
		}
		name := "read and print"
		if _, err := Parse(file, in, nil); err != nil || filepath.Ext(file) == ".golden" {
			name = "print"
		}
		row(name, string(in), "", "", "", string(want))
	}
	workEdit := func(name, in, want, a, b string) {
		f, err := ParseWork("out", []byte(want), nil)
		if err != nil {
			t.Fatal(err)
		}
		row("work: "+name, in, a, b, "", string(Format(f.Syntax)))
	}
	for _, tt := range workAddUseTests {
		workEdit("add use", tt.in, tt.out, tt.path, "")
	}
	for _, tt := range workDropUseTests {
		workEdit("drop use", tt.in, tt.out, tt.path, "")
	}
	for _, tt := range workAddGoTests {
		workEdit("set go", tt.in, tt.out, tt.version, "")
	}
	for _, tt := range workAddToolchainTests {
		workEdit("set toolchain", tt.in, tt.out, tt.version, "")
	}
	for _, tt := range workSortBlocksTests {
		workEdit("sort blocks", tt.in, tt.out, "", "")
	}
	for _, tt := range addGodebugTests {
		work := strings.NewReplacer("module m", "use foo")
		workEdit("add godebug", work.Replace(tt.in), work.Replace(tt.out), tt.key, tt.value)
	}
	for _, tt := range dropGodebugTests {
		work := strings.NewReplacer("module m", "use foo")
		workEdit("drop godebug", work.Replace(tt.in), work.Replace(tt.out), tt.key, "")
	}
	works, _ := filepath.Glob("testdata/work/*.in")
	for _, file := range works {
		in, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(strings.TrimSuffix(file, ".in") + ".golden")
		if err != nil {
			t.Fatal(err)
		}
		row("work: read and print", string(in), "", "", "", string(want))
	}
}
GO
cat >mod/module/vectors_test.go <<'GO'
package module

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestVectors(t *testing.T) {
	out, err := os.Create(os.Getenv("VECTORS"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	fmt.Fprintln(out, os.Getenv("HEAD"))
	row := func(a, b, c any, d ...any) {
		fmt.Fprintf(out, "%+q\t%+q\t%+q", fmt.Sprint(a), fmt.Sprint(b), fmt.Sprint(c))
		fmt.Fprintf(out, "\t%+q\n", fmt.Sprint(d...))
	}
	for _, tt := range checkTests {
		row("check", tt.path, tt.version, tt.ok)
	}
	for _, tt := range checkPathTests {
		row("path", tt.path, "", tt.ok)
		row("import path", tt.path, "", tt.importOK)
		row("file path", tt.path, "", tt.fileOK)
	}
	for _, tt := range splitPathVersionTests {
		row("split", tt.pathPrefix+tt.version, "", tt.pathPrefix+" "+tt.version)
	}
	for _, tt := range escapeTests {
		want := tt.esc
		if want == "" {
			want = tt.path
		}
		row("escape", tt.path, "", want)
	}
	for _, tt := range pseudoTests {
		row("pseudo", tt.major, tt.older, tt.version)
		row("pseudo base", tt.version, "", tt.older)
		row("pseudo time", tt.version, "", pseudoTime.Format("2006-01-02 15:04:05"))
		row("pseudo rev", tt.version, "", "hash")
		row("is pseudo", tt.version, "", true)
		row("is pseudo", tt.older, "", false)
	}
	// These tables have no name: they are taken from the text of the tests.
	lists := func(file, test, shape string, take func(cells []string)) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, body, found := strings.Cut(string(text), "func "+test+"(")
		if !found {
			t.Fatal(test)
		}
		body, _, _ = strings.Cut(body, "\n}\n")
		rows := regexp.MustCompile(shape).FindAllStringSubmatch(body, -1)
		if len(rows) == 0 {
			t.Fatal(test)
		}
		for _, cells := range rows {
			for i, cell := range cells[1:] {
				if text, err := strconv.Unquote(cell); err == nil {
					cells[i+1] = text
				}
			}
			take(cells[1:])
		}
	}
	pair := `\{("[^"]*"), ("[^"]*"), (true|false)\}`
	lists("module_test.go", "TestMatchPathMajor", pair, func(c []string) { row("path major", c[0], c[1], c[2]) })
	lists("module_test.go", "TestMatchPrefixPatterns", pair, func(c []string) { row("prefix patterns", c[0], c[1], c[2]) })
	lists("pseudo_test.go", "TestInvalidPseudoVersionBase", `\t("v[^"]*"),`, func(c []string) { row("pseudo base", c[0], "", "none") })
}
GO
cat >mod/semver/vectors_test.go <<'GO'
package semver

import (
	"fmt"
	"os"
	"testing"
)

func TestVectors(t *testing.T) {
	out, err := os.Create(os.Getenv("VECTORS"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	fmt.Fprintln(out, os.Getenv("HEAD"))
	for _, tt := range tests {
		// the list is in order: the parts that the tests derive stand here too
		fmt.Fprintf(out, "%q\t%q\t%q\t%q\t%q\n", tt.in, tt.out, MajorMinor(tt.in), Prerelease(tt.in), Build(tt.in))
	}
}
GO
for package in modfile module semver; do
    (cd mod && HEAD="# Data of the Go distribution's module golang.org/x/mod $version: the vectors of its tests, by make.sh." \
        VECTORS="$here/$package.tsv" GOFLAGS='' GOTOOLCHAIN=local go test -count=1 -run '^TestVectors$' "./$package" >/dev/null)
done
