//! What an engine is given for one unit: the recipe (facts of its documents) and its inputs, resolved.
//!
//! Both are recorded with `unit.applied`, so that a destroy or reverse needs no document (`dsl §7`): references by
//! value, secrets by reference – they are resolved again.

use crate::error::{Answer, Kind, Problem};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use xcf_core::graph::{BoundRef, Host, Unit};
use xcf_core::ids::UnitId;
use xcf_core::ports::runner::{EngineSettings, Outputs};
use xcf_core::ports::secrets::SecretSource;
use xcf_core::route::Engine;
use xcf_core::value::{Resolved, SecretValue, Shape, map_shapes};

/// Facts an engine needs besides inputs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Recipe {
    pub(crate) unit: UnitId,
    pub(crate) engine: Engine,
    pub(crate) module: String,
    pub(crate) hosts: Vec<Host>,
    pub(crate) account: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) cluster: Option<String>,
    pub(crate) namespace: Option<String>,
    pub(crate) rollback_fragment: Option<String>,
    pub(crate) timeout_seconds: u64,
    pub(crate) settings: EngineSettings,
    /// Inputs as written, references unresolved.
    pub(crate) inputs: BTreeMap<String, Value>,
    /// References among them.
    pub(crate) references: Vec<BoundRef>,
}

impl Recipe {
    /// The recipe of a unit of a loaded workspace.
    pub(crate) fn of(unit: &Unit, settings: EngineSettings) -> Self {
        Self {
            unit: unit.id.clone(),
            engine: unit.route.engine.value,
            module: unit.module_ref.to_string(),
            hosts: unit.hosts.clone(),
            account: unit.account.clone(),
            region: unit.region.clone(),
            cluster: unit.cluster.clone(),
            namespace: unit.namespace.clone(),
            rollback_fragment: unit.rollback_fragment.as_ref().map(ToString::to_string),
            timeout_seconds: unit.timeout_seconds,
            settings,
            inputs: unit.inputs.iter().map(|(k, v)| (k.clone(), v.value.clone())).collect(),
            references: unit.references.clone(),
        }
    }
}

/// One input in the record of an apply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RecordedInput {
    /// The value; secrets inside are `{"secret": REF}` still.
    pub(crate) value: Value,
    /// True if part of it came from a sensitive output.
    #[serde(default)]
    pub(crate) sensitive: bool,
}

/// What is known about an output that a reference reads.
#[derive(Debug, Clone)]
pub(crate) enum Known {
    /// Its value, and whether it is sensitive.
    Value(Value, bool),
    /// Not before its unit applies; which, in words.
    Unknown(String),
}

/// Inputs with references replaced: what goes into digests and records, and which are unknown.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bound {
    /// Known inputs; secrets still by reference.
    pub(crate) known: BTreeMap<String, RecordedInput>,
    /// Unknown inputs and why.
    pub(crate) unknown: BTreeMap<String, String>,
}

/// Replaces references by what `look` knows. An input with one unknown part is unknown as a whole.
pub(crate) fn bind(recipe: &Recipe, look: &dyn Fn(&BoundRef) -> Known) -> Bound {
    let mut bound = Bound::default();
    for (name, written) in &recipe.inputs {
        let mut state = State { recipe, input: name, look, sensitive: false, unknown: None };
        let value = state.resolve(written);
        match state.unknown {
            Some(why) => {
                bound.unknown.insert(name.clone(), why);
            }
            None => {
                bound.known.insert(name.clone(), RecordedInput { value, sensitive: state.sensitive });
            }
        }
    }
    bound
}

struct State<'a> {
    recipe: &'a Recipe,
    input: &'a str,
    look: &'a dyn Fn(&BoundRef) -> Known,
    sensitive: bool,
    unknown: Option<String>,
}

impl State<'_> {
    fn resolve(&mut self, written: &Value) -> Value {
        map_shapes(written, &mut |pointer, shape, whole| match shape {
            Shape::Output(_) => Some(self.reference(pointer)),
            // A literal that looks like a reference stays wrapped until the engine gets it.
            Shape::Literal(_) | Shape::Secret(_) => Some(whole.clone()),
            Shape::LooksLikeReference => {
                self.unknown = Some("it looks like a reference but is none".to_owned());
                Some(Value::Null)
            }
            Shape::Data => None,
        })
    }
    fn reference(&mut self, pointer: &str) -> Value {
        let found = self.recipe.references.iter().find(|r| r.input == self.input && r.pointer == pointer);
        let Some(bound) = found else {
            self.unknown = Some("the reference leads nowhere".to_owned());
            return Value::Null;
        };
        match (self.look)(bound) {
            Known::Unknown(why) => {
                self.unknown = Some(why);
                Value::Null
            }
            Known::Value(value, sensitive) => {
                self.sensitive |= sensitive;
                let part = match &bound.reference.path {
                    None => Some(value.clone()),
                    Some(path) => value.pointer(path).cloned(),
                };
                match part {
                    // Nothing an engine put out is ever read as a reference or secret of ours.
                    Some(part @ (Value::Object(_) | Value::Array(_))) => serde_json::json!({ "literal": part }),
                    Some(part) => part,
                    None => {
                        let path = bound.reference.path.as_deref().unwrap_or_default();
                        self.unknown = Some(format!(
                            "output {} of {} has nothing at {path}",
                            bound.reference.output, bound.target
                        ));
                        Value::Null
                    }
                }
            }
        }
    }
}

/// Inputs as an engine gets them: secrets resolved, literals unwrapped.
///
/// # Errors
/// A secret can't be had; the message names its reference, never its text.
pub(crate) async fn reveal(bound: &Bound, secrets: &dyn SecretSource) -> Answer<BTreeMap<String, Resolved>> {
    let mut inputs = BTreeMap::new();
    for (name, recorded) in &bound.known {
        let mut references = Vec::new();
        secret_references(&recorded.value, &mut references);
        let mut texts = BTreeMap::new();
        for reference in references {
            let secret = secrets
                .resolve(&reference)
                .await
                .map_err(|e| Problem::new(Kind::Invalid, "secret", format!("input {name}: {e}")))?;
            texts.insert(reference, secret);
        }
        let sensitive = recorded.sensitive || !texts.is_empty();
        let value = unwrap(&recorded.value, &|reference| {
            texts.get(reference).map_or(Value::Null, |s| Value::String(s.expose().to_owned()))
        });
        inputs.insert(
            name.clone(),
            if sensitive { Resolved::Sensitive(SecretValue::new(value)) } else { Resolved::Known(value) },
        );
    }
    for (name, why) in &bound.unknown {
        inputs.insert(name.clone(), Resolved::Unknown(why.clone()));
    }
    Ok(inputs)
}

/// Inputs as policies and people see them: secrets and sensitive values masked, unknown ones marked (`dsl §1` Rego).
pub(crate) fn shown(bound: &Bound) -> BTreeMap<String, Value> {
    let mask = || Value::String(xcf_core::secret::MASK.to_owned());
    let known = bound
        .known
        .iter()
        .map(|(name, r)| (name.clone(), if r.sensitive { mask() } else { unwrap(&r.value, &|_| mask()) }));
    let unknown = bound.unknown.keys().map(|name| (name.clone(), serde_json::json!({ "unknown": true })));
    known.chain(unknown).collect()
}

/// Secret references inside a value.
pub(crate) fn secret_references(value: &Value, into: &mut Vec<String>) {
    xcf_core::value::visit_shapes(value, &mut |_, found| {
        if let Shape::Secret(reference) = found {
            into.push(reference.clone());
        }
    });
}

fn unwrap(value: &Value, secret: &dyn Fn(&str) -> Value) -> Value {
    map_shapes(value, &mut |_, shape, _| match shape {
        Shape::Secret(reference) => Some(secret(reference)),
        Shape::Literal(inner) => Some(inner.clone()),
        _ => None,
    })
}

/// Outputs as they stand in the blob that `unit.applied` names.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct RecordedOutputs {
    pub(crate) values: BTreeMap<String, Value>,
    pub(crate) sensitive: BTreeMap<String, Value>,
}

impl From<&Outputs> for RecordedOutputs {
    fn from(outputs: &Outputs) -> Self {
        Self {
            values: outputs.values.clone(),
            sensitive: outputs.sensitive.iter().map(|(k, v)| (k.clone(), v.expose().clone())).collect(),
        }
    }
}

impl RecordedOutputs {
    /// Value of an output and whether it is sensitive.
    pub(crate) fn get(&self, name: &str) -> Option<(&Value, bool)> {
        self.values.get(name).map(|v| (v, false)).or_else(|| self.sensitive.get(name).map(|v| (v, true)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use xcf_core::value::OutputRef;

    fn recipe(inputs: Value, references: Vec<BoundRef>) -> Recipe {
        Recipe {
            unit: "dev/a/b".parse().unwrap(),
            engine: Engine::Terraform,
            module: "modules/b".into(),
            hosts: Vec::new(),
            account: None,
            region: None,
            cluster: None,
            namespace: None,
            rollback_fragment: None,
            timeout_seconds: 1,
            settings: EngineSettings::default(),
            inputs: serde_json::from_value(inputs).unwrap(),
            references,
        }
    }

    fn reference(input: &str, pointer: &str, path: Option<&str>) -> BoundRef {
        BoundRef {
            input: input.into(),
            pointer: pointer.into(),
            reference: OutputRef {
                from: None,
                environment: None,
                module: None,
                output: "o".into(),
                path: path.map(str::to_owned),
            },
            target: "dev/a/up".parse().unwrap(),
            cross_environment: false,
        }
    }

    #[test]
    fn d6_an_unknown_part_makes_the_whole_input_unknown_and_never_a_mock() {
        let r = recipe(json!({"x": {"deep": [1, {"output": "o"}]}, "y": 1}), vec![reference("x", "/deep/1", None)]);
        let bound = bind(&r, &|_| Known::Unknown("o of dev/a/up".into()));
        assert_eq!(bound.unknown["x"], "o of dev/a/up");
        assert!(!bound.known.contains_key("x"));
        assert_eq!(bound.known["y"].value, json!(1));
    }

    #[test]
    fn dsl6_sensitive_outputs_taint_and_maps_are_not_read_as_references() {
        let r = recipe(json!({"x": {"output": "o"}}), vec![reference("x", "", None)]);
        let bound = bind(&r, &|_| Known::Value(json!({"output": "looks like one"}), true));
        assert!(bound.known["x"].sensitive);
        assert_eq!(bound.known["x"].value, json!({"literal": {"output": "looks like one"}}));
        assert_eq!(shown(&bound)["x"], json!("<secret>"));
    }

    #[test]
    fn dsl1_policy_inputs_are_masked() {
        let r = recipe(
            json!({"a": 1, "b": {"user": "x", "password": {"secret": "env:P"}}, "c": {"output": "o"}, "d": {"literal": {"output": 1}}}),
            vec![reference("c", "", None)],
        );
        let shown = serde_json::to_value(shown(&bind(&r, &|_| Known::Unknown("o of dev/a/up".into())))).unwrap();
        let wanted =
            json!({"a": 1, "b": {"user": "x", "password": "<secret>"}, "c": {"unknown": true}, "d": {"output": 1}});
        assert_eq!(shown, wanted);
    }

    #[test]
    fn dsl6_a_path_that_leads_nowhere_is_unknown() {
        let r = recipe(json!({"x": {"output": "o", "path": "/a"}}), vec![reference("x", "", Some("/a"))]);
        let bound = bind(&r, &|_| Known::Value(json!({"b": 1}), false));
        assert!(bound.unknown.contains_key("x"));
    }
}
