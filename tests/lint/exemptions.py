"""Every exception to a rule, with its reason. One that matches nothing any more is an error itself.

(rule, pattern of the path, pattern of the offending text, reason)
"""

EXEMPTIONS = [
    ("clock", r"bench/stopwatch\.cc", "clock_gettime", "CPU time of a process, which is measured, never acted upon"),
    ("libraries", r".*_conformance\.h", "gtest", "a suite of tests that every implementation of an interface runs"),
    ("libraries", r"common/file/memory_disk\.h", "mutex", "until common/concurrency has its annotated mutex"),
    ("threads", r"common/file/memory_disk\.h", "std::", "until common/concurrency has its annotated mutex"),
]
