//! What a failed Terraform command means, as one of the runner's codes.

use super::session::Command;
use crate::process::End;
use xcf_core::plan::Action;
use xcf_core::ports::runner::RunnerError;
use xcf_core::route::Engine;

/// Words by which a passing trouble is known (network, throttling).
const PASSING: [&str; 14] = [
    "timeout",
    "timed out",
    "connection reset",
    "connection refused",
    "tls handshake",
    "too many requests",
    "throttl",
    "rate exceeded",
    "temporarily",
    "temporary failure",
    "no such host",
    "unexpected eof",
    "service unavailable",
    "internal server error",
];

/// The error of a command; `None` if it exited with 0 and spoke as it should.
pub fn of(engine: Engine, name: &str, command: &Command) -> Option<RunnerError> {
    let what = format!("{engine} {name}");
    let mut error = match command.result.stopped_error(&what) {
        Some(error) => error,
        None => match command.result.end {
            End::Exited(0) if speaks(name) && command.said.version.is_none() => strange(&what),
            End::Exited(0) => return None,
            End::Exited(code) => exited(&what, name, code, command),
            _ => RunnerError::new("engine-failed", format!("{what} did not end well")),
        },
    };
    error.diagnostics.extend(command.said.findings.iter().filter(|d| d.is_error()).cloned());
    let left = left_behind(command);
    if !left.is_empty() {
        error.left_behind =
            [error.left_behind, left].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(". ");
    }
    Some(error)
}

/// Commands that are run with `-json`: the first line of each names the engine's version.
fn speaks(name: &str) -> bool {
    matches!(name, "init" | "plan" | "apply")
}

/// It ended well, but in none of its words: what it did, if anything, is not what was asked.
fn strange(what: &str) -> RunnerError {
    RunnerError::new("engine-garbage", format!("{what} ended well, but what it printed can't be read"))
        .hint("see the log; `xcf doctor` shows which binary is used")
}

fn exited(what: &str, name: &str, code: i32, command: &Command) -> RunnerError {
    let said = &command.said;
    let has = |start: &str| said.summaries.iter().any(|s| s.starts_with(start));
    let errors: Vec<String> = said.findings.iter().filter(|d| d.is_error()).map(|d| d.message.clone()).collect();
    if has("Saved plan is stale") || has("Inconsistent dependency lock file") || has("Inconsistent provider lock") {
        return RunnerError::new("stale-plan", errors.join("; ")).hint("plan again");
    }
    if has("Error acquiring the state lock") {
        let mut error =
            RunnerError::new("engine-lock", format!("the state is locked by another run: {}", errors.join("; ")));
        error.retryable = true;
        return error.hint("wait until the other run has ended; free the lock by hand only if nothing runs");
    }
    if errors.is_empty() {
        let stderr = said.stderr.join("\n");
        let old = stderr.contains("flag provided but not defined: -json");
        if old {
            return RunnerError::new("engine-version", format!("{what}: this version is too old"))
                .hint("use Terraform or OpenTofu 1.9 or newer");
        }
        // Neither a finding nor its own first line: whatever ran there did not speak Terraform's language.
        let garbage = said.version.is_none();
        let message = if stderr.is_empty() {
            format!("{what} exited with {code} and said nothing")
        } else {
            format!("{what} exited with {code}: {stderr}")
        };
        return RunnerError::new(if garbage { "engine-garbage" } else { "engine-failed" }, message)
            .hint("see the log; `xcf doctor` shows which binary is used");
    }
    let text = errors.join("; ");
    let in_text = matches!(name, "init" | "plan" | "validate") && said.all_in_text;
    let mut error =
        RunnerError::new(if in_text { "invalid-module" } else { "engine-failed" }, format!("{what} failed: {text}"));
    error.retryable = !in_text && is_passing(&text);
    error.hint(if in_text { "mend the lines named below" } else { "" })
}

fn is_passing(text: &str) -> bool {
    let text = text.to_lowercase();
    PASSING.iter().any(|word| text.contains(word))
}

/// What an apply that failed or was stopped leaves, in words.
fn left_behind(command: &Command) -> String {
    let touched = &command.said.touched;
    let list = |wanted: &dyn Fn(&super::messages::Touched) -> bool| {
        touched.iter().filter(|(_, t)| wanted(t)).map(|(a, _)| a.clone()).collect::<Vec<_>>().join(", ")
    };
    let parts = [
        ("done and kept", list(&|t| t.open.is_none() && !t.failed && t.done.iter().any(|a| *a != Action::Delete))),
        ("destroyed", list(&|t| t.done == [Action::Delete] && t.open.is_none())),
        ("failed", list(&|t| t.failed)),
        ("unfinished, may be half made", list(&|t| t.open.is_some())),
    ];
    parts.iter().filter(|(_, l)| !l.is_empty()).map(|(word, l)| format!("{word}: {l}")).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d7_passing_trouble_is_worth_another_try() {
        assert!(is_passing("dial tcp: Connection refused") && is_passing("429 Too Many Requests"));
        assert!(!is_passing("Invalid value for variable"));
    }
}
