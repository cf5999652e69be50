package plan

// validateUpgrades checks each upgrade.
func (p *Plan) validateUpgrades(f *faults) {
	for i := range p.Upgrades {
		u := &p.Upgrades[i]
		f.at = "upgrade " + u.Name + ": "
		f.text("name", u.Name)
		if i > 0 {
			f.behind("upgrades", p.Upgrades[i-1].Name, u.Name)
		}
		u.validate(f)
		if len(u.Vips) > 0 {
			p.validateDrain(f, u.Vips)
		}
	}
	f.at = ""
}

func (u *Upgrade) validate(f *faults) {
	f.one("strategy", "nginx, haproxy and exec", u.Nginx != nil, u.HAProxy != nil, u.Exec != nil)
	if x := u.Nginx; x != nil {
		f.one("nginx", "binary and config", x.Binary != "", x.Config != "")
		if x.Binary != "" {
			f.path("nginx binary", x.Binary)
		}
		if x.Config != "" {
			f.path("nginx config", x.Config)
		}
		f.path("nginx pid_file", x.PIDFile)
		f.span("nginx worker_timeout_ms", x.WorkerTimeout, 1, Longest)
	}
	if x := u.HAProxy; x != nil {
		f.path("haproxy binary", x.Binary)
		f.path("haproxy pid_file", x.PIDFile)
		f.span("haproxy worker_timeout_ms", x.WorkerTimeout, 1, Longest)
	}
	if u.Exec != nil {
		u.Exec.validate(f)
	}
	f.text("release version", u.Release.Version)
	f.path("release source", u.Release.Source)
	f.sha256("release sha256", u.Release.SHA256)
	least, most := 0, 0
	if len(u.Vips) > 0 {
		least, most = 1, Longest
	}
	f.span("drain_timeout_ms", u.DrainTimeout, least, most)
	f.most("verify checks", len(u.Verify.Checks))
	f.ordered("verify checks", u.Verify.Checks)
	f.span("verify soak_ms", u.Verify.Soak, 0, Longest)
	if u.MaxUnavailable != 0 { // one is what 0 says
		f.span("max_unavailable", u.MaxUnavailable, 2, 255)
	}
	f.oneOf("on_failure", string(u.OnFailure), string(Rollback), string(Halt))
}

func (x *ExecStrategy) validate(f *faults) {
	f.path("exec binary", x.Binary)
	f.command("exec apply", x.Apply)
	if len(x.Verify) > 0 {
		f.command("exec verify", x.Verify)
	}
	f.command("exec rollback", x.Rollback)
	f.span("exec timeout_ms", x.Timeout, 1, Longest)
}
