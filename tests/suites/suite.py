"""One suite of tests/suites.toml: what it needs, how it is started, bounded and read."""

import json
import os
import re
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import unquote

from readers import ANSI, FAIL, CargoReader, LineReader, Mismatch, PlaywrightReader, TapReader, VitestReader

# Steps several suites share; each runs once.
PREPARE = {
    "ui-deps": ["scripts/ui.sh", "deps"],
    "ui-dist": ["scripts/ui.sh", "build"],
    "xcf": ["cargo", "build", "-p", "xcf-cli"],
    "desktop": ["cargo", "build", "-p", "xcloudflow-desktop"],
    "cargo-deny": ["scripts/setup.sh", "cargo-deny"],
    "tauri-driver": ["scripts/setup.sh", "tauri-driver"],
    "forges": ["scripts/setup.sh", "forges"],
    "providers": ["scripts/setup.sh", "providers"],
}
HEARTBEAT_SECONDS = 60
STOP_SECONDS = 10
# How cargo, Playwright, vitest and node say why a test failed.
REASON = re.compile(r"panicked at|^\s*(Error|AssertionError|error(\[E\d+\])?): |^\s*not ok |Test timeout of")


class SuiteError(Exception):
    """The suite as a whole failed: it could not be prepared, built, started, read, or did not end."""


class Interrupted(Exception):
    """A child was ended by Ctrl-C."""


class Suite:
    prepared = set()

    def __init__(self, repo, entry):
        known = {"id", "group", "cost", "after", "timeout", "needs", "prepare", "format", "command"}
        if set(entry) - known:
            raise SystemExit(f"tests/suites.toml: suite {entry.get('id')}: unknown keys {sorted(set(entry) - known)}")
        self.repo = repo
        self.id = entry["id"]
        self.group = entry["group"]
        self.cost = float(entry["cost"])
        self.after = entry.get("after", [])
        self.timeout = 60 * float(entry.get("timeout", max(10, 3 * self.cost)))
        self.needs = entry.get("needs", [])
        self.prepare = entry.get("prepare", [])
        self.format = entry["format"]
        self.command = entry["command"]
        self.failed = False
        self.log = None

    def missing(self):
        """The needed commands and variables this machine has not."""
        return [n for n in self.needs if not (os.environ.get(n[1:]) if n.startswith("$") else shutil.which(n))]

    def prefixes(self):
        """How the names of this suite's results begin."""
        if self.format != "cargo":
            return [f"{self.id}::"]
        flags = zip(self.command, self.command[1:])
        return [f"{package}::" for flag, package in flags if flag in ("-p", "--package")]

    def run(self, logs, verbose):
        """Runs it, yielding each result as it is known. Raises SuiteError when the suite as a whole failed."""
        logs.mkdir(parents=True, exist_ok=True)
        self.log = logs / f"{self.id}.log"
        report = logs / f"{self.id}.report.json"
        report.unlink(missing_ok=True)
        deadline = time.monotonic() + self.timeout
        with self.log.open("w", errors="replace") as log:
            for step in self.prepare:
                self.prepare_once(step, log, deadline, verbose)
            reader, command = self.reader(report, log, deadline, verbose)
            env = {**os.environ, "XCF_REPORT": str(report)}
            seen = 0
            child = self.start(command, env)
            try:
                for line in self.lines(child, log, deadline, verbose):
                    for result in reader.line(line):
                        seen += 1
                        self.failed |= result.status == FAIL
                        yield result
                for result in reader.finish():
                    seen += 1
                    self.failed |= result.status == FAIL
                    yield result
            except Mismatch as problem:
                raise SuiteError(f"its output cannot be read: {problem}; exit status {child.poll()}") from problem
            finally:
                stop(child)
            self.judge(child.returncode, seen)

    def judge(self, status, seen):
        if status in (-signal.SIGINT, 130):
            raise Interrupted()
        if status != 0 and not self.failed:
            raise SuiteError(f"exit status {status}, though no test is reported as failed")
        if status == 0 and self.failed:
            raise SuiteError("exit status 0, though a test is reported as failed")
        if seen == 0:
            raise SuiteError("it ran no test")
        if self.failed:
            print(self.tail(), flush=True)

    def prepare_once(self, step, log, deadline, verbose):
        if step in Suite.prepared:
            return
        child = self.start(PREPARE[step], os.environ)
        try:
            for _ in self.lines(child, log, deadline, verbose):
                pass
        finally:
            stop(child)
        if child.returncode != 0:
            raise SuiteError(f"its preparation `{' '.join(PREPARE[step])}` failed with exit status {child.returncode}")
        Suite.prepared.add(step)

    def reader(self, report, log, deadline, verbose):
        if self.format == "cargo":
            targets = self.build(log, deadline, verbose)
            before, _, after = (" ".join(self.command)).partition(" -- ")
            return CargoReader(targets), [*before.split(), "--no-fail-fast", "--", "--show-output", *after.split()]
        readers = {"lines": LineReader, "tap": TapReader}
        reports = {"vitest": VitestReader, "playwright": PlaywrightReader}
        if self.format in readers:
            return readers[self.format](self.id), self.command
        return reports[self.format](self.id, report), self.command

    def build(self, log, deadline, verbose):
        """Builds a cargo suite first; returns which executable holds whose tests."""
        before = " ".join(self.command).partition(" -- ")[0].split()
        child = self.start([*before, "--no-run", "--message-format=json-render-diagnostics"], os.environ)
        targets = {}
        try:
            for line in self.lines(child, log, deadline, verbose, quiet=True):
                if line.startswith("{"):
                    add_target(targets, json.loads(line))
        finally:
            stop(child)
        if child.returncode != 0:
            raise SuiteError(f"it does not build (exit status {child.returncode})")
        return targets

    def start(self, command, env):
        # A session of its own: nothing the suite leaves behind survives it.
        return subprocess.Popen(command, cwd=self.repo, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, start_new_session=True)

    def lines(self, child, log, deadline, verbose, quiet=False):
        """The child's output, line by line; says that it is still alive now and then; ends it at the deadline."""
        rest, said, begun = b"", time.monotonic(), time.monotonic()
        descriptor = child.stdout.fileno()
        while True:
            now = time.monotonic()
            if now > deadline:
                stop(child)
                raise SuiteError(f"stopped: it did not end within {self.timeout / 60:g} minutes")
            if now - said > HEARTBEAT_SECONDS:
                said = now
                print(f"  … {self.id}: {(now - begun) / 60:.0f} min in this step", flush=True)
            if not select.select([descriptor], [], [], 1)[0]:
                if child.poll() is not None:
                    break
                continue
            data = os.read(descriptor, 65536)
            if not data:
                break
            *whole, rest = (rest + data).split(b"\n")
            for raw in whole:
                yield self.note(raw, log, verbose, quiet)
        if rest:
            yield self.note(rest, log, verbose, quiet)
        try:
            child.wait(timeout=max(1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired as problem:
            raise SuiteError("stopped: it closed its output but did not end") from problem

    def note(self, raw, log, verbose, quiet):
        text = ANSI.sub("", raw.decode(errors="replace"))
        if not (quiet and text.startswith("{")):
            log.write(text + "\n")
            log.flush()
            if verbose:
                print(f"    {text}", flush=True)
        return text

    def tail(self, lines=40):
        """What went wrong as the log tells it, and the end of the log, for the terminal."""
        text = self.log.read_text(errors="replace").splitlines() if self.log and self.log.exists() else []
        return "\n".join(f"    | {line}" for line in [*reasons(text), *text[-lines:]])


def reasons(text, after=14, most=160):
    """The lines that say why a test failed, each with what follows: a long log may end with what passed."""
    wanted = set()
    for at, line in enumerate(text):
        if REASON.search(line):
            wanted.update(range(max(0, at - 1), min(len(text), at + after)))
    chosen = sorted(wanted)[:most]
    return [text[at] for at in chosen] + (["…"] if chosen else [])


def add_target(targets, message):
    if message.get("reason") != "compiler-artifact" or not message.get("executable") or not message["profile"]["test"]:
        return
    location, _, fragment = message["package_id"].partition("#")
    package = fragment.partition("@")[0] if "@" in fragment else unquote(location).rstrip("/").rsplit("/", 1)[-1]
    kinds = message["target"]["kind"]
    is_library = any("lib" in kind for kind in kinds)
    prefix = package if is_library else f"{package}::{message['target']['name']}"
    targets[Path(message["executable"]).name] = prefix


def stop(child):
    """Ends what is left of a suite's session: asks first, then kills."""
    for sign, patience in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, STOP_SECONDS)):
        try:
            os.killpg(child.pid, sign)
        except ProcessLookupError:
            break
        except PermissionError:
            break
        end = time.monotonic() + patience
        while time.monotonic() < end:
            child.poll()
            try:
                os.killpg(child.pid, 0)
            except (ProcessLookupError, PermissionError):
                break
            time.sleep(0.05)
        else:
            continue
        break
    child.stdout.close()
    child.wait()
