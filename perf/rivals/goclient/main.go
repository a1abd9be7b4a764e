// SPDX-License-Identifier: Apache-2.0

// goclient probes as a kubelet does: net/http with DisableKeepAlives, no compression, no proxy, an
// own dialer, one goroutine for each probe. It keeps so many in flight for so long, probe n going
// to 127.1.0.0 + n % addresses, and prints: probes, failures, seconds of CPU,
// seconds it took.
//
// With -rate it is an open loop instead: probes start at evenly spaced instants, and the 50th and
// 99th percentile of their lateness in microseconds are printed as well.
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"sort"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

var addresses = flag.Int64("addresses", 512, "how many there are")

type tally struct {
	next, probes, failures int64
	client                 *http.Client
	port                   int
}

// The settings are those of k8s.io/kubernetes/pkg/probe/http.
func newClient() *http.Client {
	dialer := &net.Dialer{
		// The kubelet's probes do not linger: 1 s is what it sets.
		Control: func(network, address string, c syscall.RawConn) error {
			return c.Control(func(fd uintptr) {
				syscall.SetsockoptLinger(int(fd), syscall.SOL_SOCKET, syscall.SO_LINGER,
					&syscall.Linger{Onoff: 1, Linger: 1})
			})
		},
	}
	return &http.Client{
		Timeout: time.Second,
		Transport: &http.Transport{
			DisableKeepAlives:  true,
			DisableCompression: true,
			Proxy:              nil,
			DialContext:        dialer.DialContext,
		},
	}
}

func (t *tally) probe() {
	n := atomic.AddInt64(&t.next, 1) % *addresses
	url := fmt.Sprintf("http://127.%d.%d.%d:%d/healthz", 1+n/65536, n/256%256, n%256, t.port)
	req, err := http.NewRequest("GET", url, nil)
	if err == nil {
		req.Header.Set("User-Agent", "kube-probe/1.36")
		req.Header.Set("Accept", "*/*")
		var res *http.Response
		if res, err = t.client.Do(req); err == nil {
			_, err = io.Copy(io.Discard, io.LimitReader(res.Body, 10<<10))
			res.Body.Close()
			if res.StatusCode != http.StatusOK {
				err = fmt.Errorf("status %d", res.StatusCode)
			}
		}
	}
	atomic.AddInt64(&t.probes, 1)
	if err != nil {
		atomic.AddInt64(&t.failures, 1)
	}
}

// As the kubelet's prober does, every probe is a goroutine; a token each bounds how many there are.
func (t *tally) closed(inFlight int, end time.Time) {
	var all sync.WaitGroup
	tokens := make(chan struct{}, inFlight)
	for time.Now().Before(end) {
		tokens <- struct{}{}
		all.Add(1)
		go func() {
			t.probe()
			<-tokens
			all.Done()
		}()
	}
	all.Wait()
}

func (t *tally) open(rate int, end time.Time) []float64 {
	var all sync.WaitGroup
	var lock sync.Mutex
	var late []float64
	step := time.Second / time.Duration(rate)
	for due := time.Now(); due.Before(end); due = due.Add(step) {
		time.Sleep(time.Until(due))
		all.Add(1)
		go func(due time.Time) {
			us := float64(time.Since(due).Microseconds())
			t.probe()
			lock.Lock()
			late = append(late, us)
			lock.Unlock()
			all.Done()
		}(due)
	}
	all.Wait()
	sort.Float64s(late)
	return late
}

func main() {
	port := flag.Int("port", 18080, "of the server")
	inFlight := flag.Int("in-flight", 64, "probes at once")
	seconds := flag.Float64("seconds", 1, "how long")
	rate := flag.Int("rate", 0, "probes a second; 0: closed loop")
	flag.Parse()

	t := &tally{client: newClient(), port: *port}
	begin := time.Now()
	end := begin.Add(time.Duration(*seconds * float64(time.Second)))
	var late []float64
	if *rate > 0 {
		late = t.open(*rate, end)
	} else {
		t.closed(*inFlight, end)
	}
	elapsed := time.Since(begin).Seconds()
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	cpu := time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
	fmt.Printf("%d %d %.6f %.6f", t.probes, t.failures, cpu, elapsed)
	if n := len(late); n > 0 {
		fmt.Printf(" %.0f %.0f", late[n/2], late[n*99/100])
	}
	fmt.Println()
}
