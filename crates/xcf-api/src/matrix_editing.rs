//! The matrix as a grid that can be edited: each edit is one splice into the DecisionMatrix document it stands in, or the
//! document itself where there is none (`D2.1`, `dsl §4`).

use crate::dto::{DiagnosticDto, EditResponse, MatrixDto, MatrixEditRequest, MatrixRowRefDto};
use crate::error::{Answer, Kind, Problem};
use crate::history::{FileChange, Label};
use crate::open::Workspace;
use crate::texts::digest;
use crate::views::matrix::{grid, marked, vocabulary};
use serde_json::{Map, Value};
use xcf_core::docs::matrix::Row;
use xcf_core::docs::{AnyDoc, Limits, read_documents};
use xcf_core::edit::{Edit, EditError, apply};
use xcf_plan::workspace::Workspace as Model;

/// Where the first row goes in a workspace without a DecisionMatrix document.
const FIRST_FILE: &str = "policies/matrix.yaml";
/// Columns of a row that an edit may set.
const COLUMNS: [&str; 9] =
    ["name", "match", "engines", "reconcile", "drift", "approval", "backup", "window", "rollback"];

/// A text with the edit made.
struct Made {
    file: String,
    before: Option<String>,
    after: String,
}

impl Workspace {
    /// Use case: the decision matrix with its patches, and what the draft changed in it.
    ///
    /// # Errors
    /// The working tree can't be read.
    pub(crate) async fn matrix(&self) -> Answer<MatrixDto> {
        let model = self.at_worktree().await?.model;
        let head = self.at_head().await?.model;
        let mut rows = grid(&model);
        let edited = marked(&mut rows, &grid(&head));
        let diagnostics = model.diagnostics.iter().filter(|d| d.code.starts_with("matrix"));
        Ok(MatrixDto {
            rows,
            diagnostics: diagnostics.map(DiagnosticDto::from).collect(),
            findings: xcf_plan::matrix::check(&model).iter().map(crate::views::impact::finding).collect(),
            words: vocabulary(&model),
            edited: edited.cells,
            removed: edited.removed,
        })
    }
    /// Use case: sets a cell, puts it back to inherited, adds or removes a row.
    ///
    /// # Errors
    /// The row is not where the grid saw it, the value makes no sense in that column, the file changed since it was read,
    /// or the edit can't be made without touching other bytes.
    pub(crate) async fn edit_matrix(&self, request: &MatrixEditRequest) -> Answer<EditResponse> {
        let _turn = self.history.turn().await;
        let model = self.at_worktree().await?.model;
        let made = match request.op.as_str() {
            "set" => self.set(&model, request, Some(request.value.clone())).await?,
            "inherit" => self.set(&model, request, None).await?,
            "add" => self.add(&model, request).await?,
            "remove" => self.remove(request).await?,
            other => return Err(usage(format!("`{other}` is no edit: set, inherit, add, remove"))),
        };
        reads_well(&made)?;
        let label = Label { code: "matrix", target: made.file.clone() };
        let change =
            FileChange { file: made.file.clone(), before: made.before.clone(), after: Some(made.after.clone()) };
        self.perform(label, vec![change]).await?;
        let model = self.at_worktree().await?.model;
        Ok(EditResponse {
            old_text: made.before.unwrap_or_default(),
            digest: digest(&made.after),
            new_text: made.after,
            file: made.file,
            diagnostics: model.diagnostics.iter().map(DiagnosticDto::from).collect(),
        })
    }
    async fn set(&self, model: &Model, request: &MatrixEditRequest, value: Option<Value>) -> Answer<Made> {
        let row = named_row(request)?;
        let column = COLUMNS.iter().find(|c| **c == request.field);
        let column = column.ok_or_else(|| usage(format!("a row has no column `{}`", request.field)))?;
        let text = self.current(row).await?;
        let pointer = format!("/spec/rows/{}/{column}", row.index);
        let edit = match value {
            Some(value) => {
                let mut whole = row_value(model, row)?;
                whole.insert((*column).to_owned(), value.clone());
                sound(Value::Object(whole), column)?;
                Edit::Set { pointer, value }
            }
            None if matches!(*column, "name") => return Err(usage("a row needs its name")),
            None => Edit::Remove { pointer },
        };
        spliced(row, text, edit)
    }
    async fn remove(&self, request: &MatrixEditRequest) -> Answer<Made> {
        let row = named_row(request)?;
        let text = self.current(row).await?;
        spliced(row, text, Edit::Remove { pointer: format!("/spec/rows/{}", row.index) })
    }
    async fn add(&self, model: &Model, request: &MatrixEditRequest) -> Answer<Made> {
        let Value::Object(given) = &request.value else { return Err(usage("a new row is a map of its columns")) };
        let mut row = Map::new();
        // In the order people write them, whatever order they came in.
        for column in COLUMNS {
            if let Some(value) = given.get(column) {
                row.insert(column.to_owned(), value.clone());
            }
        }
        if let Some(unknown) = given.keys().find(|k| !COLUMNS.contains(&k.as_str())) {
            return Err(usage(format!("a row has no column `{unknown}`")));
        }
        row.entry("name").or_insert_with(|| Value::String(free_name(model, &given.get("match").cloned())));
        let row = Value::Object(row);
        sound(row.clone(), "match")?;
        let Some(doc) = model.matrices.last() else {
            let file = free_file(model);
            if self.text_of(&file).await?.is_some() {
                let message = format!("{file} is there, but no DecisionMatrix can be read from it");
                return Err(Problem::new(Kind::Conflict, "file-exists", message).hint("Mend that file first."));
            }
            return Ok(Made { before: None, after: first_document(&row)?, file });
        };
        let text = self.text_of(&doc.file).await?.ok_or_else(|| Problem::not_found(&doc.file))?;
        let edit = Edit::Set { pointer: "/spec/rows/-".to_owned(), value: row };
        let after = apply(&text, doc.index, &[edit]).map_err(|e| refused(&doc.file, &e))?;
        Ok(Made { file: doc.file.clone(), before: Some(text), after })
    }
    /// Text of the row's file; refused if the row is not there any more.
    async fn current(&self, row: &MatrixRowRefDto) -> Answer<String> {
        let text = self.text_of(&row.file).await?.ok_or_else(|| Problem::not_found(&row.file))?;
        let read = read_documents(&row.file, text.as_bytes(), &Limits::default());
        let there = read.docs.iter().find_map(|d| match d {
            AnyDoc::DecisionMatrix(doc) if doc.index == row.document as usize => doc.spec.rows.get(row.index as usize),
            _ => None,
        });
        match there {
            Some(found) if found.name == row.name => Ok(text),
            _ => {
                let message = format!("{} has no row `{}` at that place any more", row.file, row.name);
                Err(Problem::new(Kind::Conflict, "edit-conflict", message)
                    .hint("The matrix is read again; make the edit on the new rows."))
            }
        }
    }
}

fn usage(message: impl Into<String>) -> Problem {
    Problem::new(Kind::Usage, "bad-matrix-edit", message)
}

fn refused(file: &str, error: &EditError) -> Problem {
    Problem::new(Kind::Invalid, "edit-refused", format!("{file}: {error}")).hint("Edit the text by hand.")
}

fn named_row(request: &MatrixEditRequest) -> Answer<&MatrixRowRefDto> {
    request.row.as_ref().ok_or_else(|| usage("which row? Built-in rows can't be edited: add a row that overrides one"))
}

fn spliced(row: &MatrixRowRefDto, text: String, edit: Edit) -> Answer<Made> {
    let after = apply(&text, row.document as usize, &[edit]).map_err(|e| refused(&row.file, &e))?;
    Ok(Made { file: row.file.clone(), before: Some(text), after })
}

fn row_value(model: &Model, row: &MatrixRowRefDto) -> Answer<Map<String, Value>> {
    let doc = model.matrices.iter().find(|d| d.file == row.file && d.index == row.document as usize);
    let found = doc.and_then(|d| d.spec.rows.get(row.index as usize)).ok_or_else(|| Problem::not_found(&row.name))?;
    match serde_json::to_value(found) {
        Ok(Value::Object(map)) => Ok(map),
        _ => Err(Problem::internal("not-json", "a row is no map")),
    }
}

/// Refuses a row that no document could hold: one bad value would take the whole matrix out of force.
fn sound(row: Value, column: &str) -> Answer<()> {
    serde_json::from_value::<Row>(row)
        .map(|_| ())
        .map_err(|e| Problem::new(Kind::Invalid, "edit-refused", format!("`{column}` can't be that: {e}")))
}

/// The checks of a document catch what types can't, such as an empty list of engines.
fn reads_well(made: &Made) -> Answer<()> {
    let errors = |text: &str| -> Vec<xcf_core::diag::Diagnostic> {
        let read = read_documents(&made.file, text.as_bytes(), &Limits::default());
        read.diagnostics.into_iter().filter(|d| d.is_error()).collect()
    };
    let known = made.before.as_deref().map(errors).unwrap_or_default();
    let fresh: Vec<_> = errors(&made.after)
        .into_iter()
        .filter(|d| !known.iter().any(|k| k.code == d.code && k.message == d.message))
        .collect();
    match fresh.first() {
        None => Ok(()),
        Some(first) => {
            let problem = Problem::new(Kind::Invalid, "edit-refused", first.message.clone()).hint(first.hint.clone());
            Err(problem.with(fresh))
        }
    }
}

/// `paas-prod` for a match on lifecycle and Environment; a number where that is taken.
fn free_name(model: &Model, matches: &Option<Value>) -> String {
    let mut parts = Vec::new();
    for key in ["environment", "lifecycle", "changeFrequency", "engine"] {
        let value = matches.as_ref().and_then(|m| m.get(key));
        let word = match value {
            Some(Value::String(word)) => Some(word.as_str()),
            Some(Value::Array(list)) => list.first().and_then(Value::as_str),
            _ => None,
        };
        parts.extend(word.map(str::to_lowercase));
    }
    let stem = if parts.is_empty() { "every-unit".to_owned() } else { parts.join("-") };
    let taken = |name: &str| model.rows().all().iter().any(|r| r.row.name == name);
    if !taken(&stem) {
        return stem;
    }
    (2..).map(|n| format!("{stem}-{n}")).find(|name| !taken(name)).unwrap_or(stem)
}

fn free_file(model: &Model) -> String {
    let stands = |file: &str| {
        model.windows.iter().map(|d| &d.file).chain(model.approval_rules.iter().map(|d| &d.file)).any(|f| f == file)
    };
    if stands(FIRST_FILE) { "policies/decision-matrix.yaml".to_owned() } else { FIRST_FILE.to_owned() }
}

/// A document with one row, written by the same renderer every edit uses.
fn first_document(row: &Value) -> Answer<String> {
    let head = "apiVersion: xcloudflow.io/v1alpha1\nkind: DecisionMatrix\nmetadata:\n  name: matrix\nspec:\n  rows:\n    - name: first\n";
    let edit = Edit::Set { pointer: "/spec/rows/0".to_owned(), value: row.clone() };
    apply(head, 0, &[edit]).map_err(|e| refused(FIRST_FILE, &e))
}
