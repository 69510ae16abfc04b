//! Environments, and which Compositions they assemble (`dsl §3`).

use super::AuthorError;
use super::compose::{self, scalar};
use super::order::{path_of, written};
use super::texts::Texts;
use crate::workspace::{IMPLICIT_ENVIRONMENT, Workspace};
use serde_json::json;
use xcf_core::docs::Doc;
use xcf_core::docs::environment::EnvironmentSpec;
use xcf_core::edit::Edit;

fn find<'a>(model: &'a Workspace, name: &str) -> Result<&'a Doc<EnvironmentSpec>, AuthorError> {
    model.environment_doc(name).ok_or_else(|| AuthorError::Unknown { what: "Environment", name: name.to_owned() })
}

pub(super) fn create(
    model: &Workspace,
    texts: &mut Texts<'_>,
    name: &str,
    compositions: &[String],
) -> Result<String, AuthorError> {
    compose::free_name(name)?;
    if let Some(doc) = model.environment_doc(name) {
        return Err(AuthorError::Taken { what: "Environment", name: name.to_owned(), file: doc.file.clone() });
    }
    let mut text = format!(
        "apiVersion: xcloudflow.io/v1alpha1\nkind: Environment\nmetadata:\n  name: {}\nspec:\n  compositions:",
        scalar(name)
    );
    for composition in compositions {
        let doc = compose::find(model, composition)?;
        text.push_str(&format!("\n    - ref: {}", scalar(path_of(doc))));
    }
    text.push_str(if compositions.is_empty() { " []\n" } else { "\n" });
    texts.create(&format!("envs/{name}.yaml"), text)?;
    Ok(name.to_owned())
}

/// Appends an entry for the Composition at `path`. The implicit Environment assembles everything by itself (`dsl §3`).
pub(super) fn enter(
    model: &Workspace,
    texts: &mut Texts<'_>,
    environment: &str,
    path: &str,
) -> Result<(), AuthorError> {
    if model.environment_docs.is_empty() && environment == IMPLICIT_ENVIRONMENT {
        return Ok(());
    }
    let doc = find(model, environment)?;
    let entry = json!({ "ref": path });
    let length = written(doc, "/spec/compositions", doc.spec.compositions.len());
    texts.append((&doc.file, doc.index), "/spec/compositions", length, entry)
}

pub(super) fn assemble(
    model: &Workspace,
    texts: &mut Texts<'_>,
    composition: &str,
    environment: &str,
) -> Result<String, AuthorError> {
    let doc = compose::find(model, composition)?;
    if entry_of(find(model, environment)?, path_of(doc), &doc.file).is_some() {
        return Err(AuthorError::Nothing(format!("{environment} assembles {composition} already")));
    }
    enter(model, texts, environment, path_of(doc))?;
    Ok(composition.to_owned())
}

pub(super) fn disassemble(
    model: &Workspace,
    texts: &mut Texts<'_>,
    composition: &str,
    environment: &str,
) -> Result<String, AuthorError> {
    let doc = compose::find(model, composition)?;
    let place = find(model, environment)?;
    let Some(at) = entry_of(place, path_of(doc), &doc.file) else {
        return Err(AuthorError::Nothing(format!("{environment} does not assemble {composition}")));
    };
    texts.edit(&place.file, place.index, &[Edit::Remove { pointer: format!("/spec/compositions/{at}") }])?;
    Ok(composition.to_owned())
}

fn entry_of(environment: &Doc<EnvironmentSpec>, path: &str, file: &str) -> Option<usize> {
    environment.spec.compositions.iter().position(|e| e.reference == path || e.reference == file)
}
