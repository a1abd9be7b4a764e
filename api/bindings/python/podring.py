# SPDX-License-Identifier: Apache-2.0
"""podring over ctypes: engines of simulated Kubernetes pods.

    import podring

    with podring.Ring(virtual=True, seed=7) as ring:
        ring.create(open("web.yaml").read())
        ring.run_until(60_000)
        for event in ring.events():
            print(event.at_ms, event.pod_name, event.reason, event.message)

The contract is that of podring.h. An engine belongs to the thread that has opened it. A call that fails raises
Error, with the library's sentence and its code. Strings are copied, so that they may be kept.
"""
from __future__ import annotations

import ctypes
import ctypes.util
import os
from ctypes import (POINTER, Structure, byref, c_char_p, c_int, c_int32, c_int64, c_size_t, c_uint32, c_uint64,
                    c_void_p)
from typing import Any, Callable, Iterator, Optional

__all__ = ["Error", "Event", "Pod", "Ring", "version"]

_lib = ctypes.CDLL(os.environ.get("PODRING_LIBRARY") or ctypes.util.find_library("podring") or "libpodring.so.0")


class Error(Exception):
    """A call has failed: str() is podring_why's sentence, code one of PODRING_E*."""

    def __init__(self, code: int, why: str):
        super().__init__(why)
        self.code = code


class _Sized(Structure):
    def __init__(self, *args: Any, **fields: Any):
        super().__init__(*args, **fields)
        self.size = ctypes.sizeof(self)


class _Options(_Sized):
    _fields_ = [("size", c_uint32), ("clock", c_uint32), ("net", c_uint32), ("timing", c_uint32),
                ("flags", c_uint32), ("events_max", c_uint32), ("connections_max", c_uint32),
                ("attempts_max", c_uint32), ("replicas", c_uint32), ("reserved", c_uint32), ("seed", c_uint64),
                ("epoch_unix_ms", c_int64)]


class _Event(_Sized):
    _fields_ = [("size", c_uint32), ("kind", c_uint32), ("at_ms", c_int64), ("seq", c_uint64), ("pod", c_uint64),
                ("exit_code", c_int32), ("numeric", c_int32)] + [(name, c_char_p) for name in (
                    "type", "reason", "namespace", "object", "pod_name", "uid", "container", "field", "from_", "to",
                    "message")]


class _Pod(_Sized):
    _fields_ = [("size", c_uint32), ("containers", c_uint32), ("created_ms", c_int64), ("deleted_ms", c_int64),
                ("ready", c_int32), ("ready_of", c_int32), ("restarts", c_uint32), ("ip", c_uint32),
                ("last_restart_ms", c_int64)] + [(name, c_char_p) for name in (
                    "namespace", "name", "uid", "phase", "status", "node", "reason", "message")]


_WHILE = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p)
_TIMER = ctypes.CFUNCTYPE(None, c_void_p, c_void_p, c_uint64)


def _declare(name: str, result: Any, *args: Any) -> None:
    function = getattr(_lib, name)
    function.restype, function.argtypes = result, list(args)


_declare("podring_version", c_char_p)
_declare("podring_open", c_int, POINTER(_Options), POINTER(c_void_p))
_declare("podring_close", None, c_void_p)
_declare("podring_why", c_char_p, c_void_p)
_declare("podring_set", c_int, c_void_p, c_char_p, c_char_p)
_declare("podring_load_file", c_int, c_void_p, c_char_p)
_declare("podring_apply", c_int, c_void_p)
for _name in ("create", "replace"):
    _declare("podring_%s_text" % _name, c_int, c_void_p, c_char_p, c_char_p, c_size_t)
_declare("podring_patch_text", c_int, c_void_p, c_char_p, c_char_p, c_int, c_char_p, c_char_p, c_size_t)
_declare("podring_delete_object", c_int, c_void_p, c_char_p, c_char_p, c_void_p)
_declare("podring_run_until", c_int, c_void_p, c_int64)
_declare("podring_run_while", c_int, c_void_p, c_int64, _WHILE, c_void_p)
_declare("podring_turn", c_int, c_void_p, c_int64)
_declare("podring_now", c_int64, c_void_p)
_declare("podring_fd", c_int, c_void_p)
_declare("podring_wait_ns", c_int64, c_void_p)
_declare("podring_next_event", c_int, c_void_p, POINTER(_Event))
_declare("podring_find", c_int, c_void_p, c_char_p, c_char_p, POINTER(c_uint64))
_declare("podring_next_pod", c_uint64, c_void_p, POINTER(c_uint64))
_declare("podring_select", c_int, c_void_p, c_char_p, c_char_p, POINTER(c_uint64), POINTER(c_uint64))
_declare("podring_pod_info", c_int, c_void_p, c_uint64, POINTER(_Pod))
_declare("podring_delete", c_int, c_void_p, c_uint64, c_int32, c_int)
_declare("podring_kill", c_int, c_void_p, c_uint64, c_char_p, c_int)
_declare("podring_scale", c_int, c_void_p, c_char_p, c_char_p, c_uint32)
_declare("podring_set_image", c_int, c_void_p, c_char_p, c_char_p, c_char_p, c_char_p)
_declare("podring_digest", c_uint64, c_void_p)
_declare("podring_timer_after", c_int, c_void_p, c_int64, _TIMER, c_void_p, POINTER(c_uint64))

_AGAIN, _NOT_FOUND = 9, 4


def _bytes(text: Optional[str]) -> Optional[bytes]:
    return None if text is None else text.encode()


class _Copied:
    """The fields of a struct, as they were."""

    def __init__(self, struct: Structure):
        for name, *_ in struct._fields_:
            value = getattr(struct, name)
            setattr(self, name, value.decode() if isinstance(value, bytes) else value)

    def __repr__(self) -> str:
        return "%s(%s)" % (type(self).__name__, ", ".join("%s=%r" % pair for pair in vars(self).items()))


class Event(_Copied):
    """What struct podring_event has; `from` is `from_`."""


class Pod(_Copied):
    """What struct podring_pod_info has, and `id`."""

    id: int


def version() -> str:
    return _lib.podring_version().decode()


class Ring:
    """An engine. options: virtual, and the fields of struct podring_options."""

    def __init__(self, *, virtual: bool = False, **options: int):
        self._timers: dict[int, Any] = {}
        fields = _Options(clock=int(virtual), epoch_unix_ms=1767225600000, **options)
        self._ring = c_void_p()
        rc = _lib.podring_open(byref(fields), byref(self._ring))
        if rc != 0:
            raise Error(-rc, _lib.podring_why(None).decode())

    def __enter__(self) -> "Ring":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        if self._ring:
            _lib.podring_close(self._ring)
            self._ring = c_void_p()

    def _check(self, rc: int) -> int:
        if rc < 0:
            raise Error(-rc, _lib.podring_why(self._ring).decode())
        return rc

    # ---- objects

    def set(self, knob: str, value: str) -> None:
        self._check(_lib.podring_set(self._ring, knob.encode(), value.encode()))

    def load(self, path: str) -> None:
        """Reads a file; apply() makes objects of it."""
        self._check(_lib.podring_load_file(self._ring, os.fsencode(path)))

    def apply(self) -> None:
        self._check(_lib.podring_apply(self._ring))

    def create(self, text: str, name: str = "text") -> None:
        data = text.encode()
        self._check(_lib.podring_create_text(self._ring, name.encode(), data, len(data)))

    def replace(self, text: str, name: str = "text") -> None:
        data = text.encode()
        self._check(_lib.podring_replace_text(self._ring, name.encode(), data, len(data)))

    def patch(self, target: str, text: str, type: int = 0, namespace: Optional[str] = None) -> None:
        """type: 0 merge, 1 strategic, 2 JSON."""
        data = text.encode()
        self._check(_lib.podring_patch_text(self._ring, _bytes(namespace), target.encode(), type, b"patch", data,
                                            len(data)))

    def delete_object(self, target: str, namespace: Optional[str] = None) -> None:
        self._check(_lib.podring_delete_object(self._ring, _bytes(namespace), target.encode(), None))

    def scale(self, target: str, replicas: int, namespace: Optional[str] = None) -> None:
        self._check(_lib.podring_scale(self._ring, _bytes(namespace), target.encode(), replicas))

    def set_image(self, target: str, image: str, container: Optional[str] = None,
                  namespace: Optional[str] = None) -> None:
        self._check(_lib.podring_set_image(self._ring, _bytes(namespace), target.encode(), _bytes(container),
                                           image.encode()))

    # ---- time

    @property
    def now(self) -> int:
        return int(_lib.podring_now(self._ring))

    def run_until(self, at_ms: int) -> bool:
        """False: it was stopped."""
        return self._check(_lib.podring_run_until(self._ring, at_ms)) == 0

    def run_while(self, until_ms: int, holds: Callable[["Ring"], bool]) -> bool:
        """Until `holds` does not hold any more; False: it did until until_ms."""
        raised: list[BaseException] = []

        def ask(_ctx: Any, _ring: Any) -> int:
            try:
                return int(bool(holds(self)))
            except BaseException as e:  # no exception may leave a callback
                raised.append(e)
                return 0

        rc = _lib.podring_run_while(self._ring, until_ms, _WHILE(ask), None)
        if raised:
            raise raised[0]
        return self._check(rc) == 2

    def after(self, delay_ms: int, run: Callable[["Ring"], None]) -> None:
        """Runs a function once, in a turn."""
        number = c_uint64()

        def fire(_ctx: Any, _ring: Any, timer: int) -> None:
            self._timers.pop(timer, None)
            run(self)

        callback = _TIMER(fire)
        self._check(_lib.podring_timer_after(self._ring, delay_ms, callback, None, byref(number)))
        self._timers[number.value] = callback

    def turn(self, wait_max_ms: int = 0) -> int:
        return self._check(_lib.podring_turn(self._ring, wait_max_ms))

    def fileno(self) -> int:
        """For select and asyncio: readable when turn() has something to do."""
        return self._check(_lib.podring_fd(self._ring))

    @property
    def wait_ns(self) -> int:
        return int(_lib.podring_wait_ns(self._ring))

    # ---- what there is

    def events(self) -> Iterator[Event]:
        """Those that have not been taken yet."""
        e = _Event()
        while True:
            rc = _lib.podring_next_event(self._ring, byref(e))
            if rc == -_AGAIN:
                return
            self._check(rc)
            yield Event(e)

    def pod(self, id: int) -> Pod:
        info = _Pod()
        self._check(_lib.podring_pod_info(self._ring, id, byref(info)))
        pod = Pod(info)
        pod.id = id
        return pod

    def find(self, name: str, namespace: Optional[str] = None) -> Pod:
        id = c_uint64()
        self._check(_lib.podring_find(self._ring, _bytes(namespace), name.encode(), byref(id)))
        return self.pod(id.value)

    def pods(self, selector: str = "", namespace: Optional[str] = "") -> Iterator[Pod]:
        """By labels, as `kubectl get -l` takes them; namespace "" = all."""
        cursor, id = c_uint64(), c_uint64()
        while True:
            rc = _lib.podring_select(self._ring, _bytes(namespace), selector.encode(), byref(cursor), byref(id))
            if rc == -_NOT_FOUND:
                return
            self._check(rc)
            yield self.pod(id.value)

    def delete(self, id: int, grace_s: int = -1, force: bool = False) -> None:
        self._check(_lib.podring_delete(self._ring, id, grace_s, int(force)))

    def kill(self, id: int, signal: int = 9, container: Optional[str] = None) -> None:
        self._check(_lib.podring_kill(self._ring, id, _bytes(container), signal))

    @property
    def digest(self) -> int:
        return int(_lib.podring_digest(self._ring))
