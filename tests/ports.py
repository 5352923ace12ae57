"""Ports for the servers that tests start."""

import random
import socket

# Below those that systems give to outgoing connections (from 32768), above those of Ray's workers
# (to 19999): a server that is killed and started again finds its port as free as it left it.
_PORTS = range(20_000, 32_000)
_TRIES = 100


def free_port() -> int:
    """A port of 127.0.0.1 at which nobody listens.

    Raises
    ------
    RuntimeError
        If none of a hundred is free.
    """
    for port in random.sample(_PORTS, _TRIES):
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"none of {_TRIES} ports from {_PORTS.start} to {_PORTS.stop - 1} is free")
