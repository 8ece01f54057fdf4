"""The golden files for the runners in Python (README.md)."""

import pathlib

HERE = pathlib.Path(__file__).resolve().parent


def golden_files():
    """All files, in order."""
    return sorted((HERE / "golden").glob("*.golden"))


def read_cases(path):
    """The inputs of a golden file with their answers, as bytes."""
    cases, lines = [], path.read_bytes().split(b"\n")
    at = 0
    while at < len(lines):
        if not lines[at].startswith(b">"):
            at += 1
            continue
        statement = [lines[at][2:]]
        at += 1
        while at < len(lines) and (lines[at].startswith(b"| ") or lines[at] == b"|"):
            statement.append(lines[at][2:])
            at += 1
        answer = []
        while at < len(lines) and lines[at] and not lines[at].startswith(b"> "):
            answer.append(lines[at])
            at += 1
        cases.append((b"\n".join(statement), b"\n".join(answer)))
    return cases
