/* SPDX-License-Identifier: Apache-2.0 */
/*
 * podring.hpp - podring.h for C++11 and later: an engine that closes itself, and calls that throw.
 *
 * podring::error has the library's sentence and its code. Functions that are given as callbacks must not
 * throw: an exception that leaves one would leave the engine in the middle of a turn; here it is kept, and
 * thrown by the call that turns. All of podring.h is there, too: ring.get().
 */
#ifndef PODRING_HPP
#define PODRING_HPP

#include <podring.h>

#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

namespace podring_cpp {

class error : public std::runtime_error {
public:
    error(int code, const char *why) : std::runtime_error(why), code_(code < 0 ? -code : code) {}
    int code() const noexcept { return code_; }

private:
    int code_;
};

class ring {
public:
    explicit ring(const podring_options &options = PODRING_OPTIONS_INIT)
    {
        int rc = podring_open(&options, &ring_);

        if (rc != 0)
            throw error(rc, podring_why(nullptr));
    }
    ~ring() { podring_close(ring_); }
    ring(const ring &) = delete;
    ring &operator=(const ring &) = delete;
    ring(ring &&other) noexcept : ring_(other.ring_) { other.ring_ = nullptr; }

    ::podring *get() const noexcept { return ring_; }

    int check(int rc) const
    {
        if (rc < 0)
            throw error(rc, podring_why(ring_));
        return rc;
    }

    void load(const std::string &path) { check(podring_load_file(ring_, path.c_str())); }
    void apply() { check(podring_apply(ring_)); }
    void create(const std::string &text, const char *name = "text")
    {
        check(podring_create_text(ring_, name, text.data(), text.size()));
    }
    void scale(const char *object, uint32_t replicas) { check(podring_scale(ring_, nullptr, object, replicas)); }

    /* False: it was stopped. */
    bool run_until(int64_t at_ms) { return check(podring_run_until(ring_, at_ms)) == 0; }

    /* True: `holds` does not hold any more. */
    bool run_while(int64_t until_ms, const std::function<bool()> &holds)
    {
        asked a{holds, nullptr};
        int rc = podring_run_while(ring_, until_ms, ask, &a);

        if (a.thrown)
            std::rethrow_exception(a.thrown);
        return check(rc) == 2;
    }

    template <class F> void each_event(F &&f)
    {
        podring_event e = PODRING_EVENT_INIT;

        while (podring_next_event(ring_, &e) == 0)
            f(static_cast<const podring_event &>(e));
    }

    template <class F> void each_pod(const char *selector, F &&f)
    {
        uint64_t cursor = 0, pod = 0;
        int rc;

        while ((rc = podring_select(ring_, "", selector, &cursor, &pod)) == 0) {
            struct podring_pod_info info = PODRING_POD_INFO_INIT;

            check(podring_pod_info(ring_, pod, &info));
            f(pod, static_cast<const struct podring_pod_info &>(info));
        }
        if (rc != -PODRING_ENOTFOUND)
            check(rc);
    }

    int64_t now() const { return podring_now(ring_); }
    uint64_t digest() const { return podring_digest(ring_); }

private:
    struct asked {
        const std::function<bool()> &holds;
        std::exception_ptr thrown;
    };

    static int ask(void *ctx, ::podring *)
    {
        asked *a = static_cast<asked *>(ctx);

        try {
            return a->holds();
        } catch (...) {
            a->thrown = std::current_exception();
            return 0;
        }
    }

    ::podring *ring_ = nullptr;
};

} // namespace podring_cpp

#endif
