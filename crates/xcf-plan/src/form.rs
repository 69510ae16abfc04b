//! What a form over one unit's inputs needs to know: which layer gives each value and what is below it, which outputs
//! could feed an input, which secrets are known by reference (`D12` Inspector, `dsl §1`, `§4`, `§6`).

use crate::workspace::{Workspace, modules::module_name};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use xcf_core::diag::Place;
use xcf_core::docs::Doc;
use xcf_core::docs::environment::{Entry, EnvironmentSpec};
use xcf_core::graph::Unit;
use xcf_core::ids::UnitId;
use xcf_core::value::{Shape, visit_shapes};

/// Which layer writes an input; later ones win.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// The module's entry in its Composition: every Environment.
    Composition,
    /// The Composition's entry in the Environment: every module that declares the variable.
    Environment,
    /// `modules.NAME` of that entry: this unit alone.
    EnvironmentModule,
}

impl Layer {
    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Composition => "composition",
            Self::Environment => "environment",
            Self::EnvironmentModule => "environment-module",
        }
    }
}

/// One layer of one input.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerValue {
    /// Which.
    pub layer: Layer,
    /// The file to edit.
    pub file: String,
    /// Document of the file, from 0.
    pub document: usize,
    /// JSON Pointer of the value from the document root.
    pub pointer: String,
    /// The value it writes; none if it could but does not.
    pub value: Option<Value>,
    /// Where the value stands.
    pub place: Option<Place>,
}

/// The layers that write or could write the input `name` of `unit`, loosest first. An entry input is among them only
/// where it is written: it would reach other modules too.
#[must_use]
pub fn layers(workspace: &Workspace, unit: &Unit, name: &str) -> Vec<LayerValue> {
    let key = escape(name);
    let mut all = Vec::new();
    if let Some(doc) = workspace.composition(unit.id.composition.as_str())
        && let Some((index, module)) =
            doc.spec.modules.iter().enumerate().find(|(_, m)| module_name(m) == unit.id.module.as_str())
    {
        let pointer = format!("/spec/modules/{index}/inputs/{key}");
        all.push(layer(Layer::Composition, &doc.file, doc.index, pointer, module.inputs.get(name), |p| doc.place(p)));
    }
    if let Some((doc, index, entry)) = entry(workspace, unit) {
        let base = format!("/spec/compositions/{index}");
        let wins = || unit.inputs.get(name).is_some_and(|s| s.place.file == doc.file);
        if entry.inputs.contains_key(name) && wins() {
            let pointer = format!("{base}/inputs/{key}");
            let value = entry.inputs.get(name);
            all.push(layer(Layer::Environment, &doc.file, doc.index, pointer, value, |p| doc.place(p)));
        }
        let own = entry.modules.get(unit.id.module.as_str()).and_then(|m| m.inputs.get(name));
        let pointer = format!("{base}/modules/{}/inputs/{key}", escape(unit.id.module.as_str()));
        all.push(layer(Layer::EnvironmentModule, &doc.file, doc.index, pointer, own, |p| doc.place(p)));
    }
    all
}

fn layer(
    layer: Layer,
    file: &str,
    document: usize,
    pointer: String,
    value: Option<&Value>,
    place: impl Fn(&str) -> Place,
) -> LayerValue {
    let place = value.map(|_| place(&pointer));
    LayerValue { layer, file: file.to_owned(), document, pointer, value: value.cloned(), place }
}

fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// The entry of the unit's Composition in its Environment's document.
fn entry<'w>(workspace: &'w Workspace, unit: &Unit) -> Option<(&'w Doc<EnvironmentSpec>, usize, &'w Entry)> {
    let doc = workspace.environment_doc(unit.id.environment.as_str())?;
    let is = |index: usize| Some(doc.place(&format!("/spec/compositions/{index}"))) == unit.entry_place;
    let (index, entry) = doc.spec.compositions.iter().enumerate().find(|(i, _)| is(*i))?;
    Some((doc, index, entry))
}

/// An output that an input could read.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// The unit that gives it.
    pub unit: UnitId,
    /// Its name.
    pub output: String,
    /// Type as text; `any` where it is not known.
    pub type_text: String,
    /// Description.
    pub description: String,
    /// True if its value is masked.
    pub sensitive: bool,
    /// What to write as the value of the input.
    pub reference: Value,
    /// Why it can't be wired: another type, or a cycle; none if it can.
    pub refused: Option<String>,
}

/// Outputs that the input `input` of `unit` could read and whose text holds `query`: those that fit first, near ones
/// first; at most `most`, with how many there are in all. Other Environments are offered after the own one.
#[must_use]
pub fn offers(workspace: &Workspace, unit: &Unit, input: &str, query: &str, most: usize) -> (Vec<Offer>, usize) {
    let wanted = query.to_lowercase();
    let takes = workspace.content(unit).and_then(|c| c.interface.inputs.get(input)).map(|v| &v.input_type);
    let after = downstream(workspace, &unit.id);
    let before: BTreeSet<UnitId> = workspace.depends_on(&unit.id).into_iter().collect();
    let mut modules: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for other in &workspace.units {
        *modules.entry((other.id.environment.as_str(), other.id.composition.as_str())).or_default() += 1;
    }
    let mut found = Vec::new();
    for other in workspace.units.iter().filter(|u| u.id != unit.id) {
        let Some(content) = workspace.content(other) else { continue };
        for (name, output) in &content.interface.outputs {
            let text = format!("{} {name} {}", other.id, output.description).to_lowercase();
            if !wanted.split_whitespace().all(|word| text.contains(word)) {
                continue;
            }
            let misfit = takes.and_then(|t| t.rejects(&output.output_type));
            let own_environment = other.id.environment == unit.id.environment;
            let cycle = own_environment && after.contains(&other.id);
            let only = modules.get(&(other.id.environment.as_str(), other.id.composition.as_str())) == Some(&1);
            found.push(Offer {
                unit: other.id.clone(),
                output: name.clone(),
                type_text: output.output_type.text(),
                description: output.description.clone(),
                sensitive: output.sensitive,
                reference: reference(unit, &other.id, name, only),
                refused: misfit.or_else(|| cycle.then(|| format!("{} waits for this unit: a cycle", other.id))),
            });
        }
    }
    let total = found.len();
    let far = |o: &Offer| {
        let other_environment = o.unit.environment != unit.id.environment;
        let other_composition = o.unit.composition != unit.id.composition;
        (o.refused.is_some(), other_environment, other_composition && !before.contains(&o.unit), o.type_text == "any")
    };
    found.sort_by(|a, b| far(a).cmp(&far(b)).then_with(|| (&a.unit, &a.output).cmp(&(&b.unit, &b.output))));
    found.truncate(most);
    (found, total)
}

/// The shortest reference that says it (`dsl §6`).
fn reference(reader: &Unit, target: &UnitId, output: &str, only_module: bool) -> Value {
    let mut map = Map::new();
    if target.composition != reader.id.composition {
        map.insert("from".to_owned(), json!(target.composition.as_str()));
    }
    if target.environment != reader.id.environment {
        map.insert("environment".to_owned(), json!(target.environment.as_str()));
    }
    if !only_module {
        map.insert("module".to_owned(), json!(target.module.as_str()));
    }
    map.insert("output".to_owned(), json!(output));
    Value::Object(map)
}

/// Every unit that waits for `id`, directly or not.
fn downstream(workspace: &Workspace, id: &UnitId) -> BTreeSet<UnitId> {
    let mut seen = BTreeSet::new();
    let mut open = vec![id.clone()];
    while let Some(next) = open.pop() {
        for unit in workspace.dependants(&next) {
            if seen.insert(unit.clone()) {
                open.push(unit);
            }
        }
    }
    seen
}

/// A secret that the workspace names somewhere; never its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSecret {
    /// The reference, for example `vault:kv/shop#password`.
    pub reference: String,
    /// How many units use it.
    pub units: usize,
}

/// Secret references of all units, the most used first.
#[must_use]
pub fn secrets(workspace: &Workspace) -> Vec<KnownSecret> {
    let mut counts: BTreeMap<String, BTreeSet<&UnitId>> = BTreeMap::new();
    for unit in &workspace.units {
        for source in unit.inputs.values() {
            visit_shapes(&source.value, &mut |_, shape| {
                if let Shape::Secret(reference) = shape {
                    counts.entry(reference.clone()).or_default().insert(&unit.id);
                }
            });
        }
    }
    let known = counts.into_iter().map(|(reference, units)| KnownSecret { reference, units: units.len() });
    let mut known: Vec<KnownSecret> = known.collect();
    known.sort_by(|a, b| b.units.cmp(&a.units).then_with(|| a.reference.cmp(&b.reference)));
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::Files;
    use crate::workspace::load;

    fn files() -> Files {
        let composition = |name: &str, module: &str, inputs: &str| {
            format!(
                "apiVersion: xcloudflow.io/v1alpha1\nkind: Composition\nmetadata: {{name: {name}}}\nspec:\n  lifecycle: Foundation\n  modules:\n    - ref: modules/{module}\n      inputs: {inputs}\n"
            )
        };
        Files::new()
            .with(".xcf.yaml", "apiVersion: xcloudflow.io/v1alpha1\nkind: Config\nmetadata: {name: w, uid: u}\nspec: {}\n")
            .with("modules/net/main.tf", "variable \"cidr\" {\n  type = string\n}\nvariable \"tags\" {\n  type    = map(string)\n  default = {}\n}\noutput \"id\" {\n  value = \"x\"\n}\noutput \"ids\" {\n  value = []\n}\n")
            .with("modules/app/main.tf", "variable \"net\" {\n  type = string\n}\nvariable \"size\" {\n  default = 1\n}\noutput \"url\" {\n  value = \"u\"\n}\n")
            .with("compositions/net.yaml", composition("net", "net", "{cidr: a}"))
            .with("compositions/app.yaml", composition("app", "app", "{net: {from: net, output: id}, size: {secret: \"env:SIZE\"}}"))
            .with("envs/dev.yaml", "apiVersion: xcloudflow.io/v1alpha1\nkind: Environment\nmetadata: {name: dev}\nspec:\n  compositions:\n    - ref: compositions/net\n      inputs: {cidr: b}\n      modules: {net: {inputs: {cidr: c}}}\n    - ref: compositions/app\n")
            .with("envs/prod.yaml", "apiVersion: xcloudflow.io/v1alpha1\nkind: Environment\nmetadata: {name: prod}\nspec:\n  compositions:\n    - ref: compositions/net\n      inputs: {cidr: b}\n    - ref: compositions/app\n")
    }

    fn unit<'w>(workspace: &'w Workspace, id: &str) -> &'w Unit {
        workspace.unit(&id.parse().unwrap()).unwrap()
    }

    #[test]
    fn issue4_2_every_layer_of_a_value_is_known_and_the_last_one_wins() {
        let workspace = load(&files().tree());
        let dev = unit(&workspace, "dev/net/net");
        let all = layers(&workspace, dev, "cidr");
        let shown: Vec<(&str, Option<&str>, &str)> =
            all.iter().map(|l| (l.layer.as_str(), l.value.as_ref().and_then(Value::as_str), l.file.as_str())).collect();
        assert_eq!(
            shown,
            [
                ("composition", Some("a"), "compositions/net.yaml"),
                ("environment", Some("b"), "envs/dev.yaml"),
                ("environment-module", Some("c"), "envs/dev.yaml")
            ]
        );
        let winner = all.iter().rev().find(|l| l.value.is_some()).unwrap();
        assert_eq!(winner.pointer, dev.inputs["cidr"].pointer, "the form and the loader agree");
        let prod = layers(&workspace, unit(&workspace, "prod/net/net"), "tags");
        assert!(prod.iter().all(|l| l.value.is_none()) && prod.len() == 2, "no entry input is offered for all modules");
    }

    #[test]
    fn issue4_2_removing_the_winning_layer_gives_the_layer_below() {
        let files = files();
        let mut expected = vec!["c", "b", "a"].into_iter();
        let mut now = files;
        loop {
            let workspace = load(&now.tree());
            let net = unit(&workspace, "dev/net/net");
            let all = layers(&workspace, net, "cidr");
            let Some(winner) = all.iter().rev().find(|l| l.value.is_some()) else { break };
            assert_eq!(net.inputs["cidr"].value.as_str(), expected.next());
            let edit = xcf_core::edit::Edit::Remove { pointer: winner.pointer.clone() };
            let text = xcf_core::edit::apply(&now.text(&winner.file), winner.document, &[edit]).unwrap();
            now = now.with(&winner.file.clone(), text);
        }
        assert_eq!(expected.next(), None);
    }

    #[test]
    fn issue4_2_outputs_are_offered_with_what_fits_first_and_resolve_as_written() {
        let files = files();
        let workspace = load(&files.tree());
        let app = unit(&workspace, "dev/app/app");
        let (found, total) = offers(&workspace, app, "net", "", 100);
        assert_eq!(total, found.len());
        let first = &found[0];
        assert_eq!((first.unit.to_string().as_str(), first.output.as_str()), ("dev/net/net", "id"));
        assert_eq!(first.reference, json!({"from": "net", "output": "id"}));
        let list = found.iter().find(|o| o.output == "ids" && o.unit.environment.as_str() == "dev").unwrap();
        assert!(list.refused.as_deref().unwrap().contains("expected a string"), "{list:?}");
        let prod = found.iter().find(|o| o.output == "id" && o.unit.environment.as_str() == "prod").unwrap();
        assert_eq!(prod.reference, json!({"from": "net", "environment": "prod", "output": "id"}));
        assert_eq!(offers(&workspace, app, "net", "IDS dev", 100).1, 1);
        assert_eq!(offers(&workspace, app, "net", "", 1), (vec![first.clone()], total));
        let (back, _) = offers(&workspace, unit(&workspace, "dev/net/net"), "cidr", "dev url", 9);
        assert!(back[0].refused.as_deref().unwrap().contains("cycle"));
        for offer in found.iter().filter(|o| o.refused.is_none()) {
            let edit = xcf_core::edit::Edit::Set {
                pointer: "/spec/modules/0/inputs/net".into(),
                value: offer.reference.clone(),
            };
            let text = xcf_core::edit::apply(&files.text("compositions/app.yaml"), 0, &[edit]).unwrap();
            let again = load(&files.clone().with("compositions/app.yaml", text).tree());
            let bound = &unit(&again, "dev/app/app").references[0];
            assert_eq!(bound.target, offer.unit, "what is offered is what is read");
        }
    }

    #[test]
    fn issue4_2_secrets_are_known_by_reference_only() {
        let workspace = load(&files().tree());
        assert_eq!(secrets(&workspace), [KnownSecret { reference: "env:SIZE".into(), units: 2 }]);
    }
}
