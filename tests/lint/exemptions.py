"""Every exception to a rule, with its reason. One that matches nothing any more is an error itself.

(rule, pattern of the path, pattern of the offending text, reason)
"""

EXEMPTIONS = [
    ("libraries", r".*_(?:conformance|harness)\.h", "gtest", "a suite of tests that every implementation of an interface runs"),
    ("throw", r"fsbroker/(wire/framed_socket|wire/broker_error|client/data_calls)\.cc", ".*",
     "Thrift's transports, handlers and stubs report by exceptions; they are caught at the edge of the library's code"),
    ("globals", r"common/concurrency/scheduling_point\.h", "^thread_scheduling$",
     "what a thread is to the simulator cannot be handed through every lock and queue; production never sets it"),
]
