package fleet

import (
	"sync"
	"sync/atomic"
)

// atOnce is how many hosts are asked at the same time.
const atOnce = 16

// Together calls do with 0 to n-1, atOnce of them at the same time, and returns
// when all have returned. It is for what waits.
func Together(n int, do func(i int)) { AtMost(atOnce, n, do) }

// AtMost calls do with 0 to n-1, most of them at the same time, and returns when
// all have returned.
func AtMost(most, n int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(most, n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}
