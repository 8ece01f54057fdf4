"""Rules over the documentation: links resolve, every top-level folder says what it is, no page names a machine's paths."""

import os
import re

from sources import Finding

_LINK = re.compile(r"(?<!\\)!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
_MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|home)/\w+")


def _without_code(text):
    text = re.sub(r"^(```|~~~).*?^\1", lambda m: re.sub(r"[^\n]", " ", m.group(0)), text, flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", lambda m: " " * len(m.group(0)), text)


def anchors(text):
    found = set()
    for heading in re.findall(r"^#{1,6}\s+(.*)$", _strip_fences(text), re.M):
        slug = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        found.add(slug)
    return found


def _strip_fences(text):
    return re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.M | re.S)


def links(tree):
    folders = {p.rpartition("/")[0] for p in tree.paths}
    folders |= {f.split("/")[0] for f in folders}
    for path in tree.documents():
        text = tree.read(path)
        code_free = _without_code(text)
        for match in _LINK.finditer(code_free):
            target = match.group(1)
            if re.match(r"[a-z]+:", target):
                continue
            line = code_free.count("\n", 0, match.start()) + 1
            file, _, anchor = target.partition("#")
            resolved = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
            is_folder = any(f == resolved or f.startswith(resolved + "/") for f in folders) or resolved == "."
            if not tree.has(resolved) and not is_folder:
                yield Finding("links", path, line, target, f"{target} does not exist")
            elif anchor and tree.has(resolved) and resolved.endswith(".md") and anchor not in anchors(tree.read(resolved)):
                yield Finding("links", path, line, target, f"no heading #{anchor} in {resolved}")


def machine_paths(tree):
    for path in tree.paths:
        if path.startswith("tests/lint/") or not path.endswith((".md", ".h", ".cc", ".txt", ".cmake", ".py", ".sh")):
            continue
        text = tree.read(path)
        for match in _MACHINE_PATH.finditer(text):
            yield Finding("machine-paths", path, text.count("\n", 0, match.start()) + 1, match.group(0),
                          f"{match.group(0)} is a path of one machine")


def readmes(tree):
    for folder in sorted({p.split("/")[0] for p in tree.paths if "/" in p and not p.startswith(".")}):
        if not tree.has(f"{folder}/README.md"):
            yield Finding("readmes", folder, 1, folder, f"{folder}/README.md is missing: one paragraph, what lives here")
        elif tree.has("README.md") and f"({folder}/README.md)" not in tree.read("README.md"):
            yield Finding("readmes", "README.md", 1, folder, f"the map of folders has no line for {folder}")


_LOCK = re.compile(r"^\s*(?:mutable\s+)?(?:common::)?(?:Mutex|SharedMutex)\s+(\w+)\s*(?:;|\w+\(|\{)", re.M)


def locks(tree):
    """Every lock that is a member stands in the page of their order."""
    page = "docs/internals/locking.md"
    known = tree.read(page) if tree.has(page) else ""
    for source in tree.sources:
        if source.is_test or source.path.startswith("common/concurrency/mutex"):
            continue
        for match in _LOCK.finditer(source.code):
            if f"`{source.path}`" not in known:
                yield Finding("locks", source.path, source.line_of(match.start(1)), match.group(1),
                              f"{match.group(1)} has no line in {page}")


INDEXED = ("docs/internals", "docs/decisions")
_INDEX = re.compile(r"(?<=<!-- pages: written by ./dev docs -->\n).*?(?=<!-- end of pages -->)", re.S)


def with_index(tree, folder):
    """The folder's README with the table of its pages as it should be."""
    rows = ["| Page | |", "|---|---|"]
    for path in sorted(tree.documents()):
        name = path[len(folder) + 1:]
        if path.startswith(folder + "/") and "/" not in name and name != "README.md" and not name.startswith("0000"):
            title = re.search(r"^# +(?:\d+: *)?(.*)$", tree.read(path), re.M)
            stem = name[:4] if name[:4].isdigit() else name[:-3]
            rows.append(f"| [{stem}]({name}) | {title.group(1) if title else '?'} |")
    return _INDEX.sub(lambda _: "\n".join(rows) + "\n", tree.read(f"{folder}/README.md"))


def index(tree):
    for folder in INDEXED:
        readme = f"{folder}/README.md"
        if tree.has(readme) and with_index(tree, folder) != tree.read(readme):
            yield Finding("index", readme, 1, readme, "the table of pages is out of date: run ./dev docs")


RULES = {"locks": locks, "index": index, "links": links, "machine-paths": machine_paths, "readmes": readmes}
