// Checksum sums up the files that are embedded in it, with a loop in assembly where there is one.
package main

import (
	"embed"
	"fmt"
	"io/fs"
	"log"
)

//go:embed words/*.txt all:words/hidden
var words embed.FS

func main() {
	err := fs.WalkDir(words, "words", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := words.ReadFile(path)
		if err != nil {
			return err
		}
		fmt.Printf("%08x  %s\n", sum(data), path)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
}
