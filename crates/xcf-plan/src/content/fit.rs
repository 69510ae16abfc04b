//! Whether a value can be given to a variable: one rule for `xcf validate`, the form and the editor (`dsl §6`).

use super::Variable;
use serde_json::Value;
use xcf_core::value::{Shape, shape};

/// Why a value can't be given to a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// `type-mismatch`, or `invalid-value` for a value the module's own validation refuses.
    pub code: &'static str,
    /// Why, as the end of a sentence.
    pub why: String,
    /// What would fit; may be empty.
    pub hint: String,
}

impl Variable {
    /// Why `value` (as written: references and secrets fit everywhere) can't be given to it; none if it can, or if that
    /// can't be told without the engine.
    #[must_use]
    pub fn misfit(&self, value: &Value) -> Option<Misfit> {
        let bare = match shape(value) {
            Shape::Literal(inner) => inner,
            Shape::Data => value.clone(),
            Shape::Output(_) | Shape::Secret(_) | Shape::LooksLikeReference => return None,
        };
        let wanted = || match &self.type_text {
            Some(text) => format!("The variable is declared as `{}`.", one_line(text)),
            None => String::new(),
        };
        let why = match bare.is_null() && !self.nullable && self.required {
            true => Some("null is not allowed".to_owned()),
            false => self.input_type.mismatch(value),
        };
        if let Some(why) = why {
            return Some(Misfit { code: "type-mismatch", why, hint: wanted() });
        }
        self.refused(&bare)
    }

    /// A validation that lists the allowed values refuses a scalar that is none of them.
    fn refused(&self, value: &Value) -> Option<Misfit> {
        let given = scalar_text(value)?;
        let validation = self.validations.iter().find(|v| v.allowed.is_some())?;
        let allowed: Vec<String> = validation.allowed.iter().flatten().filter_map(scalar_text).collect();
        if allowed.contains(&given) {
            return None;
        }
        let shown = if self.sensitive { "the value".to_owned() } else { format!("`{given}`") };
        let list = allowed.join(", ");
        let near = crate::workspace::refs::suggestion(&given, allowed.iter().map(String::as_str));
        let hint = match (near.is_empty(), validation.message.is_empty()) {
            (false, _) => near,
            (true, false) => validation.message.clone(),
            (true, true) => String::new(),
        };
        Some(Misfit { code: "invalid-value", why: format!("{shown} is not one of {list}"), hint })
    }
}

/// A scalar as the engine compares it after conversion.
fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        // `1` and `1.0` are one number.
        Value::Number(number) => Some(number.as_f64().map_or_else(|| number.to_string(), |n| n.to_string())),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
