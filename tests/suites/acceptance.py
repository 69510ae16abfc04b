"""Compares tests/acceptance.toml with the results of a run: a named test must exist, have run, and have passed."""

from readers import FAIL, PASS, SKIP


def check(acceptance, results, not_run):
    """Returns (errors, open points). `results` maps a test's name to its Result;
    `not_run` maps the beginning of the names in a suite that did not run to the reason why it did not."""
    allowed = acceptance.get("allowed_skips", [])
    errors, open_points = [], []
    for entry in allowed:
        if not entry.get("reason") or not entry.get("test"):
            errors.append(f"allowed_skips: an entry lacks `test` or `reason`: {entry}")
    for point in acceptance.get("point", []):
        name = f"{point['id']} {point['title']}"
        if point.get("status") == "open":
            if not point.get("missing"):
                errors.append(f"{name}: open, but `missing` does not say what is missing")
            open_points.append((name, point.get("missing", "")))
        elif not point.get("tests"):
            errors.append(f"{name}: no test is named for it (or set status = \"open\" and say what is missing)")
        for test in point.get("tests", []):
            errors.extend(f"{name}: {why}" for why in problems(test, results, not_run, allowed))
    return errors, open_points


def problems(test, results, not_run, allowed):
    """What is wrong with one named test. A name ending in `*` stands for every test that begins so: at least one."""
    if test.endswith("*"):
        found = [r for name, r in results.items() if name.startswith(test[:-1])]
    else:
        found = [results[test]] if test in results else []
    if not found:
        return missing(test, not_run, allowed)
    return [why for result in found if (why := problem(result, allowed))]


def missing(test, not_run, allowed):
    reason = next((why for prefix, why in not_run.items() if test.startswith(prefix)), None)
    if reason is None:
        return [f"{test} did not run: no test of that name"]
    return [] if is_allowed(test, reason, allowed) else [f"{test} did not run ({reason})"]


def problem(result, allowed):
    if result.status == PASS:
        return None
    if result.status == FAIL:
        return f"{result.name} failed"
    if result.status == SKIP and is_allowed(result.name, result.reason, allowed):
        return None
    return f"{result.name} was skipped ({result.reason}) and is not on the allowed list"


def is_allowed(test, reason, allowed):
    for entry in allowed:
        pattern = entry.get("test", "")
        fits = test == pattern or (pattern.endswith("*") and test.startswith(pattern[:-1]))
        if fits and reason.startswith(entry.get("when", "")):
            return True
    return False
