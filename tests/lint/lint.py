#!/usr/bin/env python3
"""`./dev lint`: runs every rule over the tree, takes the exemptions out, prints what is left."""

import argparse
import os
import re
import sys
import time

import compiled
import documents
import exemptions
import measures
import rules
from sources import Finding, Tree

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ALL_RULES = {**rules.RULES, **documents.RULES, **compiled.RULES}


def apply_exemptions(findings, table, check_stale):
    used, kept = set(), []
    for finding in findings:
        for number, (rule, path, text, reason) in enumerate(table):
            if rule == finding.rule and re.fullmatch(path, finding.path) and re.search(text, finding.text) and reason:
                used.add(number)
                break
        else:
            kept.append(finding)
    for number, (rule, path, text, _) in enumerate(table):
        if check_stale and number not in used:
            kept.append(Finding("exemptions", "tests/lint/exemptions.py", 1, text,
                                f"({rule}, {path}, {text}) exempts nothing any more: remove it"))
    return kept


def run(tree, only=None):
    findings = []
    for name, rule in ALL_RULES.items():
        if only is None or name == only:
            findings.extend(rule(tree))
    findings = apply_exemptions(findings, exemptions.EXEMPTIONS, check_stale=only is None)
    return sorted(findings, key=lambda f: (f.path, f.line, f.rule))


def main():
    parser = argparse.ArgumentParser(prog="./dev lint")
    parser.add_argument("--only", metavar="RULE", choices=sorted(ALL_RULES), help="run one rule: %(choices)s")
    parser.add_argument("--numbers", action="store_true", help="print the measures of the code instead")
    parser.add_argument("--write-index", action="store_true", help="bring the tables of pages in docs/ up to date")
    options = parser.parse_args()
    started = time.monotonic()
    tree = Tree(ROOT)
    if options.write_index:
        for folder in documents.INDEXED:
            text = documents.with_index(tree, folder)
            with open(os.path.join(ROOT, folder, "README.md"), "w", encoding="utf-8") as readme:
                readme.write(text)
        return 0
    if options.numbers:
        for name, value, target in measures.measure(tree):
            print(f"{name:55} {str(value):28} {('target ' + target) if target else ''}".rstrip())
        return 0
    findings = run(tree, options.only)
    if options.only is None:
        for question in rules.questions(tree):
            print(f"{question} (a question, no failure)")
    for finding in findings:
        print(finding)
    print(f"lint: {len(tree.sources)} sources, {len(findings)} findings, {time.monotonic() - started:.1f} s")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
