package plan

// Strategy names how u is carried out: nginx, haproxy or exec.
func (u *Upgrade) Strategy() string {
	switch {
	case u.Nginx != nil:
		return "nginx"
	case u.HAProxy != nil:
		return "haproxy"
	}
	return "exec"
}

// File returns the path of the file whose hash says which release is there.
func (u *Upgrade) File() string {
	switch {
	case u.Nginx != nil && u.Nginx.Config != "":
		return u.Nginx.Config
	case u.Nginx != nil:
		return u.Nginx.Binary
	case u.HAProxy != nil:
		return u.HAProxy.Binary
	case u.Exec != nil:
		return u.Exec.Binary
	}
	return ""
}

// PIDFile returns the path of the file that holds the master's number; empty: the
// strategy asks for none.
func (u *Upgrade) PIDFile() string {
	switch {
	case u.Nginx != nil:
		return u.Nginx.PIDFile
	case u.HAProxy != nil:
		return u.HAProxy.PIDFile
	}
	return ""
}

// WorkerTimeout returns how long old workers may finish their connections, in
// milliseconds; 0: the strategy knows no workers.
func (u *Upgrade) WorkerTimeout() int {
	switch {
	case u.Nginx != nil:
		return u.Nginx.WorkerTimeout
	case u.HAProxy != nil:
		return u.HAProxy.WorkerTimeout
	}
	return 0
}
