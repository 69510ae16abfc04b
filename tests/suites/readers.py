"""Reads what test programs print, line by line, and yields one result per test.

A reader gets `line(text)` for each line of output and `finish()` at the end; both return a list of Result.
Nothing here starts a process or touches a file, except the two report readers, which read one JSON report.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

PASS, FAIL, SKIP = "pass", "fail", "skip"
ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\(B)")


@dataclass(frozen=True)
class Result:
    """One test: its full name, `pass`, `fail` or `skip`, and why it failed or was skipped."""

    name: str
    status: str
    reason: str = ""


class Mismatch(Exception):
    """The output cannot be trusted: the counts the test program prints differ from the lines we read."""


class CargoReader:
    """libtest under `cargo test -- --show-output`.

    `targets` maps an executable's file name to the prefix of its tests' names, from cargo's own JSON messages.
    A test that printed a line `skipped: why` passed without having tested anything: it counts as skipped.
    """

    RUNNING = re.compile(r"^\s*Running .*\((?:.*/)?([^/()]+)\)$")
    DOC = re.compile(r"^\s*Doc-tests (\S+)$")
    TEST = re.compile(r"^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)(?:, (.*))?$")
    OUTPUT_OF = re.compile(r"^---- (.+?) stdout ----$")
    SUMMARY = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored; (\d+) measured;")

    def __init__(self, targets):
        self.targets = targets
        self.prefix = "?"
        self.pending = {}
        self.reasons = {}
        self.output_of = None

    def line(self, text):
        text = ANSI.sub("", text.rstrip("\n"))
        if match := self.RUNNING.match(text):
            self.prefix = self.targets.get(match[1], match[1])
        elif match := self.DOC.match(text):
            self.prefix = match[1].replace("_", "-") + "::doc"
        elif match := self.SUMMARY.match(text):
            return self.close(match)
        elif match := self.OUTPUT_OF.match(text):
            self.output_of = match[1]
        elif match := self.TEST.match(text):
            self.pending[match[1]] = (match[2], match[3] or "")
        elif self.output_of and text.startswith("skipped:"):
            self.reasons.setdefault(self.output_of, text.removeprefix("skipped:").strip())
        return []

    def close(self, summary):
        """The summary line of one executable: its results are complete and must add up."""
        seen = {"ok": 0, "FAILED": 0, "ignored": 0}
        results = []
        for test, (word, remark) in self.pending.items():
            seen[word] += 1
            name = f"{self.prefix}::{test}"
            if word == "FAILED":
                results.append(Result(name, FAIL))
            elif word == "ignored":
                results.append(Result(name, SKIP, remark or "ignored"))
            elif test in self.reasons:
                results.append(Result(name, SKIP, self.reasons[test] or "no reason given"))
            else:
                results.append(Result(name, PASS))
        told = (int(summary[1]) + int(summary[4]), int(summary[2]), int(summary[3]))
        self.pending, self.reasons, self.output_of = {}, {}, None
        if told != (seen["ok"], seen["FAILED"], seen["ignored"]):
            raise Mismatch(f"{self.prefix}: the summary says {told}, the lines say {tuple(seen.values())}")
        return results

    def finish(self):
        if self.pending:
            raise Mismatch(f"{self.prefix}: ended in the middle of its tests")
        return []


class LineReader:
    """`test NAME ... ok | FAILED | skipped: why`, printed by our own scripts."""

    TEST = re.compile(r"^test (.+?) \.\.\. (ok|FAILED|skipped)(?:: (.*))?$")

    def __init__(self, suite):
        self.suite = suite

    def line(self, text):
        match = self.TEST.match(ANSI.sub("", text.rstrip("\n")))
        if not match:
            return []
        status = {"ok": PASS, "FAILED": FAIL, "skipped": SKIP}[match[2]]
        reason = match[3] or ("no reason given" if status == SKIP else "")
        return [Result(f"{self.suite}::{match[1]}", status, reason)]

    def finish(self):
        return []


class TapReader:
    """TAP with nested subtests, as `node --test --test-reporter=tap` prints it. Leaves count, parents do not."""

    POINT = re.compile(r"^( *)(not ok|ok) \d+ - (.*?)(?: # (SKIP|TODO)\b ?(.*))?$")
    SUBTEST = re.compile(r"^( *)# Subtest: (.*)$")

    def __init__(self, suite):
        self.suite = suite
        self.path = []
        self.had_children = set()

    def line(self, text):
        text = ANSI.sub("", text.rstrip("\n"))
        if match := self.SUBTEST.match(text):
            depth = len(match[1]) // 4
            self.path = self.path[:depth] + [match[2]]
            self.had_children.discard(depth)
            if depth:
                self.had_children.add(depth - 1)
            return []
        match = self.POINT.match(text)
        if not match:
            return []
        depth = len(match[1]) // 4
        is_parent = depth in self.had_children
        self.had_children.discard(depth)
        if is_parent and match[2] == "ok":
            return []
        name = " > ".join(self.path[:depth] + [match[3]])
        if match[4]:
            return [Result(f"{self.suite}::{name}", SKIP, match[5] or match[4].lower())]
        return [Result(f"{self.suite}::{name}", PASS if match[2] == "ok" else FAIL)]

    def finish(self):
        return []


class ReportReader:
    """A JSON report written at the end; a missing report is an error, not an empty list."""

    def __init__(self, suite, report):
        self.suite = suite
        self.report = Path(report)

    def line(self, _text):
        return []

    def finish(self):
        if not self.report.exists():
            raise Mismatch(f"{self.suite}: no report was written")
        return list(self.results(json.loads(self.report.read_text())))


class VitestReader(ReportReader):
    """vitest's `--reporter=json` (the shape of jest's)."""

    def results(self, report):
        for file in report.get("testResults", []):
            short = file["name"].split("/ui/", 1)[-1]
            tests = file.get("assertionResults", [])
            if not tests and file.get("status") == "failed":
                yield Result(f"{self.suite}::{short}", FAIL, file.get("message", "").strip())
            for test in tests:
                name = " > ".join([*test.get("ancestorTitles", []), test["title"]])
                status = {"passed": PASS, "failed": FAIL}.get(test["status"], SKIP)
                reason = test["status"] if status == SKIP else ""
                yield Result(f"{self.suite}::{short}::{name}", status, reason)


class PlaywrightReader(ReportReader):
    """Playwright's `json` reporter. A test that passed only on a retry is a failure: it is flaky."""

    def results(self, report):
        for error in report.get("errors", []):
            yield Result(f"{self.suite}::(outside any test)", FAIL, error.get("message", ""))
        for top in report.get("suites", []):
            yield from self.suite_results(top, top.get("file", top.get("title", "?")), [])

    def suite_results(self, node, file, path):
        for spec in node.get("specs", []):
            name = f"{self.suite}::{file}::" + " > ".join([*path, spec["title"]])
            projects = len(spec.get("tests", [])) > 1
            for test in spec.get("tests", []):
                full = f"{name} [{test['projectName']}]" if projects and test.get("projectName") else name
                word = test.get("status")
                why = next((a.get("description", "") for a in test.get("annotations", []) if a.get("type") == "skip"), "")
                if word == "expected":
                    yield Result(full, PASS)
                elif word == "skipped":
                    yield Result(full, SKIP, (why or "").removeprefix("skipped:").strip() or "skipped")
                else:
                    yield Result(full, FAIL, word or "unknown")
        for child in node.get("suites", []):
            title = child.get("title", "")
            yield from self.suite_results(child, file, [*path, title] if title and title != file else path)
