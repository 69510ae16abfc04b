//! Where a unit's state is (`dsl §8`): the unit's own folder, `engines.NAME.backend`, or the module's own backend – never one state for two units.

use super::module::{Module, OwnBackend};
use serde_json::{Value, json};
use std::path::Path;
use xcf_core::diag::Diagnostic;
use xcf_core::ids::UnitId;
use xcf_core::ports::runner::{RunnerError, UnitContext};

/// File name of the state in the unit's folder.
pub const STATE_FILE: &str = "terraform.tfstate";
/// Former ids of the unit, one a line, written when it was re-keyed.
pub const FORMER_IDS: &str = "former-ids";

/// Where the state is.
#[derive(Debug, Clone, PartialEq)]
pub enum Backend {
    /// In the unit's own folder; we read the file ourselves.
    Local,
    /// `engines.NAME.backend`, filled in.
    Configured(Value),
    /// The module's own.
    Module,
}

impl Backend {
    /// Content of the override file; none for the module's own.
    pub fn override_json(&self, state_dir: &Path) -> Option<Value> {
        let backend = match self {
            Self::Local => json!({"local": {"path": state_dir.join(STATE_FILE)}}),
            Self::Configured(backend) => backend.clone(),
            Self::Module => return None,
        };
        Some(json!({"terraform": {"backend": backend}}))
    }
}

impl Backend {
    /// A mark of the place of the state: a saved plan writes to the place it was made with, wherever the state is by then.
    /// None for the module's own backend, which is part of its content.
    pub fn mark(&self, state_dir: &Path) -> Option<String> {
        self.override_json(state_dir).map(|json| xcf_core::digest::of_json(&json).to_string())
    }
}

/// Decides, and refuses a state that another unit would share.
///
/// # Errors
/// `shared-state`.
pub fn choose(cx: &UnitContext, module: &Module, module_dir: &Path) -> Result<Backend, RunnerError> {
    if let Some(template) = &cx.settings.backend {
        return configured(template, &cx.unit).map(Backend::Configured);
    }
    // A state that was taken over from a file beside the module is the unit's own now.
    let taken_over = cx.state_dir.join(STATE_FILE).exists();
    match &module.backend {
        None if module_dir.join(STATE_FILE).exists() && !taken_over => Err(RunnerError::new(
            "shared-state",
            format!("{} keeps its state in the repository ({STATE_FILE}); applying it without that state would make everything again", cx.module),
        )
        .hint("move that state to a backend, or into the unit's own state, before this unit is planned")),
        None => Ok(Backend::Local),
        Some(own) if own.kind == "local" && own.path.is_none() => Ok(Backend::Local),
        Some(own) if is_relative(own) && taken_over => Ok(Backend::Local),
        Some(own) => own_backend(cx, own),
    }
}

fn own_backend(cx: &UnitContext, own: &OwnBackend) -> Result<Backend, RunnerError> {
    let mut ids = vec![cx.unit.to_string()];
    let former = std::fs::read_to_string(cx.state_dir.join(FORMER_IDS)).unwrap_or_default();
    ids.extend(former.lines().map(str::to_owned));
    let relative = is_relative(own);
    let named = || own.texts.iter().any(|text| ids.iter().any(|id| names_whole(text, id)));
    if !relative && (cx.owns_state || named()) {
        return Ok(Backend::Module);
    }
    let why =
        if relative { "it would lie inside a throw-away export" } else { "nothing tells that it is this unit's alone" };
    let message = format!("the module's own backend \"{}\" does not name the unit {}: {why}", own.kind, cx.unit);
    let hint = format!("put {} into its key or path, or set `engines.{}.backend` in .xcf.yaml", cx.unit, cx.engine);
    let mut error = RunnerError::new("shared-state", message.clone()).hint(hint.clone());
    error.diagnostics = vec![Diagnostic::error("shared-state", message, own.place.clone()).hint(hint)];
    Err(error)
}

fn is_relative(own: &OwnBackend) -> bool {
    own.kind == "local" && own.path.as_ref().is_some_and(|p| !p.starts_with('/'))
}

/// True if `id` stands in `text` as whole path parts (`a/b/c` does not stand in `a/b/c2`).
fn names_whole(text: &str, id: &str) -> bool {
    let boundary = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    text.match_indices(id).any(|(at, _)| {
        let (before, after) = (text.get(..at), text.get(at + id.len()..));
        boundary(before.and_then(|t| t.chars().next_back())) && boundary(after.and_then(|t| t.chars().next()))
    })
}

fn configured(template: &Value, unit: &UnitId) -> Result<Value, RunnerError> {
    let one_type = template.as_object().is_some_and(|map| map.len() == 1 && map.values().all(Value::is_object));
    let text = template.to_string();
    if !one_type || !["{env}", "{composition}", "{module}"].iter().all(|part| text.contains(part)) {
        let message = "`backend` in .xcf.yaml must be one backend type with its settings, and its key must contain {env}, {composition} and {module}; else two units would share a state";
        return Err(RunnerError::new("shared-state", message)
            .hint("for example `backend: {s3: {bucket: states, key: \"{env}/{composition}/{module}.tfstate\"}}`"));
    }
    Ok(filled(template, unit))
}

fn filled(template: &Value, unit: &UnitId) -> Value {
    match template {
        Value::String(text) => {
            let text =
                text.replace("{env}", unit.environment.as_str()).replace("{composition}", unit.composition.as_str());
            Value::String(text.replace("{module}", unit.module.as_str()))
        }
        Value::Array(items) => items.iter().map(|item| filled(item, unit)).collect(),
        Value::Object(map) => map.iter().map(|(key, item)| (key.clone(), filled(item, unit))).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dsl8_a_configured_backend_must_tell_units_apart() {
        let unit: UnitId = "dev/net/vpc".parse().unwrap();
        let good = json!({"s3": {"bucket": "b", "key": "x/{env}/{composition}/{module}.tfstate"}});
        assert_eq!(configured(&good, &unit).unwrap(), json!({"s3": {"bucket": "b", "key": "x/dev/net/vpc.tfstate"}}));
        for bad in [
            json!({"s3": {"key": "{env}"}}),
            json!("s3"),
            json!({"s3": {"key": "{env}{composition}{module}"}, "gcs": {}}),
        ] {
            assert_eq!(configured(&bad, &unit).unwrap_err().code, "shared-state");
        }
    }

    #[test]
    fn dsl8_a_unit_id_counts_only_as_whole_path_parts() {
        assert!(names_whole("states/dev/net/vpc.tfstate", "dev/net/vpc") && names_whole("dev/net/vpc", "dev/net/vpc"));
        assert!(!names_whole("states/dev/net/vpc2", "dev/net/vpc") && !names_whole("mydev/net/vpc", "dev/net/vpc"));
    }
}
