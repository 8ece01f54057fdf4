"""Finds functions, lambdas and classes in stripped C++ text by their braces."""

import re
from dataclasses import dataclass

_SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")
_CONTROL = re.compile(r"^\s*(if|for|while|switch|do|else|try|catch|return|case|default)\b")
LAMBDA = re.compile(r"(?<![\w\)\]\[])\[(?!\[)(?P<capture>[^\[\]]*)\](?=\s*[({<])")


@dataclass
class Function:
    name: str
    first_line: int
    last_line: int
    begin: int  # offset of the opening brace
    end: int    # offset of the closing brace

    @property
    def length(self):
        return self.last_line - self.first_line + 1


def _without_preprocessor(code):
    lines, continued = [], False
    for line in code.split("\n"):
        directive = continued or line.lstrip().startswith("#")
        continued = directive and line.rstrip().endswith("\\")
        lines.append(" " * len(line) if directive else line)
    return "\n".join(lines)


def _drop_templates(head):
    """`head` without its leading template<...> parts."""
    while match := re.match(r"\s*template\s*<", head):
        depth, at = 1, match.end()
        while at < len(head) and depth > 0:
            depth += {"<": 1, ">": -1}.get(head[at], 0)
            at += 1
        head = head[at:]
    return head


def _name_of(head):
    match = re.search(r"((?:[\w~]+\s*::\s*)*(?:operator\s*[^\s(\w]+|operator\s+[\w:]+|[\w~]+))\s*\(", head)
    return re.sub(r"\s+", "", match.group(1)) if match else "?"


def find_functions(code):
    """Function bodies outside other functions, in order. `code` is stripped text."""
    code = _without_preprocessor(code)
    functions, stack, parens, head_begin = [], [], 0, 0
    for match in re.finditer(r"[{}();]", code):
        at, token = match.start(), match.group(0)
        if token == "(":
            parens += 1
        elif token == ")":
            parens -= 1
        elif token == ";" and parens <= 0:
            head_begin = at + 1
        elif token == "{":
            inside = any(kind == "function" for kind, *_ in stack)
            head = code[head_begin:at]
            kind = "block" if inside else "initializer" if parens > 0 else _classify(head)
            first = head_begin + len(head) - len(head.lstrip())
            first += len(re.match(r"((public|private|protected)\s*:\s*)?", code[first:at]).group(0))
            stack.append((kind, at, first, head, parens))
            parens = 0 if kind in ("scope", "function", "block") else parens
            if kind != "initializer":
                head_begin = at + 1
        elif token == "}" and stack:
            kind, begin, first, head, parens = stack.pop()
            if kind == "function":
                functions.append(Function(_name_of(_drop_templates(head)), code.count("\n", 0, first) + 1,
                                          code.count("\n", 0, at) + 1, begin, at))
            if kind != "initializer":
                head_begin = at + 1
    return functions


def _classify(head):
    text = _drop_templates(head).strip()
    text = re.sub(r"^(public|private|protected)\s*:", "", text).strip()
    if not text:
        return "block"
    if "(" not in text:
        return "scope" if _SCOPE.search(text) else "initializer"
    before = text[:text.index("(")]
    if re.search(r"(?<![=!<>])=(?!=)", before) and "operator" not in before:
        return "initializer"
    if re.search(r"\b(class|struct|union|enum)\b", before) and not re.search(r"\b\w+\s*$", before.split("alignas")[0]):
        return "scope"
    if re.match(r"(class|struct|union|enum)\b", text):
        # class CAPABILITY("mutex") Name {   or a function returning an elaborated type (rare)
        return "scope"
    # Constructor with initializers in braces:  X() : a_{1}, b_{2} {   the brace after a member name is not the body.
    if re.search(r"\)\s*(noexcept)?\s*:", text) and re.search(r"[\w>]\s*$", text) and \
            not re.search(r"\)\s*(const|noexcept|override|final|mutable|try)?\s*$", text):
        return "initializer"
    return "block" if _CONTROL.match(text) else "function"


def matching_brace(code, begin):
    depth = 0
    for match in re.compile(r"[{}]").finditer(code, begin):
        depth += 1 if match.group(0) == "{" else -1
        if depth == 0:
            return match.start()
    return len(code)


def matching_paren(code, begin):
    depth = 0
    for match in re.compile(r"[()]").finditer(code, begin):
        depth += 1 if match.group(0) == "(" else -1
        if depth == 0:
            return match.start()
    return len(code)


def find_lambdas(code):
    """[(capture text, offset, body begin, body end)] of every lambda expression."""
    found = []
    for match in LAMBDA.finditer(code):
        at = match.end()
        while at < len(code) and code[at] in " \n\t":
            at += 1
        if at < len(code) and code[at] == "<":
            at = code.find(">", at) + 1
            while at < len(code) and code[at] in " \n\t":
                at += 1
        if at < len(code) and code[at] == "(":
            at = matching_paren(code, at) + 1
        brace = re.compile(r"[{;,)]").search(code, at)
        if not brace or brace.group(0) != "{":
            # a trailing return type may hold commas and parentheses; look for the brace on the same line only
            brace = re.compile(r"[^\n;]*?\{").match(code, at)
            if not brace or "->" not in brace.group(0):
                continue
            begin = brace.end() - 1
        else:
            begin = brace.start()
        found.append((match.group("capture").strip(), match.start(), begin, matching_brace(code, begin)))
    return found
