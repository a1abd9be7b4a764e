// SPDX-License-Identifier: Apache-2.0

// Package podring is libpodring over cgo: engines of simulated Kubernetes pods.
//
// An engine belongs to the thread that has opened it: Open locks the goroutine to its thread, Close unlocks
// it, and all calls are made by that goroutine.
package podring

/*
#cgo pkg-config: podring
#include <podring.h>
#include <stdlib.h>

static struct podring_options podring_go_options(void)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    return o;
}
static struct podring_event podring_go_event(void)
{
    struct podring_event e = PODRING_EVENT_INIT;
    return e;
}
static struct podring_pod_info podring_go_pod(void)
{
    struct podring_pod_info p = PODRING_POD_INFO_INIT;
    return p;
}
// A pointer to memory of Go must not be kept by C: these are filled and handed back by value.
static int podring_go_open(struct podring_options o, podring **out)
{
    return podring_open(&o, out);
}
*/
import "C"

import (
	"runtime"
	"unsafe"
)

// Error is a call that has failed: the library's sentence and its code.
type Error struct {
	Code int
	Why  string
}

func (e *Error) Error() string { return e.Why }

// NotFound and Again are codes of podring.h.
const (
	NotFound = int(C.PODRING_ENOTFOUND)
	Again    = int(C.PODRING_EAGAIN)
)

// Options are those of podring.h that differ from their defaults.
type Options struct {
	Virtual bool
	Seed    uint64
	Flags   uint32
}

// Event is a change or an Event of Kubernetes.
type Event struct {
	AtMs                                        int64
	Seq, Pod                                    uint64
	Type, Reason, Namespace, PodName, Container string
	Object, Field, From, To, Message            string
}

// Pod is a pod as it is now.
type Pod struct {
	ID                                   uint64
	Namespace, Name, Phase, Status, Node string
	Ready, ReadyOf, Restarts             int
}

// Ring is an engine.
type Ring struct{ c *C.podring }

// Open opens an engine.
func Open(o Options) (*Ring, error) {
	options := C.podring_go_options()
	if o.Virtual {
		options.clock = C.PODRING_VIRTUAL
	}
	options.seed = C.uint64_t(o.Seed)
	options.flags = C.uint32_t(o.Flags)
	runtime.LockOSThread()
	r := &Ring{}
	if rc := C.podring_go_open(options, &r.c); rc != 0 {
		err := &Error{int(-rc), C.GoString(C.podring_why(nil))}
		runtime.UnlockOSThread()
		return nil, err
	}
	return r, nil
}

// Close closes it.
func (r *Ring) Close() {
	C.podring_close(r.c)
	r.c = nil
	runtime.UnlockOSThread()
}

func (r *Ring) check(rc C.int) error {
	if rc >= 0 {
		return nil
	}
	return &Error{int(-rc), C.GoString(C.podring_why(r.c))}
}

// Load reads a file; Apply makes objects of it.
func (r *Ring) Load(path string) error {
	p := C.CString(path)
	defer C.free(unsafe.Pointer(p))
	return r.check(C.podring_load_file(r.c, p))
}

// Apply creates or updates what has been loaded.
func (r *Ring) Apply() error { return r.check(C.podring_apply(r.c)) }

// Create creates all objects of a text.
func (r *Ring) Create(name, text string) error {
	n, t := C.CString(name), C.CString(text)
	defer C.free(unsafe.Pointer(n))
	defer C.free(unsafe.Pointer(t))
	return r.check(C.podring_create_text(r.c, n, t, C.size_t(len(text))))
}

// Scale sets the number of replicas of "deployment/web".
func (r *Ring) Scale(object string, replicas uint32) error {
	o := C.CString(object)
	defer C.free(unsafe.Pointer(o))
	return r.check(C.podring_scale(r.c, nil, o, C.uint32_t(replicas)))
}

// RunUntil turns until the clock stands there.
func (r *Ring) RunUntil(atMs int64) error { return r.check(C.podring_run_until(r.c, C.int64_t(atMs))) }

// Now is the instant in which the engine stands.
func (r *Ring) Now() int64 { return int64(C.podring_now(r.c)) }

// Digest is that of all events so far.
func (r *Ring) Digest() uint64 { return uint64(C.podring_digest(r.c)) }

// NextEvent takes the oldest event not yet taken; nil: there is none.
func (r *Ring) NextEvent() (*Event, error) {
	e := C.podring_go_event()
	rc := C.podring_next_event(r.c, &e)
	if int(-rc) == Again {
		return nil, nil
	}
	if err := r.check(rc); err != nil {
		return nil, err
	}
	return &Event{int64(e.at_ms), uint64(e.seq), uint64(e.pod), C.GoString(e._type), C.GoString(e.reason),
		C.GoString(e.namespace_), C.GoString(e.pod_name), C.GoString(e.container), C.GoString(e.object),
		C.GoString(e.field), C.GoString(e.from), C.GoString(e.to), C.GoString(e.message)}, nil
}

// Pods are those that a selector means, "" all of them.
func (r *Ring) Pods(selector string) ([]Pod, error) {
	var all []Pod
	var cursor, id C.uint64_t
	s, everywhere := C.CString(selector), C.CString("")
	defer C.free(unsafe.Pointer(s))
	defer C.free(unsafe.Pointer(everywhere))
	for {
		rc := C.podring_select(r.c, everywhere, s, &cursor, &id)
		if int(-rc) == NotFound {
			return all, nil
		}
		if err := r.check(rc); err != nil {
			return nil, err
		}
		p := C.podring_go_pod()
		if err := r.check(C.podring_pod_info(r.c, id, &p)); err != nil {
			return nil, err
		}
		all = append(all, Pod{uint64(id), C.GoString(p.namespace_), C.GoString(p.name), C.GoString(p.phase),
			C.GoString(p.status), C.GoString(p.node), int(p.ready), int(p.ready_of), int(p.restarts)})
	}
}
