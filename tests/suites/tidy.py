"""Rules about the repository's own text that no compiler or linter checks. Prints `test NAME ... ok` lines."""

import re
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
LONG_FILE = 600
# Written apart, so that this file does not trip over itself.
MACHINE_PATHS = re.compile("(?<![\\w.$}])/(?:" + "|".join(["ro" + "ot", "wo" + "rk", "ho" + "me/(?!runner\\b|you\\b|user\\b)[a-z]+"]) + ")/[\\w.]")
UNFINISHED = re.compile("|".join([r"\bto" + r"do!\s*[(\[{]", r"\bunimple" + r"mented!\s*[(\[{]", r"\bFIX" + "ME\\b", r"\bTO" + "DO[:(]"]))
ANY = re.compile(r"(?::\s*any\b|<any\b|\bas any\b|\bany\[\]|,\s*any>|@ts-ignore|@ts-nocheck)")
# Inputs of tests: broken on purpose, or copied from real tools.
FIXTURES = ("tests/fixtures/",)
GENERATED = ("Cargo.lock", "tests/tools/opentofu/go.sum", "tests/tools/gitea/go.sum", "tests/tools/github-simulator/package-lock.json", "ui/package-lock.json", "ui/openapi.json", "ui/src/api/gen/", "LICENSE")


def tracked():
    """Every file of the repository that Git does not ignore."""
    out = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=REPO, check=True, capture_output=True)
    names = sorted({name for name in out.stdout.decode().split("\0") if name})
    return [name for name in names if (REPO / name).is_file() and not (REPO / name).is_symlink()]


def texts(names):
    """(name, text) of each file that is UTF-8 text and written by hand."""
    for name in names:
        if name.startswith(FIXTURES) or name.startswith(GENERATED) or "/fixtures/" in name:
            continue
        try:
            yield name, (REPO / name).read_text("utf-8")
        except UnicodeDecodeError:
            continue


def grep(files, pattern, only=lambda name: True):
    found = []
    for name, text in files:
        if only(name):
            found += [f"{name}:{number}: {line.strip()[:160]}" for number, line in enumerate(text.split("\n"), 1) if pattern.search(line)]
    return found


def shell_scripts(files):
    """Scripts that bash cannot parse, or that cannot be started."""
    found = []
    for name, text in files:
        shebang = text.startswith("#!") and "sh" in text.split("\n", 1)[0]
        if not (name.endswith(".sh") or shebang):
            continue
        check = subprocess.run(["bash", "-n", str(REPO / name)], capture_output=True, text=True)
        if check.returncode:
            found.append(f"{name}: {check.stderr.strip()}")
        if shebang and not (REPO / name).stat().st_mode & 0o111:
            found.append(f"{name}: has a #! line but is not executable")
    return found


def crates_without_suite(names):
    """Workspace packages whose tests no suite runs: a forgotten crate is a test that never fails."""
    suites = (REPO / "tests/suites.toml").read_text()
    packages = []
    for name in names:
        if name.endswith("Cargo.toml") and name != "Cargo.toml" and not name.startswith(FIXTURES):
            match = re.search(r'^name\s*=\s*"([^"]+)"', (REPO / name).read_text(), re.M)
            if match:
                packages.append(match[1])
    return [f"{package}: no suite in tests/suites.toml runs its tests" for package in packages if f'"{package}"' not in suites]


def broken_links(files):
    """Relative links in Markdown that lead nowhere."""
    found = []
    for name, text in files:
        if name.endswith(".md"):
            for target in re.findall(r"\]\(([^)#\s]+)", text):
                if "://" not in target and not target.startswith("mailto:") and not (REPO / name).parent.joinpath(target).exists():
                    found.append(f"{name}: {target}")
    return found


def report(name, found):
    for line in found:
        print(f"  {line}")
    print(f"test {name} ... {'FAILED' if found else 'ok'}")
    return not found


def main():
    names = tracked()
    files = list(texts(names))
    for name, text in files:
        if text.count("\n") > LONG_FILE:
            print(f"  warning: {name} has {text.count(chr(10))} lines (> {LONG_FILE}): one concept a file")
    sources = (".rs", ".ts", ".tsx", ".py", ".sh", ".toml", ".mjs", ".css")
    passed = [
        report("no-machine-paths", grep(files, MACHINE_PATHS)),
        report("nothing-unfinished", grep(files, UNFINISHED, lambda name: name.endswith(sources))),
        report("typescript-without-any", grep(files, ANY, lambda name: name.startswith("ui/") and name.endswith((".ts", ".tsx")))),
        report("shell-scripts-parse", shell_scripts(files)),
        report("every-crate-has-a-suite", crates_without_suite(names)),
        report("markdown-links", broken_links(files)),
    ]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
