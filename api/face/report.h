/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h - a run in numbers: the snapshot that the summary, the JSON document and the Prometheus
 * text are written from, and the one list of counters that they share.
 *
 * Whoever fills it owns everything it points to. In virtual time `cost` is left out of what is
 * meant to be the same from run to run.
 */
#ifndef FACE_REPORT_H
#define FACE_REPORT_H

#include <stdbool.h>

#include "api/face/format.h"
#include "api/podring.h"

/*    field of struct podring_stats, kind, how it is put together from the shares of a run, help:
 * POD    about pods: added up, and in virtual time the same for any number of shares
 * ENGINE about an engine's own work: added up
 * PEAK   the most there was at once: added up, which is an upper bound, since not all shares had
 * their
 *        most at the same time
 * MOST   the most of all shares */
#define FACE_COUNTER_MAP(X)                                                                        \
    X(pods, gauge, POD, "Pods that exist")                                                         \
    X(pods_peak, gauge, PEAK, "Most pods that existed at once")                                    \
    X(pods_created, counter, POD, "Pods created")                                                  \
    X(pods_deleted, counter, POD, "Pods gone")                                                     \
    X(containers_running, gauge, POD, "Containers running")                                        \
    X(probes, counter, POD, "Probe runs started, repeats of errored ones included")                \
    X(probes_done, counter, POD, "Probe runs with a verdict")                                      \
    X(success, counter, POD, "Verdicts: success")                                                  \
    X(warning, counter, POD, "Verdicts: success with a warning")                                   \
    X(failure, counter, POD, "Verdicts: failure")                                                  \
    X(error, counter, POD, "Verdicts: the run itself went wrong")                                  \
    X(timeouts, counter, POD, "Failures and errors ended by their deadline")                       \
    X(missed, counter, POD, "Probe ticks lost")                                                    \
    X(in_flight, gauge, POD, "Probe runs in flight")                                               \
    X(in_flight_peak, gauge, PEAK, "Most probe runs in flight at once")                            \
    X(waited, counter, ENGINE, "Probe runs that queued for a slot")                                \
    X(restarts, counter, POD, "Container restarts")                                                \
    X(backoffs, counter, POD, "Restarts put off by back-off")                                      \
    X(kills, counter, POD, "Containers killed")                                                    \
    X(events, counter, POD, "Events")                                                              \
    X(events_dropped, counter, ENGINE, "Events not kept")                                          \
    X(turns, counter, ENGINE, "Turns of the loop")                                                 \
    X(timers, counter, ENGINE, "Timers fired")                                                     \
    X(timers_armed, gauge, ENGINE, "Timers armed")                                                 \
    X(enters, counter, ENGINE, "io_uring_enter calls")                                             \
    X(sqes, counter, ENGINE, "Submissions")                                                        \
    X(cqes, counter, ENGINE, "Completions")                                                        \
    X(sq_full, counter, ENGINE, "Times the submission queue was full")                             \
    X(cq_overflow, counter, ENGINE, "Completion queue overflows")                                  \
    X(op_waits, counter, ENGINE, "Operations that waited for a socket or queue room")              \
    X(op_wait_ns, counter, ENGINE, "Nanoseconds they waited")                                      \
    X(op_wait_ns_max, gauge, MOST, "Longest such wait in nanoseconds")                             \
    X(listeners, gauge, ENGINE, "Listening sockets")                                               \
    X(listen_failed, counter, ENGINE, "Listening sockets that could not be opened")                \
    X(connections_served, counter, ENGINE, "Connections accepted by the pods")                     \
    X(requests_served, counter, ENGINE, "Requests answered by the pods")                           \
    X(processes, counter, ENGINE, "Processes started for probes and hooks")                        \
    X(processes_running, gauge, ENGINE, "Processes running for probes and hooks")                  \
    X(processes_peak, gauge, PEAK, "Most of them at once")                                         \
    X(processes_killed, counter, ENGINE, "Of them, killed before their end")                       \
    X(spawn_retries, counter, ENGINE, "Starts of processes put off for want of resources")         \
    X(spawn_failed, counter, ENGINE, "Starts of processes that failed")                            \
    X(memory, gauge, ENGINE, "Bytes the engine holds")                                             \
    X(memory_peak, gauge, PEAK, "Most bytes the engine held")                                      \
    X(allocations, counter, ENGINE, "Allocations")                                                 \
    X(steady_allocations, counter, ENGINE, "Allocations made while turning, by the engine itself") \
    X(foreign_lookups, counter, ENGINE, "What only one engine could have answered or replaced")    \
    X(connection_waits, counter, ENGINE, "Probe runs that waited for a connection")                \
    X(connection_wait_ns, counter, ENGINE, "Nanoseconds they waited")                              \
    X(connection_wait_ns_max, gauge, MOST, "Longest such wait in nanoseconds")                     \
    X(connection_waiting, gauge, ENGINE, "Probe runs that wait for a connection")                  \
    X(program_allocations, counter, ENGINE, "Allocations made while turning, by pods' programs")   \
    X(growth_allocations, counter, ENGINE, \
      "Allocations made while turning, by pools and new pods") \
    X(guest_memory, gauge, ENGINE, "Of the bytes, those for pods' programs")                       \
    X(guest_memory_peak, gauge, PEAK, "Most bytes for pods' programs")                             \
    X(client_requests, counter, POD, "Requests of clients that have ended")                        \
    X(client_attempts, counter, POD, "Attempts at them")                                           \
    X(client_ok, counter, POD, "Requests of clients: answered well")                               \
    X(client_http4xx, counter, POD, "Requests of clients: status 4xx")                             \
    X(client_http5xx, counter, POD, "Requests of clients: status 5xx")                             \
    X(client_refused, counter, POD, "Requests of clients: connection refused")                     \
    X(client_reset, counter, POD, "Requests of clients: connection reset")                         \
    X(client_connect_timeout, counter, POD, "Requests of clients: no connection in time")          \
    X(client_request_timeout, counter, POD, "Requests of clients: no answer in time")              \
    X(client_dns, counter, POD, "Requests of clients: no such name")

enum { FACE_STATUSES_MAX = 32, FACE_STATUS_ROOM = 64 };

struct face_quantiles {
    uint64_t samples, p50, p90, p99, p999, max; /* nanoseconds */
};

struct face_report {
    const char *command, *clock, *net, *timing; /* words of the command line */
    uint64_t seed;
    int64_t epoch_unix_ms;
    int64_t end_ms; /* where the clock stands */
    uint64_t digest;
    struct podring_stats stats;
    struct face_quantiles lateness, latency;
    uint32_t statuses;
    struct {
        char name[FACE_STATUS_ROOM];
        uint64_t pods;
    } status[FACE_STATUSES_MAX]; /* most pods first */
    struct {
        bool known;
        uint64_t elapsed_ns, cpu_user_ns, cpu_system_ns, rss_bytes;
    } cost;
};

void face_report_measure(struct face_report *r, podring *ring);
/* Fills in end_ms, digest, stats and quantiles. */

bool face_report_count(struct face_report *r, podring *ring);
/* Fills in the pods by status. False: out of memory. O(pods). */

void face_statuses(struct rx_text *t, const struct face_report *r, size_t max);
/* "9 Running, 2 CrashLoopBackOff", at most max of them, then ", 3 others". */

void face_summary(struct rx_text *t, const struct face_report *r);
/* The lines at the end of a run. */

void face_cost(struct rx_text *t, const struct face_report *r);
/* One line: what the run took of this machine. */

void face_prometheus(struct rx_text *t, const struct face_report *r);
/* The report in Prometheus' text format. */

#endif
