#include "hql/grammar.h"

namespace cellar::hql {

namespace {

using Options = OptionEntry;
using Example = std::string_view;

constexpr Options kFamilyOptions[] = {
    {"MAX_VERSIONS n", "keep the newest n versions of a cell; 0, the default, keeps all. REVS is the same"},
    {"TIME_ORDER ASC|DESC", "ASC, the default: versions come newest first; DESC: oldest first. Fixed for ever"},
    {"TTL n [SECONDS|MINUTES|HOURS|DAYS|WEEKS|MONTHS]", "cells older than this are gone; a month is 30 days"},
    {"COUNTER [true|false]", "values are sums: inserting 5 or +5 adds, -3 subtracts, =0 resets. Fixed for ever"},
};

constexpr Options kTableOptions[] = {
    {"MAX_VERSIONS n",
     "for a family, or default for the families of a group or table: keep the newest n versions; 0: all"},
    {"TIME_ORDER ASC|DESC", "likewise: ASC, the default, newest version first; DESC oldest first. Fixed for ever"},
    {"TTL n [SECONDS|MINUTES|HOURS|DAYS|WEEKS|MONTHS]", "likewise: cells older than this are gone; a month is 30 days"},
    {"COUNTER [true|false]", "likewise: values are sums. Not with MAX_VERSIONS, TIME_ORDER DESC or an index"},
    {"IN_MEMORY [true|false]", "for a group, or default for all groups of the table: keep all of it in memory"},
    {"BLOCKSIZE n", "likewise: bytes of a block before compression; 65536"},
    {"REPLICATION n", "likewise: copies of each file; the file system's default"},
    {"COMPRESSOR 'spec'",
     "likewise: none, snappy (default), lz4, zlib [--fast|--normal|--best], zstd [--level n]. bmz means zstd with a "
     "long "
     "window, lzo and quicklz mean lz4"},
    {"BLOOMFILTER 'spec'",
     "likewise: none, rows (default), rows+cols; with --false-positive p, or --bits-per-item f and --num-hashes n, and "
     "--max-approx-items n"},
    {"GROUP_COMMIT_INTERVAL ms", "for the table: gather updates of this many milliseconds into one commit"},
    {"DURABILITY sync|flush|none",
     "for the table: what an acknowledged update is worth. sync, the default: synced to disk; flush: handed to the "
     "system; none: not logged"},
};

constexpr Options kSelectOptions[] = {
    {"MAX_VERSIONS n", "newest n versions of each cell; 0, the default: all that are kept. REVS is the same"},
    {"LIMIT n", "at most n rows"},
    {"OFFSET n", "leave out the first n rows"},
    {"CELL_LIMIT n", "at most n cells"},
    {"CELL_LIMIT_PER_FAMILY n", "at most n cells of each row and family"},
    {"CELL_OFFSET n", "leave out the first n cells"},
    {"INTO FILE 'file'", "write there instead of the terminal, with a header that LOAD DATA reads; .gz compresses"},
    {"DISPLAY_TIMESTAMPS", "a column with each cell's timestamp"},
    {"DISPLAY_REVISIONS", "a column with each cell's revision, before the timestamp"},
    {"RETURN_DELETES", "show delete markers and what they hide"},
    {"KEYS_ONLY", "only the row, one line a cell"},
    {"NO_CACHE", "go round the query cache"},
    {"NO_ESCAPE", "write line ends, tabs, NULs and backslashes as they are"},
    {"SCAN_AND_FILTER_ROWS", "many single rows are looked up by one scan"},
    {"FS='c'", "field separator, one character; tab"},
};

constexpr Options kDumpOptions[] = {
    {"MAX_VERSIONS n", "newest n versions of each cell. REVS is the same"},
    {"BUCKETS n", "taken for old scripts, without effect"},
    {"INTO FILE 'file'", "write there instead of the terminal; .gz compresses"},
    {"NO_TIMESTAMPS", "leave out the timestamp column"},
    {"FS='c'", "field separator, one character; tab"},
    {"NO_ESCAPE", "write line ends, tabs, NULs and backslashes as they are"},
};

constexpr Options kLoadOptions[] = {
    {"ROW_KEY_COLUMN = c {+ c}",
     "the row is made of these columns, joined by a blank; '%05c' pads c with zeros to 5, '%-5c' fills up on the "
     "right, "
     "'%5c' on the left; '\\%c' is a column named %c. The first column"},
    {"TIMESTAMP_COLUMN = c", "the column with the cells' timestamps"},
    {"HEADER_FILE = 'file'", "the header line is there"},
    {"ROW_UNIQUIFY_CHARS = n", "append a blank and n random characters to each row; at most 21"},
    {"DUP_KEY_COLS [= true|false]", "columns of the row are stored as cells as well. Also DUPLICATE_KEY_COLUMNS"},
    {"NO_ESCAPE", "a backslash is a backslash"},
    {"IGNORE_UNKNOWN_CFS",
     "skip and count cells of families that the table does not have. Also IGNORE_UNKNOWN_COLUMNS"},
    {"SINGLE_CELL_FORMAT", "lines are [timestamp] row column value, whatever the header"},
    {"FS = 'c'", "field separator, one character; tab"},
    {"NO_LOG", "do not log: fast, and lost when a server fails before it has written its files"},
    {"NO_LOG_SYNC", "report success before the log is on disk"},
};

constexpr Options kCompactOptions[] = {
    {"TYPE=MINOR|MAJOR|MERGING|GC",
     "what to do; MAJOR, the default: all files of a range become one, deleted cells go"},
};

constexpr Options kBalanceOptions[] = {
    {"ALGORITHM='table_ranges'|'load'|'offload rs1,rs2'", "how to choose what moves where, when no moves are written"},
    {"DURATION=seconds", "time over which the moves are spread"},
};

constexpr Options kSetOptions[] = {
    {"READONLY=true|false", "true: updates of tables are refused with error 0x50022, but for those in /sys"},
};

constexpr Example kUseExamples[] = {"USE '/'", "USE test"};
constexpr Example kCreateNamespaceExamples[] = {"CREATE NAMESPACE test", "CREATE NAMESPACE '/test/deep' IF NOT EXISTS"};
constexpr Example kDropNamespaceExamples[] = {"DROP NAMESPACE IF EXISTS test"};
constexpr Example kListingExamples[] = {"GET LISTING"};
constexpr Example kShowTablesExamples[] = {"SHOW TABLES"};
constexpr Example kCreateTableExamples[] = {
    "CREATE TABLE copy LIKE original",
    "CREATE TABLE restored WITH 'schema.xml'",
    "CREATE TABLE visits (url MAX_VERSIONS 1, referer, hits COUNTER, INDEX referer, "
    "ACCESS GROUP hot (hits) IN_MEMORY, ACCESS GROUP cold (url, referer) COMPRESSOR 'zstd' TTL 90 DAYS)",
    "CREATE TABLE log ('user-agent', status)",
};
constexpr Example kAlterTableExamples[] = {
    "ALTER TABLE visits ADD (country, ACCESS GROUP geo (country) COMPRESSOR 'lz4')",
    "ALTER TABLE visits DROP (referer) RENAME COLUMN FAMILY (url, address)",
    "ALTER TABLE visits MODIFY (url MAX_VERSIONS 3)",
};
constexpr Example kDropTableExamples[] = {"DROP TABLE IF EXISTS visits"};
constexpr Example kRenameTableExamples[] = {"RENAME TABLE visits TO old_visits"};
constexpr Example kExistsExamples[] = {"EXISTS TABLE visits"};
constexpr Example kDescribeExamples[] = {"DESCRIBE TABLE visits", "DESCRIBE TABLE WITH IDS visits"};
constexpr Example kShowCreateExamples[] = {"SHOW CREATE TABLE visits"};
constexpr Example kInsertExamples[] = {
    "INSERT INTO visits VALUES ('com.example', 'url:home', 'http://example.com/')",
    "INSERT INTO visits VALUES ('2024-05-01 12:00:00', 'a', 'referer', 'b'), ('a', 'hits', '+1'), (GUID(), 'url', 'c')",
};
constexpr Example kUpdateExamples[] = {
    "UPDATE visits SET url:home = 'http://example.com/', hits += 1 WHERE ROW = 'com.example'",
    "UPDATE visits SET referer = 'b', DELETE url:old WHERE ROW = 'com.example' IF referer = 'a' AND NOT "
    "EXISTS(url:new)",
    "UPDATE visits SET hits -= 1 WHERE ROW = 'com.example' IF hits > 0",
};
constexpr Example kDeleteExamples[] = {
    "DELETE * FROM visits WHERE ROW = 'com.example'",
    "DELETE url:home, referer FROM visits WHERE ROW = 'com.example' TIMESTAMP '2024-05-01 12:00:00'",
};
constexpr Example kSelectExamples[] = {
    "SELECT url:home, referer FROM visits WHERE ROW = 'com.example'",
    "SELECT * FROM visits WHERE 'com.a' <= ROW < 'com.f' AND (url =~ /html$/ OR EXISTS(referer:*)) LIMIT 10",
    "SELECT url:^ho, referer:/^g/ FROM visits WHERE ROW =^ 'com.' AND TIMESTAMP >= '2024-05-01' MAX_VERSIONS 1",
    "SELECT * FROM visits",
};
constexpr Example kDumpExamples[] = {"DUMP TABLE visits INTO FILE 'visits.gz'", "DUMP TABLE visits COLUMNS url"};
constexpr Example kDumpPseudoExamples[] = {"DUMP PSEUDO TABLE visits^.cellstore.index INTO FILE 'blocks.tsv'"};
constexpr Example kLoadExamples[] = {
    "LOAD DATA INFILE 'visits.tsv.gz' INTO TABLE visits",
    "LOAD DATA INFILE ROW_KEY_COLUMN='%08id'+name TIMESTAMP_COLUMN=time FS=',' '-' INTO TABLE visits",
};
constexpr Example kCompactExamples[] = {"COMPACT TABLE visits", "COMPACT TYPE=MINOR TABLE visits 'com.example'",
                                        "COMPACT TYPE=GC RANGES USER|METADATA"};
constexpr Example kRebuildExamples[] = {"REBUILD INDICES visits", "REBUILD VALUE INDICES visits"};
constexpr Example kBalanceExamples[] = {
    "BALANCE ALGORITHM='offload rs2'",
    "BALANCE ('visits'['a'..'m'], rs1, rs2), ('visits[m..??]', rs1, rs2) DURATION=60", "BALANCE"};
constexpr Example kExplainExamples[] = {"EXPLAIN SELECT * FROM visits WHERE ROW =^ 'com.'",
                                        "EXPLAIN ANALYZE SELECT url FROM visits LIMIT 10"};
constexpr Example kShowQueriesExamples[] = {"SHOW QUERIES"};
constexpr Example kKillExamples[] = {"KILL rs1_17"};
constexpr Example kShowMaintenanceExamples[] = {"SHOW MAINTENANCE"};
constexpr Example kWaitExamples[] = {"WAIT FOR MAINTENANCE"};
constexpr Example kStopExamples[] = {"STOP rs1"};
constexpr Example kSetExamples[] = {"SET READONLY=true", "SET READONLY=false"};
constexpr Example kShutDownExamples[] = {"SHUTDOWN", "SHUTDOWN MASTER"};
constexpr Example kStatusExamples[] = {"STATUS"};
constexpr Example kHelpExamples[] = {"HELP", "HELP SELECT"};

constexpr StatementEntry kStatements[] = {
    {"SELECT", "reads cells", "SELECT [CELLS] (* | column {, column}) FROM table [WHERE conditions] {option}",
     "Columns: HELP COLUMNS. Conditions: HELP WHERE. Each cell is one line: row, column, value. Limits and offsets "
     "count "
     "over the whole result.",
     kSelectOptions, kSelectExamples},
    {"INSERT",
     "writes cells",
     "INSERT INTO table VALUES tuple {, tuple} [IF NOT EXISTS]\n"
     "tuple: ( ['time',] 'row', 'family[:qualifier]', 'value' )",
     "Row and value may be GUID(), which makes a new unique text. The order of tuples is kept; rows are not written "
     "together. IF NOT EXISTS takes the cells of one row and writes all of them or, if one of the columns has a cell "
     "already, none; it answers as UPDATE does.",
     {},
     kInsertExamples},
    {"UPDATE",
     "changes one row at once, on conditions",
     "UPDATE table SET change {, change} WHERE ROW = 'row' [IF condition {AND condition}]\n"
     "change: column = ('value' | n | GUID()) [TIMESTAMP 'time']\n"
     "      | column (+= | -=) n\n"
     "      | DELETE (column | family | *) [TIMESTAMP 'time' | VERSION 'time']\n"
     "condition: column (= | != | < | <= | > | >= | =^) ('value' | n)\n"
     "         | [NOT] EXISTS(column)\n"
     "column: family[:qualifier]",
     "All conditions are decided at one moment, and all changes made at it, or none. A family alone is the cell "
     "without a qualifier, but for DELETE, which takes all of the family. += and -= are for counters; = sets them. "
     "Conditions look at the newest value: order and =^ (begins with) go by bytes, for counters by numbers; != holds "
     "also where there is no cell. The answer is applied or not applied, with the counters as they are then, or the "
     "cells that were not as expected. That conditions do not hold is no error; as the last statement of a script it "
     "is "
     "exit status 4. A statement that is repeated after a lost answer takes effect once.",
     {},
     kUpdateExamples},
    {"DELETE",
     "hides cells of one row",
     "DELETE (* | column {, column}) FROM table WHERE ROW = 'row' [TIMESTAMP 'time' | VERSION 'time']",
     "`*` hides the row, a family all its cells, family:qualifier all versions of that cell. TIMESTAMP hides what is "
     "not newer, VERSION exactly that version. Cells written later are never hidden.",
     {},
     kDeleteExamples},
    {"LOAD DATA INFILE", "writes the cells of a file of separated fields",
     "LOAD DATA INFILE {option} 'source' INTO (TABLE table | FILE 'file')",
     "Source: a local file, file://…, '-' for standard input, or fs://… for a file of the cluster's file system (HELP "
     "FILES); .gz is unpacked. The first line is a header: "
     "'#' and the names of the columns, each a family[:qualifier]. [timestamp] row column value is the form with one "
     "cell a line. In the other form NULL, \\N and empty fields make no cell. INTO FILE only converts to one cell a "
     "line.",
     kLoadOptions, kLoadExamples},
    {"DUMP TABLE", "writes a table in the form that LOAD DATA INFILE reads",
     "DUMP TABLE table [COLUMNS (* | column {, column})] [WHERE conditions] {option}",
     "Conditions: ROW REGEXP, VALUE REGEXP and TIMESTAMP, joined by AND. Timestamps are integers.", kDumpOptions,
     kDumpExamples},
    {"DUMP PSEUDO TABLE",
     "writes what is known of a table's blocks",
     "DUMP PSEUDO TABLE table^.cellstore.index INTO FILE 'file'",
     "Three cells for each block of the table's files, under the block's first row: Size, its bytes; CompressedSize, "
     "those in the file; KeyCount, its cells; the qualifier says where it is, file:offset. Cells that are in no file "
     "yet do not count. SELECT reads it too, with all its options: SELECT KeyCount FROM visits^.cellstore.index. All "
     "blocks in question are read for it. Writes and changes are refused with error 58, other names with 54.",
     {},
     kDumpPseudoExamples},
    {"CREATE TABLE", "makes a table",
     "CREATE TABLE table ( LIKE table | WITH 'schema.xml' | '(' definition {, definition} ')' {option} )\n"
     "definition: family {option}\n"
     "          | ACCESS GROUP group ( [family {, family}] ) {option}\n"
     "          | [QUALIFIER] INDEX family",
     "Families of one access group are stored together; those of no group are in the group default. What is written at "
     "a family goes before its group's default, and that before the table's. An INDEX finds the rows for conditions on "
     "a family's values, a QUALIFIER INDEX for EXISTS; the index tables, ^table and ^^table, can be read and are kept "
     "with their table.",
     kTableOptions, kCreateTableExamples},
    {"ALTER TABLE",
     "changes the families of a table",
     "ALTER TABLE table ( WITH 'schema.xml' | alteration {alteration} )\n"
     "alteration: ADD ( definition {, definition} )\n"
     "          | MODIFY ( definition {, definition} )\n"
     "          | DROP ( family {, family} )\n"
     "          | DROP [VALUE|QUALIFIER] INDEX ( family {, family} )\n"
     "          | RENAME COLUMN FAMILY ( old, new )",
     "Definitions as in CREATE TABLE. All alterations of a statement happen at once. MODIFY replaces all options of a "
     "family or group. A group that exists already may be named in ADD to take new families. TIME_ORDER, COUNTER, a "
     "family's group and a group's COMPRESSOR, REPLICATION and BLOOMFILTER cannot be changed. An index that is added "
     "to "
     "a family with cells serves queries once REBUILD INDICES has run.",
     {},
     kAlterTableExamples},
    {"DROP TABLE", "removes a table with its cells", "DROP TABLE [IF EXISTS] table", "", {}, kDropTableExamples},
    {"RENAME TABLE", "gives a table another name", "RENAME TABLE old TO new", "", {}, kRenameTableExamples},
    {"EXISTS TABLE", "says whether a table exists", "EXISTS TABLE table", "Prints true or false.", {}, kExistsExamples},
    {"DESCRIBE TABLE", "shows a table's schema as XML", "DESCRIBE TABLE [WITH IDS] table", "", {}, kDescribeExamples},
    {"SHOW CREATE TABLE",
     "shows the statement that makes such a table",
     "SHOW CREATE TABLE table",
     "",
     {},
     kShowCreateExamples},
    {"SHOW TABLES", "lists the tables of the namespace", "SHOW TABLES", "", {}, kShowTablesExamples},
    {"GET LISTING", "lists the tables and namespaces of the namespace", "GET LISTING", "", {}, kListingExamples},
    {"USE",
     "goes to a namespace",
     "USE namespace",
     "A name that begins with '/' counts from the root, another one from the present namespace.",
     {},
     kUseExamples},
    {"CREATE NAMESPACE",
     "makes a namespace",
     "CREATE NAMESPACE namespace [IF NOT EXISTS]",
     "The namespace above it must exist. DATABASE is the same as NAMESPACE.",
     {},
     kCreateNamespaceExamples},
    {"DROP NAMESPACE",
     "removes an empty namespace",
     "DROP NAMESPACE [IF EXISTS] namespace",
     "",
     {},
     kDropNamespaceExamples},
    {"COMPACT", "asks the range servers to compact",
     "COMPACT [TYPE=type] TABLE table ['row']\n"
     "COMPACT [TYPE=type] RANGES class {'|' class}      class: ALL ROOT METADATA SYSTEM USER",
     "Returns when the work is scheduled. With a row, only the range that holds it.", kCompactOptions,
     kCompactExamples},
    {"REBUILD INDICES",
     "makes the indexes of a table anew from its cells",
     "REBUILD [VALUE|QUALIFIER] INDICES table",
     "Needed after ALTER TABLE has added an index to a family that has cells; until then queries do without it. The "
     "table is read and written meanwhile. After one that failed or was interrupted queries do without the indexes, "
     "until another one has run to its end.",
     {},
     kRebuildExamples},
    {"EXPLAIN",
     "says what a SELECT would read, or has read",
     "EXPLAIN [ANALYZE] SELECT …",
     "First the indexes that find the rows, and what would be read of them. For each range: its server, and for each "
     "access group the caches in memory and the files with the blocks that "
     "would be read. A file is left out when it has none of the rows, or when its filter excludes the row. The numbers "
     "are for reading to the end: limits are not counted in. ANALYZE also runs the SELECT, without its lines, and says "
     "how many blocks were read and cells given.",
     {},
     kExplainExamples},
    {"SHOW QUERIES",
     "lists the scans that run",
     "SHOW QUERIES",
     "A line for each range that is being read: id, table, range, client, seconds since it was opened and since it was "
     "last asked, cells and bytes given. Short scans are gone before they can be seen. A server that does not answer "
     "is named beside them.",
     {},
     kShowQueriesExamples},
    {"KILL",
     "ends a scan that runs",
     "KILL id",
     "The id is one of SHOW QUERIES. Its reader gets the error that the query was killed.",
     {},
     kKillExamples},
    {"SHOW MAINTENANCE",
     "lists the compactions that wait or run",
     "SHOW MAINTENANCE",
     "A line for each: server, range, kind, running or waiting, seconds.",
     {},
     kShowMaintenanceExamples},
    {"WAIT FOR MAINTENANCE",
     "waits until no compaction waits or runs",
     "WAIT FOR MAINTENANCE",
     "Of a server that does not answer nobody knows: it is named, and the others are waited for.",
     {},
     kWaitExamples},
    {"BALANCE", "asks the master to move ranges between servers",
     "BALANCE [ALGORITHM='algorithm'] [move {, move}] [DURATION=seconds]\n"
     "move: ( table '[' [start] .. (end | ?? ) ']', from, to )      or 'table[start..end]', from, to",
     "With one range server there is nothing to move, and the answer says so. This version moves ranges only when a "
     "server is lost: between servers that live, the statement is refused.",
     kBalanceOptions, kBalanceExamples},
    {"STOP",
     "asks to retire a range server",
     "STOP server",
     "Not the last one: its ranges would be served by nobody. In this version a server is retired by ending its "
     "process; its ranges are then served by the others.",
     {},
     kStopExamples},
    {"SHUTDOWN",
     "asks servers to end",
     "SHUTDOWN [MASTER]",
     "A statement does not end servers: they end where they were started, by Ctrl-C or SIGTERM. The answer says so.",
     {},
     kShutDownExamples},
    {"SET", "gives a variable to the whole cluster", "SET variable=value {, variable=value}",
     "Holds on every range server when the statement has ended, and stays until it is set again, also when servers or "
     "the "
     "master start anew. STATUS tells of a cluster that is read-only.",
     kSetOptions, kSetExamples},
    {"STATUS",
     "says whether the cluster is well",
     "STATUS",
     "Prints OK, WARNING, CRITICAL or UNKNOWN with the reason; as the last statement of a script its number, 0 to 3, "
     "is "
     "the shell's exit status.",
     {},
     kStatusExamples},
    {"HELP", "explains a statement", "HELP [topic]", "", {}, kHelpExamples},
};

constexpr StatementEntry kSubjects[] = {
    {"COLUMNS",
     "how SELECT names columns",
     "*                     all families\n"
     "family                all cells of the family; also family:*\n"
     "family:qualifier      that qualifier; anything but letters, digits and '_' in quotes\n"
     "family:''             the cell without a qualifier\n"
     "family:^prefix        qualifiers that begin so\n"
     "family:/regexp/       qualifiers in which the expression is found",
     "A family named several times: any of the forms.",
     {},
     {}},
    {"WHERE",
     "the conditions of SELECT",
     "['r' op] ROW [op 'r']                 op: =  <  <=  >  >=  =^ (begins with)\n"
     "['r','c' op] CELL [op 'r','c']        the same operators; c: family[:qualifier]\n"
     "['t' op] TIMESTAMP [op 't']           the same without =^\n"
     "ROW REGEXP 're'\n"
     "VALUE REGEXP 're'\n"
     "column = 'v'    column =^ 'v'    column =~ /re/    REGEXP(column, 're')    EXISTS(column)",
     "Joined with AND, OR and parentheses; AND binds closer. A condition on a column decides on the whole row: the row "
     "is in the result with all selected columns if the condition holds for its cells. VALUE REGEXP, CELL and "
     "TIMESTAMP "
     "choose cells. OR joins in any mixture what decides on rows: ROW, ROW REGEXP, conditions on columns, and VALUE "
     "REGEXP, which then asks whether some cell of the row has such a value, counters left out; several VALUE REGEXP "
     "alone still choose cells. CELL goes under OR with CELL and ROW, and gives the cells of all of them; by AND not "
     "both ROW and CELL. TIMESTAMP holds for the whole SELECT and stands under no OR: (… OR …) AND TIMESTAMP … Regular "
     "expressions are RE2's and are searched for anywhere.",
     {},
     {}},
    {"TIMES",
     "how times are written",
     "'YYYY-MM-DD[ HH:MM[:SS[.fraction|:nanoseconds]]][Z|+hh:mm|-hh:mm]'",
     "Without a zone it is the local one.",
     {},
     {}},
    {"STRINGS",
     "how text is written",
     "'text' or \"text\"",
     "Inside: \\\\ \\' \\\" \\n \\r \\t \\0 \\xHH; any other backslash is itself. After REGEXP and between slashes "
     "backslashes "
     "belong to the expression. Names are written without quotes if they begin with a letter, go on with letters, "
     "digits "
     "and '_', and are not reserved.",
     {},
     {}},
    {"FILES",
     "where files are that statements name",
     "'name'  'file://name'          of this machine, by the user's rights; ~/ is the home directory\n"
     "'-'                            standard input, of LOAD DATA\n"
     "'fs://name'  'dfs://name'      in the cluster's file system, for all who use the cluster\n"
     "'….gz'                         packed and unpacked by gzip",
     "Names of files in the cluster's file system are made of letters, digits and '._-', cut by '/'. They are kept in "
     "the "
     "directory 'user' beside the cluster's own files. Through a gateway, names count from the directory of its "
     "setting "
     "gateway.import_root and lead nowhere else; without that, statements that name files are refused (44).",
     {},
     {}},
    {"OPTIONS", "options of column families", "family {option}", "", kFamilyOptions, {}},
};

}  // namespace

std::span<const StatementEntry> Statements() {
  return kStatements;
}

std::span<const StatementEntry> Subjects() {
  return kSubjects;
}

}  // namespace cellar::hql
