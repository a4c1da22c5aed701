// Mandelbrot draws the set in letters. The arithmetic is C, called through cgo.
package main

/*
#cgo LDFLAGS: -lm
#include "escape.h"
*/
import "C"

import (
	"fmt"
	"os"
	"strings"
)

const (
	width, height = 78, 32
	limit         = 48
	shades        = " .:-=+*#%@"
)

func main() {
	var picture strings.Builder
	for row := range height {
		for column := range width {
			x := -2.2 + 3.2*float64(column)/width
			y := -1.2 + 2.4*float64(row)/height
			steps := float64(C.escape(C.double(x), C.double(y), limit))
			picture.WriteByte(shades[min(int(steps*float64(len(shades))/limit), len(shades)-1)])
		}
		picture.WriteByte('\n')
	}
	fmt.Fprint(os.Stdout, picture.String())
}
