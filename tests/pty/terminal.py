"""A shell in a pseudo-terminal, seen as a user sees it: the screen, not the bytes that made it."""

import os
import time

import pexpect
import pyte


class Terminal:
    """Starts `command` and keeps the screen it draws. Every wait is for something on the screen, with a deadline."""

    TIMEOUT = 30

    def __init__(self, command, rows=40, columns=100, cwd=None, **environment):
        variables = dict(os.environ, TERM="xterm", TZ="UTC", LC_ALL="C.UTF-8")
        for name in ("PAGER", "LESS"):
            variables.pop(name, None)
        variables.update(environment)
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._child = pexpect.spawn(command[0], command[1:], timeout=self.TIMEOUT, env=variables,
                                    dimensions=(rows, columns), cwd=cwd)
        self._child.delaybeforesend = None

    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    def text(self):
        return "\n".join(self.lines()).rstrip("\n")

    def cursor_line(self):
        return self.screen.display[self.screen.cursor.y].rstrip()

    def wait_for(self, condition, what):
        """Reads until `condition()` holds."""
        deadline = time.monotonic() + self.TIMEOUT
        while not condition():
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(f"waited in vain for {what}; the screen:\n{self.text()}")
            try:
                self._stream.feed(self._child.read_nonblocking(65536, timeout=left))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                raise AssertionError(f"the shell ended instead of {what}; the screen:\n{self.text()}") from None

    def wait_for_text(self, text):
        self.wait_for(lambda: text in self.text(), repr(text))

    def wait_for_prompt(self, prompt="cellar> "):
        """The cursor stands behind an empty prompt."""
        self.wait_for(lambda: self.cursor_line() == prompt.rstrip() and self.screen.cursor.x == len(prompt),
                      f"the prompt {prompt!r}")

    def send(self, text):
        self._child.send(text)

    def run(self, line, prompt="cellar> "):
        """Types a line and waits for the next prompt. What is on the screen between the two."""
        self.type(line)
        first = self.screen.cursor.y
        self.send("\r")
        self.wait_for(lambda: self.screen.cursor.y != first or not self.cursor_line().endswith(line[-1:]),
                      "the end of the line")
        self.wait_for_prompt(prompt)
        return "\n".join(self.lines()[first + 1:self.screen.cursor.y])

    def type(self, text):
        """Types and waits for the echo."""
        self.send(text)
        self.wait_for(lambda: self.cursor_line().endswith(text.rstrip()), f"the echo of {text!r}")

    def interrupt(self):
        self._child.sendintr()

    def wait_for_end(self):
        self._child.expect(pexpect.EOF)
        self._child.close()
        return self._child.exitstatus

    def close(self):
        self._child.close(force=True)
