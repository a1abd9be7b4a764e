// SPDX-License-Identifier: Apache-2.0

// digest FILE MS runs a manifest in virtual time and prints the digest, as `podring simulate` does.
package main

import (
	"fmt"
	"os"
	"strconv"

	"podring"
)

func main() {
	ms, _ := strconv.ParseInt(os.Args[2], 10, 64)
	ring, err := podring.Open(podring.Options{Virtual: true})
	must(err)
	defer ring.Close()
	must(ring.Load(os.Args[1]))
	must(ring.Apply())
	must(ring.RunUntil(ms))
	events := 0
	for {
		e, err := ring.NextEvent()
		must(err)
		if e == nil {
			break
		}
		events++
	}
	pods, err := ring.Pods("")
	must(err)
	if events == 0 || len(pods) == 0 || ring.Scale("deployment/nobody", 1) == nil {
		os.Exit(1)
	}
	fmt.Printf("%016x\n", ring.Digest())
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
