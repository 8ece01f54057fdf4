#!/usr/bin/env python3
"""The golden files over Thrift: the same answers as from the executor (README.md).

    golden_gateway.py HOST:PORT

Needs a gateway on an empty cluster. Statements that name files are the shell's: a gateway refuses them, and they are left out here,
with the cases that look at what they did; USE is done here, since a client names the namespace. Of an error only its number is compared.
"""

import pathlib
import re
import sys

from golden_files import golden_files, read_cases

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "client" / "python" / "src"))
import cellar  # noqa: E402  pylint: disable=wrong-import-position

LEFT_OUT = re.compile(rb"WRITE |FILE |LOAD |.* INTO FILE |.* WITH '|HELP", re.IGNORECASE | re.DOTALL)
OWN_COLUMNS = re.compile(rb"KEYS_ONLY|DISPLAY_|RETURN_DELETES|FS *=|NO_?ESCAPE|DUMP ", re.IGNORECASE)
ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}


def escaped(text):
    """As a line of the shell has it."""
    return "".join(ESCAPES.get(character, character) for character in text.decode("utf-8", "surrogateescape"))


def answer_to(client, statement, namespace):
    """The answer as the golden files have it."""
    try:
        result = client.hql(statement.decode("utf-8", "surrogateescape"), namespace=namespace)
    except cellar.CellarError as error:
        return [f"error {error.code}"]
    lines = [line for text in result.lines for line in text.split("\n")]
    for cell in result.cells:
        lines.append("\t".join((escaped(cell.row), escaped(cell.column), escaped(cell.value))))
    return lines or ["ok"]


def expected_lines(answer):
    """Notices come beside the answer, and of an error only the number is kept."""
    lines = []
    for line in answer.decode("utf-8", "surrogateescape").split("\n"):
        found = re.match(r"error (0x[0-9a-f]+|\d+)", line)
        if found:
            lines.append(f"error {int(found[1], 0)}")
        elif not line.startswith("-- "):
            lines.append(line)
    return lines or ["ok"]


def used(namespace, statement):
    """The namespace after USE."""
    name = statement.decode()[4:].strip("'\" ")
    return name if name.startswith("/") else namespace + "/" + name


def check_file(client, path):
    """How many statements were compared, and what was wrong with which."""
    namespace = "/" + path.stem
    client.hql(f"CREATE NAMESPACE '{namespace}'")
    total, wrong, files_made = 0, [], False
    for statement, answer in read_cases(path):
        if statement.upper().startswith(b"USE "):
            namespace = used(namespace, statement) if answer == b"ok" else namespace
            continue
        if LEFT_OUT.match(statement):
            files_made = True
            continue
        if files_made and not answer.startswith(b"error") or OWN_COLUMNS.search(statement):
            continue
        total += 1
        got = answer_to(client, statement, namespace)
        if got != expected_lines(answer):
            wrong.append(f"{path.stem}: {statement.decode(errors='replace')}\n  want {expected_lines(answer)}\n  got  {got}")
    return total, wrong


def check(address):
    """All files; the number of statements, and what was wrong."""
    with cellar.connect(address) as client:
        results = [check_file(client, path) for path in golden_files()]
    return sum(total for total, _ in results), [text for _, wrong in results for text in wrong]


def main():
    total, wrong = check(sys.argv[1])
    print("\n".join(wrong + [f"{total} statements, {len(wrong)} with other answers"]))
    return 1 if wrong or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
