//go:build unix

package main

import (
	"os"
	"syscall"
)

// keepOwner gives next the owner and group of the file that it replaces. Who may
// not give files away becomes the owner.
func keepOwner(next *os.File, replaced os.FileInfo) {
	if s, ok := replaced.Sys().(*syscall.Stat_t); ok {
		_ = next.Chown(int(s.Uid), int(s.Gid))
	}
}
