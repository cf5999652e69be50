package program

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"slices"
	"strconv"
	"syscall"
)

// identity is a user as the kernel knows it.
type identity struct {
	name, home string
	uid, gid   uint32
	groups     []uint32 // all of them, gid included
	own        bool     // it is the user that this process has already
}

// identify finds a user by name or number; empty is the user of this process.
func identify(name string) (identity, error) {
	if name == "" {
		name = strconv.Itoa(os.Geteuid())
	}
	u, err := user.Lookup(name)
	if errors.As(err, new(user.UnknownUserError)) {
		u, err = user.LookupId(name)
	}
	if err != nil {
		return identity{}, fmt.Errorf("user %s does not exist on this host", name)
	}
	ids, err := u.GroupIds()
	if err != nil {
		return identity{}, fmt.Errorf("find the groups of user %s: %w", name, err)
	}
	who := identity{name: u.Username, home: u.HomeDir, uid: number(u.Uid), gid: number(u.Gid)}
	for _, id := range ids {
		who.groups = append(who.groups, number(id))
	}
	who.own = int(who.uid) == os.Geteuid()
	if !who.own && os.Geteuid() != 0 {
		return identity{}, fmt.Errorf("only root can take the rights of user %s, and this is user %d", name, os.Geteuid())
	}
	return who, nil
}

// number reads an ID of the user database, which holds nothing else.
func number(id string) uint32 {
	n, _ := strconv.ParseUint(id, 10, 32)
	return uint32(n)
}

// credential is what the kernel is to switch to; nil when there is nothing to
// switch.
func (i identity) credential() *syscall.Credential {
	if i.own {
		return nil
	}
	return &syscall.Credential{Uid: i.uid, Gid: i.gid, Groups: i.groups}
}

// may reports whether the user has a right, 4 to read, 2 to write or 1 to execute
// or search, by the mode of a file. Root may execute what somebody may execute.
func (i identity) may(right uint32, info os.FileInfo) bool {
	stat := info.Sys().(*syscall.Stat_t)
	mode := uint32(info.Mode().Perm())
	switch {
	case i.uid == 0:
		return right != 1 || info.IsDir() || mode&0o111 != 0
	case stat.Uid == i.uid:
		return mode>>6&right != 0
	case slices.Contains(i.groups, stat.Gid):
		return mode>>3&right != 0
	}
	return mode&right != 0
}
