/* SPDX-License-Identifier: Apache-2.0 */
/*
 * podring.h - the public face of libpodring. What is not in this file is not API.
 *
 * libpodring runs simulated Kubernetes pods - probes, restarts, back-off, shutdown - on one thread,
 * in real time on io_uring or in virtual time, deterministic and seeded. A program opens an engine,
 * loads manifests into it, and turns it:
 *
 *     struct podring_options o = PODRING_OPTIONS_INIT;
 *     podring *ring;
 *     if (podring_open(&o, &ring) == 0 && podring_load_file(ring, "web.yaml") == 0) {
 *         podring_apply(ring);
 *         podring_run_until(ring, 60000);
 *         struct podring_event e = PODRING_EVENT_INIT;
 *         while (podring_next_event(ring, &e) == 0)
 *             ...
 *     }
 *     podring_close(ring);
 *
 * Rules that hold everywhere
 *  1. An engine belongs to the thread that opened it, in the process that opened it. The table
 *     below says what other threads may call; everything else that returns a code answers
 *     -PODRING_ETHREAD there. In real time so it does in the child of a fork, which may only close
 *     what it was given a copy of; its parent goes on.
 *  2. Calls return 0 (or a count) or a negative PODRING_E* code, and then podring_why has a
 *     sentence about this very call. A call that fails has no side effect and fires no callback.
 *     NULL where something is needed is -PODRING_EINVALID and no crash; functions that return no
 *     code answer 0 or do nothing.
 *  3. Structs that the caller fills or hands in to be filled start with `size`, set by their
 *     initialiser; so both sides may be of different releases. Fields are only ever added at the
 *     end: the library fills those that the caller's size covers, touches nothing behind it, and
 *     leaves fields that it does not know yet as they were initialised.
 *  4. Times are milliseconds since the engine was opened (`at_ms`), unless a name says otherwise.
 *     Strings are UTF-8, NUL-terminated; who owns them is said where they are handed out.
 *  5. Pods are 64-bit ids. 0 is never a pod, and an id goes stale with its pod: using it afterwards
 *     answers -PODRING_ENOTFOUND.
 *  6. The library has no globals, prints nothing, installs no signal handlers, starts no threads
 *     and never exits. It aborts only on a broken invariant of its own.
 *  7. Callbacks (of timers, watches, posts and events) run inside a turn. They must return: one
 *     that is left by longjmp or by a C++ exception leaves the engine in the middle of a turn for
 *     ever: all later turns are -PODRING_ESTATE, and podring_close waits for the end of one.
 *
 * Where a function may be called
 *
 *                                          in a callback         other thread   signal handler
 *     podring_turn, _run_until, _run_while -PODRING_ESTATE       no             no
 *     podring_next_event                   -PODRING_ESTATE       no             no
 *     podring_close                        at the turn's end     no             no
 *     podring_stop, _wake                  yes                   yes            yes
 *     podring_post                         yes                   yes            no
 *     podring_busy                         yes                   no             yes, of the own
 *     thread podring_why(NULL), _strerror,
 *       _version, _version_number,
 *       _build_info, _states, _event_json  yes                   yes            no
 *     all others, load and apply too       yes                   no             no
 */
#ifndef PODRING_H
#define PODRING_H

#include <stddef.h>
#include <stdint.h>

/* What the initialisers of structs are made of; C++ had no designated ones before 2020. */
#ifdef __cplusplus
template <class T> inline T podring_sized()
{
    T t = T();

    t.size = static_cast<uint32_t>(sizeof(T));
    return t;
}
#define PODRING_SIZED(type) podring_sized<struct type>()
extern "C" {
#else
#define PODRING_SIZED(type)                                                                        \
    {                                                                                              \
        .size = sizeof(struct type)                                                                \
    }
#endif

#if defined(__GNUC__)
#define PODRING_API __attribute__((visibility("default")))
#else
#define PODRING_API
#endif

#define PODRING_VERSION_MAJOR 0
#define PODRING_VERSION_MINOR 1
#define PODRING_VERSION_PATCH 0
#define PODRING_VERSION_NUMBER 0x000100

PODRING_API const char *podring_version(void);
/* "0.1.0". Static. */

PODRING_API int podring_version_number(void);
/* PODRING_VERSION_NUMBER of the library that is running: a program may compare it with its
 * header's. */

PODRING_API const char *podring_build_info(void);
/* One line: allocator, liburing, libyaml and compiler, with their versions. Static. */

/* ---- errors --------------------------------------------------------------------------------- */

#define PODRING_ERR_MAP(X)                                                                         \
    X(EINVALID, 1)     /* an argument is out of range, NULL, or of an unknown kind */              \
    X(ENOMEM, 2)       /* the allocator refused */                                                 \
    X(ENORING, 3)      /* io_uring is missing, disabled or blocked; see podring_why */             \
    X(ENOTFOUND, 4)    /* no such pod, container, object or file */                                \
    X(EEXISTS, 5)      /* an object of that kind and name exists already */                        \
    X(ELIMIT, 6)       /* a configured or compiled-in limit was reached */                         \
    X(ESTATE, 7)       /* not possible now: inside a callback, after close, before apply */        \
    X(EIO, 8)          /* reading or the port failed; see podring_why */                           \
    X(EAGAIN, 9)       /* nothing there at the moment; try again later */                          \
    X(EMANIFEST, 10)   /* a manifest was refused; see podring_diagnostic */                        \
    X(ETHREAD, 11)     /* called from a thread that does not own the engine */                     \
    X(EUNSUPPORTED, 12) /* not supported by this build, kernel or mode */                          \
    X(EFULL, 13)       /* the event queue is full; take events first */                            \
    X(EBUSY, 14)       /* an address is somebody else's on this machine; see podring_why */        \
    X(EFORBIDDEN, 15)  /* refused by admission: a quota, or limits; see podring_why */             \
    X(EBUDGET, 16)     /* a disruption budget does not allow it now; see podring_why */

enum podring_err {
#define X(name, value) PODRING_##name = value,
    PODRING_ERR_MAP(X)
#undef X
};

PODRING_API const char *podring_strerror(int error);
/* A sentence for a code, negative or positive. Static, never NULL. */

/* ---- engine --------------------------------------------------------------------------------- */

typedef struct podring podring;

enum podring_clock {
    PODRING_REAL,   /* the monotonic clock */
    PODRING_VIRTUAL /* time jumps from deadline to deadline */
};

enum podring_net {
    PODRING_NET_DEFAULT, /* REAL: KERNEL. VIRTUAL: SCRIPT */
    PODRING_NET_KERNEL,  /* loopback TCP through io_uring; needs PODRING_REAL */
    PODRING_NET_MEMORY,  /* the same wire code over in-memory sockets; either clock */
    PODRING_NET_SCRIPT   /* no sockets: probes ask the Behavior directly; either clock */
};

enum podring_timing {
    PODRING_TIMING_DEFAULT,   /* VIRTUAL: REFERENCE. REAL: SPREAD */
    PODRING_TIMING_REFERENCE, /* no latencies, no jitter: every date can be worked out by hand */
    PODRING_TIMING_SPREAD,    /* reference, but first probes are spread over their period */
    PODRING_TIMING_KUBELET    /* with the seeded delays of a real node */
};

enum podring_open_flag {
    PODRING_WILDCARD = 1,   /* one wildcard listener a port instead of one a pod, for peers on this
                             * machine only: beyond the descriptor limit. A container that is down
                             * then resets a connection instead of refusing it. */
    PODRING_RST_CLOSE = 2,  /* probes close with RST: no TIME_WAIT */
    PODRING_FAST_OPEN = 4,  /* probes use TCP fast open */
    PODRING_NO_SERVER = 8,  /* do not serve the pods' ports: somebody else does */
    PODRING_NO_EVENTS = 16, /* count events, but do not keep them */
    PODRING_NO_PARK = 64, /* virtual time fires every tick of every probe, also of those whose
                           * runs are all alike; same events, counters and digest, for comparison */
    PODRING_NO_PROBE_EVENTS = 32, /* leave out the per-run events (Unhealthy, ProbeWarning,
                                   * BackOff) */
    PODRING_EXEC_HOST = 128, /* commands of exec probes and hooks are processes of this machine.
                              * They run what the manifests say, with all rights of this program:
                              * only for manifests that one would run by hand. Needs PODRING_REAL
                              * and NET_KERNEL. Each is a session of its own without standard
                              * input and with no descriptor or variable of this program; at its
                              * timeout, its end, the end of its container and podring_close, its
                              * process group is killed. They are told apart by pidfd: a program
                              * that ignores SIGCHLD or waits for any child (waitpid(-1)) takes
                              * their exit codes away. */
    PODRING_KEEP_ALIVE = 256, /* an HTTP probe keeps its connection for as long as the container
                               * instance lives, instead of a new one for every run */
    PODRING_NO_DOCUMENTS = 512 /* the texts of documents are not kept with their objects: less
                                * memory, and no podring_patch_text and podring_document */
};

struct podring_allocator {
    void *(*alloc)(void *ctx, size_t size, size_t align); /* NULL = no memory */
    void (*free)(void *ctx, void *p, size_t size);
    void *ctx;
};

struct podring_options {
    uint32_t size;
    uint32_t clock;  /* enum podring_clock */
    uint32_t net;    /* enum podring_net */
    uint32_t timing; /* enum podring_timing */
    uint32_t flags;  /* enum podring_open_flag */
    uint32_t events_max;      /* events held until taken; 0 = 65536. A full queue stops turns. */
    uint32_t connections_max; /* probe connections at once; 0 = as many as descriptors allow */
    uint32_t attempts_max;    /* probe runs in flight at once; 0 = 8192; more wait in order */
    uint32_t replicas;        /* > 0: overrides the replicas of every workload */
    uint32_t reserved;
    uint64_t seed;            /* of all chance; 0 is a seed like any other */
    int64_t epoch_unix_ms;    /* wall time of at_ms 0; default 2026-01-01T00:00:00Z */
    const struct podring_allocator *allocator; /* NULL = a private heap; copied */
    int64_t net_latency_min_us, net_latency_max_us; /* NET_MEMORY: each way, uniform */
    uint32_t net_refuse_ppm, net_reset_ppm, net_drop_ppm; /* NET_MEMORY: seeded faults */
    uint32_t processes_max;   /* EXEC_HOST: processes at once; 0 = 64; more wait in order */
    /* An engine may run a share of the pods: shard_index of shard_count, by a hash of
     * namespace/name. It is given all manifests, counts all pods and runs its own; names, uids,
     * addresses and chance are as in one engine. Counts up to 65536; 0 and 1 = everything. */
    uint32_t shard_index, shard_count;
    /* NET_KERNEL: the block of 127.0.0.0/8 whose addresses the pods have: its first one, host byte
     * order, and how many leading bits make it, from 8 to 30. 0 and 0: the first /16 from 127.1.0.0
     * on that no other engine on this machine has, or for more than 32,000 pods the whole of
     * 127.0.0.0/8. The first podring_apply with pods claims the block (-EBUSY: it is another
     * engine's); shards of one run share theirs. A port of it that some other program has makes the
     * turn -EBUSY in which a pod would listen there. Without sockets nothing is claimed, and the
     * pods have addresses from 127.1.0.1 on, or of this block. */
    uint32_t address_base, address_bits;
    uint32_t pods_max; /* what applying or scaling would bring beyond is refused; 0 =
                        * PODRING_PODS_MAX */
    uint32_t history;  /* so many records are kept for podring_cause and podring_change after their
                        * events have been taken */
    int64_t end_ms;    /* when the run is going to end: clients without an end of their own end
                        * then, and say what they have counted; 0 = nobody knows */
};

#define PODRING_PODS_MAX 16777216
#define PODRING_EPOCH_DEFAULT 1767225600000LL
#ifdef __cplusplus
static inline podring_options podring_options_init()
{
    podring_options o = PODRING_SIZED(podring_options);

    o.epoch_unix_ms = PODRING_EPOCH_DEFAULT;
    return o;
}
#define PODRING_OPTIONS_INIT podring_options_init()
#else
#define PODRING_OPTIONS_INIT                                                                       \
    {                                                                                              \
        .size = sizeof(struct podring_options), .epoch_unix_ms = PODRING_EPOCH_DEFAULT             \
    }
#endif

PODRING_API int podring_open(const struct podring_options *options, podring **out);
/* options NULL = all defaults. On failure *out is NULL and podring_why(NULL) says more.
 * -EINVALID (also for combinations that make no sense), -ENOMEM, -ENORING, -EIO. */

PODRING_API void podring_close(podring *ring);
/* Frees everything, pods included; closes all sockets. NULL is allowed. In a callback it is done at
 * the end of the turn: until then calls answer -ESTATE and no callback runs any more, and the turn,
 * or podring_run_until, returns -ESTATE, after which the engine is gone. */

PODRING_API const char *podring_why(const podring *ring);
/* A sentence about the last call that failed on this engine, or "". For NULL, and for an engine of
 * another thread: about the last call of this thread that failed without an engine, podring_open
 * first of all, or on one that is not its own. Valid until the next call. */

PODRING_API int podring_set(podring *ring, const char *knob, const char *value);
/* Sets a knob by its name ("bo_gc", "max_restart_period", "grace_shorten_live", ...); values as on
 * the command line ("on", "100s", "7"). -ENOTFOUND: no such knob; -EINVALID: not a value of it;
 * -EUNSUPPORTED: it means nothing in this world. */

struct podring_knob {
    uint32_t size;
    uint32_t reserved;
    const char *name, *value, *default_value, *help; /* static or valid until the next
                                                      * podring_set */
};
#define PODRING_KNOB_INIT PODRING_SIZED(podring_knob)

PODRING_API int podring_knob_at(podring *ring, uint32_t index, struct podring_knob *out);
/* Enumerates knobs from index 0; -ENOTFOUND past the last. */

/* ---- manifests ------------------------------------------------------------------------------ */

PODRING_API int podring_load_file(podring *ring, const char *path);
/* Reads all documents of a YAML or JSON file ("-": standard input): Kubernetes objects, Behavior
 * and Scenario. All of it is accepted or none. -EMANIFEST: see the diagnostics; -ENOTFOUND, -EIO:
 * the file cannot be read. Nothing runs before podring_apply. */

PODRING_API int podring_load_text(podring *ring, const char *name, const char *text, size_t length);
/* The same from memory; `name` stands for the file in messages and is copied. After -EMANIFEST, of
 * either, podring_why has the first diagnostic that is an error. */

PODRING_API int podring_apply(podring *ring);
/* Creates or updates what has been loaded since the last apply, at the current time.
 *
 *  1. It is all or nothing: after a failure the engine is as it was, and what had been loaded is
 *     dropped. Whoever wants it loads it again.
 *  2. An object is there if one of its kind, namespace and name is. A document that means what the
 *     last one meant, while nothing else has changed the object, is no change, and leaves no
 *     record.
 *  3. A workload whose template has changed replaces its pods as podring_set_image does. A document
 *     that does not say `replicas` leaves their number as it is.
 *  4. A bare pod's containers are replaced in place where the image is another one.
 *  5. A Service may select others and have other ports. ConfigMaps and Secrets are read by
 *     containers that start from now on. Claims have nothing to update.
 *  6. Behaviors take effect for all pods, present and to come; one of a name that has been applied
 *     before takes its place. Steps of a Scenario are only added.
 *  7. What must not change is refused as Kubernetes refuses it, -ESTATE: the selector of a
 *     Deployment, ReplicaSet, DaemonSet or Job, a Job's template and completions, what the API does
 *     not let a StatefulSet, pod or claim change, a Service's clusterIP, an immutable ConfigMap or
 *     Secret. What Kubernetes allows and podring cannot do yet is -EUNSUPPORTED, by name.
 *
 * Also -ESTATE: the pods of a workload are divided among shards, and would have to be counted;
 * -ENOMEM; -ELIMIT. */

PODRING_API int podring_discard(podring *ring);
/* Forgets what has been loaded and not applied. */

/*
 * One text at a time. Objects are also created, replaced, patched and deleted without
 * podring_apply, each call by itself:
 *
 *  1. What is called for is done as a whole, or refused as a whole with a sentence in podring_why:
 *     of a manifest that is wrong -EMANIFEST, with file, line and column or, where there is no
 *     text, the field's path; of what must not change as in 7 above.
 *  2. What is there is -EEXISTS for a creation; what is not is -ENOTFOUND for all others.
 *  3. Something that has been loaded and not applied is in the way of all but deletions: -ESTATE.
 *  4. An object's document is what has been created, applied, replaced or patched last, with the
 *     number of replicas and the images that calls have set since. It is kept for each document,
 *     not for the pods of a workload, which have none of their own (-EUNSUPPORTED).
 *  5. Defaults and checks are those of manifests, whoever wrote the document.
 *  6. What follows has the call as its cause (podring_cause), and is in the change log
 *     (podring_change).
 */

PODRING_API int podring_create_text(podring *ring, const char *name, const char *text,
                                    size_t length);
/* Creates all objects of a text, as podring_load_text and podring_apply do, if none of them is
 * there. `name` stands for the file in messages. */

PODRING_API int podring_replace_text(podring *ring, const char *name, const char *text,
                                     size_t length);
/* Updates objects, all of which must be there, by their whole documents: what a document does not
 * say is the default, `replicas` too. */

enum podring_patch {
    PODRING_PATCH_MERGE,     /* RFC 7386, as JSON or YAML: null takes a field away, a list replaces
                              * the whole list */
    PODRING_PATCH_STRATEGIC, /* as kubectl patch has it: lists that have a merge key are merged by
                              * it, with $patch, $retainKeys, $setElementOrder and
                              * $deleteFromPrimitiveList; not for kinds of podring.dev */
    PODRING_PATCH_JSON       /* RFC 6902: a list of operations, all of which must apply */
};

PODRING_API int podring_patch_text(podring *ring, const char *namespace_, const char *object,
                                   int type, const char *name, const char *text, size_t length);
/* object "deployment/web", "configmap/a", "pod/p": its document as the patch makes it is what it is
 * replaced by. namespace_ NULL = "default"; type: enum podring_patch; `name` stands for the file of
 * the patch. -EINVALID: there is no such kind; -EUNSUPPORTED: it has no document; -EMANIFEST: the
 * patch is none, or does not apply. */

PODRING_API int podring_document(podring *ring, const char *namespace_, const char *object,
                                 char *out, size_t room, size_t *length);
/* The document of an object as JSON, cut to room with its NUL; out may be NULL. *length is what the
 * whole of it has. Refused as by podring_patch_text. */

enum podring_delete_flag {
    PODRING_DELETE_FORCE = 1, /* grace 0, as podring_delete has it */
    PODRING_DELETE_ORPHAN = 2, /* a workload's pods stay, and have no controller any more */
    PODRING_DELETE_FOREGROUND = 4 /* a workload goes when its pods have gone, not before them */
};

struct podring_delete_options {
    uint32_t size;
    uint32_t flags;  /* enum podring_delete_flag */
    int32_t grace_s; /* of pods; PODRING_GRACE_DEFAULT: their own */
    uint32_t reserved;
};
#ifdef __cplusplus
static inline podring_delete_options podring_delete_options_init()
{
    podring_delete_options o = PODRING_SIZED(podring_delete_options);

    o.grace_s = -1;
    return o;
}
#define PODRING_DELETE_OPTIONS_INIT podring_delete_options_init()
#else
#define PODRING_DELETE_OPTIONS_INIT                                                                \
    {                                                                                              \
        .size = sizeof(struct podring_delete_options), .grace_s = PODRING_GRACE_DEFAULT            \
    }
#endif

PODRING_API int podring_delete_object(podring *ring, const char *namespace_, const char *object,
                                      const struct podring_delete_options *options);
/* object as above, also "pod/web-0" of a workload and "behavior/b"; options NULL = defaults. A
 * pod terminates. A workload is gone at once, and its pods terminate; its name is free. A Service,
 * a ConfigMap or Secret is gone: running containers keep what they have of it, and pods what they
 * have mounted; a container that needs a variable of it waits to be created, a pod to be mounted. A
 * Behavior speaks for no instance that starts from now on. A claim that a pod on its node uses is
 * -EUNSUPPORTED, so far. */

/*
 * Field by field, without YAML: a document is built by the paths that manifests have.
 *
 *     podring_spec *spec;
 *     podring_spec_new(ring, "Pod", NULL, "p", &spec);
 *     podring_spec_set_text(spec, "spec.containers[0].name", "c");
 *     podring_spec_set_text(spec, "spec.containers[0].image", "nginx");
 *     podring_spec_set(spec, "spec.containers[0].livenessProbe.httpGet.port", "8080");
 *     podring_spec_create(spec, &pod);
 *     podring_spec_free(spec);
 *
 * A path is names with dots between them, [0] in lists, of which one may be set behind the last,
 * and ["app.kubernetes.io/name"] for a name with dots. What is on the way to a field is made.
 * Nothing is checked before the document is created.
 */
typedef struct podring_spec podring_spec;

PODRING_API int podring_spec_new(podring *ring, const char *kind, const char *namespace_,
                                 const char *name, podring_spec **out);
/* kind "Pod", "Deployment", "ConfigMap", ... as in manifests, or with its version as in
 * "apps/v1/Deployment"; namespace_ may be NULL. -EINVALID: there is no such kind; -ENOMEM. */

PODRING_API int podring_spec_set(podring_spec *spec, const char *path, const char *value);
/* value as YAML has it: "8080" is a number, "true" a truth value, "[sh, -c, exit 1]" a list,
 * "{app: web}" a mapping. NULL takes the field away. -EINVALID: the value is no YAML, or the path
 * leads through something else; -ENOMEM. */

PODRING_API int podring_spec_set_text(podring_spec *spec, const char *path, const char *text);
/* The same of a string, whatever it looks like. */

PODRING_API int podring_spec_create(podring_spec *spec, uint64_t *pod);
/* Creates the object, as podring_create_text does. *pod (which may be NULL) is the pod of a Pod, 0
 * for other kinds and for a pod in another shard. The spec can be changed further and used
 * again. */

PODRING_API int podring_spec_replace(podring_spec *spec);
/* Replaces the object of its kind, namespace and name, as podring_replace_text does. */

PODRING_API void podring_spec_free(podring_spec *spec);
/* Before podring_close. NULL is allowed. */

/* An error has refused something. Three are warnings that a strict reader takes for errors: a field
 * that Kubernetes does not have, a key that stands twice in a mapping (the last one counts), and
 * what the built-in shell cannot do. A misfit is a note that matters in a run, too: something does
 * not go together, or means what none of the files has. */
enum podring_severity {
    PODRING_NOTE,
    PODRING_WARNING,
    PODRING_ERROR,
    PODRING_UNKNOWN_FIELD,
    PODRING_DUPLICATE_KEY,
    PODRING_UNSUPPORTED,
    PODRING_MISFIT
};

struct podring_diagnostic {
    uint32_t size;
    uint32_t severity; /* enum podring_severity */
    uint32_t line, column; /* 1-based; 0 = not known */
    const char *file, *text; /* valid until podring_close or the next load */
};
#define PODRING_DIAGNOSTIC_INIT PODRING_SIZED(podring_diagnostic)

PODRING_API int podring_diagnostic_at(podring *ring, uint32_t index,
                                      struct podring_diagnostic *out);
/* Diagnostics of all loads so far, from index 0, in order of file and line. -ENOTFOUND past the
 * last. */

PODRING_API int podring_diagnostics_clear(podring *ring);
/* Forgets them: for who loads again and again. */

PODRING_API int podring_input_at(podring *ring, uint32_t index, const char **path);
/* The files that have been loaded, and those that steps of a Scenario apply when their time comes,
 * from index 0, in the order in which the engine has learnt of them: what a program must not write
 * to. What was loaded from standard input or from memory is not among them. The path of a step's
 * file is that of the file with the Scenario, and so relative to where the program runs. Valid
 * until podring_close. -ENOTFOUND past the last. */

/* ---- turning -------------------------------------------------------------------------------- */

#define PODRING_FOREVER INT64_MAX

PODRING_API int podring_turn(podring *ring, int64_t wait_max_ms);
/* One turn: waits at most so long (0: not at all; PODRING_FOREVER: until something is due) for a
 * deadline or an answer, then does all that is due. 1: something was done; 0: nothing. -EFULL:
 * events must be taken first; -ESTATE from inside a callback, or because one has closed the engine;
 * -EIO: the port failed; -EBUSY: a pod cannot listen at its address, because another program does
 * and would answer its probes (once for each time: the next turn goes on); -ENOMEM: an allocation
 * has failed, in this turn or in a call before it that could not say so. What was told before that
 * is true, nothing that follows from it is told, and the engine goes no further: each later turn
 * answers the same. */

PODRING_API int podring_run_until(podring *ring, int64_t at_ms);
/* Turns until everything due up to and including at_ms is done and the clock stands there. Returns
 * early with -EFULL or -ENOMEM like podring_turn, or with 1 after podring_stop. */

typedef int podring_while_fn(void *ctx, podring *ring);

PODRING_API int podring_run_while(podring *ring, int64_t until_ms, podring_while_fn *fn, void *ctx);
/* As podring_run_until, for as long as fn does not answer 0: it is asked first, and then after each
 * instant. 2: it has answered 0; 0: until_ms was reached. fn runs between turns, and may do what
 * callbacks may. */

PODRING_API void podring_stop(podring *ring);
/* Makes a running podring_run_until or _run_while, or the next one, return after its current turn.
 */

PODRING_API int64_t podring_now(const podring *ring);
/* The instant in which the engine stands, in milliseconds since open. Only turns move it: it is
 * constant during a callback, and between two turns it stands still however long the program does
 * other things. */

PODRING_API int64_t podring_clock(podring *ring);
/* The clock itself, in milliseconds since open: podring_run_until(ring, podring_clock(ring) + 500)
 * runs for half a second also where podring_now is of long ago. In virtual time the same as
 * podring_now. */

PODRING_API int64_t podring_wait_ns(podring *ring);
/* For a loop of the program's own:
 *
 *     wait for podring_fd to be readable, at most podring_wait_ns; then podring_turn(ring, 0)
 *
 * In nanoseconds; INT64_MAX = until podring_fd is readable; 0 = turn now, because something is due
 * or because the last turn has prepared what only the next one submits. To be asked anew before
 * each wait: any call may have changed it. In virtual time, where nothing is waited for, 0 or, when
 * nothing is ever due, INT64_MAX. */

PODRING_API int podring_fd(podring *ring);
/* A descriptor that is readable when a turn has answers to handle and after podring_post,
 * podring_wake and podring_stop of any thread; wait for it (level-triggered), but do not read it.
 * It is made when it is first asked for, and stays the same until podring_close. -EUNSUPPORTED in
 * virtual time: there podring_turn never waits. -EIO: there are no descriptors left. */

PODRING_API int podring_post(podring *ring, void (*fn)(podring *ring, void *arg), void *arg);
/* Has fn run on the engine's thread at the end of a turn. -EAGAIN: the box is full until then. */

PODRING_API void podring_wake(podring *ring);
/* Makes a waiting turn return. */

PODRING_API uint64_t podring_busy(const podring *ring, char *out, size_t size);
/* For a watchdog: the number of the instant that the engine is working on, 0 if it is in no turn.
 * Writes "default/web-0, container main" if a command of that container is running at this moment,
 * else ""; cut to size, always terminated; out may be NULL. For a signal handler that has
 * interrupted the engine's own thread: it takes no lock, allocates nothing and changes nothing. */

/* ---- events --------------------------------------------------------------------------------- */

enum podring_event_kind {
    PODRING_EVENT,     /* what Kubernetes records as an Event: type, reason, message */
    PODRING_TRANSITION, /* a change of state: field, from, to */
    PODRING_ACTION /* what somebody has done, from podring_cause and podring_change only: object is
                    * "step" or "call", message tells it and to what it was done */
};

struct podring_event {
    uint32_t size;
    uint32_t kind;      /* enum podring_event_kind */
    int64_t at_ms;
    uint64_t seq;       /* from 1, without gaps, in order; 0: not in the stream of events */
    uint64_t pod;       /* 0 for other objects */
    int32_t exit_code;  /* of a Terminated state; -1 = does not apply */
    int32_t numeric;    /* bit 0: `from` is a number, bit 1: `to` is one */
    /* NULL where it does not apply. Valid until the next podring_next_event, turn or close. */
    const char *type;      /* "Normal", "Warning" */
    const char *reason;
    const char *namespace_;
    const char *object;    /* "deployment/web" for objects other than pods */
    const char *pod_name, *uid, *container;
    const char *field, *from, *to;
    const char *message;
    uint64_t number; /* of the pod: as in struct podring_pod_info; 0 for other objects */
    uint64_t version; /* of all that podring knows, as this change made it: counts also what is no
                       * event */
    uint64_t cause;   /* the version of the change that has led to this one, if there is one:
                       * podring_cause */
};
#define PODRING_EVENT_INIT PODRING_SIZED(podring_event)

PODRING_API int podring_next_event(podring *ring, struct podring_event *out);
/* The oldest event not yet taken. -EAGAIN: none. */

PODRING_API int podring_cause(podring *ring, uint64_t version, struct podring_event *out);
/* The change that made this version, for the `cause` of an event: a kill names its failed probe, a
 * back-off and a restart the end of the container before, an end by a signal the kill, a deletion
 * the step, the call or the change of another pod that asked for it, a condition what changed it.
 * What begins a chain has cause 0: a program that ends by itself, a failed probe. May be an event
 * that has been taken already, or a PODRING_ACTION, which no stream has. Its strings are valid
 * until the next call. -ENOTFOUND: never made, or forgotten: see `history` of the options. In a
 * callback, too. */

PODRING_API int podring_change(podring *ring, uint64_t *version, struct podring_event *out);
/* The change after *version, which becomes that of the change; from 0 on all of them, from
 * podring_newest_version on those to come. It takes no event away, and several readers may each
 * have a version of their own. Beside the events there are those that no stream has, with seq 0: a
 * PODRING_ACTION, and transitions of the field "object" of what is no pod, object "configmap/a": to
 * "Created" when it is applied, from "Created" to "Created" when it is updated; of a step of a
 * Scenario ("step") when it is loaded, with a message, and its action when its time comes.
 * Strings are valid until the next call. -EAGAIN: there is none yet. -ENOTFOUND: what came after
 * that version has been forgotten, see `history` of the options (with PODRING_NO_EVENTS all is), or
 * there is no such version yet: list anew what there is, and go on from podring_newest_version. In
 * a callback, too. */

PODRING_API uint64_t podring_newest_version(podring *ring);
/* Of the newest change; 0: there has been none. */

typedef void podring_event_fn(void *ctx, podring *ring, const struct podring_event *e);

PODRING_API int podring_on_event(podring *ring, podring_event_fn *fn, void *ctx);
/* Delivers events to fn at the end of each turn instead. NULL goes back to podring_next_event. */

PODRING_API size_t podring_event_json(const struct podring_event *e, char *out, size_t room);
/* The event as one line of JSON without a newline, keys in the order of the event stream format.
 * Returns the length it needs; writes at most room bytes, NUL-terminated if room > 0. */

/* ---- objects -------------------------------------------------------------------------------- */

PODRING_API int podring_find(podring *ring, const char *namespace_, const char *name,
                             uint64_t *pod);
/* namespace_ NULL = "default". -ENOTFOUND. */

PODRING_API uint64_t podring_next_pod(podring *ring, uint64_t *cursor);
/* Iterates over pods in order of creation: start with *cursor = 0; 0 = no more. Pods may come and
 * go meanwhile, and several walks may be under way. */

PODRING_API int podring_select(podring *ring, const char *namespace_, const char *selector,
                               uint64_t *cursor, uint64_t *pod);
/* Iterates over the pods whose labels a selector means, in order of creation: start with *cursor =
 * 0; namespace_ NULL = "default", "" = all of them. The selector is as `kubectl get -l` takes it:
 * requirements that must all hold, between commas: "app=web" (or ==), "tier!=db", "env in (a, b)",
 * "env notin (a, b)", "app" (there is such a label), "!app" (there is none); != and notin hold
 * where there is no such label. "" is all pods. A pod's labels are those of its template and,
 * before them, what its controller gives it: pod-template-hash of a Deployment, job-name and
 * batch.kubernetes.io/job-name of a Job, apps.kubernetes.io/pod-index and
 * statefulset.kubernetes.io/pod-name of a StatefulSet, controller-revision-hash and
 * pod-template-generation of a DaemonSet. -ENOTFOUND: no more. A selector is refused
 * by any call: -EINVALID; -ELIMIT: it is too long; -EUNSUPPORTED: > and <. */

struct podring_pod_info {
    uint32_t size;
    uint32_t containers;  /* all kinds; index them with podring_container_info */
    int64_t created_ms, deleted_ms; /* deleted_ms: when deletion was requested; -1 = not */
    int32_t ready, ready_of; /* the READY column: ready/of, as far as has been told */
    uint32_t restarts;
    uint32_t ip;            /* IPv4, host byte order; 0 = on no node yet */
    int64_t last_restart_ms; /* -1 = never */
    /* Valid until the next call on this engine. */
    const char *namespace_, *name, *uid, *phase, *status; /* status: kubectl's STATUS word */
    const char *node, *reason, *message;                   /* may be NULL */
    uint64_t number; /* order of creation from 1 on, over all shards */
};
#define PODRING_POD_INFO_INIT PODRING_SIZED(podring_pod_info)

PODRING_API int podring_pod_info(podring *ring, uint64_t pod, struct podring_pod_info *out);
/* The pod as it is now. -ENOTFOUND. */

PODRING_API uint64_t podring_next_object(podring *ring, uint64_t *cursor);
/* Iterates over what has been applied and is no pod: workloads, Services, ConfigMaps and Secrets,
 * claims, Behaviors, and the steps of Scenarios that are still to come; each kind in order of
 * creation. Start with *cursor = 0; 0 = no more. Objects may come and go meanwhile, and several
 * walks may be under way. A claim of a StatefulSet's template is among them from when a command
 * finds its volume mounted; what is there without having been applied (the Service kubernetes, the
 * ConfigMap kube-root-ca.crt) is not. The numbers of objects are not those of pods; one goes stale
 * with its object. */

struct podring_object_info {
    uint32_t size;
    int32_t share;       /* where what is coupled stays in one share of the run: in which the
                          * object is, with its pods; else -1 */
    uint64_t version;    /* of the newest change that tells of this object: its creation, or what
                          * has updated it (an apply, another number of replicas, another image).
                          * 0: none does, for a claim of a StatefulSet's template */
    int64_t created_ms;
    int64_t due_ms;      /* of a step: its time; -1 for others */
    int64_t replicas;    /* how many there shall be, over all shards; -1 for what podring_scale
                          * does not scale */
    /* Valid until the next call on this engine. */
    const char *kind;    /* "deployment", "replicaset", "statefulset", "daemonset", "job",
                          * "replicationcontroller", "service", "configmap", "secret",
                          * "persistentvolumeclaim", "behavior", "step" */
    const char *namespace_;
    const char *name;    /* NULL: it has none, as steps */
    const char *text;    /* of a step: what it does, and where it stands; NULL for others */
};
#define PODRING_OBJECT_INFO_INIT PODRING_SIZED(podring_object_info)

PODRING_API int podring_object_info(podring *ring, uint64_t object,
                                    struct podring_object_info *out);
/* An object as it is now. -ENOTFOUND. */

PODRING_API int podring_show_next(podring *ring, const char *kind, const char *namespace_,
                                  uint64_t *cursor, char *out, size_t room, size_t *length);
/* What there is of a kind, an object a call, in order of creation, as JSON in the form of the
 * Kubernetes API: what it is told to be (fields that are not given are mostly left out), and what
 * it has been given: uid, creation, controller, labels, node, addresses. Also of what nobody has
 * written a document for: pods, ReplicaSets and Jobs of controllers, endpoints. There is no status
 * in it but what a document says: the events tell that, and podring_pod_info. kind: as in struct
 * podring_object_info, but no steps; "pod", "endpoints", "endpointslice". namespace_ NULL =
 * "default", "" = all of them. Start with *cursor = 0. The text is cut to room with its NUL, out
 * may be NULL; where it does not fit, *cursor stays, and *length says what it takes. -ENOTFOUND: no
 * more; -EINVALID: no such kind; -EUNSUPPORTED: PODRING_NO_DOCUMENTS; -ENOMEM. */

struct podring_container_info {
    uint32_t size;
    uint32_t kind;  /* 0 init, 1 sidecar, 2 main */
    uint32_t restart_count;
    uint32_t ready, started; /* 0 or 1 */
    int32_t exit_code;       /* of state Terminated; -1 otherwise */
    int32_t last_exit_code;  /* of lastState; -1 = there is none */
    uint32_t reserved;
    int64_t started_ms, finished_ms; /* of the current state; -1 = none */
    int64_t last_started_ms, last_finished_ms;
    const char *name, *image;
    const char *state;  /* "Waiting", "Running", "Terminated" */
    const char *reason, *message; /* may be NULL */
    const char *last_reason, *last_message; /* may be NULL */
};
#define PODRING_CONTAINER_INFO_INIT PODRING_SIZED(podring_container_info)

PODRING_API int podring_container_info(podring *ring, uint64_t pod, uint32_t index,
                                       struct podring_container_info *out);
/* A container as it is now, from index 0: init containers and sidecars first. -ENOTFOUND past the
 * last. Strings are valid until the next call on this engine. */

PODRING_API int podring_logs(podring *ring, uint64_t pod, const char *container, int previous,
                             const char **text, size_t *length);
/* The log of a container's newest instance, or of the one before it: what its commands have written
 * to standard output and error, the end of it (64 KiB). container NULL = the first main one. Valid
 * until the next turn. -ENOTFOUND and a sentence in podring_why as kubectl has it: no such
 * container, no previous instance, still waiting to start. */

PODRING_API int podring_exec(podring *ring, uint64_t pod, const char *container, uint32_t argc,
                             const char *const *argv, uint64_t *run);
/* Starts a command in a container that runs, as `kubectl exec` does: among its files, in the
 * simulated shell, from the next turn on. container NULL = the first main one. *run is its number.
 * What it does is done: its files and signals stay. It ends, or is killed with the container.
 * -ENOTFOUND; -ESTATE: the container does not run; -EUNSUPPORTED: PODRING_EXEC_HOST; -ENOMEM. */

struct podring_exec_info {
    uint32_t size;
    uint32_t ended;    /* 0 or 1 */
    int32_t exit_code; /* -1: it has not ended */
    uint32_t cut;      /* 0 or 1: it has written more than is kept */
    const char *out, *err; /* what it has written, the end of it (64 KiB), and what of it is not
                            * known; valid until the next turn */
    size_t out_length, err_length;
};
#define PODRING_EXEC_INFO_INIT PODRING_SIZED(podring_exec_info)

PODRING_API int podring_exec_info(podring *ring, uint64_t run, struct podring_exec_info *out);
/* How far it is. -ENOTFOUND. */

PODRING_API int podring_exec_close(podring *ring, uint64_t run);
/* Forgets it, and kills what still runs of it. -ENOTFOUND. */

#define PODRING_FILE_NAME_MAX 256

PODRING_API int podring_file_read(podring *ring, uint64_t pod, const char *container,
                                  const char *path, const char **data, size_t *length);
/* A file of a container that runs, as its commands see it. Valid until the next call. -ENOTFOUND;
 * -EIO: it is none, and podring_why says what; else as podring_exec. */

PODRING_API int podring_file_write(podring *ring, uint64_t pod, const char *container,
                                   const char *path, const char *data, size_t length);
/* Writes a whole file, with the directories on the way. -EIO: it cannot be written; -ELIMIT: it is
 * larger than files of containers can be. */

PODRING_API int podring_file_list(podring *ring, uint64_t pod, const char *container,
                                  const char *path, const char *after,
                                  char name[PODRING_FILE_NAME_MAX]);
/* The first name of a directory that sorts after `after`, "" to begin. -EAGAIN: no more; -EIO: it
 * is no directory. */

PODRING_API int podring_condition(podring *ring, uint64_t pod, const char *type,
                                  const char **status, const char **reason, const char **message);
/* A pod condition: status "True" or "False"; reason and message may be NULL pointers and come back
 * NULL. -ENOTFOUND for types the pod does not have. */

enum podring_fact {
    PODRING_FIELD,      /* a field of the pod by its Kubernetes name, such as serviceAccountName */
    PODRING_CONTROLLER, /* kind, name */
    PODRING_LABEL,
    PODRING_ANNOTATION,
    PODRING_GATE,      /* a readiness gate: type, "True" or "False" */
    PODRING_CONDITION, /* type, status: gates, then the kubelet's, in the order of the status */
    PODRING_VOLUME,    /* name, kind or kind/source: "EmptyDir", "ConfigMap/settings" */
    /* Of one container: */
    PODRING_COMMAND,  /* "", one word of it */
    PODRING_ARGUMENT, /* "", one of them */
    PODRING_PORT,     /* name or "", "8080/TCP" */
    PODRING_ENV,      /* name, value or where it comes from */
    PODRING_MOUNT,    /* path, "data (rw)" */
    PODRING_PROBE,    /* "Liveness", "http-get http://:8080/ delay=0s timeout=1s period=10s ..." */
    PODRING_HOST_PORT, /* name or "", "0/TCP" */
    PODRING_LIMIT,     /* resource, quantity: "memory", "128Mi" */
    PODRING_REQUEST,   /* the same; what is not requested is the limit */
    PODRING_ENV_FROM,  /* name of the ConfigMap or Secret, "Secret with prefix 'P_' Optional:
                        * false" */
    PODRING_ID,        /* "Container ID" and "Image ID", made up; "" before the first start */
    /* Of the pod: */
    PODRING_NODE_SELECTOR, /* label, value */
    PODRING_TOLERATION,    /* "node.kubernetes.io/not-ready:NoExecute op=Exists for 300s", "" */
    PODRING_VOLUME_LINE    /* name, a line about it: "SizeLimit: 1Gi"; those of one volume in a
                            * row */
};

PODRING_API int podring_fact_at(podring *ring, uint64_t pod, uint32_t container, int fact,
                                uint32_t index, const char **key, const char **value);
/* What a pod is told to be and has become, defaults applied, in the words of kubectl describe: the
 * facts of one kind from index 0. `container` counts for those of a container only. -ENOTFOUND past
 * the last, and for a container there is not. Strings are valid until the next call on this
 * engine. */

#define PODRING_GRACE_DEFAULT (-1)

PODRING_API int podring_delete(podring *ring, uint64_t pod, int32_t grace_s, int force);
/* As kubectl delete: grace_s PODRING_GRACE_DEFAULT takes the pod's own, other negative ones are
 * -EINVALID; 0 without force counts as 1; force means grace 0, and a positive grace with it is
 * -EINVALID. */

PODRING_API int podring_evict(podring *ring, uint64_t pod, int32_t grace_s);
/* Through the Eviction API: a pod that runs is deleted if its PodDisruptionBudget allows that, and
 * its condition DisruptionTarget says so. grace_s as in podring_delete. -EBUDGET: not now, with the
 * API's sentence; -ESTATE: it has several budgets. */

PODRING_API int podring_kill(podring *ring, uint64_t pod, const char *container, int signal);
/* The container's process gets a signal from elsewhere. container NULL = the first main one.
 * -ESTATE: it is not running. */

PODRING_API int podring_scale(podring *ring, const char *namespace_, const char *object,
                              uint32_t replicas);
/* object "deployment/web", also replicaset/ and statefulset/. -ESTATE: its pods are divided among
 * shards, and who goes first depends on all of them. */

PODRING_API int podring_set_image(podring *ring, const char *namespace_, const char *object,
                                  const char *container, const char *image);
/* object "pod/p" or a workload; container NULL = the first main one. Pods of a replicaset/ stay as
 * they are: only those that it makes later have the image. */

PODRING_API int podring_reboot(podring *ring);
/* The node loses power and comes back at once. */

PODRING_API int podring_set_condition(podring *ring, uint64_t pod, const char *type, int status);
/* Sets a readiness gate's condition. -ENOTFOUND: the pod has no such gate. */

/* ---- measuring ------------------------------------------------------------------------------ */

enum podring_histogram {
    PODRING_LATENESS_NS, /* a probe's start after the instant it was due */
    PODRING_LATENCY_NS,  /* from a run's start to its verdict */
    PODRING_HISTOGRAMS
};

struct podring_stats {
    uint32_t size;
    uint32_t reserved;
    uint64_t pods, pods_peak, pods_created, pods_deleted;
    uint64_t containers_running;
    uint64_t probes;          /* runs started, repeats of errored ones included */
    uint64_t probes_done;     /* runs with a verdict */
    uint64_t success, warning, failure, error; /* verdicts */
    uint64_t timeouts;        /* of the failures and errors: ended by their deadline */
    uint64_t missed;          /* ticks lost because the one before was still running or the engine
                               * late */
    uint64_t in_flight, in_flight_peak, waited; /* runs; waited: had to queue for an attempt slot */
    uint64_t restarts, backoffs, kills;
    uint64_t events, events_dropped; /* dropped is always 0 unless NO_EVENTS */
    uint64_t turns, timers, enters, sqes, cqes;
    uint64_t sq_full, cq_overflow;
    uint64_t op_waits, op_wait_ns, op_wait_ns_max; /* operations that waited for sockets or queue
                                                    * room */
    uint64_t listeners, listen_failed, connections_served, requests_served;
    uint64_t memory, memory_peak; /* bytes asked of the allocator */
    uint64_t allocations, steady_allocations; /* steady: made by the engine itself while
                                               * turning; 0 is the promise */
    uint64_t timers_armed;
    uint64_t foreign_lookups; /* in a shard: how often one engine would have known or done
                               * otherwise. Lookups of services, addresses and images find only
                               * what their own shard has, and who leaves a workload that is
                               * divided is not replaced. */
    /* EXEC_HOST: */
    uint64_t processes;       /* started */
    uint64_t processes_running, processes_peak;
    uint64_t processes_killed; /* before their end: by a timeout, or with their container */
    uint64_t spawn_retries;   /* starts put off: no descriptors, memory or processes were to be
                               * had */
    uint64_t spawn_failed;    /* starts that failed: no such program, or nothing to be had for
                               * long */
    /* Probe runs that had to wait for a connection (connections_max, descriptors): how many, the
     * sum of the waits that are over, the longest, and how many still wait. It is no failure of the
     * target: the timeout counts from when there is a connection. */
    uint64_t connection_waits, connection_wait_ns, connection_wait_ns_max, connection_waiting;
    /* Made while turning, beside steady_allocations: for what the programs of pods do (shells,
     * files, logs, messages), and while the engine grew to its size (pools, pods that came). */
    uint64_t program_allocations, growth_allocations;
    uint64_t guest_memory, guest_memory_peak; /* what of `memory` is for those programs */
    /* Requests of clients that have ended, and by what they have come to; attempts counts those
     * that were repeated, too. */
    uint64_t client_requests, client_attempts, client_ok, client_http4xx, client_http5xx;
    uint64_t client_refused, client_reset, client_connect_timeout, client_request_timeout;
    uint64_t client_dns;
};
#define PODRING_STATS_INIT PODRING_SIZED(podring_stats)

PODRING_API int podring_stats(podring *ring, struct podring_stats *out);
/* All counters since the engine was opened. O(pods) while probes are parked (PODRING_NO_PARK). */

PODRING_API uint64_t podring_percentile(podring *ring, int histogram, uint32_t per_million);
/* 500000 = median, 990000 = p99, 1000000 = maximum; 0 while nothing was recorded, and for what is
 * no histogram. */

PODRING_API uint64_t podring_samples(podring *ring, int histogram);
/* How many values the histogram holds. */

struct podring_bucket {
    uint32_t size;
    uint32_t reserved;
    uint64_t low, high; /* what falls into it, both included; high is never above the largest
                         * value */
    uint64_t count;
};
#define PODRING_BUCKET_INIT PODRING_SIZED(podring_bucket)

PODRING_API int podring_next_bucket(podring *ring, int histogram, uint32_t *cursor,
                                    struct podring_bucket *out);
/* Iterates over the buckets of a histogram that are not empty, smallest values first: start with
 * *cursor =
 * 0. -ENOTFOUND past the last. */

PODRING_API void podring_reset_measures(podring *ring);
/* Empties the histograms (after a warm-up); counters go on. */

PODRING_API uint64_t podring_digest(podring *ring);
/* Of all events so far: equal seeds and inputs give equal digests in virtual time. Each pod has one
 * of its own, and they are added up (modulo 2^64): the digests of the shards of a run give, added
 * up, that of the whole. It does not depend on whether events are kept. */

PODRING_API uint64_t podring_input_digest(podring *ring);
/* Of the texts of all documents loaded so far, in their order: were two engines told the same? */

struct podring_count {
    uint32_t size;
    uint32_t pods;
    const char *status; /* a STATUS word; static or valid until the next call */
};
#define PODRING_COUNT_INIT PODRING_SIZED(podring_count)

PODRING_API int podring_count_at(podring *ring, uint32_t index, struct podring_count *out);
/* Pods by STATUS word, most first: index 0 recomputes the table, later indices read it, whatever
 * has become of the pods since. -ENOTFOUND past the last, -ENOMEM. O(pods). */

/* ---- the host's own timers and descriptors -------------------------------------------------- */

typedef void podring_timer_fn(void *ctx, podring *ring, uint64_t timer);

PODRING_API int podring_timer_start(podring *ring, int64_t at_ms, podring_timer_fn *fn, void *ctx,
                                    uint64_t *timer);
/* Runs fn once at that time; one that has passed is now. */

PODRING_API int podring_timer_after(podring *ring, int64_t delay_ms, podring_timer_fn *fn,
                                    void *ctx, uint64_t *timer);
/* Runs fn once that long after this call, by the clock and not by podring_now: never earlier. */

PODRING_API int podring_timer_stop(podring *ring, uint64_t timer);
/* -ENOTFOUND: it has run or was stopped. */

typedef void podring_watch_fn(void *ctx, podring *ring, uint64_t watch, uint32_t events);

PODRING_API int podring_watch_start(podring *ring, int fd, uint32_t events, podring_watch_fn *fn,
                                    void *ctx, uint64_t *watch);
/* Runs fn in a turn whenever fd has some of the poll(2) events. -EINVALID: fd is not open, or
 * events is 0. -EUNSUPPORTED in virtual time. */

PODRING_API int podring_watch_stop(podring *ring, uint64_t watch);
/* -ENOTFOUND: it was stopped. */

/* ---- containers of the host's own ------------------------------------------------------------ */

/*
 * The embedder runs the containers, podring decides: when one is started, probed, signalled and
 * started again, as a kubelet does with its container runtime. What the runtime is told to do it
 * says when it has done, by podring_done and podring_exited; both may be called in a callback, too,
 * and take effect in the next turn at the latest.
 *
 *  1. pull and start answer 0: podring_done will follow; 1: it is done; less than 0: it has failed
 *     (with podring_done and a negative result one can say why). A pull is asked for by the rules
 *     of imagePullPolicy, and backs off as Kubernetes does.
 *  2. signal has no answer. A container has ended when podring_exited says so, also after SIGKILL;
 *     one whose node is lost or rebooted is sent SIGKILL and is over at once.
 *  3. exec is a probe's or a hook's command; podring_done tells its exit code and what it has
 *     written. 1: it has ended with 0. At its deadline, and when its container ends, nobody waits
 *     for it any more: cancel says so. NULL: there are no commands, and they fail.
 *  4. What is left when the engine is closed is the embedder's to end.
 *  5. Behavior documents do not speak for such containers, but for HTTP probes that are scripted
 *     (PODRING_NET_SCRIPT) and for rules of `exec`. Over the kernel's network probes go to the
 *     address of the pod: the runtime's processes listen there.
 *
 * It works in both clocks: with a runtime that only pretends, in virtual time.
 */
enum podring_call_kind {
    PODRING_CALL_PULL,
    PODRING_CALL_START,
    PODRING_CALL_EXEC,
    PODRING_CALL_SIGNAL,
    PODRING_CALL_CANCEL /* of an exec */
};

struct podring_call {
    uint32_t size;
    uint32_t what;       /* enum podring_call_kind */
    uint64_t call;       /* for podring_done; 0 for a signal */
    uint64_t pod;
    uint32_t container;  /* its index */
    uint32_t attempt;    /* which instance: 0 is the first */
    int64_t deadline_ms; /* of an exec; -1: there is none */
    int32_t signal;      /* its number on Linux */
    uint32_t argc;
    /* Valid until the callback returns. argv and env end with NULL; argc 0: what the image says. */
    const char *namespace_, *pod_name, *uid, *container_name, *image;
    const char *address;     /* of the pod: "127.1.0.1" */
    const char *working_dir; /* NULL: the image's */
    const char *const *argv, *const *env; /* NULL but for START and EXEC */
};

typedef int podring_call_fn(void *ctx, podring *ring, const struct podring_call *call);

struct podring_runtime {
    uint32_t size;
    uint32_t reserved;
    podring_call_fn *pull;   /* NULL: images are pulled in no time */
    podring_call_fn *start;
    podring_call_fn *signal;
    podring_call_fn *exec, *cancel; /* may be NULL */
    void *ctx;
};
#define PODRING_RUNTIME_INIT PODRING_SIZED(podring_runtime)

PODRING_API int podring_set_runtime(podring *ring, const struct podring_runtime *runtime);
/* Once, before there are pods; copied. -EINVALID: it cannot start or signal, or the engine would
 * serve the ports itself (NET_KERNEL without PODRING_NO_SERVER), or has PODRING_EXEC_HOST;
 * -ESTATE; -EUNSUPPORTED: a shard; -ENOMEM. */

PODRING_API int podring_done(podring *ring, uint64_t call, int result, const char *text,
                             size_t length);
/* A call has come to its end: result 0, of an exec its exit code, or less than 0: it has failed,
 * and text says why. -ENOTFOUND: nobody waits for it any more; what has been started for it is the
 * embedder's to end. */

PODRING_API int podring_exited(podring *ring, uint64_t pod, const char *container, int code,
                               int signal, const char *message);
/* The process of a container has ended, with a code, or by a signal that is not 0. container NULL =
 * the first main one; message: what it leaves as its termination message, or NULL. -ENOTFOUND;
 * -ESTATE: it does not run. */

/* ---- decision tables ------------------------------------------------------------------------ */

PODRING_API int podring_states(uint32_t index, const char **name, const char **text);
/* The engine's decision tables as text, for `podring states`. Static. -ENOTFOUND past the last. */

#ifdef __cplusplus
}
#endif

#endif
