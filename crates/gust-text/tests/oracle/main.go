// The oracle for gust-text's template tests: executes each template of cases.txt and writes what Go makes of it to expected.txt.
// The first 278 cases were thought of, the others drawn at random from pieces of templates and numbers.
//
//	GOFLAGS= go run main.go
package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"text/template"
)

type Inner struct {
	Path, Version string
	Main          bool
	Next          *Inner
}

func (i *Inner) String() string {
	return i.Path + "@" + i.Version
}

type Plain struct {
	A int
	B string
	C []string
	D map[string]string
	P *Plain
}

type Data struct {
	Name  string
	N     int
	U     uint64
	F     float64
	B     bool
	L     []string
	E     []string
	M     map[string]string
	In    *Inner
	NilIn *Inner
	Pl    Plain
	PP    *Plain
	Ls    []*Inner
}

func (d *Data) Hello(a string, n int) (string, error) {
	if n < 0 {
		return "", errors.New("negative")
	}
	return strings.Repeat(a, n), nil
}

func main() {
	in := &Inner{Path: "example.com/m", Version: "v1.2.3"}
	data := &Data{
		Name: "na<m>e", N: 42, U: 7, F: 2.5, B: true,
		L: []string{"a", "b", "c"}, M: map[string]string{"y": "2", "x": "1"},
		In: in, Pl: Plain{A: 3, B: "bee", C: []string{"q"}, D: map[string]string{"k": "v"}},
		PP: &Plain{A: 4}, Ls: []*Inner{in, {Path: "p2", Version: "v0", Main: true}},
	}
	funcs := template.FuncMap{"join": strings.Join, "self": func() *Inner { return in }}
	cases, err := os.Open("cases.txt")
	if err != nil {
		panic(err)
	}
	out, err := os.Create("expected.txt")
	if err != nil {
		panic(err)
	}
	scanner := bufio.NewScanner(cases)
	for scanner.Scan() {
		text, err := strconv.Unquote(scanner.Text())
		if err != nil {
			text = scanner.Text()
		}
		var b strings.Builder
		tmpl, err := template.New("main").Funcs(funcs).Parse(text)
		if err == nil {
			err = tmpl.Execute(&b, data)
		}
		msg := ""
		if err != nil {
			msg = err.Error()
		}
		fmt.Fprintf(out, "%q\t%q\n", b.String(), msg)
	}
	out.Close()
}
