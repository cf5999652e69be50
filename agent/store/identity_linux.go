package store

import (
	"io/fs"
	"syscall"
)

// identify tells one content of a file from another.
func identify(info fs.FileInfo) identity {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		panic("store: a file without inode")
	}
	return identity{device: uint64(s.Dev), inode: s.Ino, size: s.Size, changed: s.Ctim.Nano()}
}
