// The oracle for gust-syntax: asks Go's own packages and writes their answers as tables. `make.sh` runs it.
//
// A row is a line of quoted Go strings with tabs between. Inputs are written down here or drawn with a fixed seed.
package main

import (
	"bufio"
	"fmt"
	"go/build/constraint"
	"go/doc"
	"math/rand"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"cmd/go/internal/gover"
	"cmd/go/internal/toolchain"
)

var random = rand.New(rand.NewSource(1))

func pick(words ...string) string { return words[random.Intn(len(words))] }

// sentences of one to `most` words out of `words`, each different.
func drawn(n, most int, words ...string) []string {
	seen := map[string]bool{}
	var list []string
	for tries := 0; len(list) < n && tries < 100*n; tries++ {
		var b strings.Builder
		for range 1 + random.Intn(most) {
			b.WriteString(pick(words...))
		}
		if !seen[b.String()] {
			seen[b.String()] = true
			list = append(list, b.String())
		}
	}
	return list
}

type table struct {
	*bufio.Writer
	file *os.File
}

func create(dir, name string) table {
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		panic(err)
	}
	return table{bufio.NewWriter(f), f}
}

func (t table) row(cells ...any) {
	for i, cell := range cells {
		if i > 0 {
			t.WriteByte('\t')
		}
		t.WriteString(strconv.QuoteToASCII(fmt.Sprint(cell)))
	}
	t.WriteByte('\n')
}

func (t table) close() {
	t.Flush()
	t.file.Close()
}

// line, then the expression, its value for every assignment of the tags a and b, and the tags asked; or the error and its offset.
func constraints(dir string) {
	t := create(dir, "constraint.tsv")
	defer t.close()
	lines := []string{"", "//go:build", "// +build", "//go:build a\n", "//go:build a\nb", "// go:build a", "//go:buildx", "//go:build\ta", "//+build a", "//\t+build\ta", "// +buildx",
		"//go:build a // b", "//go:build (", "//go:build (a", "//go:build (a b", "//go:build ((a) || b", "//go:build (a || !", "//go:build !(a && b) || c", "//go:build a\u00a0b", "//go:build é",
		"//go:build a&&&b", "//go:build a && (b || (c && !(d || a)))", "//go:build  a  ", "// +build a,!b c,d", "// +build !!a", "// +build !", "// +build a,,b", "// +build a-b",
		"// +build ,", "// +build !a-b", "// +build ٣", "//go:build ٣", "//go:build ²", "//go:build 'a'", "//go:build \"a\"", "//go:build a,b", "//go:build !!a", "//go:build ! a", "//go:build ! ! a"}
	for _, n := range []int{999, 1000, 1001} {
		lines = append(lines, "//go:build "+strings.Repeat("(", n)+"a"+strings.Repeat(")", n))
		lines = append(lines, "//go:build a"+strings.Repeat("||a", n-1))
	}
	for _, n := range []int{100, 101, 102} {
		lines = append(lines, "// +build"+strings.Repeat(" a", n))
		lines = append(lines, "// +build a"+strings.Repeat(",b", n))
	}
	for _, text := range drawn(700, 11, "a", "b", "go1.21", "ignore", "x.y", "_", "!", "!", "&&", "&&", "||", "||", "(", "(", ")", ")", " ", "\t", "&", "|", "#", "é", "-") {
		lines = append(lines, "//go:build "+text)
	}
	for _, text := range drawn(200, 9, "a", "b", "!", "!", ",", ",", " ", " ", "x.y", "-", "é") {
		lines = append(lines, "// +build "+text)
	}
	for _, line := range lines {
		x, err := constraint.Parse(line)
		if err != nil {
			offset := ""
			if e, ok := err.(*constraint.SyntaxError); ok {
				offset = fmt.Sprint(e.Offset)
			}
			t.row(line, "", "", "", err, offset)
			continue
		}
		values, asked := "", ""
		for n := range 4 {
			var tags []string
			v := x.Eval(func(tag string) bool {
				tags = append(tags, tag)
				return tag == "a" && n&1 != 0 || tag == "b" && n&2 != 0
			})
			values += fmt.Sprint(strconv.FormatBool(v)[:1])
			asked = strings.Join(tags, " ")
		}
		t.row(line, x, values, asked, "", "")
	}
}

// pattern, name, and whether they match or the error.
func globs(dir string) {
	t := create(dir, "glob.tsv")
	defer t.close()
	words := []string{"a", "b", "é", "☺", "/", "*", "*", "?", "[a-b]", "[^a]", "[^/]", "\\*", "]", "-"}
	broken := append([]string{"[", "[^", "\\", "[]", "a-", "-]", "[a-]", "[\\]", "[é-☺]"}, words...)
	names := append(drawn(60, 5, "a", "b", "é", "☺", "/", "*", "]", "-", "x"), "", "abc", "axbxcxdxe/f", "ab/cd")
	for _, pattern := range append(drawn(500, 5, words...), drawn(300, 5, broken...)...) {
		matched, tried := 0, 0
		for _, i := range random.Perm(len(names)) {
			ok, err := path.Match(pattern, names[i])
			if tried < 2 || ok && matched < 3 {
				t.row(pattern, names[i], answer(ok, err))
			}
			tried++
			if ok {
				matched++
			}
		}
	}
	for _, pattern := range []string{"", "*", "**", "*/*", "?", "[a", "a*b*c*d*e*/f", "*x*y*", "[\\-x]", "[x\\-]", "[-x]", "[x-]", "[]a]", "[^]a]", "*[^a]*b", "*??", "*???", "[[]*", "[a]*]", "[*]", "\\é"} {
		for _, name := range []string{"", "a", "b", "-", "x", "é", "☺", "c/b", "a/b", "axbxcxdxe/f", "axbxcxdxexxx/f", "[z", "az]", "*", "xay", "x/y"} {
			ok, err := path.Match(pattern, name)
			t.row(pattern, name, answer(ok, err))
		}
	}
}

func answer(ok bool, err error) string {
	if err != nil {
		return err.Error()
	}
	return strconv.FormatBool(ok)
}

// text and its first sentence.
func synopses(dir string) {
	t := create(dir, "synopsis.tsv")
	defer t.close()
	texts := []string{"", "Package p is.\n\nMore.", "By A. B. Smith works. No", "ends\u3002Next", "ends\uff0e", "Copyright X", "ALL RIGHTS y", "Authored z. x", "\tcode\n", "wraps\nover lines. x", "[x]: https://y\nText [x] goes on. No",
		"see [encoding/json] and [x]. y", "``q''", "```q'''", "# Title\n", "#Title\n", "# Title\nmore", "- item\n- item", "a\n- b\n  c", "a\n- b\n- d\n  c", "func main() {\n\tx\n}", "text \\\n  code", "text\n  code", "a {\n  - b\n",
		"x [os] y", "x[os] y", "x [os]s", "([os])", "[*os.File]", "[os.File.Read]", "[os.file]", "[File]", "[a.b/c]", "[a/b]", "[-a/b]", "[a//b]", "[a/.b]", "[os][io]", "[[os]]", "[os\nio]", "[\nos]", "[x]: https://y\n\nText [x].",
		"See [the page].\n\n[the page]: https://y", "  a\n  b", "\ta\n\t\tb\n", " \n a", "a\n \nb", "[x]: nosuch://y", "[x] : https://y", "[x]:https://y", "a\r\nb. c", "v1.2.3 is. x", "U.S. law. x", "A.B. x", "é. É. x", "ÉÉ. x",
		"1. one\n2. two", "a\n1) b\n c", "2.x", "• b", "+ b", "+b", "Title\n\nText", "x\u00a0y  z", "a\tb", "[a]: http://x\n[b]: http://y\n\nText [b] and\n[a] and [a]!", "see [a\nb]\n\n[a b]: ftp://c"}
	texts = append(texts, drawn(500, 12, "a", "B", ".", ". ", ".\n", " ", "\n", "\n\n", "\t", "- x", "# T", "[os]", "[x]", "[x]: https://y\n", "[", "]", "``", "''", "`", "{", "\\", "C", "•", "1. ", "é", "!", "\u3002")...)
	for _, text := range texts {
		t.row(text, doc.Synopsis(text))
	}
}

// version, its language, and whether it is valid, a language, a prerelease; then pairs and their order.
func versions(dir string) {
	list := []string{"", "1", "1.0", "1.1", "1.2", "1.20", "1.20.0", "1.20rc1", "1.21", "1.21rc1", "1.21rc2", "1.21rc10", "1.21beta1", "1.21alpha", "1.21rc", "1.21.0", "1.21.1", "1.21.10", "1.22", "1.100",
		"1.99999999999999999999", "1.99999999999999999998", "2", "2.0", "2.1.3", "01", "1.01", "1.21.01", "1.21.", "1.", ".1", "1.21.0rc1", "1.21-x", "1.21rc01", "1.21RC1", "1.21é", "1.999testmod", "1.600+auto", "go1.21", "v1.21", "10.3", "0", "0.1", "1.21.0.1", "1.21 "}
	list = append(list, drawn(150, 6, "1", "1", "2", "0", ".", ".", "rc", "beta", "20", "21", "x", "-", "+")...)
	t := create(dir, "gover.tsv")
	defer t.close()
	for _, v := range list {
		t.row(v, gover.IsValid(v), gover.Lang(v), gover.IsLang(v), gover.IsPrerelease(v))
	}
	order := create(dir, "gover_order.tsv")
	defer order.close()
	for range 900 {
		a, b := list[random.Intn(len(list))], list[random.Intn(len(list))]
		if random.Intn(2) == 0 {
			a, b = list[random.Intn(38)], list[random.Intn(38)]
		}
		order.row(a, b, gover.Compare(a, b))
	}
	names := create(dir, "toolchain_names.tsv")
	defer names.close()
	for _, name := range append([]string{"", "go", "go1", "go1.21.0-custom", "go1.21 x", "go1.21\tx", "go1.21/x", "go1.21\\x", "1.21", "xgo1.21", "go1.21rc1-x-y", "go1.21+x", "go1.21-", "default", "local"},
		drawn(80, 5, "go", "go1", "1", ".", "21", "-", " ", "x", "rc1", "/")...) {
		names.row(name, gover.FromToolchain(name))
	}
}

// a need, the releases there are, and the one to take or the error.
func newer(dir string) {
	t := create(dir, "newer.tsv")
	defer t.close()
	all := []string{"1.20rc1", "1.20", "1.20.1", "1.21rc1", "1.21rc2", "1.21.0", "1.21.3", "1.22rc1", "1.22.0", "1.22.1", "1.23rc1", "1.23rc2", "1.24rc1"}
	for range 400 {
		var list []string
		share := 1 + random.Intn(4)
		for _, v := range all {
			if random.Intn(5) < share {
				list = append(list, v)
			}
		}
		need := pick("1.19", "1.20", "1.21", "1.21rc2", "1.21.1", "1.22", "1.22.1", "1.23", "1.24", "1.25")
		got, err := toolchain.OracleNewer(need, list)
		if err != nil {
			got = err.Error()
		}
		t.row(need, strings.Join(list, " "), got)
	}
}

func main() {
	dir := os.Args[1]
	constraints(dir)
	globs(dir)
	synopses(dir)
	versions(dir)
	newer(os.Args[2])
}
