// Census counts the lines of the files below a directory, by kind.
//
// It stands in gust's examples because it needs other people's modules: a
// command line, colours, numbers for people, YAML, and goroutines with errors.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"sync"

	"github.com/dustin/go-humanize"
	"github.com/fatih/color"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	"gopkg.in/yaml.v3"
)

// Kind is what the census says of all files with one ending.
type Kind struct {
	Ending string `yaml:"ending"`
	Files  int    `yaml:"files"`
	Lines  int    `yaml:"lines"`
	Bytes  uint64 `yaml:"bytes"`
}

func main() {
	var asYAML bool
	command := &cobra.Command{
		Use:           "census [directory]",
		Short:         "Count the lines of files by kind",
		Args:          cobra.MaximumNArgs(1),
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(command *cobra.Command, args []string) error {
			root := "."
			if len(args) == 1 {
				root = args[0]
			}
			kinds, err := count(command.Context(), root)
			if err != nil {
				return err
			}
			if asYAML {
				return yaml.NewEncoder(command.OutOrStdout()).Encode(kinds)
			}
			table(command.OutOrStdout(), kinds)
			return nil
		},
	}
	command.Flags().BoolVar(&asYAML, "yaml", false, "print YAML")
	if err := command.ExecuteContext(context.Background()); err != nil {
		color.New(color.FgRed).Fprintln(os.Stderr, "census:", err)
		os.Exit(1)
	}
}

// count reads every regular file below root, eight at a time.
func count(ctx context.Context, root string) ([]Kind, error) {
	var mu sync.Mutex
	kinds := map[string]*Kind{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return err
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		group.Go(func() error {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			ending := filepath.Ext(path)
			kind := kinds[ending]
			if kind == nil {
				kind = &Kind{Ending: ending}
				kinds[ending] = kind
			}
			kind.Files++
			kind.Lines += bytes.Count(data, []byte("\n"))
			kind.Bytes += uint64(len(data))
			return nil
		})
		return nil
	})
	if groupErr := group.Wait(); err == nil {
		err = groupErr
	}
	list := make([]Kind, 0, len(kinds))
	for _, kind := range kinds {
		list = append(list, *kind)
	}
	sort.Slice(list, func(i, j int) bool {
		if list[i].Lines != list[j].Lines {
			return list[i].Lines > list[j].Lines
		}
		return list[i].Ending < list[j].Ending
	})
	return list, err
}

func table(out io.Writer, kinds []Kind) {
	bold := color.New(color.Bold)
	bold.Fprintf(out, "%-12s %8s %12s %10s\n", "kind", "files", "lines", "size")
	for _, kind := range kinds {
		ending := kind.Ending
		if ending == "" {
			ending = "(none)"
		}
		fmt.Fprintf(out, "%-12s %8s %12s %10s\n", ending, humanize.Comma(int64(kind.Files)),
			humanize.Comma(int64(kind.Lines)), humanize.Bytes(kind.Bytes))
	}
}
