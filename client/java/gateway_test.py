#!/usr/bin/env python3
"""The Java package against a real Cellar: its tests, a program with the ancestor's names alone, and the samples of the docs.

    gateway_test.py CELLAR PORT_OFFSET JAVA JAVAC CLASSPATH
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/integration"))
import testing  # noqa: E402

PATIENCE_SECONDS = 240
SAMPLE = """
%(imports)s
public final class %(name)s {
%(methods)s
  public static void main(String[] arguments) throws Exception {
    try (Cellar cellar = Cellar.connect("127.0.0.1", %(port)d)) {
      Table visits = cellar.table("visits");
%(calls)s
    }
  }
}
"""


class JavaTest(testing.ServerTest):
    @property
    def gateway_port(self):
        return self.cellar.port("gateway")

    def java(self, *arguments, class_path=None):
        """Runs a program; where it says @restart, the server is killed and started again. Returns what else it said."""
        command = [testing.arguments[0], "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", f"-Dcellar.port={self.gateway_port}",
                   "-cp", class_path or testing.arguments[2], *map(str, arguments)]
        program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(program.kill)
        said = []
        for line in program.stdout:
            if line.strip().lstrip(".") == "@restart":
                self.cellar.kill()
                self.cellar.start()
                program.stdin.write("done\n")
                program.stdin.flush()
            else:
                said.append(line)
        program.stdin.close()
        program.stdout.close()
        self.assertEqual(program.wait(timeout=PATIENCE_SECONDS), 0, "".join(said))
        return "".join(said)

    def test_the_client(self):
        self.assertIn("OK (", self.java("org.junit.runner.JUnitCore", "cellar.client.GatewayIT", "cellar.client.OwnMethodsIT"))

    def test_the_client_through_a_restart(self):
        self.assertIn("OK (", self.java("org.junit.runner.JUnitCore", "cellar.client.RestartIT"))

    def test_a_program_of_the_ancestors(self):
        self.assertIn("all steps passed", self.java("org.hypertable.test.OldProgram", self.gateway_port))

    def test_samples(self):
        self.run_samples("Reference", ROOT / "docs/reference/java.md", 9)
        self.run_here("DROP TABLE '/visits';")
        self.run_samples("Readme", ROOT / "client/java/README.md", 1)

    def run_samples(self, name, page, least):
        """Each block is a method of its own; what it prints must have what the comments beside its prints say."""
        blocks = re.findall(r"^```java\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
        self.assertGreaterEqual(len(blocks), least)
        imports, methods, calls, wanted = set(), [], [], []
        for number, block in enumerate(blocks):
            imports.update(re.findall(r"^import .*;$", block, re.M))
            body = re.sub(r"^import .*;$", "", block, flags=re.M).replace("15867", str(self.gateway_port))
            outer = "" if "Cellar cellar" in body else "Cellar cellar, Table visits"
            methods.append(f"  static void sample{number}({outer}) throws Exception {{\n{body}  }}\n")
            calls.append(f'      System.out.println("#{number}");\n      sample{number}({"cellar, visits" if outer else ""});')
            wanted += [(number, text) for text in re.findall(r"println\(.*\);\s{2,}// (.+)$", block, re.M)]
        folder = self.path / name
        folder.mkdir()
        source = folder / f"{name}.java"
        # A method may have the imports of the ancestor's package beside ours: the few names that both have are ours.
        source.write_text(SAMPLE % {"name": name, "imports": "\n".join(sorted(imports | {"import cellar.client.*;",
                          "import cellar.client.Cell;", "import cellar.client.Schema;"})), "methods": "\n".join(methods), "calls": "\n".join(calls),
                          "port": self.gateway_port})
        class_path = testing.arguments[2]
        compiled = subprocess.run([testing.arguments[1], "-encoding", "UTF-8", "--release", "11", "-cp", class_path, "-d", str(folder), str(source)],
                                  capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
        self.assertEqual(compiled.returncode, 0, compiled.stderr)
        said = self.java(name, class_path=f"{folder}:{class_path}")
        parts = dict(re.findall(r"^#(\d+)\n(.*?)(?=^#\d+$|\Z)", said, re.M | re.S))
        self.assertGreaterEqual(len(wanted), least - 1)
        for number, text in wanted:
            self.assertIn(text, parts[str(number)].splitlines(), f"sample {number} of {page.name}")


if __name__ == "__main__":
    testing.main()
