package agent

import (
	"os"
	"runtime/debug"
)

// heapGrowth is by how many percent memory may grow before the garbage collector
// runs, with many routers or before it is known how many. What the loop does all the
// time needs no memory: reports and plans do.
const heapGrowth = 30

// collect sets that for a number of routers. With few of them a change is followed
// without a collection.
func collect(routers int) {
	growth := heapGrowth
	if routers < large {
		growth = 100
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(growth)
	}
}
