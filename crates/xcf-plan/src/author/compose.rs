//! New Compositions, and modules put into them.

use super::order::written;
use super::texts::Texts;
use super::{AuthorError, NewModule, environments};
use crate::workspace::Workspace;
use crate::workspace::refs::{Links, locate};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use xcf_core::docs::Doc;
use xcf_core::docs::check::default_module_name;
use xcf_core::docs::composition::CompositionSpec;
use xcf_core::ids::is_dns_label;
use xcf_core::route::{ChangeFrequency, Layer, Lifecycle};

/// What a new Composition says of itself.
pub(super) struct Head<'a> {
    pub(super) name: &'a str,
    pub(super) lifecycle: Lifecycle,
    pub(super) layer: Option<Layer>,
    pub(super) ttl: Option<&'a str>,
    pub(super) change_frequency: Option<ChangeFrequency>,
}

pub(super) fn find<'a>(model: &'a Workspace, name: &str) -> Result<&'a Doc<CompositionSpec>, AuthorError> {
    model.composition(name).ok_or_else(|| AuthorError::Unknown { what: "Composition", name: name.to_owned() })
}

/// A name nothing in the workspace has, shown or hidden behind a broken file of that name.
pub(super) fn free_name(name: &str) -> Result<(), AuthorError> {
    if is_dns_label(name) { Ok(()) } else { Err(AuthorError::BadName(name.to_owned())) }
}

pub(super) fn create(
    model: &Workspace,
    texts: &mut Texts<'_>,
    head: &Head<'_>,
    modules: &[NewModule],
    assembled: &[String],
) -> Result<String, AuthorError> {
    free_name(head.name)?;
    if let Some(doc) = model.composition(head.name) {
        let (name, file) = (head.name.to_owned(), doc.file.clone());
        return Err(AuthorError::Taken { what: "Composition", name, file });
    }
    let mut taken = BTreeSet::new();
    let mut entries = Vec::new();
    for module in modules {
        entries.push(entry(texts, module, &mut taken)?);
    }
    let file = format!("{}/{}.yaml", folder(model, head.lifecycle), head.name);
    texts.create(&file, document(head, &entries))?;
    for environment in assembled {
        environments::enter(model, texts, environment, file.trim_end_matches(".yaml"))?;
    }
    Ok(entries.first().map_or_else(|| head.name.to_owned(), |e| format!("{}/{}", head.name, e.name)))
}

/// Where Compositions of that lifecycle stand here; by default `compositions`.
fn folder(model: &Workspace, lifecycle: Lifecycle) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for doc in model.compositions.iter().filter(|d| d.spec.lifecycle.normalised() == lifecycle) {
        if let Some((folder, _)) = doc.file.rsplit_once('/') {
            *counts.entry(folder).or_default() += 1;
        }
    }
    let best = counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0)));
    best.map_or_else(|| "compositions".to_owned(), |(folder, _)| folder.to_owned())
}

struct EntryText {
    /// Its name, written or not.
    name: String,
    /// The keys to write, in order.
    keys: Vec<(&'static str, String)>,
}

/// A module entry, with a `name` only where the default does not do.
fn entry(texts: &Texts<'_>, module: &NewModule, taken: &mut BTreeSet<String>) -> Result<EntryText, AuthorError> {
    let reference = module.reference.trim_end_matches('/');
    let links = Links::of(texts.tree());
    locate(texts.tree(), &links, reference).map_err(|_| AuthorError::BadRef(reference.to_owned()))?;
    let default = default_module_name(reference);
    let name = match &module.name {
        Some(name) => name.clone(),
        None => numbered(&label(default), taken),
    };
    free_name(&name)?;
    if !taken.insert(name.clone()) {
        return Err(AuthorError::Taken { what: "module", name, file: reference.to_owned() });
    }
    let mut keys = vec![("ref", reference.to_owned())];
    if name != default {
        keys.push(("name", name.clone()));
    }
    if let Some(engine) = module.engine {
        keys.push(("engine", engine.to_string()));
    }
    Ok(EntryText { name, keys })
}

/// `base`, or `base-2`, `base-3` … if it is taken.
fn numbered(base: &str, taken: &BTreeSet<String>) -> String {
    if !taken.contains(base) {
        return base.to_owned();
    }
    (2..).map(|n| format!("{base}-{n}")).find(|name| !taken.contains(name)).unwrap_or_else(|| base.to_owned())
}

/// The nearest DNS label to `text`.
fn label(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let kept: String = lower.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let cut = kept.trim_matches('-').chars().take(63).collect::<String>();
    let cut = cut.trim_end_matches('-');
    if cut.is_empty() { "module".to_owned() } else { cut.to_owned() }
}

fn document(head: &Head<'_>, entries: &[EntryText]) -> String {
    let mut text = format!(
        "apiVersion: xcloudflow.io/v1alpha1\nkind: Composition\nmetadata:\n  name: {}\nspec:\n  lifecycle: {}\n",
        scalar(head.name),
        head.lifecycle
    );
    let mut line = |words: std::fmt::Arguments<'_>| {
        // Writing to a String can't fail.
        let _ = writeln!(text, "{words}");
    };
    if let Some(layer) = head.layer {
        line(format_args!("  layer: {layer}"));
    }
    if let Some(frequency) = head.change_frequency {
        line(format_args!("  changeFrequency: {frequency}"));
    }
    if let Some(ttl) = head.ttl {
        line(format_args!("  ttl: {}", scalar(ttl)));
    }
    if entries.is_empty() {
        line(format_args!("  modules: []"));
        return text;
    }
    line(format_args!("  modules:"));
    for entry in entries {
        for (at, (key, value)) in entry.keys.iter().enumerate() {
            let lead = if at == 0 { "    - " } else { "      " };
            line(format_args!("{lead}{key}: {}", scalar(value)));
        }
    }
    text
}

/// A text as YAML writes it: plain where every reader takes it for that text, else in double quotes.
pub(super) fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '.')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./@".contains(c))
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n", ".nan", ".inf"]
            .contains(&text.to_ascii_lowercase().as_str());
    if plain { text.to_owned() } else { Value::from(text).to_string() }
}

pub(super) fn add(
    model: &Workspace,
    texts: &mut Texts<'_>,
    composition: &str,
    module: &NewModule,
) -> Result<String, AuthorError> {
    let doc = find(model, composition)?;
    let mut taken: BTreeSet<String> = doc.spec.modules.iter().map(|m| name_of(m).to_owned()).collect();
    let entry = entry(texts, module, &mut taken)?;
    let value: serde_json::Map<String, Value> = entry.keys.iter().map(|(k, v)| ((*k).to_owned(), json!(v))).collect();
    let length = written(doc, "/spec/modules", doc.spec.modules.len());
    texts.append((&doc.file, doc.index), "/spec/modules", length, Value::Object(value))?;
    Ok(format!("{composition}/{}", entry.name))
}

/// Name of a module entry.
pub(super) fn name_of(module: &xcf_core::docs::composition::Module) -> &str {
    module.name.as_deref().unwrap_or_else(|| default_module_name(&module.reference))
}

/// Position of a module in its Composition.
pub(super) fn position(doc: &Doc<CompositionSpec>, module: &str) -> Result<usize, AuthorError> {
    let unknown = || AuthorError::Unknown { what: "module", name: format!("{}/{module}", doc.name()) };
    doc.spec.modules.iter().position(|m| name_of(m) == module).ok_or_else(unknown)
}
