//! `validation` blocks of variables: shown as text, and read where they list the allowed values.

use super::literal::json;
use hcl_edit::expr::{BinaryOperator, Expression, TraversalOperator};
use hcl_edit::structure::Block;
use serde::Serialize;
use serde_json::Value;

/// One check a module makes of a value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Validation {
    /// The condition as written.
    pub condition: String,
    /// What the module says if it does not hold.
    pub message: String,
    /// The allowed values, if the whole condition is `contains([…literals…], var.NAME)`.
    pub allowed: Option<Vec<Value>>,
}

/// The validations of a `variable` block.
pub(super) fn of_block(block: &Block, name: &str) -> Vec<Validation> {
    let one = |inner: &Block| {
        let condition = &inner.body.get_attribute("condition")?.value;
        let message = inner.body.get_attribute("error_message").map(|a| &a.value);
        Some(Validation {
            condition: one_line(&condition.to_string()),
            message: message.and_then(|m| Some(m.as_str()?.to_owned())).unwrap_or_default(),
            allowed: allowed(condition, name),
        })
    };
    block.body.blocks().filter(|b| b.ident.as_str() == "validation").filter_map(one).collect()
}

/// The validations of a variable written as JSON: conditions are `"${…}"` texts.
pub(super) fn of_json(declared: &Value, name: &str) -> Vec<Validation> {
    let list = match declared.get("validation") {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let one = |item: &Value| {
        let text = item.get("condition")?.as_str()?;
        let inner = text.strip_prefix("${").and_then(|t| t.strip_suffix('}')).unwrap_or(text);
        let read = hcl_edit::parser::parse_expr(inner.trim()).ok();
        Some(Validation {
            condition: one_line(inner),
            message: item.get("error_message").and_then(Value::as_str).unwrap_or_default().to_owned(),
            allowed: read.and_then(|expr| allowed(&expr, name)),
        })
    };
    list.into_iter().filter_map(one).collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `contains([…], var.NAME)`, alone or beside `var.NAME == null ||`.
fn allowed(expr: &Expression, name: &str) -> Option<Vec<Value>> {
    match expr {
        Expression::Parenthesis(inner) => allowed(inner.inner(), name),
        Expression::BinaryOp(op) if *op.operator.value() == BinaryOperator::Or => {
            let (left, right) = (&op.lhs_expr, &op.rhs_expr);
            match (is_null_check(left, name), is_null_check(right, name)) {
                (true, false) => allowed(right, name),
                (false, true) => allowed(left, name),
                _ => None,
            }
        }
        Expression::FuncCall(call) if call.name.namespace.is_empty() && call.name.name.as_str() == "contains" => {
            let (list, value) = (call.args.get(0)?, call.args.get(1)?);
            if call.args.len() != 2 || !is_variable(value, name) {
                return None;
            }
            match json(list)? {
                Value::Array(items) if items.iter().all(is_scalar) && !items.is_empty() => Some(items),
                _ => None,
            }
        }
        _ => None,
    }
}

fn is_scalar(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_))
}

fn is_null_check(expr: &Expression, name: &str) -> bool {
    let Expression::BinaryOp(op) = expr else { return false };
    let null = |e: &Expression| matches!(e, Expression::Null(_));
    let (left, right) = (&op.lhs_expr, &op.rhs_expr);
    *op.operator.value() == BinaryOperator::Eq
        && ((is_variable(left, name) && null(right)) || (null(left) && is_variable(right, name)))
}

fn is_variable(expr: &Expression, name: &str) -> bool {
    let Expression::Traversal(traversal) = expr else { return false };
    let Expression::Variable(root) = &traversal.expr else { return false };
    let [only] = traversal.operators.as_slice() else { return false };
    let TraversalOperator::GetAttr(attribute) = only.value() else { return false };
    root.as_str() == "var" && attribute.as_str() == name
}
