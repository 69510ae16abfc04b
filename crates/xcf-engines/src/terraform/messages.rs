//! The JSON lines Terraform prints with `-json`, read one by one; a line that is none is kept as raw text (it happens).

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use xcf_core::diag::{Diagnostic, Place, Severity};
use xcf_core::plan::Action;
use xcf_core::ports::runner::{EffectIo, LogStream, ResourceProgress};

use crate::masking::Masker;

/// One line.
#[derive(Debug, Deserialize)]
struct Line {
    #[serde(rename = "@message", default)]
    message: String,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    terraform: Option<String>,
    #[serde(default)]
    tofu: Option<String>,
    #[serde(default)]
    diagnostic: Option<Finding>,
    #[serde(default)]
    hook: Option<Hook>,
}

#[derive(Debug, Deserialize)]
struct Finding {
    #[serde(default)]
    severity: String,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    address: Option<String>,
    #[serde(default)]
    range: Option<Range>,
}

#[derive(Debug, Deserialize)]
struct Range {
    filename: String,
    start: Position,
}

#[derive(Debug, Deserialize)]
struct Position {
    line: u32,
    column: u32,
}

#[derive(Debug, Deserialize)]
struct Hook {
    #[serde(default)]
    resource: Option<Resource>,
    #[serde(default)]
    action: String,
}

#[derive(Debug, Deserialize)]
struct Resource {
    addr: String,
    #[serde(default)]
    resource_type: String,
}

/// Where one resource stands in an apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// Resource type.
    pub resource_type: String,
    /// Actions that completed, in order.
    pub done: Vec<Action>,
    /// Action begun and neither completed nor failed.
    pub open: Option<Action>,
    /// It failed.
    pub failed: bool,
}

/// What one Terraform command said.
#[derive(Debug, Default)]
pub struct Said {
    /// Engine version, from its first line.
    pub version: Option<String>,
    /// Findings, located in the repository.
    pub findings: Vec<Diagnostic>,
    /// First word of each error as the engine names it (its `summary`), for telling errors apart.
    pub summaries: Vec<String>,
    /// Every error stands in the module's text and belongs to no resource: the module is wrong, not the world.
    pub all_in_text: bool,
    /// Resources an apply touched.
    pub touched: BTreeMap<String, Touched>,
    /// Lines of stdout that were no JSON.
    pub garbage: usize,
    /// Last lines of stderr.
    pub stderr: Vec<String>,
}

const STDERR_KEPT: usize = 20;

impl Said {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { all_in_text: true, ..Self::default() }
    }

    /// Takes a line: learns from it, and passes on what a person wants to read.
    pub fn take(&mut self, stream: LogStream, text: &str, module: &str, masker: &Masker, io: &dyn EffectIo) {
        let parsed = (stream == LogStream::Stdout).then(|| serde_json::from_str::<Line>(text).ok()).flatten();
        let Some(line) = parsed else {
            let readable = masker.text(text);
            if stream == LogStream::Stderr {
                self.stderr.push(readable.clone());
                let surplus = self.stderr.len().saturating_sub(STDERR_KEPT);
                self.stderr.drain(..surplus);
            } else if !text.trim().is_empty() {
                self.garbage += 1;
            }
            if !readable.trim().is_empty() {
                io.line(stream, &readable);
            }
            return;
        };
        if line.kind == "version" {
            self.version = line.tofu.or(line.terraform);
        }
        let mut readable = line.message;
        if let Some(finding) = line.diagnostic {
            let diagnostic = self.find(finding, module, masker);
            readable = format!("{diagnostic}");
        }
        if let Some(hook) = line.hook {
            self.hook(&line.kind, hook, masker, io);
        }
        io.line(stream, &masker.text(&readable));
    }

    fn find(&mut self, finding: Finding, module: &str, masker: &Masker) -> Diagnostic {
        let error = finding.severity == "error";
        if error {
            self.summaries.push(finding.summary.clone());
            self.all_in_text &= finding.range.is_some() && finding.address.is_none();
        }
        let place = match finding.range {
            Some(range) => Place::new(in_repository(module, &range.filename), range.start.line, range.start.column),
            None => Place::file(module),
        };
        let about = finding.address.map(|a| format!("{a}: ")).unwrap_or_default();
        let detail = if finding.detail.is_empty() { String::new() } else { format!(": {}", finding.detail) };
        let message = masker.text(&format!("{about}{}{detail}", finding.summary));
        let mut diagnostic = Diagnostic::error("engine-finding", message, place);
        if !error {
            diagnostic.severity = Severity::Warning;
        }
        self.findings.push(diagnostic.clone());
        diagnostic
    }

    fn hook(&mut self, kind: &str, hook: Hook, masker: &Masker, io: &dyn EffectIo) {
        let Some(resource) = hook.resource else { return };
        let address = masker.text(&resource.addr);
        let action = match hook.action.as_str() {
            "create" => Some(Action::Create),
            "update" => Some(Action::Update),
            "delete" => Some(Action::Delete),
            _ => None,
        };
        let state = match (kind, hook.action.as_str()) {
            ("apply_start", "create") => "creating",
            ("apply_start", "delete") => "destroying",
            ("apply_start", "update") => "updating",
            ("apply_complete", "create") => "created",
            ("apply_complete", "delete") => "destroyed",
            ("apply_complete", "update") => "updated",
            ("apply_errored", _) => "failed",
            ("refresh_start", _) => "reading",
            ("refresh_complete", _) => "read",
            _ => return,
        };
        if let (Some(action), true) = (action, kind.starts_with("apply_")) {
            let fresh = || Touched {
                resource_type: resource.resource_type.clone(),
                done: Vec::new(),
                open: None,
                failed: false,
            };
            let touched = self.touched.entry(address.clone()).or_insert_with(fresh);
            match kind {
                "apply_start" => touched.open = Some(action),
                "apply_complete" => {
                    touched.open = None;
                    touched.done.push(action);
                }
                _ => {
                    touched.open = None;
                    touched.failed = true;
                }
            }
        }
        io.progress(ResourceProgress { address, state: state.to_owned() });
    }

    /// Warnings, for the plan.
    pub fn warnings(&self) -> Vec<Diagnostic> {
        self.findings.iter().filter(|d| !d.is_error()).cloned().collect()
    }
}

/// A file name as Terraform prints it (relative to the module) as a path of the repository.
fn in_repository(module: &str, filename: &str) -> String {
    let mut parts: Vec<&str> = module.split('/').filter(|p| !p.is_empty() && *p != ".").collect();
    for part in filename.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// A state file, as far as we read it.
#[derive(Debug, Clone, Deserialize)]
pub struct StateJson {
    /// Format; 4 since Terraform 0.12.
    #[serde(default)]
    pub version: u64,
    /// Counter.
    #[serde(default)]
    pub serial: u64,
    /// Identity of the state.
    #[serde(default)]
    pub lineage: String,
    /// Outputs.
    #[serde(default)]
    pub outputs: BTreeMap<String, OutputJson>,
}

/// One output, in a state file and in `terraform output -json`.
#[derive(Debug, Clone, Deserialize)]
pub struct OutputJson {
    /// Value.
    pub value: Value,
    /// Marked by the module.
    #[serde(default)]
    pub sensitive: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d10_file_names_of_the_engine_become_paths_of_the_repository() {
        assert_eq!(in_repository("infra/vpc", "main.tf"), "infra/vpc/main.tf");
        assert_eq!(in_repository("infra/vpc", "../shared/x.tf"), "infra/shared/x.tf");
        assert_eq!(in_repository(".", "main.tf"), "main.tf");
    }
}
