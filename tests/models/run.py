#!/usr/bin/env python3
"""Checks the models of this folder with spin: each holds as it is, and each breaks when one of its rules is taken out.

    run.py                        everything
    run.py fencing                one model
    run.py fencing SEAL_IN_MEMORY one model without one of its rules, and how it breaks, in words

A rule is a preprocessor macro that the model asks for with #ifdef or #ifndef. A macro WITNESS_… asks instead whether
something good can be reached at all: a model in which nothing happens holds too.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

FOLDER = os.path.dirname(os.path.abspath(__file__))
SPIN = "spin"
COMPILERS = ("gcc", "clang-16")
MOST_MEBIBYTES = 2048
LONGEST_SECONDS = 300

# Rules of a model, and what each macro that takes one out leads to.
MODELS = {
    "fencing": {
        "NO_WORD_CHECK_AFTER_SYNC": "acknowledged",
        "LENGTH_READ_BEFORE_SEAL": "acknowledged",
        "SEAL_IN_MEMORY": "acknowledged",
        "FILES_NOT_SYNCED_BY_SEALER": "not durable",
        "LENGTH_READ_AFTER_FILE_SYNC": "not durable",
        "LENGTHS_COUNTED_AGAIN": "another length",
        "COMPLETE_BEFORE_LENGTHS_DURABLE": "lengths are gone",
        "SEALERS_NOT_ALONE": "another length|acknowledged|sealed bytes|not durable",
        "READER_IGNORES_LENGTHS": "exactly the sealed bytes",
    },
    "index_alter": {
        "NO_INTERIM_SCHEMA": "old index",
        "INTERIM_SCHEMA_NOT_AWAITED": "old index",
        "NO_SCHEMA_CHECK": "old index",
        "SCHEMA_CHECKED_FIRST": "old index",
        "CELL_BEFORE_ENTRY": "index",
        "ENTRIES_NOT_MADE_ANEW": "new index",
        "FILL_BEFORE_SETTLED": "new index",
    },
    "lease": {
        "RENEWAL_BY_PING": "stale read",
        "RENEWAL_WITHOUT_HOLDS": "stale read",
        "LEASE_FROM_ANSWER": "stale read",
        "LEASE_AS_LONG_AS_SESSION": "stale read",
        "LEASE_BY_TIMER": "stale read",
        "LEASE_CHECKED_BEFORE_RESULT": "stale read",
        "LEASE_CHECKED_ONCE_PER_SCANNER": "stale read",
        "GUARD_ENDS_THE_SESSION_FIRST": "stale read",
        "NO_LOOK_AT_SEAL_AFTER_LAPSE": "stale read",
        "SEALED_AFTER_THE_LOOK": "stale read",
        "NONCE_WITHOUT_MARK": "stale read",
        "NO_WAIT_AFTER_WIPE": "stale read",
        "WAIT_WITHOUT_DRIFT": "stale read",
    },
    "master_takeover": {
        "TERM_FROM_LOCK_SERVICE": "later master had read the log",
        "NO_LOOK_AFTER_OPENING": "later master had read the log",
        "DEPOSED_MASTER_WRITES": "applied twice",
        "CREATE_WITHOUT_RECORD": "refused because",
        "REFUSES_WITHOUT_LOOKING": "refused because",
        "INCARNATION_REUSED": "incarnation was given twice",
    },
}


# Larger worlds, in which the whole model has to hold, too.
LARGER = {"master_takeover": ["MASTERS=3"]}

# Models that are small enough for a violation to be looked for breadth first: the shortest way to it is the one that
# people can read.
SMALL = {"index_alter", "lease", "master_takeover"}


@dataclass
class Outcome:
    """What the checker says about one variant of a model."""
    states: int = 0
    depth: int = 0
    seconds: float = 0.0
    is_complete: bool = False
    is_broken: bool = False
    unreached: list = field(default_factory=list)  # (line, what would have been said there)
    words: list = field(default_factory=list)      # how it came to the violation


def macros_of(text):
    """(rules, witnesses): what the model asks for, but for constants that have a default."""
    defined = set(re.findall(r"^#define +(\w+)", text, re.M))
    asked = set(re.findall(r"^#ifn?def +(\w+)", text, re.M)) - defined
    witnesses = {name for name in asked if name.startswith("WITNESS_")}
    return asked - witnesses, witnesses


def parse_output(output):
    """An Outcome from what pan printed."""
    outcome = Outcome()
    states = re.search(r"^\s*(\d+) states, stored", output, re.M)
    errors = re.search(r"errors: (\d+)", output)
    depth = re.search(r"depth reached (\d+)", output)
    if not (states and errors and depth):
        raise RuntimeError("the checker said nothing that makes sense:\n" + output)
    outcome.states, outcome.depth = int(states.group(1)), int(depth.group(1))
    outcome.is_broken = int(errors.group(1)) > 0
    outcome.is_complete = not re.search(r"max search depth too small|Search not completed|out of memory|memory usage exceeded", output)
    outcome.unreached = [(int(line), words) for line, words in
                         re.findall(r"^\t\S+?\.pml:(\d+), state \d+, \"printf\('(?!BROKEN)(.*?)\\\\n", output, re.M)]
    return outcome


def run_tool(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=LONGEST_SECONDS)
    return done.returncode, done.stdout + done.stderr


def check(model, macro=None):
    """Generates, compiles and runs the checker for the model, with `macro` defined."""
    defines = [f"-D{macro}"] if macro else []
    compiler = next((name for name in COMPILERS if shutil.which(name)), None)
    if not compiler or not shutil.which(SPIN):
        raise RuntimeError(f"{SPIN} and one of {', '.join(COMPILERS)} are needed: ./dev setup")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cellar-models-") as folder:
        shutil.copy(os.path.join(FOLDER, model + ".pml"), folder)
        code, output = run_tool([SPIN, *defines, "-a", model + ".pml"], folder)
        if code != 0 or not os.path.exists(os.path.join(folder, "pan.c")):
            raise RuntimeError(f"{model}: {SPIN} does not take it:\n{output}")
        search = ["-DBFS"] if macro in MODELS[model] and model in SMALL else []
        flags = ["-DSAFETY", "-DVECTORSZ=2048", f"-DMEMLIM={MOST_MEBIBYTES}", "-w", "-O0" if macro in MODELS[model] else "-O1", *search]
        code, output = run_tool([compiler, *flags, "-o", "pan", "pan.c"], folder)
        if code != 0:
            raise RuntimeError(f"{model}: {compiler} does not take pan.c:\n{output}")
        _, output = run_tool(["./pan", "-E", "-m1000000", "-w24"], folder)
        outcome = parse_output(output)
        if outcome.is_broken:
            _, told = run_tool([SPIN, *defines, "-t", "-T", "-B", model + ".pml"], folder)
            outcome.words = [line for line in told.splitlines() if line and not line.startswith(("spin:", "#", "MSC:"))]
    outcome.seconds = time.monotonic() - started
    return outcome


def judge_whole(model):
    """The findings, as sentences, about the model with all its rules, in each of its worlds."""
    problems, unreached = [], None
    for larger in [None, *LARGER.get(model, [])]:
        outcome = check(model, larger)
        name = f"all rules, {larger}" if larger else "all rules"
        print(f"{model:16} {name:32} {outcome.states:9} states, depth {outcome.depth}, {outcome.seconds:.1f} s", flush=True)
        if outcome.is_broken:
            problems.append(f"{model} does not hold:\n    " + "\n    ".join(outcome.words))
        elif not outcome.is_complete:
            problems.append(f"{model}: the search was cut off")
        found = set(outcome.unreached)
        unreached = found if unreached is None else unreached & found
    return problems + [f"{model}.pml:{line}: it never comes to this: {words}" for line, words in sorted(unreached)]


def judge_without(model, macro, expected, verbose=False):
    outcome = check(model, macro)
    last = next((line for line in outcome.words if line.startswith(("BROKEN", "REACHED"))), "holds")
    print(f"{model:16} {macro:32} {outcome.states:9} states, {outcome.seconds:.1f} s: {last}", flush=True)
    if verbose:
        print("    " + "\n    ".join(outcome.words))
    if not outcome.is_broken:
        return [f"{model} holds with {macro}: the rule is of no use, or the model does not see what it is for"]
    if not re.search(expected, last):
        return [f"{model} with {macro} should end in /{expected}/, not in: {last}"]
    return []


def judge_table(model):
    """The macros that the model asks for are those of the table here."""
    with open(os.path.join(FOLDER, model + ".pml"), encoding="utf-8") as source:
        rules, witnesses = macros_of(source.read())
    wanted = set(MODELS[model])
    problems = [f"{model}.pml asks for {name}, which run.py does not know" for name in sorted(rules - wanted)]
    problems += [f"run.py takes {name} out of {model}.pml, which does not ask for it" for name in sorted(wanted - rules)]
    if not witnesses:
        problems.append(f"{model}.pml has no witness")
    return problems, sorted(witnesses)


def judge(model):
    problems, witnesses = judge_table(model)
    problems += judge_whole(model)
    for macro in witnesses:
        problems += judge_without(model, macro, "^REACHED")
    for macro, expected in MODELS[model].items():
        problems += judge_without(model, macro, "^BROKEN.*(" + expected + ")")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", choices=sorted(MODELS))
    parser.add_argument("macro", nargs="?", help="a rule to take out, or a witness; its trail is printed")
    options = parser.parse_args()
    problems = []
    for model in [options.model] if options.model else sorted(MODELS):
        if options.macro:
            problems += judge_without(model, options.macro, "", verbose=True)
        else:
            problems += judge(model)
    for problem in problems:
        print("FAILED: " + problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
