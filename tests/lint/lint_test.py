#!/usr/bin/env python3
"""Tests of the lint: each rule on the smallest text that it must find, and on the nearest that it must let pass."""

import json
import os
import sys
import tempfile
import unittest
import unittest.mock

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import compiled  # noqa: E402
import documents  # noqa: E402
import exemptions  # noqa: E402
import functions  # noqa: E402
import layers  # noqa: E402
import lint  # noqa: E402
import measures  # noqa: E402
import rules  # noqa: E402
from sources import Finding, SourceFile, Tree, strip  # noqa: E402


def tree_of(**files):
    """Files by path, with __ for / and a trailing _h, _cc or _md for the ending."""
    named = {}
    for name, text in files.items():
        stem, _, ending = name.rpartition("_")
        named[stem.replace("__", "/") + "." + ending] = text
    return Tree("/nonexistent", named)


def found(rule, **files):
    return [f"{f.path}:{f.line}" for f in rule(tree_of(**files))]


class StripTest(unittest.TestCase):
    def test_comments_and_literals_are_blanked_in_place(self):
        text = 'int a; // rand()\nchar b = \'"\'; /* x\ny */ const char* c = "co_await {";\n'
        code = strip(text)
        self.assertEqual(len(code), len(text))
        self.assertEqual(code.count("\n"), text.count("\n"))
        self.assertNotIn("rand", code)
        self.assertNotIn("co_await", code)
        self.assertIn("const char* c = \"", code)

    def test_digit_separators_are_no_character_literals(self):
        self.assertIn("rand", strip("int64_t n = 1'000'000; int m = rand(); char c = 'x';"))

    def test_raw_strings_are_blanked(self):
        self.assertNotIn("rand", strip('auto s = R"(rand() " )"; int x;'))


class LayeringTest(unittest.TestCase):
    def test_upward_include_is_found(self):
        files = {"model__a_h": "", "common__base__b_h": '#include "model/a.h"\n'}
        self.assertEqual(found(rules.layering, **files), ["common/base/b.h:1"])

    def test_downward_include_passes(self):
        self.assertEqual(found(rules.layering, common__base__b_h="", model__a_h='#include "common/base/b.h"\n'), [])

    def test_engine_may_not_include_its_server(self):
        files = {"rangeserver__service__s_h": "", "rangeserver__range__r_h": '#include "rangeserver/service/s.h"\n'}
        self.assertEqual(found(rules.layering, **files), ["rangeserver/range/r.h:1"])

    def test_tests_may_include_anything(self):
        files = {"rangeserver__service__s_h": "", "common__base__x_test_cc": '#include "rangeserver/service/s.h"\n'}
        self.assertEqual(found(rules.layering, **files), [])

    def test_unknown_folder_and_missing_file_are_found(self):
        self.assertEqual(found(rules.layering, misc__a_h=""), ["misc/a.h:1"])
        self.assertEqual(found(rules.layering, model__a_h='#include "common/none.h"\n'), ["model/a.h:1"])

    def test_roles_never_include_each_other(self):
        for role in ("master", "rangeserver"):
            for other in ("master", "rangeserver"):
                if role != other:
                    self.assertFalse(layers.may_include(f"{role}/a.h", f"{other}/b.h"))

    def test_table_names_only_its_own_folders(self):
        for folder, targets in layers.FOLDERS.items():
            if targets is not layers.ANYTHING:
                for target in targets:
                    self.assertIn(target, layers.FOLDERS, folder)

    def test_library_out_of_its_place_is_found(self):
        self.assertEqual(found(rules.libraries, model__a_h="#include <boost/asio.hpp>\n"), ["model/a.h:1"])
        self.assertEqual(found(rules.libraries, rpc__tcp__a_cc="#include <boost/asio.hpp>\n"), [])
        self.assertEqual(found(rules.libraries, model__a_h="#include <mutex>\n"), ["model/a.h:1"])
        self.assertEqual(found(rules.libraries, model__a_test_cc="#include <thread>\n"), [])

    def test_messages_stay_out_of_the_public_face_and_the_engine(self):
        text = "#include <protocol/gen/rangeserver_types.h>\n"
        for path in ("client__cpp__include__a_h", "rangeserver__range__a_cc", "hql__a_cc"):
            self.assertEqual(len(found(rules.libraries, **{path: text})), 1, path)
        for path in ("client__cpp__a_cc", "rangeserver__service__a_cc", "rangeserver__ranges__a_cc", "master__a_cc"):
            self.assertEqual(found(rules.libraries, **{path: text}), [], path)

    def test_cycle_is_found(self):
        files = {"hql__a_h": '#include "hql/shell/b.h"\n', "hql__shell__b_h": '#include "hql/a.h"\n'}
        self.assertEqual(len(found(rules.cycles, **files)), 1)
        files["hql__shell__b_h"] = ""
        self.assertEqual(found(rules.cycles, **files), [])

    def test_own_header_comes_first(self):
        files = {"model__a_h": "", "model__a_cc": '#include <string>\n#include "model/a.h"\n'}
        self.assertEqual(found(rules.header_first, **files), ["model/a.cc:1"])


class FunctionsTest(unittest.TestCase):
    def names(self, code):
        return [f.name for f in functions.find_functions(strip(code))]

    def test_functions_in_namespaces_and_classes(self):
        code = """
namespace cellar::model {
class A final : public B<int> {
 public:
  A() : x_{1}, y_(2) {}
  ~A() override = default;
  int f() const { return g({1, 2}); }
  explicit operator bool() const { return true; }
 private:
  int x_{0};
};
template <typename T>
Result<T> A::Make(std::vector<int> v = {}) { if (v.empty()) { return T{}; } auto l = [&] { return 1; }; return l(); }
const Table kTable = { {1, 2}, {3, 4} };
}
TEST(ATest, Works) { EXPECT_TRUE(true); }
"""
        self.assertEqual(self.names(code), ["A", "f", "operatorbool", "A::Make", "TEST"])

    def test_length_counts_signature_to_brace(self):
        function = functions.find_functions("int f(int a,\n      int b) {\n  return a;\n}\n")[0]
        self.assertEqual((function.first_line, function.last_line, function.length), (1, 4, 4))

    def test_long_function_is_found_and_limit_passes(self):
        body = "".join(f"  int a{i} = 0;\n" for i in range(rules.FUNCTION_LIMIT - 2))
        self.assertEqual(found(rules.sizes, model__a_cc="void f() {\n" + body + "}\n"), [])
        self.assertEqual(found(rules.sizes, model__a_cc="void f() {\n" + body + "  int b;\n}\n"), ["model/a.cc:1"])

    def test_long_file_is_found(self):
        self.assertEqual(len(found(rules.sizes, model__a_h="\n" * (rules.FILE_LIMIT + 1))), 1)

    def test_macros_with_braces_do_not_confuse(self):
        self.assertEqual(self.names("#define A(x) { \\\n  if (x) {\nint f() { return 1; }\n"), ["f"])

    def test_attribute_macro_on_a_class(self):
        self.assertEqual(self.names('class CAPABILITY("mutex") M {\n public:\n  void Lock() { x(); }\n};\n'), ["Lock"])


class NamesTest(unittest.TestCase):
    def test_empty_words_are_found(self):
        for text in ("class RangeManager {};", "struct FooImpl;", "class BaseScanner {", "using CallContext = int;"):
            self.assertEqual(found(rules.names, model__a_h=text + "\n"), ["model/a.h:1"], text)

    def test_words_inside_words_pass(self):
        for text in ("class Database {};", "class Baseline {};", "struct Utility {};", "class Simple {};"):
            self.assertEqual(found(rules.names, model__a_h=text + "\n"), [], text)

    def test_file_names(self):
        self.assertEqual(len(found(rules.names, common__string_util_h="")), 1)
        self.assertEqual(found(rules.names, common__base__status_h=""), [])


class CallsTest(unittest.TestCase):
    def assert_found(self, code):
        self.assertEqual(found(rules.calls, model__a_cc=code + "\n"), ["model/a.cc:1"], code)

    def assert_passes(self, code, path="model__a_cc"):
        self.assertEqual(found(rules.calls, **{path: code + "\n"}), [], code)

    def test_ambient_calls_are_found(self):
        for code in ("auto t = std::chrono::steady_clock::now();", "t = time(nullptr);", "x = rand();", "std::mutex m;",
                     "int fd = ::open(path, O_RDONLY);", "fsync(fd);", "int s = socket(a, b, c);", "throw 1;",
                     "std::this_thread::sleep_for(x);", "// TODO: later", "try { f(); } catch (...) {}"):
            self.assert_found(code)

    def test_members_declarations_and_other_namespaces_pass(self):
        for code in ("file.open(path);", "file->connect(x);", "auto f = std::bind(g);", "Nanos time(5);",
                     "bool open() const;", "clock_.now();", "Status Open(int fd);", "int a = timestamp.time();"):
            self.assert_passes(code)

    def test_wrappers_and_tests_pass(self):
        self.assert_passes("int fd = ::open(path, O_RDONLY);", "common__file__local_file_system_cc")
        self.assert_passes("std::mutex m;", "common__concurrency__mutex_h")
        self.assert_passes("int s = ::socket(a, b, c);", "rpc__tcp_test_cc")

    def test_tests_may_not_sleep_or_be_disabled(self):
        self.assertEqual(len(found(rules.calls, model__a_test_cc="TEST(A, DISABLED_B) { usleep(5); }\n")), 2)


class OrderTest(unittest.TestCase):
    HEADER = "struct A {\n  std::unordered_map<int, std::vector<int>> ranges_;\n};\n"

    def test_iteration_is_found_lookup_passes(self):
        loop = '#include "master/a.h"\nvoid f() { for (auto& [k, v] : ranges_) g(k); }\n'
        self.assertEqual(found(rules.order, master__a_h=self.HEADER, master__a_cc=loop), ["master/a.cc:2"])
        self.assertEqual(found(rules.order, master__a_h=self.HEADER, master__a_cc="void f() { ranges_.find(1); }\n"), [])

    def test_pointer_order_is_found(self):
        self.assertEqual(found(rules.order, master__a_h="std::map<Range*, int> m;\n"), ["master/a.h:1"])
        self.assertEqual(found(rules.order, master__a_h="std::map<int, Range*> m;\n"), [])

    def test_outside_protocol_code_it_passes(self):
        self.assertEqual(found(rules.order, hql__a_h=self.HEADER, hql__a_cc="int f() { return ranges_.begin()->first; }"), [])


class CoroutinesTest(unittest.TestCase):
    def found(self, code):
        return found(rules.coroutines, rpc__a_cc=code)

    def test_braced_temporary_is_found(self):
        for code in ("co_await f(Options{1});", "auto x = co_await f({1, 2});", "co_return g(co_await f(), Foo{});",
                     "if (co_await f(Options{})) { g(); }"):
            self.assertEqual(len(self.found("Task<int> t() {\n  " + code + "\n}\n")), 1, code)

    def test_named_values_pass(self):
        for code in ("Options o{1};\n  co_await f(o);", "if (co_await f(a)) { g(Foo{}); }", "co_return Foo{};",
                     "for (auto& x : co_await f()) { g({1}); }", "auto r = co_await f(std::move(x));"):
            self.assertEqual(self.found("Task<int> t() {\n  " + code + "\n}\n"), [], code)

    def test_capturing_coroutine_lambda_is_found(self):
        self.assertEqual(len(self.found("auto l = [this]() -> Task<void> { co_await f(); };\n")), 1)
        self.assertEqual(self.found("auto l = []() -> Task<void> { co_await f(); };\n"), [])
        self.assertEqual(self.found("Task<void> t() { auto l = [this] { g(); }; co_await f(l); }\n"), [])

    def test_capturing_lambda_argument_is_found(self):
        self.assertEqual(len(self.found("Task<void> t() { co_await pool.Run([this] { g(); }); }\n")), 1)


    def test_borrowed_parameter_is_found_unless_the_comment_says_who_keeps_it(self):
        for parameter in ("const Peer& peer", "std::string_view key", "int a, std::span<const int> b"):
            text = f"/// Greets.\nTask<Result<std::map<int, int>>> Greet({parameter});\n"
            self.assertEqual(found(rules.borrowed, rpc__a_h=text), ["rpc/a.h:2"], parameter)
            self.assertEqual(found(rules.borrowed, rpc__a_h=text.replace("Greets", "The server outlives it")), [])
        for parameter in ("Executor& executor", "std::string key", "Peer&& peer", ""):
            self.assertEqual(found(rules.borrowed, rpc__a_h=f"Task<void> Greet({parameter});\n"), [], parameter)


class GlobalsTest(unittest.TestCase):
    def test_mutable_static_is_found(self):
        for code in ("static int counter = 0;", "  static std::map<int, int> cache;", "thread_local int depth{0};"):
            self.assertEqual(found(rules.mutable_globals, model__a_cc=code + "\n"), ["model/a.cc:1"], code)

    def test_constants_and_functions_pass(self):
        for code in ("static constexpr int kA = 1;", "static const int kA = 1;", "  static Result<A> Open(int x);",
                     "inline constexpr char kName[] = {1};", "inline bool operator==(A a, B b) { return true; }",
                     "  static std::string Encode(const A& a) {"):
            self.assertEqual(found(rules.mutable_globals, model__a_cc=code + "\n"), [], code)


class DocumentsTest(unittest.TestCase):
    def test_links(self):
        files = {"docs__a_md": "# One thing\n[b](b.md) [c](c.md#two) [x](none.md) [y](#one-thing) `[z](no.md)`\n",
                 "docs__b_md": "", "docs__c_md": "# Two\n"}
        self.assertEqual(found(documents.links, **files), ["docs/a.md:2"])

    def test_folder_links_and_missing_anchor(self):
        self.assertEqual(found(documents.links, docs__a_md="[d](../model) [e](../nothing)\n", model__a_h=""), ["docs/a.md:1"])
        self.assertEqual(found(documents.links, docs__a_md="[d](b.md#gone)\n", docs__b_md="# Here\n"), ["docs/a.md:1"])

    def test_a_lock_has_a_line_in_the_page_of_their_order(self):
        files = {"rpc__a_h": "class A {\n  mutable Mutex mutex_;\n};\n", "docs__internals__locking_md": "`rpc/b.h`\n"}
        self.assertEqual(found(documents.locks, **files), ["rpc/a.h:2"])
        files["docs__internals__locking_md"] = "| `rpc/a.h` | a map |\n"
        self.assertEqual(found(documents.locks, **files), [])

    MODEL = "#ifdef NO_RULE\n#endif\nactive proctype A() {\nwriter_syncs:\n  skip\nto_end:\n  skip\n}\n"
    CODE = 'Status File::Sync() { return Point("file.sync.before"); }\n'
    TEST = "TEST_F(FileTest, Sync_IsLate) {}\n"

    def models_found(self, *rows):
        page = "# Models\n\n## file.pml\n\n" + "".join(row + "\n" for row in rows)
        files = {"tests/models/file.pml": self.MODEL, "rpc/file.cc": self.CODE, "rpc/file_test.cc": self.TEST,
                 documents.MODELS_PAGE: page}
        return [f"{f.line}: {f.message}" for f in documents.models(Tree("/nonexistent", files))]

    def test_a_true_page_of_models_passes(self):
        self.assertEqual(self.models_found("| `NO_RULE` | a rule |", "| `writer_syncs` | `rpc/file.cc` `File::Sync` | "
                                           "`file.sync.before`, `FileTest.Sync_IsLate` |"), [])

    def test_what_the_page_of_models_names_must_exist(self):
        rule, step = "| `NO_RULE` | a rule |", "| `writer_syncs` | `rpc/file.cc` `File::Sync` | – |"
        for row, words in [("| `OTHER_RULE` | x |", "asks for no OTHER_RULE"),
                           ("| `writer_writes` | `rpc/file.cc` | – |", "no label writer_writes"),
                           ("| `writer_syncs` | `rpc/gone.cc` `File::Sync` | – |", "rpc/gone.cc does not exist"),
                           ("| `writer_syncs` | `rpc/file.cc` `File::Write` | – |", "File::Write is not in rpc/file.cc"),
                           ("| `writer_syncs` | `rpc/file.cc` | `file.sync.after` |", "neither a fault point nor a test"),
                           ("| `writer_syncs` | `rpc/file.cc` | `FileTest.Other` |", "neither a fault point nor a test"),
                           ("| `writer_syncs` | `rpc/file.cc` |", "wants a function and what exercises it")]:
            with self.subTest(row):
                findings = self.models_found(rule, step, row)
                self.assertEqual(len(findings), 1, findings)
                self.assertIn(words, findings[0])

    def test_the_page_of_models_names_every_label_and_rule(self):
        self.assertEqual(self.models_found(), ["1: NO_RULE has no line in docs/internals/models.md",
                                               "4: writer_syncs has no line in docs/internals/models.md"])

    def test_table_of_pages(self):
        begin, end = "<!-- pages: written by ./dev docs -->\n", "<!-- end of pages -->\n"
        files = {"docs__internals__log_md": "# The log\n", "docs__internals__README_md": begin + end}
        self.assertEqual(found(documents.index, **files), ["docs/internals/README.md:1"])
        files["docs__internals__README_md"] = documents.with_index(tree_of(**files), "docs/internals")
        self.assertIn("| [log](log.md) | The log |", files["docs__internals__README_md"])
        self.assertEqual(found(documents.index, **files), [])

    def test_readmes_and_machine_paths(self):
        self.assertEqual(found(documents.readmes, model__a_h=""), ["model:1"])
        self.assertEqual(found(documents.machine_paths, docs__a_md="see /home/me/x\n"), ["docs/a.md:1"])


class ExemptionsTest(unittest.TestCase):
    FINDING = Finding("names", "rpc/a.h", 3, "RequestContext", "")

    def test_matching_exemption_takes_the_finding_out(self):
        table = [("names", r"rpc/a\.h", "^RequestContext$", "the word of the wire's page")]
        self.assertEqual(lint.apply_exemptions([self.FINDING], table, check_stale=True), [])

    def test_stale_exemption_is_a_finding(self):
        table = [("names", r"rpc/b\.h", ".*", "reason")]
        self.assertEqual(len(lint.apply_exemptions([self.FINDING], table, check_stale=True)), 2)

    def test_every_exemption_has_a_reason(self):
        for rule, path, text, reason in exemptions.EXEMPTIONS:
            self.assertTrue(len(reason) > 10 and path and text and rule, (rule, path))


class CompiledTest(unittest.TestCase):
    def test_only_what_a_header_includes_anyway_is_precompiled_for_it(self):
        large, small, other = frozenset("abcdefgh"), frozenset("abcd"), frozenset("xyz")
        closures = [large] * 5 + [small] * 5 + [other]
        chosen = compiled.choose_precompiled(closures)
        self.assertEqual(set(chosen), {large, small})  # one header alone is not worth it

    def test_a_header_that_forgets_an_include_is_found_beside_one_that_does_not(self):
        with tempfile.TemporaryDirectory() as root:
            os.makedirs(os.path.join(root, "build/dev"))
            os.makedirs(os.path.join(root, "model"))
            files = {f"model/a{i}.h": f"#pragma once\n#include <string>\nstd::string A{i}();\n" for i in range(8)}
            files["model/bad.h"] = "#pragma once\n#include <cstddef>\nstd::string Bad(size_t count);\n"
            for path, text in files.items():
                with open(os.path.join(root, path), "w", encoding="utf-8") as f:
                    f.write(text)
            with open(os.path.join(root, "build/dev/compile_commands.json"), "w", encoding="utf-8") as f:
                json.dump([{"command": f"clang++-16 -std=gnu++20 -I{root} -c a.cc"}], f)
            with unittest.mock.patch.object(compiled, "cache_folder", lambda _: os.path.join(root, "cache")):
                findings = compiled.headers(Tree(root, files))
        self.assertEqual([f.path for f in findings], ["model/bad.h"])


class MeasuresTest(unittest.TestCase):
    def test_percentile_and_comments(self):
        self.assertEqual(measures.percentile(list(range(1, 11)), 0.9), 10)
        source = SourceFile("model/a.h", "/// A thing.\nclass A {\n};\nstruct B {\n};\nclass C;\n")
        self.assertEqual(measures.commented_classes([source]), (1, 2))

    def test_measure_runs_on_a_small_tree(self):
        values = dict((name, value) for name, value, _ in measures.measure(tree_of(model__a_h="#pragma once\n")))
        self.assertEqual(values["folder cycles"], 0)


if __name__ == "__main__":
    unittest.main()
