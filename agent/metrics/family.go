package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// kind is what sort of values a family has.
type kind string

const (
	gauges     kind = "gauge"   // that go up and down
	counters   kind = "counter" // that only grow while the agent runs
	histograms kind = "histogram"
)

// family is one metric: all its series.
type family struct {
	name, help string
	kind       kind
	labels     []string
	desc       *prometheus.Desc
}

func gauge(name, help string, labels ...string) *family {
	return newFamily(gauges, name, help, labels)
}

func counter(name, help string, labels ...string) *family {
	return newFamily(counters, name, help, labels)
}

func histogram(name, help string, labels ...string) *family {
	return newFamily(histograms, name, help, labels)
}

func newFamily(kind kind, name, help string, labels []string) *family {
	return &family{name, help, kind, labels, prometheus.NewDesc(name, help, labels, nil)}
}

// writer takes the series of one scrape.
type writer chan<- prometheus.Metric

// put writes one series. There are as many labels as the family has.
func (w writer) put(f *family, value float64, labels ...string) {
	sort := prometheus.GaugeValue
	if f.kind == counters {
		sort = prometheus.CounterValue
	}
	w <- prometheus.MustNewConstMetric(f.desc, sort, value, labels...)
}

// flag writes 1 for true and 0 for false.
func (w writer) flag(f *family, is bool, labels ...string) {
	value := 0.0
	if is {
		value = 1
	}
	w.put(f, value, labels...)
}

// choice writes one series for each word of a closed set: 1 for the one that is,
// 0 for the others. The word is the last label.
func (w writer) choice(f *family, is string, words []string, labels ...string) {
	for _, word := range words {
		w.flag(f, word == is, append(labels[:len(labels):len(labels)], word)...)
	}
}

// instant writes a time as seconds since 1970; nothing for the zero one.
func (w writer) instant(f *family, t time.Time, labels ...string) {
	if !t.IsZero() {
		w.put(f, float64(t.UnixMicro())/1e6, labels...)
	}
}
