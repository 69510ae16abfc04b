//! Literals of HCL as data. What needs an engine to be evaluated is no literal.

use super::types::key_text;
use hcl_edit::expr::{Expression, UnaryOperator};
use hcl_edit::template::Element;
use serde_json::{Map, Number, Value};

/// The value of a literal; none if any part of it is an expression.
pub(crate) fn json(expr: &Expression) -> Option<Value> {
    Some(match expr {
        Expression::Null(_) => Value::Null,
        Expression::Bool(value) => Value::Bool(*value.value()),
        Expression::Number(number) => Value::Number(number_of(number.value())?),
        Expression::String(text) => Value::String(text.value().clone()),
        Expression::StringTemplate(template) => Value::String(plain(template.iter())?),
        Expression::Parenthesis(inner) => json(inner.inner())?,
        Expression::UnaryOp(op) if *op.operator.value() == UnaryOperator::Neg => {
            let Value::Number(number) = json(&op.expr)? else { return None };
            Value::Number(match number.as_i64() {
                Some(whole) => Number::from(whole.checked_neg()?),
                None => Number::from_f64(-number.as_f64()?)?,
            })
        }
        Expression::Array(items) => Value::Array(items.iter().map(json).collect::<Option<_>>()?),
        Expression::Object(fields) => {
            let field = |(key, value): (&_, &hcl_edit::expr::ObjectValue)| Some((key_text(key)?, json(value.expr())?));
            Value::Object(fields.iter().map(field).collect::<Option<Map<_, _>>>()?)
        }
        _ => return None,
    })
}

fn number_of(number: &hcl_edit::Number) -> Option<Number> {
    number
        .as_i64()
        .map(Number::from)
        .or_else(|| number.as_u64().map(Number::from))
        .or_else(|| Number::from_f64(number.as_f64()?))
}

fn plain<'a>(elements: impl Iterator<Item = &'a Element>) -> Option<String> {
    let one = |element: &Element| match element {
        Element::Literal(text) => Some(text.value().as_str().to_owned()),
        _ => None,
    };
    elements.map(one).collect()
}
