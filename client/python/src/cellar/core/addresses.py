"""Where gateways are."""

from __future__ import annotations

from typing import Iterator, List, Sequence, Tuple, Union

DEFAULT_PORT = 15867
Address = Tuple[str, int]


def parse_addresses(target: Union[str, Sequence[str]]) -> List[Address]:
    """"host", "host:port", "[::1]:port", several with commas between, or a list of such."""
    words = target.split(",") if isinstance(target, str) else list(target)
    for word in words:
        if not isinstance(word, str):
            raise TypeError(f'an address is text, "host:port", not {word!r}')
    addresses = [_parse(word.strip()) for word in words if word.strip()]
    if not addresses:
        raise ValueError("no address given")
    return addresses


def _parse(word: str) -> Address:
    if word.startswith("["):
        host, bracket, rest = word[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise ValueError(f"{word!r} is no address")
        port = rest[1:]
    elif word.count(":") > 1:
        host, port = word, ""
    else:
        host, _, port = word.partition(":")
    if not host or (port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536)):
        raise ValueError(f"{word!r} is no address: host:port expected")
    return host, int(port) if port else DEFAULT_PORT


class Turns:
    """Which address to try next: the one that worked last, then the others in turn."""

    def __init__(self, addresses: Sequence[Address]):
        self._addresses = list(addresses)
        self._first = 0

    def order(self) -> Iterator[Address]:
        first = self._first
        for step in range(len(self._addresses)):
            self._first = (first + step) % len(self._addresses)
            yield self._addresses[self._first]
        self._first = first
