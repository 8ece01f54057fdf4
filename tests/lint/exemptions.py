"""Every exception to a rule, with its reason. One that matches nothing any more is an error itself.

(rule, pattern of the path, pattern of the offending text, reason)
"""

EXEMPTIONS = [
]
