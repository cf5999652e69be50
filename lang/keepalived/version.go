package keepalived

import (
	"fmt"
	"strconv"
	"strings"
)

// Version is a release of keepalived: 2.2.7 is {2, 2, 7}.
type Version [3]int

// Newest is the release to judge by unless another one is named: the one after
// 2.4.3, whose words are known already.
var Newest = Version{2, 4, 4}

// The releases that changed what a mistake does.
var (
	withoutShell    = Version{2, 0, 0} // scripts are executed without a shell
	acceptsOtherSet = Version{2, 3, 3} // adverts with other addresses are accepted
	splitSeconds    = Version{2, 3, 2} // a script's interval may have fractions of seconds
)

// ParseVersion reads "2.2.7"; missing numbers are the highest, so that "2.2"
// is the last release of that name.
func ParseVersion(text string) (Version, error) {
	v := Version{0, 99, 99}
	fields := strings.Split(strings.TrimPrefix(text, "v"), ".")
	for i, f := range fields {
		n, err := strconv.Atoi(f)
		if i >= len(v) || err != nil || n < 0 || n > 999 {
			return Version{}, fmt.Errorf("%q is no version of keepalived such as 2.2.7", text)
		}
		v[i] = n
	}
	return v, nil
}

// String returns the release as in "2.2.7".
func (v Version) String() string { return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]) }

// Before tells whether v was released before w.
func (v Version) Before(w Version) bool {
	for i := range v {
		if v[i] != w[i] {
			return v[i] < w[i]
		}
	}
	return false
}
