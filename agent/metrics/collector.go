package metrics

import (
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"hactl/schemas/status"
)

// families are all families of the page that are hactl's own, in the order of the
// documentation.
var families = slices.Concat(hostFamilies, routerFamilies, checkFamilies, upgradeFamilies, outsideFamilies)

// Collector makes metrics of an agent's newest report.
type Collector struct {
	newest func() *status.Host
}

// NewCollector returns one for the report that newest returns: nil before the
// first. It is called once a scrape, by any goroutine; the report does not change
// afterwards.
func NewCollector(newest func() *status.Host) *Collector { return &Collector{newest} }

// Describe implements prometheus.Collector.
func (c *Collector) Describe(out chan<- *prometheus.Desc) {
	for _, f := range families {
		out <- f.desc
	}
}

// Collect implements prometheus.Collector.
func (c *Collector) Collect(out chan<- prometheus.Metric) {
	host := c.newest()
	if host == nil {
		return
	}
	w := writer(out)
	w.host(host)
	for i := range host.Routers {
		w.router(&host.Routers[i])
	}
	for i := range host.Checks {
		w.check(&host.Checks[i])
	}
	for i := range host.Upgrades {
		w.upgrade(&host.Upgrades[i], host.Written)
	}
	w.targets(host.Notify)
	w.hooks(host.Hooks)
}

// Limits of the page: more than one Prometheus may ask, and one that has hung may
// still be there.
const (
	scrapes = 2
	longest = 10 * time.Second // that writing the page may take
)

// Page returns what answers a scrape: the collectors, and the process with its Go
// runtime.
func Page(all ...prometheus.Collector) http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	r.MustRegister(all...)
	page := promhttp.HandlerFor(r, promhttp.HandlerOpts{MaxRequestsInFlight: scrapes})
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		conn := http.NewResponseController(w)
		_ = conn.SetWriteDeadline(time.Now().Add(longest)) // one that cannot be set is that of a test
		page.ServeHTTP(w, q)
		_ = conn.SetWriteDeadline(time.Time{}) // something else may be asked for next
	})
}
