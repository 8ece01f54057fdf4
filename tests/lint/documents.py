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


MODELS_PAGE = "docs/internals/models.md"
_CODE = re.compile(r"`([^`]+)`")


def _rows_by_model(page):
    """[(model's path, line, [cells])] of the page's tables, each below a heading that names its model."""
    model = None
    for number, line in enumerate(page.splitlines(), 1):
        if line.startswith("#"):
            named = re.search(r"(\w+)\.pml", line)
            model = f"tests/models/{named.group(1)}.pml" if named else None
        elif model and line.startswith("| `"):
            yield model, number, [cell.strip() for cell in line.strip().strip("|").split(" | ")]


def _problem_with_row(tree, model, cells, names):
    """What is wrong with one row of a model's tables; None when nothing is."""
    text = tree.read(model)
    step = _CODE.match(cells[0]).group(1)
    if step.isupper():
        return None if re.search(rf"^#ifn?def {step}$", text, re.M) else f"{model} asks for no {step}"
    if not re.search(rf"^{step}:", text, re.M):
        return f"{model} has no label {step}"
    if len(cells) != 3:
        return f"{step} wants a function and what exercises it"
    done_by = _CODE.findall(cells[1])
    files = [name for name in done_by if "/" in name]
    for name in done_by:
        if name in files and not tree.has(name):
            return f"{name} does not exist"
        if name not in files and not any(name in tree.read(file) for file in files if tree.has(file)):
            return f"{name} is not in {', '.join(files) or 'any file that is named'}"
    missing = [name for name in _CODE.findall(cells[2]) if name not in names]
    return f"there is neither a fault point nor a test {missing[0]}" if missing else None


def models(tree):
    """The page of the models is true: labels, rules, functions, fault points and tests that it names exist, and it
    names every label of every model but those that only lead somewhere (to_…)."""
    paths = [p for p in tree.paths if re.fullmatch(r"tests/models/\w+\.pml", p)]
    if not paths:
        return
    page = tree.read(MODELS_PAGE) if tree.has(MODELS_PAGE) else ""
    names = set()
    for source in tree.sources:
        names.update(re.findall(r'"([a-z_]+(?:\.[a-z_]+)+)"', source.text))
        names.update(f"{suite}.{name}" for suite, name in re.findall(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", source.text, re.M))
    told = set()
    for model, line, cells in _rows_by_model(page):
        problem = _problem_with_row(tree, model, cells, names) if tree.has(model) else f"{model} does not exist"
        if problem:
            yield Finding("models", MODELS_PAGE, line, cells[0], problem)
        told.add((model, _CODE.match(cells[0]).group(1)))
    for path in paths:
        for match in re.finditer(r"^(\w+):|^#ifn?def ([A-Z]\w*)$", tree.read(path), re.M):
            name = match.group(1) or match.group(2)
            is_default = re.search(rf"^#define {name}\b", tree.read(path), re.M)
            if (path, name) not in told and not is_default and not name.startswith(("to_", "WITNESS_")):
                yield Finding("models", path, tree.read(path).count("\n", 0, match.start()) + 1, name,
                              f"{name} has no line in {MODELS_PAGE}")


RULES = {"locks": locks, "models": models, "index": index, "links": links, "machine-paths": machine_paths, "readmes": readmes}
