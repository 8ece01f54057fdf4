"""The measures of the code: what a reviewer can ask for in figures (`./dev lint --numbers`)."""

import re
import statistics

import functions
import layers
import rules


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0


def commented_classes(sources):
    """(with a comment right above, all) classes and structs of headers, forward declarations not counted."""
    with_comment = total = 0
    declaration = re.compile(r"^(?:template\s*<.*>\s*)?(?:class|struct)\s+[^;=]*?\{?$|^(?:class|struct)\s+[^;]*\{")
    for source in sources:
        if not source.is_header:
            continue
        for number, line in enumerate(source.code_lines):
            if not declaration.match(line.rstrip()) or line.rstrip().endswith(";"):
                continue
            total += 1
            above = number - 1
            while above >= 0 and source.code_lines[above].startswith("template"):
                above -= 1
            if above >= 0 and source.lines[above].lstrip().startswith(("//", "*", "*/")):
                with_comment += 1
    return with_comment, total


def measure(tree):
    """[(measure, value, target)]"""
    product = [s for s in tree.sources if not s.is_test]
    tests = [s for s in tree.sources if s.path.endswith(("_test.cc", "_conformance.h", "_conformance.cc"))]
    lines = [len(s.lines) for s in product]
    lengths = [f.length for s in product for f in functions.find_functions(s.code)]
    commented, classes = commented_classes(product)
    includes = [sum(1 for _, system, name in s.includes if not system and layers.folder_of(name))
                for s in product if s.is_header]
    found = [f.rule for f in rules.calls(tree)]
    product_lines, test_lines = sum(lines), sum(len(s.lines) for s in tests)
    return [
        ("folder cycles", len(rules.find_cycles(rules.folder_edges(tree))), "0"),
        ("source files; lines", f"{len(product)}; {product_lines}", ""),
        ("source lines a file: median / p90 / max",
         f"{int(statistics.median(lines or [0]))} / {percentile(lines, 0.9)} / {max(lines, default=0)}", "200 / 500 / 1,000"),
        ("function lines: p90; over 70",
         f"{percentile(lengths, 0.9)}; {sum(1 for n in lengths if n > rules.FUNCTION_LIMIT)} of {len(lengths)}",
         "35; none without a reason"),
        ("classes in headers with a comment", f"{commented} of {classes} ({100 * commented // max(1, classes)} %)", "95 %"),
        ("unit-test lines : source lines", f"{test_lines / max(1, product_lines):.2f}", "0.7-1.0"),
        ("sleeps; friend tests; mutable globals; disabled tests",
         f"{found.count('sleep')}; {found.count('friend-test')}; {len(list(rules.mutable_globals(tree)))}; "
         f"{found.count('disabled-test')}", "0"),
        ("project includes a header, p90", percentile(includes, 0.9), "8"),
    ]
