"""Rules that run a tool: formatting and headers that compile alone. What passed is remembered by content."""

import hashlib
import json
import os
import re
import shlex
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

from sources import Finding

CLANG_FORMAT = "clang-format-16"
CLANG = "clang++-16"


MOST_DIGESTS = 40_000


def cache_folder(root):
    """Outside the tree, so that clones share it; in the build tree where there is no home."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.environ.get("HOME", "/nonexistent"), ".cache")
    folder = os.path.join(home, "cellar-lint")
    try:
        os.makedirs(folder, exist_ok=True)
        return folder
    except OSError:
        return os.path.join(root, "build/lint")


class Memory:
    """Digests of what passed, in one file that only grows, up to a bound."""

    def __init__(self, path):
        self._path = path
        self._new = []
        try:
            with open(path, encoding="utf-8") as f:
                self._old = f.read().split()
        except OSError:
            self._old = []
        self._known = set(self._old)

    def knows(self, digest):
        return digest in self._known

    def add(self, digest):
        self._new.append(digest)

    def save(self):
        if not self._new:
            return
        os.makedirs(os.path.dirname(self._path), exist_ok=True)
        kept = (self._old + self._new)[-MOST_DIGESTS:]
        with open(self._path + ".part", "w", encoding="utf-8") as f:
            f.write("\n".join(kept) + "\n")
        os.replace(self._path + ".part", self._path)


def _digest(*parts):
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _in_parallel(work, items):
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        return list(pool.map(work, items))


def formatting(tree):
    memory = Memory(os.path.join(cache_folder(tree.root), "formatted"))
    style = tree.read(".clang-format") if tree.has(".clang-format") else ""
    pending = []
    for source in tree.sources:
        digest = _digest(style, source.text)
        if not memory.knows(digest):
            pending.append((source, digest))
    chunks = [pending[i:i + 8] for i in range(0, len(pending), 8)]

    def check(chunk):
        run = subprocess.run([CLANG_FORMAT, "--dry-run", *[s.path for s, _ in chunk]], cwd=tree.root,
                             capture_output=True, text=True, check=False)
        return run.stderr

    findings = []
    for chunk, output in zip(chunks, _in_parallel(check, chunks)):
        bad = {}
        for match in re.finditer(r"^(\S+?):(\d+):\d+: (?:warning|error)", output, re.M):
            bad.setdefault(os.path.normpath(match.group(1)), int(match.group(2)))
        for source, digest in chunk:
            if source.path in bad:
                findings.append(Finding("formatting", source.path, bad[source.path], source.path, "run ./dev fmt"))
            else:
                memory.add(digest)
    memory.save()
    return findings


def compile_flags(root):
    """The union of what the dev preset compiles with, or None before it was configured."""
    try:
        with open(os.path.join(root, "build/dev/compile_commands.json"), encoding="utf-8") as f:
            entries = json.load(f)
    except OSError:
        return None
    flags = []
    for entry in entries:
        words = shlex.split(entry["command"])
        for i, word in enumerate(words):
            if word.startswith(("-I", "-D", "-std=")) and word not in flags:
                flags.append(word)
            elif word == "-isystem" and "-isystem" + words[i + 1] not in flags:
                flags.append("-isystem" + words[i + 1])
    return sorted(flag.replace(root, ".") for flag in flags)


def _closure(tree, path, seen, system):
    """Adds to `seen` the tree's files that `path` includes, and to `system` the names of all others."""
    if path in seen or not tree.has(path):
        return
    seen.add(path)
    for _, is_system, name in tree.by_path[path].includes:
        if is_system:
            system.add(name)
        _closure(tree, name, seen, system)


MOST_PRECOMPILED = 8


def choose_precompiled(closures):
    """A few sets of headers that are worth to be compiled once, for all headers whose closure holds them."""
    chosen, best = [], [0] * len(closures)
    while len(chosen) < MOST_PRECOMPILED:
        gains = {}
        for candidate in set(closures):
            saved = sum(max(0, len(candidate) - have) for closure, have in zip(closures, best) if candidate <= closure)
            gains[candidate] = saved - 2 * len(candidate)  # to compile it, and to load it
        candidate = max(sorted(gains, key=sorted), key=gains.get, default=None)
        if candidate is None or gains[candidate] <= 0:
            break
        chosen.append(candidate)
        best = [max(have, len(candidate)) if candidate <= closure else have for closure, have in zip(closures, best)]
    return chosen


def _precompile(folder, flags, includes, root):
    """Its path; None when it does not compile: then each header that needs it says why."""
    name = os.path.join(folder, _digest(*sorted(includes))[:16])
    with open(name + ".h", "w", encoding="utf-8") as f:
        f.write("".join(f"#include {header}\n" for header in sorted(includes)))
    run = subprocess.run([CLANG, "-x", "c++-header", *flags, name + ".h", "-o", name + ".pch"], cwd=root,
                         capture_output=True, check=False)
    return name + ".pch" if run.returncode == 0 else None


def headers(tree):
    """Every header compiles alone. Where x.cc includes x.h first, the build proves it and nothing is run here.

    What many of them include is compiled once. A header gets only what it includes anyway, itself or through headers
    that are checked on their own: so each still fails for what it forgets.
    """
    flags = compile_flags(tree.root)
    if flags is None:
        return [Finding("headers", "build/dev", 1, "", "not configured: run ./dev lint, which does it")]
    memory = Memory(os.path.join(cache_folder(tree.root), "headers"))
    pending = []
    for source in tree.sources:
        paired = tree.by_path.get(source.path[:-2] + ".cc")
        if not source.is_header or (paired and paired.includes and paired.includes[0][2] == source.path):
            continue
        seen, system = set(), set()
        _closure(tree, source.path, seen, system)
        digest = _digest(*[tree.read(p) for p in sorted(seen)])
        if not memory.knows(digest):
            includes = [f"<{name}>" for name in system] + [f'"{name}"' for name in seen if name != source.path]
            pending.append((source.path, digest, frozenset(includes)))

    with tempfile.TemporaryDirectory(prefix="cellar-lint-") as folder:
        sets = choose_precompiled([includes for _, _, includes in pending])
        files = _in_parallel(lambda includes: _precompile(folder, flags, includes, tree.root), sets)
        precompiled = {includes: file for includes, file in zip(sets, files) if file}

        def check(item):
            path, _, includes = item
            best = max((s for s in precompiled if s <= includes), key=len, default=None)
            include = ["-include-pch", precompiled[best]] if best else []
            run = subprocess.run([CLANG, "-fsyntax-only", "-x", "c++", "-Wno-pragma-once-outside-header", *flags,
                                  *include, path], cwd=tree.root, capture_output=True, text=True, check=False)
            return run.returncode, run.stderr

        results = _in_parallel(check, pending)
    findings = []
    for (path, digest, _), (code, output) in zip(pending, results):
        missing = re.search(r"fatal error: '([^']+)' file not found", output)
        if code == 0:
            memory.add(digest)
        elif not (missing and re.search(r"(_types|_constants|Service)\.h$", missing.group(1))):
            first = re.search(r"^(\S+?):(\d+):\d+: (?:fatal )?error: (.*)$", output, re.M)
            findings.append(Finding("headers", path, 1, path, "does not compile alone: " +
                                    (f"{first.group(1)}:{first.group(2)}: {first.group(3)}" if first else output[:200])))
    memory.save()
    return findings


RULES = {"formatting": formatting, "headers": headers}
