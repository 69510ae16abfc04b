"""Tests of the suite runner itself: a runner that misreads a failure would make every other test worthless.

Prints the same `test NAME ... ok` lines as the other scripts.
"""

import os
import sys
import tempfile
import time
import unittest
from argparse import Namespace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import acceptance
import run as runner
from readers import FAIL, PASS, SKIP, CargoReader, LineReader, Mismatch, PlaywrightReader, Result, TapReader, VitestReader
from suite import Suite, SuiteError, add_target, reasons

CARGO = """\
     Running unittests src/lib.rs (/t/debug/deps/xcf_core-12ab)

running 4 tests
test docs::dsl3_reads_every_kind ... ok
test docs::needs_a_tool ... ok
test docs::panics - should panic ... ok
test docs::slow ... ignored, takes an hour

successes:

---- docs::needs_a_tool stdout ----
skipped: no tofu on PATH

test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s

     Running tests/conformance.rs (target/debug/deps/conformance-99ff)

running 2 tests
test plan ... ok
test apply ... FAILED

failures:

---- apply stdout ----
thread 'apply' panicked

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

   Doc-tests xcf_core

running 1 test
test crates/xcf-core/src/ids.rs - ids::UnitId (line 12) ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
"""

TAP = """\
TAP version 13
# Subtest: window
    # Subtest: opens
    ok 1 - opens
      ---
      duration_ms: 1
      ...
    # Subtest: closes
    not ok 2 - closes
    1..2
not ok 1 - window
# Subtest: alone
ok 2 - alone
# Subtest: later
ok 3 - later # SKIP no display
1..3
"""


def read(reader, text):
    out = []
    for line in text.splitlines():
        out += reader.line(line)
    return out + reader.finish()


def suite(directory, command, **more):
    entry = {"id": "s", "group": "unit", "cost": 1, "format": "lines", "command": command, **more}
    made = Suite(Path(directory), entry)
    return made, (lambda: list(made.run(Path(directory) / "logs", False)))


class Readers(unittest.TestCase):
    def test_cargo_names_statuses_and_skips(self):
        got = read(CargoReader({"xcf_core-12ab": "xcf-core", "conformance-99ff": "xcf-engines::conformance"}), CARGO)
        self.assertEqual(got, [
            Result("xcf-core::docs::dsl3_reads_every_kind", PASS),
            Result("xcf-core::docs::needs_a_tool", SKIP, "no tofu on PATH"),
            Result("xcf-core::docs::panics", PASS),
            Result("xcf-core::docs::slow", SKIP, "takes an hour"),
            Result("xcf-engines::conformance::plan", PASS),
            Result("xcf-engines::conformance::apply", FAIL),
            Result("xcf-core::doc::crates/xcf-core/src/ids.rs - ids::UnitId (line 12)", PASS),
        ])

    def test_cargo_lines_that_do_not_add_up_are_refused(self):
        with self.assertRaises(Mismatch):
            read(CargoReader({}), CARGO.replace("3 passed", "4 passed"))

    def test_cargo_output_cut_short_is_refused(self):
        with self.assertRaises(Mismatch):
            read(CargoReader({}), CARGO[: CARGO.index("test result")])

    def test_cargo_target_names_from_messages(self):
        targets = {}
        message = {"reason": "compiler-artifact", "executable": "/t/deps/plan-1", "profile": {"test": True}}
        add_target(targets, {**message, "package_id": "path+file:///r/crates/xcf-cli#0.1.0", "target": {"name": "plan", "kind": ["test"]}})
        add_target(targets, {**message, "executable": "/t/deps/a-2", "package_id": "path+file:///r/src-tauri#xcloudflow-desktop@0.1.0",
                             "target": {"name": "a", "kind": ["lib"]}})
        add_target(targets, {**message, "executable": "/t/xcf", "profile": {"test": False}, "package_id": "x#1", "target": {"name": "xcf", "kind": ["bin"]}})
        self.assertEqual(targets, {"plan-1": "xcf-cli::plan", "a-2": "xcloudflow-desktop"})

    def test_lines(self):
        got = read(LineReader("lint"), "noise\ntest a b ... ok\ntest c ... FAILED\ntest d ... skipped: offline\n")
        self.assertEqual(got, [Result("lint::a b", PASS), Result("lint::c", FAIL), Result("lint::d", SKIP, "offline")])

    def test_tap_leaves_and_failed_parents(self):
        self.assertEqual(read(TapReader("w"), TAP), [
            Result("w::window > opens", PASS), Result("w::window > closes", FAIL), Result("w::window", FAIL),
            Result("w::alone", PASS), Result("w::later", SKIP, "no display"),
        ])

    def test_vitest_report(self):
        report = {"testResults": [
            {"name": "/r/ui/src/a.test.ts", "status": "passed", "assertionResults": [
                {"ancestorTitles": ["plan"], "title": "sorts", "status": "passed"},
                {"ancestorTitles": [], "title": "later", "status": "todo"}]},
            {"name": "/r/ui/src/b.test.ts", "status": "failed", "message": "syntax", "assertionResults": []}]}
        self.assertEqual(list(VitestReader("ui", "x").results(report)), [
            Result("ui::src/a.test.ts::plan > sorts", PASS), Result("ui::src/a.test.ts::later", SKIP, "todo"),
            Result("ui::src/b.test.ts", FAIL, "syntax")])

    def test_playwright_flaky_is_a_failure(self):
        def spec(title, status, **more):
            return {"title": title, "tests": [{"projectName": "zh", "status": status, **more}]}
        report = {"suites": [{"title": "a.spec.ts", "file": "a.spec.ts", "specs": [spec("opens", "expected")], "suites": [
            {"title": "review", "specs": [spec("flaps", "flaky"),
                                          spec("waits", "skipped", annotations=[{"type": "skip", "description": "skipped: no x"}])]}]}]}
        self.assertEqual(list(PlaywrightReader("b", "x").results(report)), [
            Result("b::a.spec.ts::opens", PASS), Result("b::a.spec.ts::review > flaps", FAIL, "flaky"),
            Result("b::a.spec.ts::review > waits", SKIP, "no x")])

    def test_missing_report_is_refused(self):
        with self.assertRaises(Mismatch):
            VitestReader("ui", "/nonexistent/report.json").finish()


class Suites(unittest.TestCase):
    def test_a_failure_is_told_even_where_the_log_ends_with_what_passed(self):
        log = ["running 2 tests", "", "thread 'a' panicked at src/a.rs:3:9:", "left: 1, right: 2", *["fine"] * 200]
        told = reasons(log)
        self.assertIn("left: 1, right: 2", told)
        self.assertLess(len(told), 20)
        self.assertEqual(reasons(["fine"] * 5), [])

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.dir = holder.name

    def test_passes(self):
        made, run = suite(self.dir, ["sh", "-c", "echo 'test a ... ok'"])
        self.assertEqual(run(), [Result("s::a", PASS)])
        self.assertFalse(made.failed)

    def test_bad_exit_status_without_failed_test_is_an_error(self):
        _, run = suite(self.dir, ["sh", "-c", "echo 'test a ... ok'; exit 3"])
        self.assertRaisesRegex(SuiteError, "exit status 3", run)

    def test_no_test_at_all_is_an_error(self):
        _, run = suite(self.dir, ["true"])
        self.assertRaisesRegex(SuiteError, "ran no test", run)

    def test_a_suite_that_hangs_is_stopped_with_its_children(self):
        pid = Path(self.dir) / "pid"
        _, run = suite(self.dir, ["sh", "-c", f"sleep 600 & echo $! >{pid}; wait"], timeout=0.02)
        self.assertRaisesRegex(SuiteError, "did not end", run)
        self.assertTrue(gone(int(pid.read_text())))

    def test_missing_tools_are_named(self):
        made, _ = suite(self.dir, ["true"], needs=["sh", "no-such-tool-anywhere", "$NO_SUCH_VARIABLE"])
        self.assertEqual(made.missing(), ["no-such-tool-anywhere", "$NO_SUCH_VARIABLE"])

    def test_cheapest_first_but_after_what_it_builds_on(self):
        plan = [("d", 3, ["c"]), ("a", 1, []), ("e", 9, []), ("c", 4, []), ("b", 2, [])]
        made = [suite(self.dir, ["true"], id=i, cost=c, after=after)[0] for i, c, after in plan]
        self.assertEqual([s.id for s in runner.select(made, Namespace(suites=[], group=None))], ["a", "b", "c", "d", "e"])

    def test_prefixes_of_a_cargo_suite_are_its_packages(self):
        made, _ = suite(self.dir, ["cargo", "test", "-p", "xcf-core", "-p", "xcf-plan"], format="cargo")
        self.assertEqual(made.prefixes(), ["xcf-core::", "xcf-plan::"])


def gone(pid):
    """True once the process has ended (a zombie waiting for its parent has)."""
    for _ in range(200):
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    return False


class Acceptance(unittest.TestCase):
    def errors(self, named, results, not_run=None):
        return acceptance.check(named, {r.name: r for r in results}, not_run or {})[0]

    def point(self, **more):
        return {"id": "1", "title": "t", **more}

    def test_passes_when_every_named_test_passed(self):
        self.assertEqual(self.errors({"point": [self.point(tests=["a::x", "b::*"])]}, [Result("a::x", PASS), Result("b::y", PASS)]), [])

    def test_missing_failed_or_skipped_test_is_an_error(self):
        named = {"point": [self.point(tests=["a::x", "a::y", "a::z", "b::*"])]}
        got = self.errors(named, [Result("a::x", FAIL), Result("a::y", SKIP, "no tool")])
        self.assertEqual(len(got), 4, got)

    def test_allowed_skip_needs_the_named_reason(self):
        named = {"point": [self.point(tests=["a::y"])], "allowed_skips": [{"test": "a::y", "when": "offline", "reason": "needs the net"}]}
        self.assertEqual(self.errors(named, [Result("a::y", SKIP, "offline: no route")]), [])
        self.assertEqual(len(self.errors(named, [Result("a::y", SKIP, "missing here: git")])), 1)

    def test_suite_outside_the_budget_counts_as_not_run(self):
        named = {"point": [self.point(tests=["slow::y"])]}
        self.assertEqual(len(self.errors(named, [], {"slow::": "CI budget"})), 1)
        named["allowed_skips"] = [{"test": "slow::*", "when": "CI budget", "reason": "an hour long"}]
        self.assertEqual(self.errors(named, [], {"slow::": "CI budget"}), [])

    def test_point_without_tests_must_be_open_and_say_what_is_missing(self):
        self.assertEqual(len(self.errors({"point": [self.point()]}, [])), 1)
        self.assertEqual(len(self.errors({"point": [self.point(status="open")]}, [])), 1)
        self.assertEqual(self.errors({"point": [self.point(status="open", missing="the window")]}, []), [])


class Printer(unittest.TestResult):
    def name(self, test):
        return test.id().removeprefix("__main__.")

    def addSuccess(self, test):
        print(f"test {self.name(test)} ... ok")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        print(self.failures[-1][1], f"test {self.name(test)} ... FAILED", sep="\n")

    def addError(self, test, err):
        super().addError(test, err)
        print(self.errors[-1][1], f"test {self.name(test)} ... FAILED", sep="\n")


if __name__ == "__main__":
    result = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"]).run(Printer())
    sys.exit(0 if result.wasSuccessful() else 1)
