package main

import (
	"fmt"
	"io"
	"strings"

	"hactl/lang/rule"

	"github.com/spf13/cobra"
)

func newGraphCommand() *cobra.Command {
	var format, cluster string
	var variables variableFlags
	cmd := &cobra.Command{
		Use:   "graph [DIR]",
		Short: "Draw hosts, segments, virtual addresses and checks",
		Long: `Graph prints a drawing of the configuration as a text for Graphviz (dot) or
Mermaid: which hosts are on which segments, who is preferred for each virtual
address, and what it depends on. Forges show Mermaid in Markdown.

It exits with 0, and with 1 when the configuration is not valid, or has no such
cluster.`,
		Example: `  hactl graph | dot -Tsvg > clusters.svg
  hactl graph --format mermaid --cluster web`,
		Args: folderArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			write, known := map[string]func(drawing, io.Writer){"dot": drawing.dot, "mermaid": drawing.mermaid}[format]
			if !known {
				return fmt.Errorf("--format %s: a graph is dot or mermaid", quoted(format))
			}
			c, err := requireConfiguration(cmd, folderOf(args), &variables)
			if err != nil {
				return err
			}
			if err := c.hasCluster(cluster); err != nil {
				return err
			}
			write(c.draw(cluster), cmd.OutOrStdout())
			return nil
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "dot", `"dot" or "mermaid"`)
	cmd.Flags().StringVar(&cluster, "cluster", "", "draw only the cluster `NAME`, and what it touches")
	variables.add(cmd)
	return cmd
}

// hasCluster refuses a name that no cluster with a vip has; the empty one stands
// for all.
func (c *configuration) hasCluster(name string) error {
	var names []string
	for _, v := range c.result.Vips {
		cluster, _, _ := strings.Cut(v.Name, "/")
		if cluster == name {
			return nil
		}
		if len(names) == 0 || names[len(names)-1] != cluster {
			names = append(names, cluster)
		}
	}
	if name == "" {
		return nil
	}
	if len(names) == 0 {
		return fmt.Errorf("--cluster %s: the configuration has no cluster", quoted(name))
	}
	return fmt.Errorf("--cluster %s: there is none; there are %s", quoted(name), rule.List(names))
}
