/* SPDX-License-Identifier: Apache-2.0 */
/* digest.cpp FILE MS - runs a manifest in virtual time and prints the digest, as `podring simulate` does. */
#include "podring.hpp"

#include <cstdio>
#include <cstdlib>

int main(int argc, char **argv)
{
    podring_options options = PODRING_OPTIONS_INIT;
    unsigned events = 0, pods = 0;

    if (argc != 3)
        return 2;
    options.clock = PODRING_VIRTUAL;
    try {
        podring_cpp::ring ring(options);

        ring.load(argv[1]);
        ring.apply();
        ring.run_until(std::atoll(argv[2]));
        ring.each_event([&](const podring_event &) { events++; });
        ring.each_pod("", [&](uint64_t, const struct podring_pod_info &) { pods++; });
        try {
            ring.scale("deployment/nobody", 1);
            return 1;
        } catch (const podring_cpp::error &e) {
            if (e.code() != PODRING_ENOTFOUND)
                return 1;
        }
        std::printf("%016llx\n", static_cast<unsigned long long>(ring.digest()));
    } catch (const podring_cpp::error &e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
    return events > 0 && pods > 0 ? 0 : 1;
}
