//! The inputs digest of a unit (`dsl §7`): everything that goes into its plan, and nothing that does not.

use serde_json::{Map, Value, json};
use xcf_core::digest::of_json;
use xcf_core::graph::Unit;
use xcf_core::ids::{Digest, UnitId};
use xcf_core::route::Engine;
use xcf_core::value::{Shape, map_shapes};

/// What the digest needs to know about the world.
pub struct Facts<'a> {
    /// Digest of the content closure.
    pub closure: &'a Digest,
    /// Version that Config pins for the engine.
    pub pin: Option<&'a str>,
    /// Keyed digest of an applied output; none if that unit or output was never applied.
    pub output: &'a (dyn Fn(&UnitId, &str) -> Option<String> + Sync),
    /// Version of a secret, where its store tells one; the reference itself always counts.
    pub secret_version: &'a (dyn Fn(&str) -> Option<String> + Sync),
}

/// A digest and what it could not take in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputsDigest {
    /// The digest.
    pub digest: Digest,
    /// Outputs that are not applied yet: unit and output name.
    pub missing: Vec<(UnitId, String)>,
}

/// Version that Config pins for `engine`.
#[must_use]
pub fn engine_pin(workspace: &crate::workspace::Workspace, engine: Engine) -> Option<&str> {
    workspace.config.as_ref()?.spec.engines.get(engine.as_str())?.version.as_deref()
}

/// Digest over engine and pin, content closure, inputs (references by applied output, secrets by reference text and
/// version), hosts, account, region, cluster and namespace. Not: the unit's id (a move changes nothing), policies.
#[must_use]
pub fn inputs_digest(unit: &Unit, facts: &Facts<'_>) -> InputsDigest {
    let mut missing = Vec::new();
    let mut inputs = Map::new();
    for (name, source) in &unit.inputs {
        inputs.insert(name.clone(), resolved(unit, name, &source.value, facts, &mut missing));
    }
    let whole = json!({
        "v": 1,
        "engine": unit.route.engine.value,
        "pin": facts.pin,
        "closure": facts.closure,
        "inputs": inputs,
        "hosts": unit.hosts,
        "account": unit.account,
        "region": unit.region,
        "cluster": unit.cluster,
        "namespace": unit.namespace,
    });
    InputsDigest { digest: of_json(&whole), missing }
}

/// Key that no document can hold: what is resolved can't be taken for data.
fn tagged(kind: &str, value: Value) -> Value {
    let mut map = Map::new();
    map.insert(format!("\u{0}{kind}"), value);
    Value::Object(map)
}

fn resolved(unit: &Unit, input: &str, value: &Value, facts: &Facts<'_>, missing: &mut Vec<(UnitId, String)>) -> Value {
    map_shapes(value, &mut |pointer, shape, _| match shape {
        Shape::Output(reference) => {
            let bound = unit.references.iter().find(|r| r.input == input && r.pointer == pointer);
            let digest = bound.and_then(|b| (facts.output)(&b.target, &reference.output));
            if let (Some(bound), None) = (bound, &digest) {
                missing.push((bound.target.clone(), reference.output.clone()));
            }
            Some(tagged("output", json!([digest, reference.path])))
        }
        Shape::Secret(text) => Some(tagged("secret", json!([text, (facts.secret_version)(text)]))),
        Shape::Literal(inner) => Some(inner.clone()),
        Shape::LooksLikeReference | Shape::Data => None,
    })
}
