package sealed

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// Writing says who else than root and this process's user could change what is at
// an absolute path, by the element of the path that lets them, with the command
// that mends it; nil when nobody could. Links are followed. What cannot be looked
// at is an error, too.
func Writing(path string) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return fmt.Errorf("follow %s: %w", path, err)
	}
	elements := Elements(real)
	for _, e := range Elements(path) {
		if !slices.Contains(elements, e) {
			elements = append(elements, e)
		}
	}
	for _, e := range elements {
		if err := Element(e); err != nil {
			return err
		}
	}
	return nil
}

// Elements returns the folders on the way to an absolute path, "/" first, and the
// path.
func Elements(path string) []string {
	list := []string{path}
	for dir := filepath.Dir(path); list[0] != dir; dir = filepath.Dir(dir) {
		list = append([]string{dir}, list...)
	}
	return list
}

// Element is Writing for one element of a path alone. In a sticky folder nobody
// can replace what belongs to somebody else.
func Element(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("look at %s: %w", path, err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	perm := info.Mode().Perm()
	sticky := info.IsDir() && info.Mode()&fs.ModeSticky != 0
	switch {
	case !trusted(stat.Uid):
		return fmt.Errorf("%s belongs to user %d, who can change it; chown %d %s", path, stat.Uid, os.Geteuid(), path)
	case perm&0o002 != 0 && !sticky:
		return fmt.Errorf("%s can be written by everybody: its mode is %04o; chmod o-w %s", path, perm, path)
	case perm&0o020 != 0 && !ownGroup(stat.Gid) && !sticky:
		return fmt.Errorf("%s can be written by group %d: its mode is %04o; chmod g-w %s", path, stat.Gid, perm, path)
	}
	return nil
}

// Reading says that everybody may read a file that is to be a secret, with the
// command that mends it. Its group may: that is how a secret is shared on purpose.
func Reading(path string, info fs.FileInfo) error {
	if perm := info.Mode().Perm(); perm&0o007 != 0 {
		return fmt.Errorf("%s is open to everybody: its mode is %04o; chmod 0600 %s", path, perm, path)
	}
	return nil
}

// trusted reports whether a file's owner is root or this process's user. In a user
// namespace that does not have all users, the others have one number, by which
// nobody there can act.
func trusted(uid uint32) bool {
	return uid == 0 || int(uid) == os.Geteuid() || uid == unmapped()
}

// ownGroup is trusted for a group.
func ownGroup(gid uint32) bool {
	return gid == 0 || int(gid) == os.Getegid() || gid == unmapped()
}

// nobodys is a number that stands for no user.
const nobodys = ^uint32(0)

// unmapped returns the number by which the kernel shows users that this user
// namespace does not have; nobodys where it has all of them.
var unmapped = sync.OnceValue(func() uint32 {
	users, _ := os.ReadFile("/proc/self/uid_map")
	if f := strings.Fields(string(users)); len(f) == 0 || len(f) == 3 && f[1] == "0" && f[2] == "4294967295" {
		return nobodys
	}
	number := uint32(65534)
	data, _ := os.ReadFile("/proc/sys/kernel/overflowuid")
	fmt.Sscan(string(data), &number)
	return number
})
