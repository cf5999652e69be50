package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"hactl/agent"
	"hactl/agent/doctor"
	"hactl/agent/store"
	"hactl/schemas/status"

	"github.com/spf13/cobra"
)

func newDoctorCommand() *cobra.Command {
	var flags doctorFlags
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Examine this host for what would surprise you",
		Long: `Doctor looks at this host and changes nothing: is another daemon after the same
address, does another station answer for it, does the firewall let adverts in and
out, can services start on a Backup, does something take foreign addresses away,
are interfaces, clock, kernel, rights and files as the agent needs them? Each
finding says what was seen, why it matters, and what to do, as commands or lines
of a file. It is an error when the address will not work as it should, a warning
when it works today and may surprise later, unknown when it could not be examined.

It works before the first plan, too, and on a host where keepalived is live.
With --plan it judges by a plan that is not applied yet: a file that "hactl plan
--out" wrote, or one of a plan store. Run it as root: others cannot see
everything, and it says so.

With --json it prints one object: "host", "error_count", "warning_count" and
"findings", the worst first, each with "examination", "severity" (error, warning,
unknown or ok), "seen", and unless it is ok "why" and "do", a list of lines.

It exits with 0 when no finding is an error, also with warnings and with what is
unknown; with 1 when one is, or when it could not begin, as a plan cannot be read.`,
		Example: `  sudo hactl doctor
  sudo hactl doctor --plan rollout.plan --host lb01   # before the first apply
  sudo hactl doctor --json | jq -r '.findings[] | select(.severity == "error") | .seen'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDoctor(cmd, flags) },
	}
	cmd.Flags().StringVar(&flags.host, "host", "", "this host's name in the configuration (default: the machine's name)")
	cmd.Flags().StringVar(&flags.dir, "dir", store.DefaultDir, "folder with plans, reports and state")
	cmd.Flags().StringVar(&flags.socket, "socket", defaultSocket, "the agent's control socket, `PATH`")
	cmd.Flags().StringVar(&flags.plan, "plan", "", "judge by the plan in `FILE`")
	cmd.Flags().BoolVar(&flags.json, "json", false, "print JSON")
	return cmd
}

// runDoctor examines this host.
func runDoctor(cmd *cobra.Command, flags doctorFlags) error {
	names, err := agent.Config{Host: flags.host}.Names()
	if err != nil {
		return err
	}
	dir, err := filepath.Abs(flags.dir)
	if err != nil {
		return fmt.Errorf("find the plan store: %w", err)
	}
	h := &doctor.Host{Root: os.DirFS("/"), Machine: doctor.Local{}, Dir: dir, Socket: flags.socket, Now: time.Now()}
	if err := givePlan(h, flags.plan, dir, names); err != nil {
		return err
	}
	h.Again = func() *status.Host {
		report, _ := askAgent(cmd.Context(), flags.socket)
		return report
	}
	h.Report = h.Again()
	for _, p := range doctor.Processes(h.Root) {
		if k, runs := keepalivedOf(p); runs {
			h.Keepalived = append(h.Keepalived, k)
		}
	}
	name := names[0]
	if h.Plan != nil {
		name = h.Plan.Host
	}
	return printExamined(cmd, name, doctor.Examine(h), flags.json)
}

// givePlan shows the doctor the plan in a file, or that of the host in the store.
func givePlan(h *doctor.Host, file, dir string, names []string) error {
	if file != "" {
		data, err := os.ReadFile(file)
		if err == nil {
			h.Plan, err = planOf(data, names)
		}
		h.Proposed = true
		if err != nil {
			return fmt.Errorf("read plan %s: %w", file, err)
		}
		return nil
	}
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(dir, "plans", name+".json"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			h.Plan, err = planOf(data, []string{name})
		}
		if err != nil {
			h.PlanFault = err
		}
		return nil
	}
	return nil
}
