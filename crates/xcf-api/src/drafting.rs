//! The draft: edits of the working tree, the diff against the head commit, commits (`D2.1`, `D12`).

use crate::dto::{
    CommitRequest, CommitResponse, DiagnosticDto, DraftDto, DraftFileDto, EditRequest, EditResponse, ProblemsDto,
    SaveTextRequest,
};
use crate::error::{Answer, Kind, Problem};
use crate::history::{FileChange, Label};
use crate::open::{Loaded, Workspace, blocking};
use crate::texts::{LARGEST_TEXT, digest};
use std::collections::BTreeSet;
use std::sync::Arc;
use xcf_core::edit::{Edit, EditError};
use xcf_core::ids::UnitId;
use xcf_git::{Author, ChangeKind};
use xcf_plan::workspace::Workspace as Model;

impl Workspace {
    /// Use case: one visual edit.
    ///
    /// # Errors
    /// The file changed since it was read, or the edit can't be made without touching other bytes.
    pub(crate) async fn edit(&self, request: &EditRequest) -> Answer<EditResponse> {
        let _turn = self.history.turn().await;
        let text = self.text_of(&request.file).await?;
        let new = self.edited(request).await?;
        self.store_text("edit", &request.file, text, new).await
    }
    /// The text that an edit would give.
    ///
    /// # Errors
    /// The file changed since it was read, or the edit can't be made without touching other bytes.
    pub(crate) async fn edited(&self, request: &EditRequest) -> Answer<String> {
        let text = self.text_of(&request.file).await?.ok_or_else(|| Problem::not_found(&request.file))?;
        same_base(&request.file, &text, request.base_digest.as_deref())?;
        let pointer = request.pointer.clone();
        let edit = match (&request.value, request.remove) {
            (_, true) => Edit::Remove { pointer },
            (Some(value), false) => Edit::Set { pointer, value: value.clone() },
            (None, false) => Edit::Set { pointer, value: serde_json::Value::Null },
        };
        xcf_core::edit::apply(&text, request.document, &[edit]).map_err(|e| refused(&request.file, &e))
    }
    /// Use case: new text of a whole file.
    ///
    /// # Errors
    /// The file changed since it was read, or can't be written.
    pub(crate) async fn save_text(&self, request: &SaveTextRequest) -> Answer<EditResponse> {
        let _turn = self.history.turn().await;
        let text = self.text_of(&request.file).await?;
        same_base(&request.file, text.as_deref().unwrap_or_default(), request.base_digest.as_deref())?;
        self.store_text("text", &request.file, text, request.text.clone()).await
    }
    async fn store_text(
        &self,
        code: &'static str,
        file: &str,
        before: Option<String>,
        after: String,
    ) -> Answer<EditResponse> {
        let label = Label { code, target: file.to_owned() };
        let change = FileChange { file: file.to_owned(), before: before.clone(), after: Some(after.clone()) };
        self.perform(label, vec![change]).await?;
        let model = self.at_worktree().await?.model;
        Ok(EditResponse {
            file: file.to_owned(),
            old_text: before.unwrap_or_default(),
            digest: digest(&after),
            new_text: after,
            diagnostics: model.diagnostics.iter().map(DiagnosticDto::from).collect(),
        })
    }
    /// Use case: puts named files back to the head commit.
    ///
    /// # Errors
    /// A file is not in the head commit, or Git is in the middle of something.
    pub(crate) async fn discard(&self, files: &[String]) -> Answer<DraftDto> {
        let (repo, files) = (self.repo.clone(), files.to_vec());
        blocking(move || Ok(repo.restore(&files)?)).await?;
        self.draft().await
    }
    /// Use case: the working tree against the head commit.
    ///
    /// # Errors
    /// The repository can't be read.
    pub(crate) async fn draft(&self) -> Answer<DraftDto> {
        let head = self.repo.head()?;
        let (repo, base) = (self.repo.clone(), head.commit.clone());
        let dirty = blocking(move || Ok(repo.dirty()?)).await?;
        let old = match &base {
            Some(commit) => Some(self.at_commit(commit).await?),
            None => None,
        };
        let new = self.at_worktree().await?;
        let mut files = Vec::new();
        for changed in dirty {
            let old_text = old
                .as_ref()
                .and_then(|l| l.tree.read(&changed.path, LARGEST_TEXT).ok())
                .and_then(|b| String::from_utf8(b.to_vec()).ok());
            let new_text = self.text_of(&changed.path).await.ok().flatten();
            let (added, removed) = line_counts(old_text.as_deref(), new_text.as_deref());
            let status = match changed.kind {
                ChangeKind::Added => "added",
                ChangeKind::Deleted => "deleted",
                _ => "modified",
            };
            files.push(DraftFileDto {
                path: changed.path,
                status: status.to_owned(),
                added,
                removed,
                old_text,
                new_text,
            });
        }
        let paths: Vec<&str> = files.iter().map(|f| f.path.as_str()).collect();
        let units = changed_units(old.as_ref().map(|l| l.model.as_ref()), &new.model, &paths);
        let (undo, redo) = self.history.next();
        Ok(DraftDto {
            branch: head.branch.unwrap_or_default(),
            files,
            units: units.iter().map(ToString::to_string).collect(),
            can_undo: undo.is_some(),
            undo,
            redo,
        })
    }
    /// Units of `now`, the working tree, that differ from `head`, without looking at any text.
    pub(crate) async fn changed_in(&self, head: &Loaded, now: &Loaded) -> Answer<BTreeSet<UnitId>> {
        if Arc::ptr_eq(&head.model, &now.model) {
            return Ok(BTreeSet::new());
        }
        let repo = self.repo.clone();
        let dirty = blocking(move || Ok(repo.dirty()?)).await?;
        let paths: Vec<&str> = dirty.iter().map(|d| d.path.as_str()).collect();
        Ok(changed_units(Some(&head.model), &now.model, &paths).into_iter().collect())
    }
    /// Use case: commits chosen files (none named: all changed ones) on the current branch.
    ///
    /// # Errors
    /// No message, nothing to commit, a merge in progress, no identity.
    pub(crate) async fn commit(&self, request: &CommitRequest) -> Answer<CommitResponse> {
        let (repo, message, files) = (self.repo.clone(), request.message.clone(), request.files.clone());
        let author = self.author().await?;
        let committed = blocking(move || {
            let files = match files.is_empty() {
                true => repo.dirty()?.into_iter().map(|f| f.path).collect(),
                false => files,
            };
            Ok(repo.commit_paths(&files, &message, &author)?)
        })
        .await?;
        let branch = self.repo.head()?.branch.unwrap_or_default();
        Ok(CommitResponse { commit: committed.commit.to_string(), branch })
    }
    /// Git's own identity.
    pub(crate) async fn author(&self) -> Answer<Author> {
        let repo = self.repo.clone();
        let identity = blocking(move || Ok(repo.identity()?)).await?;
        identity.ok_or_else(|| {
            Problem::new(Kind::Conflict, "no-git-identity", "Git does not know who you are")
                .hint("git config --global user.name NAME; git config --global user.email MAIL")
        })
    }
    /// Use case: every diagnostic of the working tree, policies included.
    ///
    /// # Errors
    /// The working tree can't be read.
    pub(crate) async fn problems(&self) -> Answer<ProblemsDto> {
        let model = self.at_worktree().await?.model;
        let mut diagnostics = model.diagnostics.clone();
        diagnostics.extend(xcf_plan::policy::rego_diagnostics(&crate::planning::policies(&model)));
        diagnostics.sort_by(|a, b| a.place.cmp(&b.place).then(a.code.cmp(&b.code)));
        diagnostics.dedup();
        let broken: std::collections::BTreeSet<&str> =
            model.health.unreadable.iter().map(|u| u.file.as_str()).collect();
        Ok(ProblemsDto {
            diagnostics: diagnostics.iter().map(DiagnosticDto::from).collect(),
            broken_files: u32::try_from(broken.len()).unwrap_or(u32::MAX),
            affected_units: model.blocked.keys().map(ToString::to_string).collect(),
        })
    }
}

fn same_base(file: &str, text: &str, base: Option<&str>) -> Answer<()> {
    match base {
        Some(base) if base != digest(text) => {
            Err(Problem::new(Kind::Conflict, "edit-conflict", format!("{file} changed on disk since it was read"))
                .hint("It is read again; make the edit on the new text."))
        }
        _ => Ok(()),
    }
}

fn refused(file: &str, error: &EditError) -> Problem {
    Problem::new(Kind::Invalid, "edit-refused", format!("{file}: {error}")).hint("Edit the text in the YAML tab.")
}

fn line_counts(old: Option<&str>, new: Option<&str>) -> (u32, u32) {
    let diff = similar::TextDiff::from_lines(old.unwrap_or_default(), new.unwrap_or_default());
    let (mut added, mut removed) = (0, 0);
    for change in diff.iter_all_changes() {
        match change.tag() {
            similar::ChangeTag::Insert => added += 1,
            similar::ChangeTag::Delete => removed += 1,
            similar::ChangeTag::Equal => {}
        }
    }
    (added, removed)
}

/// Units whose documents' meaning or module files differ; `files`: paths that differ, none: nothing does.
fn changed_units(old: Option<&Model>, new: &Model, files: &[&str]) -> Vec<UnitId> {
    if files.is_empty() {
        return Vec::new();
    }
    let touched = |module: &str| {
        let folder = if module.ends_with(".yml") || module.ends_with(".yaml") { parent(module) } else { module };
        files.iter().any(|f| *f == module || f.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    };
    let differs = |unit: &xcf_core::graph::Unit| match old.and_then(|o| o.unit(&unit.id)) {
        None => true,
        Some(before) => {
            !same_route(before, unit)
                || !same_inputs(before, unit)
                || before.hosts != unit.hosts
                || before.module_ref != unit.module_ref
        }
    };
    let gone = old.into_iter().flat_map(|o| &o.units).filter(|u| new.unit(&u.id).is_none()).map(|u| u.id.clone());
    new.units
        .iter()
        .filter(|u| differs(u) || touched(u.module_ref.as_str()))
        .map(|u| u.id.clone())
        .chain(gone)
        .collect()
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn same_inputs(a: &xcf_core::graph::Unit, b: &xcf_core::graph::Unit) -> bool {
    a.inputs.len() == b.inputs.len()
        && a.inputs.iter().zip(&b.inputs).all(|((an, av), (bn, bv))| an == bn && av.value == bv.value)
}

/// Values only: a rule that merely moved to another line changes nothing.
fn same_route(a: &xcf_core::graph::Unit, b: &xcf_core::graph::Unit) -> bool {
    let (a, b) = (&a.route, &b.route);
    a.engine.value == b.engine.value
        && a.reconcile.value == b.reconcile.value
        && a.drift.value == b.drift.value
        && a.gate.value == b.gate.value
        && a.backup.value == b.backup.value
        && a.windows.value == b.windows.value
        && a.rollback.value == b.rollback.value
}
