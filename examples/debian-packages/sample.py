#!/usr/bin/env python3
"""sample.py DUMP SAMPLE: every 400th stanza of a dump, and those that the questions name: small input for tests."""

import sys

NAMED = (b"bash", b"zsh", b"libboost1.81-dev", b"gnome-shell", b"python3-yaml", b"g++", b"xterm", b"librust-normalize-line-endings-dev",
         b"make", b"libtest-perl", b"kmod")
EVERY = 400


def main():
    with open(sys.argv[1], "rb") as dump:
        stanzas = [stanza for stanza in dump.read().split(b"\n\n") if stanza.strip()]
    with open(sys.argv[2], "wb") as out:
        for number, stanza in enumerate(stanzas):
            name = stanza.split(b"\n", 1)[0].removeprefix(b"Package: ")
            if number % EVERY == 0 or name in NAMED:
                out.write(stanza.strip(b"\n") + b"\n\n")


if __name__ == "__main__":
    main()
