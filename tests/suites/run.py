#!/usr/bin/env python3
"""The suite runner behind `make test`: reads tests/suites.toml, runs cheapest first, prints every test's result.

    run.py [--group NAME] [--list] [--verbose] [SUITE…]

XCF_TEST_BUDGET_MINUTES (default 75, 0 = none) bounds a run: a suite whose estimate does not fit in what is left is
printed as `skipped: CI budget` and counted. Results: $XCF_CACHE/results/latest.json; logs: $XCF_CACHE/results/logs/.
Exit status: 0 all passed; 1 a test failed, or tests/acceptance.toml is not met; 130 interrupted; 64 usage.
"""

import argparse
import datetime
import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    from pip._vendor import tomli as tomllib

import acceptance
from readers import FAIL, PASS, SKIP, Result
from suite import Interrupted, Suite, SuiteError

REPO = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("XCF_CACHE") or Path.home() / ".cache" / "xcloudflow")
OUT = CACHE / "results"
COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ
MARK = {PASS: ("pass", "32"), FAIL: ("FAIL", "31;1"), SKIP: ("skip", "33")}


def paint(text, code):
    return f"\x1b[{code}m{text}\x1b[0m" if COLOUR else text


def show(result):
    word, code = MARK[result.status]
    why = f"  ({'skipped: ' if result.status == SKIP else ''}{result.reason})" if result.reason else ""
    print(f"  {paint(word, code)} {result.name}{why}", flush=True)


def select(suites, args):
    unknown = set(args.suites) - {s.id for s in suites}
    if unknown:
        print(f"no suite called {', '.join(sorted(unknown))}; there are: {' '.join(s.id for s in suites)}", file=sys.stderr)
        sys.exit(64)
    chosen = [s for s in suites if (not args.suites or s.id in args.suites) and (not args.group or s.group == args.group)]
    return sorted(chosen, key=lambda s: rank(s, {other.id: other for other in suites}))


def rank(suite, by_id):
    """Cheapest first, but a suite that uses the builds of others comes after them."""
    before = max((rank(by_id[other], by_id)[0] for other in suite.after), default=0)
    return max(suite.cost, before), bool(suite.after), suite.cost


class Run:
    """One run: what was found so far, and the files it is written to."""

    def __init__(self, budget, verbose):
        self.started = float(os.environ.get("XCF_TEST_STARTED") or time.time())
        self.budget = budget
        self.verbose = verbose
        self.results = {}
        self.suites = []
        self.not_run = {}
        self.timings_file = OUT / "timings.json"
        self.timings = json.loads(self.timings_file.read_text()) if self.timings_file.exists() else {}

    def minutes(self):
        return (time.time() - self.started) / 60

    def estimate(self, suite):
        """Minutes this suite will take: as declared for empty caches, or less if it was quicker here before."""
        known = self.timings.get(suite.id)
        return suite.cost if known is None else min(suite.cost, known * 1.5 + 0.2)

    def go(self, suite):
        missing = suite.missing()
        if missing:
            return self.skip(suite, f"missing here: {', '.join(missing)}")
        if self.budget and self.minutes() + self.estimate(suite) > self.budget:
            return self.skip(suite, "CI budget")
        print(paint(f"{suite.id}", "1") + f"  ({suite.group}, declared {suite.cost:g} min)", flush=True)
        begun = time.time()
        error = ""
        try:
            for result in suite.run(OUT / "logs", self.verbose):
                self.record(result)
        except SuiteError as problem:
            error = str(problem)
            self.record(Result(f"{suite.id}::(suite)", FAIL, error))
            print(suite.tail(), flush=True)
        took = (time.time() - begun) / 60
        if not error:
            self.timings[suite.id] = round(took, 2)
        status = "fail" if error or suite.failed else "pass"
        self.suites.append({"id": suite.id, "status": status, "minutes": round(took, 2), "reason": error})
        print(f"  {suite.id}: {status}, {took:.1f} min\n", flush=True)
        self.save()

    def skip(self, suite, reason):
        print(paint(f"{suite.id}", "1") + f"\n  {paint('skip', '33')} every test of {suite.id}  (skipped: {reason})\n", flush=True)
        self.suites.append({"id": suite.id, "status": "skip", "minutes": 0, "reason": reason})
        self.not_run.update({prefix: reason for prefix in suite.prefixes()})

    def record(self, result):
        known = self.results.get(result.name)
        if known and known.status == FAIL:
            return
        self.results[result.name] = result
        show(result)

    def save(self):
        OUT.mkdir(parents=True, exist_ok=True)
        stamp = datetime.datetime.fromtimestamp(self.started, datetime.timezone.utc).isoformat()
        tests = [{"name": r.name, "status": r.status, "reason": r.reason} for r in self.results.values()]
        for path, value in ((OUT / "latest.json", {"startedAt": stamp, "suites": self.suites, "tests": tests}),
                            (self.timings_file, self.timings)):
            part = path.with_suffix(".part")
            part.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")
            part.replace(path)

    def summary(self):
        count = {s: sum(r.status == s for r in self.results.values()) for s in (PASS, FAIL, SKIP)}
        for_budget = [s["id"] for s in self.suites if s["reason"] == "CI budget"]
        absent = [s["id"] for s in self.suites if s["status"] == "skip" and s["reason"] != "CI budget"]
        print(paint("summary", "1") + f"  {count[PASS]} passed, {count[FAIL]} failed, {count[SKIP]} skipped; "
              f"suites: {len(self.suites) - len(for_budget) - len(absent)} run, {len(for_budget)} skipped for the CI budget"
              f"{' (' + ', '.join(for_budget) + ')' if for_budget else ''}, {len(absent)} skipped for missing tools"
              f"{' (' + ', '.join(absent) + ')' if absent else ''}; {self.minutes():.1f} min")
        for result in self.results.values():
            if result.status == FAIL:
                show(result)
        print(f"results: {OUT / 'latest.json'}; logs: {OUT / 'logs'}")
        return count[FAIL] == 0


def accept(run):
    """Prints the open points and every way in which tests/acceptance.toml is not met; False if there is one."""
    named = tomllib.loads((REPO / "tests/acceptance.toml").read_text())
    errors, open_points = acceptance.check(named, run.results, run.not_run)
    for name, missing in open_points:
        print(f"  {paint('open', '33')} {name}: {missing}")
    for error in errors:
        print(f"  {paint('FAIL', '31;1')} acceptance: {error}")
    print(f"acceptance: {len(named.get('point', []))} points, {len(open_points)} open, {len(errors)} problems")
    return not errors


def main():
    parser = argparse.ArgumentParser(description="Runs the suites of tests/suites.toml, cheapest first.")
    parser.add_argument("--group", help="only suites of this group")
    parser.add_argument("--list", action="store_true", help="list the suites and stop")
    parser.add_argument("--verbose", action="store_true", help="show everything the suites print")
    parser.add_argument("suites", nargs="*", metavar="SUITE")
    args = parser.parse_args()
    suites = [Suite(REPO, entry) for entry in tomllib.loads((REPO / "tests/suites.toml").read_text())["suite"]]
    chosen = select(suites, args)
    if args.list:
        for suite in chosen:
            print(f"{suite.id:14} {suite.group:5} {suite.cost:5g} min  {' '.join(suite.command)}")
        return 0
    run = Run(float(os.environ.get("XCF_TEST_BUDGET_MINUTES", "75") or 0), args.verbose)
    print(f"{len(chosen)} suites, cheapest first; " + (f"budget {run.budget:g} min" if run.budget else "no time limit") + "\n")
    try:
        for suite in chosen:
            run.go(suite)
    except (KeyboardInterrupt, Interrupted):
        run.save()
        run.summary()
        print("interrupted")
        return 130
    run.save()
    passed = run.summary()
    if args.suites or args.group:
        print("acceptance: not checked, only some suites were asked for")
        return 0 if passed else 1
    return 0 if accept(run) and passed else 1


if __name__ == "__main__":
    sys.exit(main())
