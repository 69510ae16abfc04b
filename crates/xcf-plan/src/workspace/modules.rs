//! The modules that Compositions name: located once per ref, read once per path.

use super::finding::Finding;
use super::refs::{Links, Located, RefError, locate};
use crate::content::ModuleContent;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use xcf_core::diag::Diagnostic;
use xcf_core::docs::Doc;
use xcf_core::docs::check::{default_module_name, ref_fault};
use xcf_core::docs::composition::{CompositionSpec, Module};
use xcf_core::ids::is_dns_label;
use xcf_core::ports::tree::Tree;

/// One module entry of a Composition, for display.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModuleUse {
    /// Its name.
    pub name: String,
    /// The ref as written.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The path it leads to; none if there is nothing.
    pub path: Option<String>,
}

/// A module entry, prepared.
pub(super) struct PreparedModule {
    /// Its name; none if it has no usable one.
    pub name: Option<String>,
    pub content: Option<Arc<ModuleContent>>,
    /// Errors of the entry that hold in every Environment.
    pub errors: Vec<Diagnostic>,
}

/// All modules of all Compositions.
pub(super) struct Prepared {
    /// Per Composition, per module entry.
    pub compositions: Vec<Vec<PreparedModule>>,
    pub contents: BTreeMap<String, Arc<ModuleContent>>,
    pub findings: Vec<Finding>,
}

pub(super) fn prepare(tree: &dyn Tree, links: &Links, compositions: &[Doc<CompositionSpec>]) -> Prepared {
    let refs: BTreeSet<&str> =
        compositions.iter().flat_map(|d| d.spec.modules.iter()).map(|m| m.reference.as_str()).collect();
    let refs: Vec<&str> = refs.into_iter().collect();
    let located: HashMap<&str, Result<Located, RefError>> =
        refs.into_par_iter().map(|r| (r, locate(tree, links, r))).collect();
    let distinct: BTreeSet<(&str, bool)> = located.values().flatten().map(|l| (l.path.as_str(), l.is_file)).collect();
    let distinct: Vec<(&str, bool)> = distinct.into_iter().collect();
    let contents: BTreeMap<String, Arc<ModuleContent>> = distinct
        .into_par_iter()
        .map(|(path, is_file)| {
            let mut content = ModuleContent::read(tree, path, is_file);
            content.diagnostics.extend(escaping_links(tree, links, path));
            (path.to_owned(), Arc::new(content))
        })
        .collect();
    let mut findings = Vec::new();
    for content in contents.values() {
        findings.extend(content.diagnostics.iter().cloned().map(Finding::new));
    }
    let compositions = compositions.iter().map(|doc| entries(doc, &located, &contents)).collect();
    Prepared { compositions, contents, findings }
}

/// A symlink inside a module that leaves the repository would make the engine read what Git does not hold.
fn escaping_links(tree: &dyn Tree, links: &Links, path: &str) -> Vec<Diagnostic> {
    let wrong = |link: &str| {
        let error = links.resolve(tree, link).err()?;
        Some(error.diagnostic(link, "missing-module", xcf_core::diag::Place::file(link)))
    };
    links.below(path).filter_map(wrong).collect()
}

fn entries(
    doc: &Doc<CompositionSpec>,
    located: &HashMap<&str, Result<Located, RefError>>,
    contents: &BTreeMap<String, Arc<ModuleContent>>,
) -> Vec<PreparedModule> {
    let mut taken = BTreeSet::new();
    let one = |(index, module): (usize, &Module)| {
        let place = || doc.place(&format!("/spec/modules/{index}/ref"));
        let mut errors = Vec::new();
        let content = match located.get(module.reference.as_str()) {
            Some(Ok(found)) => contents.get(&found.path).cloned(),
            // What is wrong with the text itself was said when the document was read.
            Some(Err(error)) if ref_fault(&module.reference).is_none() => {
                errors.push(missing(error, &module.reference, place(), contents));
                None
            }
            _ => None,
        };
        if let Some(error) = content.as_ref().and_then(|c| c.diagnostics.iter().find(|d| d.is_error())) {
            let message = format!("The module {} can't be used: {}", module.reference, error.message);
            errors.push(Diagnostic::error("broken-module", message, place()).related([error.place.clone()]));
        }
        // A second module of the same name has no id of its own; reading the document said so.
        let name = module_name(module).to_owned();
        let name = (is_dns_label(&name) && taken.insert(name.clone())).then_some(name);
        PreparedModule { name, content, errors }
    };
    doc.spec.modules.iter().enumerate().map(one).collect()
}

fn missing(
    error: &RefError,
    written: &str,
    place: xcf_core::diag::Place,
    contents: &BTreeMap<String, Arc<ModuleContent>>,
) -> Diagnostic {
    let diagnostic = error.diagnostic(written, "missing-module", place);
    if *error != RefError::Missing {
        return diagnostic;
    }
    let near = super::refs::suggestion(written, contents.keys().map(String::as_str));
    let hint = if near.is_empty() { "Create the folder or file, or correct the path.".to_owned() } else { near };
    diagnostic.hint(hint)
}

/// Name of a module entry (`dsl §1`): `name`, else the last path part of `ref` without extension.
pub(crate) fn module_name(module: &Module) -> &str {
    module.name.as_deref().unwrap_or_else(|| default_module_name(&module.reference))
}
