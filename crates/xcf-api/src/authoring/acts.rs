//! Acts as they come over the wire, as steps of `xcf_plan::canvas`, and what the undo stack calls them.

use crate::dto::{ActDto, ModuleToAddDto, PortDto};
use crate::error::{Answer, Kind, Problem};
use crate::history::Label;
use std::str::FromStr;
use xcf_plan::author::{Act, NewModule, Port};
use xcf_plan::canvas::{Step, Taken, file_for, free_name};
use xcf_plan::refactor::Refactor;
use xcf_plan::workspace::Workspace as Model;

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

/// Acts as steps, over the workspace they begin with.
///
/// # Errors
/// A word is none of ours, acts are nested, or a module to copy is not there.
pub(super) fn steps(dto: ActDto, model: &Model) -> Answer<Vec<Step>> {
    match dto {
        ActDto::Several { acts } => {
            let mut taken = Taken::default();
            acts.into_iter().map(|act| step(act, model, &mut taken)).collect()
        }
        one => Ok(vec![step(one, model, &mut Taken::default())?]),
    }
}

fn step(dto: ActDto, model: &Model, taken: &mut Taken) -> Answer<Step> {
    let what = match dto {
        ActDto::Several { .. } => return Err(Problem::new(Kind::Usage, "nested-acts", "several acts within several")),
        ActDto::RenameModule { module: PortDto { composition, module }, to } => {
            Refactor::RenameModule { composition, module, to }
        }
        ActDto::RenameComposition { composition, to, keep_file } => {
            let file = if keep_file { None } else { file_for(model, &composition, &to) };
            Refactor::RenameComposition { composition, to, file }
        }
        ActDto::RenameEnvironment { environment, to } => Refactor::RenameEnvironment { environment, to },
        ActDto::MoveModule { module: PortDto { composition, module }, to } => {
            Refactor::MoveModule { composition, module, to, index: None }
        }
        ActDto::CopyModule { module: PortDto { composition, module }, to, name } => {
            let to = to.unwrap_or_else(|| composition.clone());
            let name = name.unwrap_or_else(|| free_name(model, &to, &module, taken));
            taken.insert((to.clone(), name.clone()));
            Refactor::CopyModule { composition, module, to, name }
        }
        ActDto::DeleteModule { module: PortDto { composition, module } } => {
            Refactor::DeleteModule { composition, module }
        }
        ActDto::DeleteComposition { composition } => Refactor::DeleteComposition { composition },
        drawn => return act(drawn).map(Step::Author),
    };
    Ok(Step::Refactor(what))
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
        other => return Err(Problem::internal("no-drawing", format!("{other:?}"))),
    })
}

/// What the undo stack calls it.
pub(super) fn label(act: &ActDto) -> Label {
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
        ActDto::RenameModule { module, .. } => ("rename", at(module)),
        ActDto::RenameComposition { composition, .. } => ("rename", composition.clone()),
        ActDto::RenameEnvironment { environment, .. } => ("rename", environment.clone()),
        ActDto::MoveModule { module, .. } => ("move", at(module)),
        ActDto::CopyModule { module, .. } => ("copy", at(module)),
        ActDto::DeleteModule { module } => ("delete", at(module)),
        ActDto::DeleteComposition { composition } => ("delete", composition.clone()),
        ActDto::Several { acts } => match acts.as_slice() {
            [first, ..] => {
                let Label { code, target } = label(first);
                let more = acts.len() - 1;
                return Label { code, target: if more == 0 { target } else { format!("{target} +{more}") } };
            }
            [] => ("several", String::new()),
        },
    };
    Label { code, target }
}
