package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// family is one metric: all its series.
type family struct {
	name, help string
	kind       prometheus.ValueType
	labels     []string
	desc       *prometheus.Desc
}

// gauge returns a family of values that go up and down.
func gauge(name, help string, labels ...string) *family {
	return newFamily(prometheus.GaugeValue, name, help, labels)
}

// counter returns a family of values that only grow while the agent runs.
func counter(name, help string, labels ...string) *family {
	return newFamily(prometheus.CounterValue, name, help, labels)
}

func newFamily(kind prometheus.ValueType, name, help string, labels []string) *family {
	return &family{name, help, kind, labels, prometheus.NewDesc(name, help, labels, nil)}
}

// writer takes the series of one scrape.
type writer chan<- prometheus.Metric

// put writes one series. There are as many labels as the family has.
func (w writer) put(f *family, value float64, labels ...string) {
	w <- prometheus.MustNewConstMetric(f.desc, f.kind, value, labels...)
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
