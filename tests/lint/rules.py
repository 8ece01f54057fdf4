"""The rules over single lines, names, sizes and includes. Each takes the tree and yields findings."""

import re

import functions
import layers
from sources import Finding

BANNED_WORDS = {"Manager", "Helper", "Context", "Impl", "Base", "Util"}
BANNED_FILE_WORDS = {"manager", "helper", "helpers", "impl", "util", "utils", "misc"}
FILE_QUESTION, FILE_LIMIT, FUNCTION_LIMIT = 600, 1000, 70

# Folders whose order of steps reaches the wire, the disk or the simulation's trace.
PROTOCOL_FOLDERS = ("common/concurrency", "rpc", "protocol", "lockservice", "fsbroker", "master", "rangeserver",
                    "client/cpp", "storage", "tests/sim")


def _in(path, places):
    """Whether `path` begins with one of `places`, and with none of those after a '!'."""
    return (any(path.startswith(p) for p in places if p[0] != "!") and
            not any(path.startswith(p[1:]) for p in places if p[0] == "!"))


# ---- includes --------------------------------------------------------------------------------------------------------

def layering(tree):
    for source in tree.sources:
        if layers.folder_of(source.path) is None:
            yield Finding("layering", source.path, 1, source.path,
                          "this folder has no line in tests/lint/layers.py")
            continue
        for line, is_system, name in source.includes:
            if (not is_system or "/gen/" in name) and "/" in name and layers.folder_of(name):
                if not tree.has(name) and not _is_generated(name):
                    yield Finding("layering", source.path, line, name, f"{name} does not exist")
                elif not layers.may_include(source.path, name):
                    yield Finding("layering", source.path, line, name,
                                  f"{layers.folder_of(source.path)} may not include {name} (tests/lint/layers.py)")
            elif not is_system and tree.has("/".join(source.path.split("/")[:-1] + [name])):
                yield Finding("layering", source.path, line, name, f'include "{name}" by its path from the root')


def _is_generated(name):
    return re.search(r"(_types|_constants|Service)\.h$|/gen/|\.inc$", name) is not None


def libraries(tree):
    for source in tree.sources:
        if source.path.endswith(layers.FREE_SUFFIXES) or _in(source.path, ("tests/", "bench/")):
            continue
        for line, _, name in source.includes:
            for pattern, places, what in layers.LIBRARIES:
                if re.match(pattern, name):
                    if not _in(source.path, places):
                        yield Finding("libraries", source.path, line, name,
                                      f"<{name}> ({what}) only in {', '.join(places)}")
                    break


def folder_edges(tree):
    """{folder: {included folder}} over what is no test."""
    edges = {}
    for source in tree.sources:
        if source.is_test:
            continue
        folder = source.path.rpartition("/")[0]
        targets = edges.setdefault(folder, set())
        for _, is_system, name in source.includes:
            if not is_system and tree.has(name) and name.rpartition("/")[0] != folder:
                targets.add(name.rpartition("/")[0])
    return edges


def find_cycles(edges):
    """Strongly connected groups of more than one folder (Tarjan)."""
    index, low, on_stack, stack, cycles = {}, {}, set(), [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        on_stack.add(node)
        for target in sorted(edges.get(node, ())):
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in on_stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            group = []
            while True:
                member = stack.pop()
                on_stack.discard(member)
                group.append(member)
                if member == node:
                    break
            if len(group) > 1:
                cycles.append(sorted(group))

    for node in sorted(edges):
        if node not in index:
            visit(node)
    return cycles


def cycles(tree):
    for group in find_cycles(folder_edges(tree)):
        yield Finding("cycles", group[0] or ".", 1, " ".join(group), "folders include each other: " + " -> ".join(group))


def header_first(tree):
    """x.cc includes x.h before anything else, so that compiling x.cc proves that x.h stands alone."""
    for source in tree.sources:
        paired = source.path[:-3] + ".h"
        if source.path.endswith(".cc") and tree.has(paired) and source.includes:
            line, _, first = source.includes[0]
            if first != paired:
                yield Finding("header-first", source.path, line, first, f'include "{paired}" first')


def pragma_once(tree):
    for source in tree.sources:
        if source.is_header and not re.search(r"^#pragma once$", source.text, re.M):
            yield Finding("pragma-once", source.path, 1, source.path, "a header begins with #pragma once")


# ---- sizes -----------------------------------------------------------------------------------------------------------

def sizes(tree):
    for source in tree.sources:
        if len(source.lines) > FILE_LIMIT:
            yield Finding("file-size", source.path, FILE_LIMIT, str(len(source.lines)),
                          f"{len(source.lines)} lines; the limit is {FILE_LIMIT}")
        for function in functions.find_functions(source.code):
            if function.length > FUNCTION_LIMIT:
                yield Finding("function-size", source.path, function.first_line, function.name,
                              f"{function.name} has {function.length} lines; the limit is {FUNCTION_LIMIT}")


def questions(tree):
    """Said, not failed."""
    for source in tree.sources:
        if FILE_QUESTION < len(source.lines) <= FILE_LIMIT:
            yield Finding("file-size", source.path, FILE_QUESTION, str(len(source.lines)),
                          f"{len(source.lines)} lines: is this one thing?")


# ---- names -----------------------------------------------------------------------------------------------------------

_TYPE = re.compile(r"\b(?:class|struct|enum\s+class|enum|union|concept)\s+(?:[A-Z_]+\([^)]*\)\s*|\[\[\w+\]\]\s*)?([A-Z]\w*)"
                   r"\s*(?:final\s*)?(?=[:{;=]|$)|\busing\s+([A-Z]\w*)\s*=", re.M)
_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z]|\b|\d|_)|[A-Z]?[a-z0-9]+")


def names(tree):
    for source in tree.sources:
        stem = source.path.rpartition("/")[2].partition(".")[0]
        for part in source.path.split("/")[:-1] + stem.split("_"):
            if part in BANNED_FILE_WORDS:
                yield Finding("names", source.path, 1, part, f"'{part}' says nothing: name the thing")
        if not re.fullmatch(r"[a-z0-9_]+", stem):
            yield Finding("names", source.path, 1, stem, "file names are snake_case")
        for match in _TYPE.finditer(source.code):
            name = match.group(1) or match.group(2)
            banned = BANNED_WORDS.intersection(_WORDS.findall(name))
            if banned:
                yield Finding("names", source.path, source.line_of(match.start()), name,
                              f"{name}: '{sorted(banned)[0]}' says nothing: name what it does")


# ---- calls -----------------------------------------------------------------------------------------------------------

_FREE = r"(?<![\w.>:])(?:::)?"  # a free function, not a member or another namespace's

# (what, pattern, places where it may appear, also in tests)
CALLS = [
    ("clock", r"\b(?:system_clock|steady_clock|high_resolution_clock)\s*::\s*now\b|" + _FREE +
     r"(?:gettimeofday|clock_gettime|localtime|time)\s*\((?!\s*\))", ["common/time"], True),
    ("sleep", r"\bsleep_(?:for|until)\b|" + _FREE + r"(?:usleep|nanosleep|sleep)\s*\(", ["common/time"], True),
    ("chance", r"\b(?:std::random_device|std::mt19937\w*|std::default_random_engine)\b|" + _FREE +
     r"(?:rand|srand|random|getrandom|getentropy)\s*\(", ["common/random"], True),
    ("files", _FREE + r"(?:open|openat|openat2|creat|pread|pwrite|preadv|pwritev|fsync|fdatasync|sync_file_range|ftruncate|"
     r"fallocate|posix_fallocate|unlink|unlinkat|rename|renameat|mkdir|mkdirat|rmdir|opendir|flock|fopen|mmap)\s*\(|"
     r"\bstd::(?:ofstream|ifstream|fstream|filesystem)\b", ["common/file/local", "hql/shell", "hql/files", "tools", "server"], False),
    ("sockets", _FREE + r"(?:socket|socketpair|bind|listen|accept|accept4|connect|send|recv|sendmsg|recvmsg|epoll_\w+)\s*\(",
     ["rpc/tcp", "server/http", "fsbroker", "thrift/gateway", "lockservice/zookeeper"], False),
    ("threads", r"\bstd::(?:thread|jthread|async|mutex|recursive_mutex|timed_mutex|shared_mutex|shared_timed_mutex|"
     r"condition_variable\w*|lock_guard|unique_lock|scoped_lock|shared_lock|counting_semaphore|latch|barrier|promise|future|"
     r"call_once|once_flag)\b|\bpthread_\w+\s*\(", ["common/concurrency"], False),
    ("throw", r"\bthrow\b(?!\s*\()", [], False),
    ("swallowed", r"\bcatch\s*\(\s*\.\.\.\s*\)\s*\{\s*\}", [], True),
    ("todo", r"\b(?:TODO|FIXME|XXX|HACK)\b", [], True),
    ("disabled-test", r"\bDISABLED_\w+|\bGTEST_SKIP\b", [], True),
    ("friend-test", r"\bFRIEND_TEST\b", [], True),
]


def _declares(text, at):
    """Whether the name at `at` is being declared (`Nanos time(5);`, `bool open() const`), not called."""
    before = re.search(r"([\w>&*\]]+)[ \t]+$", text[max(0, at - 80):at])
    return bool(before) and before.group(1) not in ("return", "co_return", "co_await", "else", "do", "&&", "*", "&", ">")


def calls(tree):
    for what, pattern, places, in_tests in CALLS:
        compiled = re.compile(pattern)
        for source in tree.sources:
            if _in(source.path, places) or (source.is_test and not in_tests):
                continue
            text = source.text if what == "todo" else source.code
            for match in compiled.finditer(text):
                found = match.group(0).strip()
                if found.endswith("(") and _declares(text, match.start()):
                    continue
                where = f" only in {', '.join(places)}" if places else ": not here"
                yield Finding(what, source.path, text.count("\n", 0, match.start()) + 1, found, f"'{found}'{where}")


# ---- order -----------------------------------------------------------------------------------------------------------

_UNORDERED = re.compile(r"\b(?:std::unordered_(?:multi)?(?:map|set)|absl::(?:flat|node)_hash_(?:map|set))\s*<")
_POINTER_KEY = re.compile(r"\bstd::(?:multi)?(?:map|set)\s*<\s*(?:const\s+)?(?:[\w:]+(?:\s+const)?\s*\*|"
                          r"std::(?:shared|unique)_ptr\s*<[^<>]*>)\s*[,>]|\bstd::(?:less|hash)\s*<[^<>]*\*\s*>")


def _declared_name(code, begin):
    """The name after the template arguments that open at `begin`."""
    depth = 0
    for at in range(begin, min(len(code), begin + 2000)):
        if code[at] == "<":
            depth += 1
        elif code[at] == ">":
            depth -= 1
            if depth == 0:
                match = re.match(r"\s*&?\s*(\w+)\s*(?:[;={(,)]|GUARDED_BY|CELLAR_GUARDED_BY)", code[at + 1:at + 200])
                return match.group(1) if match else None
    return None


def order(tree):
    for source in tree.sources:
        if not _in(source.path, PROTOCOL_FOLDERS) or source.path.endswith(layers.FREE_SUFFIXES):
            continue
        for match in _POINTER_KEY.finditer(source.code):
            yield Finding("order", source.path, source.line_of(match.start()), match.group(0),
                          "ordered or hashed by address: the order differs from run to run")
        declared = set()
        for other in (source, tree.by_path.get(re.sub(r"\.cc$", ".h", source.path))):
            if other:
                declared.update(_declared_name(other.code, m.end() - 1) for m in _UNORDERED.finditer(other.code))
        declared.discard(None)
        for name in declared:
            iteration = re.compile(rf"\bfor\s*\([^;()]*:\s*(?:this->)?{name}\s*\)|(?<![\w.]){name}\s*\.\s*c?begin\s*\(")
            for match in iteration.finditer(source.code):
                yield Finding("order", source.path, source.line_of(match.start()), name,
                              f"iterates over the unordered {name}: the order differs from run to run")


# ---- coroutines ------------------------------------------------------------------------------------------------------

_AWAIT = re.compile(r"\bco_await\b")
_TEMPORARY = re.compile(r"(?:\b(?:[a-z_]\w*::)*[A-Z]\w*(?:::[A-Z]\w*)*(?:<[^<>;]*>)?|(?<=[(,])\s*|(?<=\breturn)\s*)\{")


def _statement(code, at):
    """The full expression around `at`: back to ; { or } and on to ; or the { of a block."""
    begin = max(code.rfind(c, 0, at) for c in ";{}") + 1
    end, depth = at, 0
    while end < len(code):
        c = code[end]
        if c in "([":
            depth += 1
        elif c in ")]":
            depth -= 1
            if depth < 0:
                break
        elif c == ";" and depth <= 0:
            break
        elif c == "{":
            before = code[:end].rstrip()
            if depth <= 0 and before.endswith(")"):
                break  # if (co_await …) {
            close = functions.matching_brace(code, end)
            end = close
        end += 1
    return begin, end


def coroutines(tree):
    for source in tree.sources:
        if "co_" not in source.code:
            continue
        code = source.code
        lambdas = functions.find_lambdas(code)
        for capture, at, begin, end in lambdas:
            body = code[begin:end]
            for _, _, inner_begin, inner_end in lambdas:
                if begin < inner_begin and inner_end <= end:
                    body = body.replace(code[inner_begin:inner_end], "")
            if capture and re.search(r"\bco_(?:await|return|yield)\b", body):
                yield Finding("coroutines", source.path, source.line_of(at), f"[{capture}]",
                              f"a lambda with captures [{capture}] is a coroutine: its captures die with the lambda")
        seen = set()
        for match in _AWAIT.finditer(code):
            begin, end = _statement(code, match.start())
            if begin in seen:
                continue
            seen.add(begin)
            text = code[begin:end]
            line = source.line_of(match.start())
            for capture, at, body_begin, _ in lambdas:
                if begin <= at < end and capture and not body_begin < match.start():
                    yield Finding("coroutines", source.path, line, f"[{capture}]",
                                  "a capturing lambda in an expression with co_await: name it first")
            blanked = _blank_lambda_bodies(text, begin, lambdas)
            for temporary in _TEMPORARY.finditer(blanked):
                found = temporary.group(0).strip()
                yield Finding("coroutines", source.path, line, " ".join(text.split())[:120],
                              f"a braced temporary '{found}' in an expression with co_await: name it first")


def _blank_lambda_bodies(text, begin, lambdas):
    for _, _, body_begin, body_end in lambdas:
        if begin <= body_begin < begin + len(text):
            a, b = body_begin - begin, min(body_end + 1 - begin, len(text))
            text = text[:a] + " " * (b - a) + text[b:]
    return text


# The seams, and what a process has one of, are handed to every constructor and outlive whatever uses them; fault points
# are constants.
_SEAMS = re.compile(r"^(?:const\s+)?(?:\w+::)?(?:Executor|Clock|Random|FileSystem|LockService|Transport|TaskGroup|"
                    r"FaultPoints|FaultPoint|\w*(?:Server|Service|Client))\s*&")
_KEEPS_ALIVE = re.compile(r"outliv|alive|borrow|live as long|lives|until", re.I)


def _comment_above(source, line):
    """The comment right above a line (counted from 1), and on it."""
    first = line - 1
    while first > 0 and source.lines[first - 1].lstrip().startswith("//"):
        first -= 1
    return " ".join(source.lines[first:line])


def borrowed(tree):
    """A coroutine's reference, view or span parameters: the comment above says who keeps them alive."""
    for source in tree.sources:
        if source.is_test:
            continue
        for match in re.finditer(r"\bTask<", source.code):
            depth, at = 1, match.end()
            while at < len(source.code) and depth > 0:
                depth += {"<": 1, ">": -1}.get(source.code[at], 0)
                at += 1
            name = re.compile(r"\s+(\w+)\s*\(").match(source.code, at)
            if not name:
                continue  # a member defined apart: its declaration is looked at
            paired = tree.by_path.get(source.path[:-3] + ".h")
            if paired and re.search(rf"\b{name.group(1)}\s*\(", paired.code):
                continue  # the header's declaration is looked at
            begin = name.end()
            parameters = source.code[begin:functions.matching_paren(source.code, begin - 1)]
            line = source.line_of(match.start())
            for parameter in parameters.split(","):
                parameter = parameter.strip()
                if re.search(r"(?<!&)&(?!&)|\bstring_view\b|\bspan<", parameter) and not _SEAMS.match(parameter) and \
                        not _KEEPS_ALIVE.search(_comment_above(source, line)):
                    yield Finding("coroutines", source.path, line, f"{name.group(1)}({parameter})",
                                  f"the coroutine {name.group(1)} borrows '{parameter}': take it by value, or say in "
                                  "the comment above who keeps it alive")


# ---- globals ---------------------------------------------------------------------------------------------------------

_STATIC = re.compile(r"^[ \t]*(?:static|inline|thread_local|extern)\s+(?!const\b|constexpr\b|constinit const\b|inline\b|"
                     r"consteval\b|void\b|namespace\b)[^;(){}=]*?(\w+)\s*(?:=(?!=)|;|\{)", re.M)


def mutable_globals(tree):
    for source in tree.sources:
        if source.is_test:
            continue
        for match in _STATIC.finditer(source.code):
            if re.search(r"\b(?:const|constexpr|namespace|class|struct|operator)\b", match.group(0)):
                continue
            yield Finding("globals", source.path, source.line_of(match.end()), match.group(1),
                          f"mutable static '{match.group(1)}': state belongs to an object with an owner")


RULES = {
    "layering": layering, "libraries": libraries, "cycles": cycles, "header-first": header_first,
    "pragma-once": pragma_once, "sizes": sizes, "names": names, "calls": calls, "order": order,
    "coroutines": coroutines, "borrowed": borrowed, "globals": mutable_globals,
}
