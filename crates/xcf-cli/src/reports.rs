//! Findings for other tools: SARIF for code scanning, JUnit for test reports. Diagnostics of the workspace and results of
//! its policies alike.

use crate::args::Format;
use crate::output::complain;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value, json};
use serde_sarif::sarif::Sarif;
use std::collections::BTreeMap;
use xcf_api::dto::{ChangeDetailDto, DiagnosticDto};

/// What was found.
pub(crate) struct Findings<'a> {
    /// Diagnostics of the workspace.
    pub(crate) diagnostics: &'a [DiagnosticDto],
    /// ChangeSets with their policy results and units.
    pub(crate) changes: &'a [ChangeDetailDto],
}

struct Finding<'a> {
    rule: String,
    level: &'static str,
    message: String,
    file: &'a str,
    line: u32,
    column: u32,
}

impl Findings<'_> {
    /// Prints them in the format of another tool; false if `format` is none.
    pub(crate) fn print(&self, format: Format) -> bool {
        let text = match format {
            Format::Sarif => self.sarif(),
            Format::Junit => self.junit(),
            _ => return false,
        };
        match text {
            Ok(text) => println!("{}", text.trim_end()),
            Err(error) => complain(&format!("the findings can't be written: {error}"), ""),
        }
        true
    }

    fn all(&self) -> Vec<Finding<'_>> {
        let mut all: Vec<Finding<'_>> = self.diagnostics.iter().map(|d| of_diagnostic(d, "")).collect();
        for change in self.changes {
            all.extend(change.policies.iter().map(|p| Finding {
                rule: format!("policy/{}", p.rule),
                level: if p.outcome == "deny" { "error" } else { "warning" },
                message: match &p.unit {
                    Some(unit) => format!("{unit}: {}", p.message),
                    None => format!("{}: {}", change.summary.environment, p.message),
                },
                file: &p.place.file,
                line: p.place.line,
                column: p.place.column,
            }));
            let own = change.units.iter().flat_map(|u| u.diagnostics.iter().map(move |d| of_diagnostic(d, &u.id)));
            all.extend(own);
        }
        all
    }

    fn sarif(&self) -> Result<String, String> {
        let all = self.all();
        let mut rules: BTreeMap<&str, usize> = all.iter().map(|f| (f.rule.as_str(), 0)).collect();
        rules.values_mut().enumerate().for_each(|(index, slot)| *slot = index);
        let results: Vec<Value> =
            all.iter().map(|f| result(f, rules.get(f.rule.as_str()).copied().unwrap_or(0))).collect();
        let log = json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "xcf",
                    "version": env!("CARGO_PKG_VERSION"),
                    "rules": rules.keys().map(|id| json!({ "id": id })).collect::<Vec<_>>(),
                }},
                "columnKind": "unicodeCodePoints",
                "results": results,
            }],
        });
        // Through the format's own types: what they don't know does not leave.
        let typed: Sarif = serde_json::from_value(log).map_err(|e| e.to_string())?;
        serde_json::to_string_pretty(&typed).map_err(|e| e.to_string())
    }

    fn junit(&self) -> Result<String, String> {
        let mut report = Report::new("xcf");
        let mut workspace = TestSuite::new("workspace");
        for diagnostic in self.diagnostics {
            workspace.add_test_case(case(&of_diagnostic(diagnostic, "")));
        }
        if !self.diagnostics.iter().any(|d| d.severity == "error") {
            workspace.add_test_case(TestCase::new("no errors", TestCaseStatus::success()));
        }
        report.add_test_suite(workspace);
        for change in self.changes {
            let mut suite = TestSuite::new(format!("{} {}", change.summary.environment, change.summary.id));
            let only = Findings { diagnostics: &[], changes: std::slice::from_ref(change) };
            only.all().iter().for_each(|finding| {
                suite.add_test_case(case(finding));
            });
            for unit in &change.units {
                let named = format!("plan of {}", unit.id);
                let status = match unit.action.as_str() {
                    "plan-failed" => {
                        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                        status.set_message("it could not be planned");
                        status
                    }
                    _ => TestCaseStatus::success(),
                };
                suite.add_test_case(TestCase::new(named, status));
            }
            report.add_test_suite(suite);
        }
        report.to_string().map_err(|e| e.to_string())
    }
}

fn of_diagnostic<'a>(d: &'a DiagnosticDto, unit: &str) -> Finding<'a> {
    let hint = if d.hint.is_empty() { String::new() } else { format!(" ({})", d.hint) };
    let unit = if unit.is_empty() { String::new() } else { format!("{unit}: ") };
    Finding {
        rule: d.code.clone(),
        level: match d.severity.as_str() {
            "error" => "error",
            "warning" => "warning",
            _ => "note",
        },
        message: format!("{unit}{}{hint}", d.message),
        file: &d.file,
        line: d.line,
        column: d.column,
    }
}

fn result(finding: &Finding<'_>, rule_index: usize) -> Value {
    let mut place = json!({ "artifactLocation": { "uri": uri(finding.file), "uriBaseId": "%SRCROOT%" } });
    // A region begins at line 1; without one the whole file is meant.
    if let Some(map) = place.as_object_mut().filter(|_| finding.line > 0) {
        let mut region = json!({ "startLine": finding.line });
        if let Some(region) = region.as_object_mut().filter(|_| finding.column > 0) {
            region.insert("startColumn".to_owned(), json!(finding.column));
        }
        map.insert("region".to_owned(), region);
    }
    json!({
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": finding.level,
        "message": { "text": finding.message },
        "locations": [{ "physicalLocation": place }],
    })
}

/// A path as a relative address.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b if b.is_ascii_alphanumeric() => out.push(char::from(b)),
            b'/' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

fn case(finding: &Finding<'_>) -> TestCase {
    let place = if finding.line > 0 { format!("{}:{}", finding.file, finding.line) } else { finding.file.to_owned() };
    let mut status = TestCaseStatus::success();
    if finding.level == "error" {
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(finding.message.clone()).set_type(finding.rule.clone());
        status.set_description(format!("{place}: {}", finding.message));
    }
    let mut case = TestCase::new(format!("{} {place}", finding.rule), status);
    case.set_classname(finding.rule.clone());
    if finding.level != "error" {
        case.set_system_out(format!("{}: {}", finding.level, finding.message));
    }
    case
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostic(severity: &str, file: &str, line: u32) -> DiagnosticDto {
        DiagnosticDto {
            severity: severity.into(),
            code: "matrix-tie".into(),
            message: "two <rows> & a \"tie\"".into(),
            file: file.into(),
            line,
            column: 3,
            hint: "drop one".into(),
            related: Vec::new(),
        }
    }

    #[test]
    fn i4_6_sarif_has_rules_levels_and_places() {
        let found = [diagnostic("error", "policies/a b.yaml", 7), diagnostic("info", ".xcf.yaml", 0)];
        let text = Findings { diagnostics: &found, changes: &[] }.sarif().unwrap();
        let log: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"], json!([{ "id": "matrix-tie" }]));
        let first = &run["results"][0];
        assert_eq!((first["level"].as_str(), first["ruleIndex"].as_i64()), (Some("error"), Some(0)));
        let place = &first["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "policies/a%20b.yaml");
        assert_eq!(
            (place["region"]["startLine"].as_i64(), place["region"]["startColumn"].as_i64()),
            (Some(7), Some(3))
        );
        assert!(run["results"][1]["locations"][0]["physicalLocation"].get("region").is_none(), "the whole file");
        assert_eq!(run["results"][1]["level"], "note");
    }

    #[test]
    fn i4_6_junit_fails_for_errors_only() {
        let found = [diagnostic("error", "a.yaml", 7), diagnostic("warning", "b.yaml", 1)];
        let text = Findings { diagnostics: &found, changes: &[] }.junit().unwrap();
        assert!(text.contains("tests=\"2\"") && text.contains("failures=\"1\""), "{text}");
        assert!(text.contains("two &lt;rows&gt; &amp; a "), "{text}");
        let none = Findings { diagnostics: &[], changes: &[] }.junit().unwrap();
        assert!(none.contains("tests=\"1\"") && none.contains("failures=\"0\""), "{none}");
    }
}
