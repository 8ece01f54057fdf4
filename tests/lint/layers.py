"""Who may include whom: folder -> folders, and library -> places. The only table of it; `./dev lint` fails on other edges.

A folder is listed with the folders it may include besides itself. A longer path wins over a shorter one, so that
rangeserver/range is held to its own line. What is not listed is an error: a new folder gets its line here first.
"""

ANYTHING = object()

FOLDERS = {
    "common": [],
    "model": ["common"],
    "rpc": ["common"],
    "protocol": ["common", "model", "rpc"],
    "lockservice": ["common", "rpc", "protocol"],
    "lockservice/embedded": ["common", "rpc", "protocol", "storage", "lockservice"],
    "fsbroker/gen": [],
    "fsbroker/wire": ["common", "rpc", "fsbroker/gen"],
    "fsbroker/client": ["common", "rpc", "protocol", "fsbroker/gen", "fsbroker/wire"],
    "fsbroker": ["common", "rpc", "protocol", "server", "fsbroker/gen", "fsbroker/wire", "fsbroker/client"],
    "server": ["common", "rpc"],
    "storage": ["common", "model"],
    "client/cpp": ["common", "model", "rpc", "protocol", "lockservice"],
    "rangeserver/range": ["common", "model", "storage"],
    "rangeserver": ["common", "model", "rpc", "protocol", "storage", "server", "fsbroker/client", "lockservice",
                    "client/cpp", "rangeserver/range"],
    "master": ["common", "model", "rpc", "protocol", "storage", "server", "fsbroker/client", "lockservice", "client/cpp"],
    "hql": ["common", "model", "client/cpp"],
    "thrift": ["common", "model", "client/cpp", "hql", "server"],
    "tools": ANYTHING,
    "tests": ANYTHING,
    "bench": ANYTHING,
    "examples": ANYTHING,
}

# Files with these endings may include anything, wherever they lie.
FREE_SUFFIXES = ("_test.cc", "_bench.cc", "_fuzz.cc")

# (pattern of the text between <> or "", places where it may appear, what it is). A place is a path prefix; one
# after a '!' is taken out again.
# Tests, benchmarks and fuzzers are free; the first pattern that matches decides; what no pattern matches is free.
LIBRARIES = [
    (r"boost/beast", ["server/http"], "HTTP"),
    (r"boost/asio", ["rpc/tcp", "server/http", "thrift/gateway/wire"], "event loop"),
    (r"boost/", ["rpc/tcp", "server/http", "thrift/gateway/wire"], "Boost"),
    # The messages' generated types: in whoever sends or answers them, not in the public face and not in the engine.
    (r"protocol/gen/", ["protocol", "client/cpp", "!client/cpp/include/", "rangeserver", "!rangeserver/range/", "master",
                        "lockservice", "tools"], "messages"),
    (r"(thrift/(?!gateway/|packed/)|.*/gen/)", ["protocol", "thrift", "fsbroker", "rpc"], "Thrift"),
    (r"spdlog/", ["common/logging"], "log"),
    (r"prometheus/", ["common/metrics"], "metrics"),
    (r"toml\+\+|toml\.hpp", ["common/config"], "configuration"),
    (r"CLI/", ["tools"], "command line"),
    (r"nlohmann/", ["server", "tools", "master", "rangeserver", "common/logging"], "JSON"),
    (r"re2/", ["model", "hql"], "regular expressions"),
    (r"(lz4|zstd|snappy|zdict)", ["storage/block"], "compression"),
    (r"zlib\.h", ["storage/block", "hql", "client/cpp"], "compression"),
    (r"(isa-l|xxhash|openssl/)", ["common/bytes", "common/base", "storage"], "checksums and digests"),
    (r"(histedit|editline/)", ["hql/shell"], "line editing"),
    (r"jemalloc/", ["tools", "server"], "allocator"),
    (r"rocksdb/", ["bench"], "the rival"),
    (r"(gtest|gmock|rapidcheck|benchmark)", ["tests", "bench"], "tests"),
    (r"zookeeper/", ["lockservice/zookeeper"], "ZooKeeper"),
    (r"(mutex|shared_mutex|condition_variable|thread|future|semaphore|latch|barrier|stop_token|pthread\.h)$",
     ["common/concurrency"], "threads and locks"),
    (r"random$", ["common/random"], "chance"),
    (r"(fstream|filesystem|fcntl\.h|sys/file\.h|sys/mman\.h|sys/stat\.h|sys/uio\.h|dirent\.h|linux/openat2\.h)$",
     ["common/file/local", "tools", "server", "hql/shell", "hql/files"], "files"),
    (r"(sys/socket\.h|netinet/.*|arpa/inet\.h|sys/epoll\.h|netdb\.h)$",
     ["rpc/tcp", "server/http", "fsbroker", "thrift/gateway", "lockservice/zookeeper"], "sockets"),
]


def folder_of(path):
    """The line of the table that `path` falls under, or None."""
    parts = path.split("/")[:-1]
    for length in range(len(parts), 0, -1):
        name = "/".join(parts[:length])
        if name in FOLDERS:
            return name
    return None


def is_free(path):
    return path.endswith(FREE_SUFFIXES) or FOLDERS.get(folder_of(path)) is ANYTHING


def may_include(source, target):
    """Whether the file `source` may include the project's file `target`."""
    if is_free(source):
        return True
    from_folder, to_folder = folder_of(source), folder_of(target)
    return from_folder == to_folder or to_folder in (FOLDERS.get(from_folder) or [])
