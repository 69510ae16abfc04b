//! Acts of a person on the canvas: worked out by `xcf_plan::author`, looked at before they are written, one step of the
//! undo stack each (`D2.1`, `D12`).

use crate::dto::{ActDto, AuthorRequest, AuthorResponse, AuthoredFileDto, DiagnosticDto, ModuleToAddDto, PortDto};
use crate::error::{Answer, Kind, Problem};
use crate::history::{FileChange, Label};
use crate::open::{Workspace, blocking};
use std::collections::BTreeSet;
use std::str::FromStr;
use std::sync::Arc;
use xcf_core::diag::Diagnostic;
use xcf_core::ports::tree::Tree;
use xcf_plan::author::{Act, AuthorError, Authored, NewModule, Overlay, Port, author};
use xcf_plan::workspace::Workspace as Model;

/// What an act comes to.
struct Outcome {
    authored: Authored,
    /// The workspace with it.
    after: Model,
    /// Diagnostics it brings.
    fresh: Vec<Diagnostic>,
}

impl Workspace {
    /// Use case: one act on the canvas. With `dry_run` nothing is written.
    ///
    /// # Errors
    /// The act can't be meant, a text can't take it, or a file changed while it was worked out.
    pub(crate) async fn author_act(&self, request: AuthorRequest) -> Answer<AuthorResponse> {
        let label = label(&request.act);
        let act = act(request.act)?;
        let _turn = self.history.turn().await;
        let loaded = self.at_worktree().await?;
        let outcome = blocking(move || {
            let authored = author(&loaded.model, loaded.tree.as_ref(), &act).map_err(refused)?;
            let overlay = Overlay::new(Arc::clone(&loaded.tree), &authored.files);
            let after = xcf_plan::workspace::load(&overlay as &dyn Tree);
            let fresh = fresh(&loaded.model, &after);
            Ok(Outcome { authored, after, fresh })
        })
        .await?;
        if !request.dry_run {
            self.write_act(label, &outcome.authored).await?;
        }
        Ok(answer(outcome))
    }
    /// Writes only over the texts the act was worked out from.
    async fn write_act(&self, label: Label, authored: &Authored) -> Answer<()> {
        let mut changes = Vec::new();
        for edit in &authored.files {
            if self.text_of(&edit.file).await? != edit.before {
                let message = format!("{} changed on disk meanwhile", edit.file);
                return Err(Problem::new(Kind::Conflict, "edit-conflict", message).hint("Do it again on the new text."));
            }
            let change = FileChange { file: edit.file.clone(), before: edit.before.clone(), after: edit.after.clone() };
            changes.push(change);
        }
        self.perform(label, changes).await
    }
}

fn answer(outcome: Outcome) -> AuthorResponse {
    let file = |edit: xcf_plan::author::FileEdit| AuthoredFileDto {
        file: edit.file,
        old_text: edit.before,
        new_text: edit.after,
    };
    AuthorResponse {
        target: outcome.authored.target,
        files: outcome.authored.files.into_iter().map(file).collect(),
        fresh: outcome.fresh.iter().map(DiagnosticDto::from).collect(),
        diagnostics: outcome.after.diagnostics.iter().map(DiagnosticDto::from).collect(),
    }
}

/// What was not said before: by code, file and words, since lines move.
fn fresh(before: &Model, after: &Model) -> Vec<Diagnostic> {
    let key = |d: &Diagnostic| (d.code.to_string(), d.place.file.to_string(), d.message.clone());
    let known: BTreeSet<_> = before.diagnostics.iter().map(key).collect();
    after.diagnostics.iter().filter(|d| !known.contains(&key(d))).cloned().collect()
}

fn refused(error: AuthorError) -> Problem {
    let kind = match error {
        AuthorError::Unknown { .. } => Kind::NotFound,
        AuthorError::Taken { .. } | AuthorError::Nothing(_) => Kind::Conflict,
        _ => Kind::Invalid,
    };
    Problem::new(kind, error.code(), error.to_string()).hint(error.hint())
}

fn word<T: FromStr>(text: &str, what: &str) -> Answer<T> {
    T::from_str(text).map_err(|_| Problem::new(Kind::Usage, "bad-word", format!("`{text}` is no {what}")))
}

fn optional<T: FromStr>(text: Option<&str>, what: &str) -> Answer<Option<T>> {
    text.map(|t| word(t, what)).transpose()
}

fn module(dto: ModuleToAddDto) -> Answer<NewModule> {
    Ok(NewModule { engine: optional(dto.engine.as_deref(), "engine")?, reference: dto.reference, name: dto.name })
}

fn port(dto: PortDto) -> Port {
    Port { composition: dto.composition, module: dto.module }
}

fn act(dto: ActDto) -> Answer<Act> {
    Ok(match dto {
        ActDto::NewComposition { name, lifecycle, layer, ttl, change_frequency, modules, environments } => {
            Act::NewComposition {
                name,
                lifecycle: word(&lifecycle, "lifecycle")?,
                layer: optional(layer.as_deref(), "layer")?,
                ttl,
                change_frequency: optional(change_frequency.as_deref(), "change frequency")?,
                modules: modules.into_iter().map(module).collect::<Answer<_>>()?,
                environments,
            }
        }
        ActDto::AddModule { composition, module: new } => Act::AddModule { composition, module: module(new)? },
        ActDto::Connect { from, output, to, input } => Act::Connect { from: port(from), output, to: port(to), input },
        ActDto::Disconnect { to, input } => Act::Disconnect { to: port(to), input },
        ActDto::Depend { composition, on } => Act::Depend { composition, on },
        ActDto::Undepend { composition, on } => Act::Undepend { composition, on },
        ActDto::After { module, on } => Act::After { module: port(module), on },
        ActDto::NotAfter { module, on } => Act::NotAfter { module: port(module), on },
        ActDto::NewEnvironment { name, compositions } => Act::NewEnvironment { name, compositions },
        ActDto::Assemble { composition, environment } => Act::Assemble { composition, environment },
        ActDto::Disassemble { composition, environment } => Act::Disassemble { composition, environment },
    })
}

fn label(act: &ActDto) -> Label {
    let at = |port: &PortDto| format!("{}/{}", port.composition, port.module);
    let (code, target) = match act {
        ActDto::NewComposition { name, .. } => ("new-composition", name.clone()),
        ActDto::AddModule { composition, .. } => ("add-module", composition.clone()),
        ActDto::Connect { to, .. } => ("connect", at(to)),
        ActDto::Disconnect { to, .. } => ("disconnect", at(to)),
        ActDto::Depend { composition, .. } => ("depend", composition.clone()),
        ActDto::Undepend { composition, .. } => ("undepend", composition.clone()),
        ActDto::After { module, .. } => ("depend", at(module)),
        ActDto::NotAfter { module, .. } => ("undepend", at(module)),
        ActDto::NewEnvironment { name, .. } => ("new-environment", name.clone()),
        ActDto::Assemble { composition, .. } => ("assemble", composition.clone()),
        ActDto::Disassemble { composition, .. } => ("disassemble", composition.clone()),
    };
    Label { code, target }
}
