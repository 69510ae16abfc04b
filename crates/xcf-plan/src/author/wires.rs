//! Wires: an output that feeds an input (`dsl §6`).

use super::texts::Texts;
use super::{AuthorError, Port, compose};
use crate::workspace::Workspace;
use serde_json::{Value, json};
use xcf_core::edit::Edit;
use xcf_core::value::{Shape, shape};

/// The ends of a wire.
pub(super) struct Wire<'a> {
    pub(super) from: &'a Port,
    pub(super) output: &'a str,
    pub(super) to: &'a Port,
    pub(super) input: &'a str,
}

fn named(port: &Port) -> String {
    format!("{}/{}", port.composition, port.module)
}

pub(super) fn connect(model: &Workspace, texts: &mut Texts<'_>, wire: &Wire<'_>) -> Result<String, AuthorError> {
    let upstream = compose::find(model, &wire.from.composition)?;
    let downstream = compose::find(model, &wire.to.composition)?;
    compose::position(upstream, &wire.from.module)?;
    let at = compose::position(downstream, &wire.to.module)?;
    fits(model, wire)?;
    super::order::no_circle(model, wire.from, wire.to)?;
    let pointer = format!("/spec/modules/{at}/inputs/{}", escape(wire.input));
    let value = reference(wire, upstream.spec.modules.len() == 1);
    let now = downstream.spec.modules.get(at).and_then(|m| m.inputs.get(wire.input));
    if now == Some(&value) {
        return Err(AuthorError::Nothing(format!("`{}` is wired so already", wire.input)));
    }
    texts.edit(&downstream.file, downstream.index, &[Edit::Set { pointer, value }])?;
    Ok(named(wire.to))
}

/// As short as `dsl §6` allows: no `from` inside one Composition, no `module` where there is only one.
fn reference(wire: &Wire<'_>, alone: bool) -> Value {
    let (module, output) = (&wire.from.module, wire.output);
    match (wire.from.composition == wire.to.composition, alone) {
        (true, _) => json!({ "module": module, "output": output }),
        (false, true) => json!({ "from": wire.from.composition, "output": output }),
        (false, false) => json!({ "from": wire.from.composition, "module": module, "output": output }),
    }
}

/// Refuses an output or input the modules do not have, and types that can't meet.
fn fits(model: &Workspace, wire: &Wire<'_>) -> Result<(), AuthorError> {
    let content = |port: &Port| {
        let uses = model.module_uses.get(&port.composition)?;
        let path = uses.iter().find(|u| u.name == port.module)?.path.as_deref()?;
        model.modules.get(path)
    };
    let output = content(wire.from).map(|c| (c.interface.outputs.get(wire.output), c.interface.outputs_known));
    let input = content(wire.to).map(|c| (c.interface.inputs.get(wire.input), c.interface.inputs_known));
    if let Some((None, true)) = output {
        return Err(AuthorError::Unknown { what: "output", name: format!("{}.{}", named(wire.from), wire.output) });
    }
    if let Some((None, true)) = input {
        return Err(AuthorError::Unknown { what: "input", name: format!("{}.{}", named(wire.to), wire.input) });
    }
    let (Some((Some(output), _)), Some((Some(input), _))) = (output, input) else { return Ok(()) };
    match input.input_type.rejects(&output.output_type) {
        None => Ok(()),
        Some(_) => Err(AuthorError::Type {
            from: named(wire.from),
            output: wire.output.to_owned(),
            given: output.output_type.word().to_owned(),
            to: named(wire.to),
            input: wire.input.to_owned(),
            wanted: input.input_type.word().to_owned(),
        }),
    }
}

pub(super) fn disconnect(
    model: &Workspace,
    texts: &mut Texts<'_>,
    to: &Port,
    input: &str,
) -> Result<String, AuthorError> {
    let doc = compose::find(model, &to.composition)?;
    let at = compose::position(doc, &to.module)?;
    let inputs = doc.spec.modules.get(at).map(|m| &m.inputs);
    let value = inputs.and_then(|i| i.get(input));
    if !matches!(value.map(shape), Some(Shape::Output(_))) {
        return Err(AuthorError::Nothing(format!("{} does not wire `{input}` in {}", named(to), doc.file)));
    }
    // The last one takes its heading along, as a person would.
    let pointer = match inputs.map_or(0, std::collections::BTreeMap::len) {
        1 => format!("/spec/modules/{at}/inputs"),
        _ => format!("/spec/modules/{at}/inputs/{}", escape(input)),
    };
    texts.edit(&doc.file, doc.index, &[Edit::Remove { pointer }])?;
    Ok(named(to))
}

/// One token of a JSON Pointer (RFC 6901).
fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}
