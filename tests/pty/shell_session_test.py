"""The session of docs/start/session.md, held again: what the screen shows must be what the page shows.

Usage: shell_session_test.py MEMORY_SHELL            compares
       shell_session_test.py MEMORY_SHELL --write    writes the page's recording anew
       shell_session_test.py MEMORY_SHELL --image F  draws the screen into a PNG (needs python3-pil and fonts-dejavu-core)
"""

import difflib
import os
import sys
import tempfile

from terminal import Terminal

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/start/session.md")
BEGIN, END = "<!-- recording: tests/pty/shell_session_test.py writes it -->\n```\n", "```\n<!-- end of the recording -->\n"

# What is typed. A tab is the key; it is followed by what is typed once the completion stands there.
LINES = [
    "\\timing off",
    "CREATE NAMESPACE shop;",
    "USE shop;",
    "CREATE TABLE visits (url MAX_VERSIONS 1, referer, hits COUNTER);",
    "INSERT INTO visits VALUES ('com.example', 'url:home', 'http://example.com/'),",
    "  ('com.example', 'hits', '+1'), ('com.example', 'hits', '+1'),",
    "  ('org.größe', 'url', 'tabs\\tand \\xff bytes'), ('org.größe', 'referer:com.example', 'link');",
    ("SEL\t", "* FR\t", "vi\t", ";"),
    "SELECT url FROM visits WHERE ROW =^ 'com.' MAX_VERSION 1;",
    "SELECT url FROM vists;",
    "SELECT * FROM visits WHERE ROW = 'org.größe' INTO FILE 'visits.tsv.gz';",
    "CREATE TABLE copy LIKE visits;",
    "LOAD DATA INFILE 'visits.tsv.gz' INTO TABLE copy;",
    "\\format vertical",
    "SELECT url FROM copy;",
    "\\format json",
    "SELECT * FROM copy;",
    "\\format table",
    "SHOW CREATE TABLE visits;",
    "DROP TABLE visits;",
    "SHOW TABLES;",
]

PROMPTS = ("cellar>", "cellar:/shop>", "     ->")


def wait_for_any_prompt(shell, after_row):
    shell.wait_for(lambda: shell.screen.cursor.y > after_row and shell.cursor_line() in PROMPTS, "a prompt")


def play(shell):
    for line in LINES:
        row = shell.screen.cursor.y
        for part in [line] if isinstance(line, str) else line:
            before = shell.cursor_line()
            shell.send(part)
            if part.endswith("\t"):
                shell.wait_for(lambda: len(shell.cursor_line()) > len(before) + len(part) - 1
                               and shell.screen.cursor.x == len(shell.cursor_line()) + 1, f"the completion of {part!r}")
            else:
                shell.wait_for(lambda: shell.cursor_line().endswith(part.rstrip()), f"the echo of {part!r}")
        shell.send("\r")
        wait_for_any_prompt(shell, row)


def record(shell_file, columns=110):
    with tempfile.TemporaryDirectory() as folder:
        shell = Terminal([shell_file], rows=200, columns=columns, cwd=folder)
        shell.wait_for_prompt()
        play(shell)
        shell.close()
    lines = shell.text().splitlines()
    return lines[1:-1], lines  # without the welcome, which has a version, and the last prompt


def draw(lines, file):
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", 15)
    width, height = 9, 19
    image = Image.new("RGB", (width * max(map(len, lines)) + 24, height * len(lines) + 24), "#101418")
    for number, line in enumerate(lines):
        colour = "#8ae234" if line.startswith(PROMPTS) else "#d3d7cf"
        for column, character in enumerate(line):
            ImageDraw.Draw(image).text((12 + column * width, 12 + number * height), character, fill=colour, font=font)
    image.save(file)


def main():
    recording, whole = record(os.path.abspath(sys.argv[1]))
    with open(PAGE, encoding="utf-8") as page:
        before, rest = page.read().split(BEGIN)
    old, after = rest.split(END)
    new = "".join(line + "\n" for line in recording)
    if sys.argv[2:3] == ["--write"]:
        with open(PAGE, "w", encoding="utf-8") as page:
            page.write(before + BEGIN + new + END + after)
    elif sys.argv[2:3] == ["--image"]:
        draw(whole, sys.argv[3])
    elif old != new:
        sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), new.splitlines(True), "docs/start/session.md",
                                                   "this session"))
        sys.exit("The shell shows something else than the page. If it should: shell_session_test.py MEMORY_SHELL --write")


if __name__ == "__main__":
    main()
