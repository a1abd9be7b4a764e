# SPDX-License-Identifier: Apache-2.0
"""digest.py FILE MS - runs a manifest in virtual time and prints the digest, as `podring simulate` does."""
import sys

import podring

with podring.Ring(virtual=True) as ring:
    ring.load(sys.argv[1])
    ring.apply()
    ring.run_until(int(sys.argv[2]))
    events = sum(1 for _ in ring.events())
    assert events > 0 and len(list(ring.pods())) > 0
    try:
        ring.find("nobody")
    except podring.Error as e:
        assert e.code == 4 and "nobody" in str(e)
    print("%016x" % ring.digest)
