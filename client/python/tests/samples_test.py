#!/usr/bin/env python3
"""The samples of docs/reference/python.md and of the package's README run, in order, against a real Cellar.
`samples_test.py CELLAR PORT_OFFSET`"""

import contextlib
import io
import pathlib
import re


import real_gateway
from real_gateway import RealTest

ROOT = pathlib.Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs/reference/python.md"
README = ROOT / "client/python/README.md"


class SamplesTest(RealTest):
    def run_page(self, page):
        """Each block in the same module; what it prints must begin with what the comments beside its prints say."""
        text = page.read_text(encoding="utf-8")
        module = {"__name__": "sample"}
        blocks = list(re.finditer(r"^```python\n(.*?)^```", text, re.M | re.S))
        for match in blocks:
            line = text.count("\n", 0, match.start()) + 1
            source = match.group(1).replace("15867", str(self.gateway.port))
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile("\n" * line + source, str(page), "exec"), module)
            for wanted in re.findall(r"print\(.*\)\s{2,}# (.+)$", source, re.M):
                self.assertIn(wanted.replace("…", ""), printed.getvalue(), f"{page.name}:{line}")
        return len(blocks)

    def test_the_reference_page(self):
        self.assertGreater(self.run_page(PAGE), 10)

    def test_the_readme(self):
        self.assertEqual(self.run_page(README), 1)


if __name__ == "__main__":
    real_gateway.main()
