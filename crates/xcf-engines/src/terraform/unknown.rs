//! Plans while an input is not known yet (`D6`): in a throw-away copy the variable is fed by something that is truly unknown until
//! apply, its declared type, marks and validations kept. No placeholder reaches the engine, and such a plan is never applicable.
//!
//! ```hcl
//! resource "terraform_data" "xcf_unknown" {}                 # its id is known only after apply
//! module "xcf_unknown" { x = jsondecode(terraform_data.xcf_unknown.id) }  # the variable, moved here: an unknown of its type
//! locals { xcf_unknown_x = module.xcf_unknown.x }            # what `var.x` reads now
//! ```

use super::module::{configuration_files, label, variable_read};
use super::planning;
use super::session::Session;
use crate::error::io_error;
use crate::process::{Supervisor, write_private};
use hcl_edit::expr::{Expression, Traversal, TraversalOperator};
use hcl_edit::structure::{Block, Body};
use hcl_edit::visit_mut::{VisitMut, visit_traversal_mut};
use hcl_edit::{Decorate as _, Ident};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use xcf_core::ports::runner::{Planned, RunnerError, UnitContext};
use xcf_core::value::Resolved;

const NAME: &str = "xcf_unknown";

/// Names of the inputs that are not known yet.
pub fn names(cx: &UnitContext) -> Vec<&str> {
    cx.inputs.iter().filter(|(_, value)| matches!(value, Resolved::Unknown(_))).map(|(name, _)| name.as_str()).collect()
}

/// Plans what can be known. `not-supported` if the engine can't plan without the values (a count or `for_each` hangs on one).
pub async fn plan(cx: &UnitContext, supervisor: &Supervisor) -> Result<Planned, RunnerError> {
    let unknown: BTreeSet<&str> = names(cx).into_iter().collect();
    let session = Session::open(cx, supervisor, "partial-").await?;
    if session.module.has_json {
        return Err(deferred("the module is partly written as JSON, which can't be planned with unknown inputs"));
    }
    rewrite(&session, &unknown)?;
    let made = async {
        session.init().await?;
        planning::run(&session).await
    };
    let (json, warnings, _file) = made.await.map_err(|error| match error.code.as_str() {
        "invalid-module" | "engine-failed" => {
            deferred(&format!("it can't be planned before its inputs are known: {}", error.message))
        }
        _ => error,
    })?;
    let mut plan = planning::finished(&session, json, warnings)?;
    plan.changes.retain(|change| change.address != format!("terraform_data.{NAME}"));
    plan.unknown_inputs = unknown.into_iter().map(str::to_owned).collect();
    Ok(Planned { plan, artifact: None })
}

fn deferred(why: &str) -> RunnerError {
    RunnerError::new("not-supported", why).hint("it is planned when the units it reads from are applied")
}

fn rewrite(session: &Session<'_>, unknown: &BTreeSet<&str>) -> Result<(), RunnerError> {
    let fail = |e: &std::io::Error| io_error("cannot write the throw-away copy", e);
    let mut moved: Vec<Block> = Vec::new();
    for (name, text) in configuration_files(&session.folder).map_err(|e| fail(&e))? {
        if name.ends_with(".json") {
            continue;
        }
        let parsed: Result<Body, _> = text.parse();
        let Ok(mut body) = parsed else { return Err(deferred("the module can't be read")) };
        let is_unknown = |block: &Block| {
            block.ident.as_str() == "variable" && label(block, 0).is_some_and(|n| unknown.contains(n.as_str()))
        };
        for index in (0..body.len()).rev() {
            if body.get(index).and_then(|s| s.as_block()).is_some_and(is_unknown) {
                moved.extend(body.remove(index).into_block().ok());
            }
        }
        Redirect { unknown }.visit_body_mut(&mut body);
        write_private(&session.folder.join(&name), body.to_string().as_bytes()).map_err(|e| fail(&e))?;
    }
    write_feeder(session, unknown, moved).map_err(|e| fail(&e))
}

/// Writes the inner module that gives each unknown its declared type, and what feeds it.
fn write_feeder(session: &Session<'_>, unknown: &BTreeSet<&str>, moved: Vec<Block>) -> std::io::Result<()> {
    let mut inner = Body::new();
    for block in moved {
        inner.push(block);
    }
    let folder = session.folder.join(NAME);
    crate::process::private_dir(&folder)?;
    write_private(&folder.join("variables.tf"), inner.to_string().as_bytes())?;
    let output = |name: &&str| ((*name).to_owned(), json!({"value": format!("${{var.{name}}}"), "sensitive": true}));
    // Marked, so that a sensitive variable may pass; the mark is taken off outside where the variable had none.
    let outputs: Map<String, Value> = unknown.iter().map(output).collect();
    write_private(&folder.join("outputs.tf.json"), json!({"output": outputs}).to_string().as_bytes())?;
    let mut call = Map::from_iter([("source".to_owned(), json!(format!("./{NAME}")))]);
    let mut locals = Map::new();
    for name in unknown {
        call.insert((*name).to_owned(), json!(format!("${{jsondecode(terraform_data.{NAME}.id)}}")));
        let marked = session.module.variables.get(*name).is_some_and(|v| v.sensitive);
        let read = if marked {
            format!("${{module.{NAME}.{name}}}")
        } else {
            format!("${{nonsensitive(module.{NAME}.{name})}}")
        };
        locals.insert(format!("{NAME}_{name}"), json!(read));
    }
    let feeder = json!({"resource": {"terraform_data": {NAME: {}}}, "module": {NAME: call}, "locals": locals});
    write_private(&session.folder.join(format!("{NAME}.tf.json")), feeder.to_string().as_bytes())
}

/// Turns `var.x` into `local.xcf_unknown_x`.
struct Redirect<'a> {
    unknown: &'a BTreeSet<&'a str>,
}

impl VisitMut for Redirect<'_> {
    fn visit_traversal_mut(&mut self, node: &mut Traversal) {
        let read =
            variable_read(&node.expr, &node.operators).filter(|name| self.unknown.contains(name)).map(str::to_owned);
        if let (Some(name), Expression::Variable(root)) = (read, &mut node.expr) {
            let decor = root.decor().clone();
            *root = Ident::new("local").into();
            *root.decor_mut() = decor;
            if let Some(TraversalOperator::GetAttr(attribute)) = node.operators.first_mut().map(|o| o.value_mut()) {
                let decor = attribute.decor().clone();
                *attribute = Ident::new(format!("{NAME}_{name}")).into();
                *attribute.decor_mut() = decor;
            }
        }
        visit_traversal_mut(self, node);
    }
}
