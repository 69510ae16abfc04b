//! Type constraints of module variables, as far as they can be read without the engine (`dsl §6`).

use hcl_edit::expr::{Expression, FuncCall, ObjectKey};
use serde_json::Value;
use std::collections::BTreeMap;

/// A variable's type as Terraform writes it. `Unknown` is everything that can't be read: it takes any value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum InputType {
    /// Not written, `any`, or not understood.
    #[default]
    Unknown,
    /// Text; numbers and booleans are turned into it.
    String,
    /// Number; numeric text is turned into it.
    Number,
    /// Boolean; `"true"` and `"false"` are turned into it.
    Bool,
    /// `list(T)`.
    List(Box<InputType>),
    /// `set(T)`: order and repetition carry no meaning.
    Set(Box<InputType>),
    /// `map(T)`.
    Map(Box<InputType>),
    /// `tuple([…])`.
    Tuple(Vec<InputType>),
    /// `object({…})`.
    Object(BTreeMap<String, Attribute>),
}

/// One attribute of an `object({…})`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its type.
    pub value: InputType,
    /// False for `optional(…)`.
    pub required: bool,
    /// Second argument of `optional(…)`, where it is a literal.
    pub default: Option<Value>,
}

impl InputType {
    /// Reads a type expression, for example `map(string)`.
    #[must_use]
    pub fn of(expr: &Expression) -> Self {
        match expr {
            Expression::Variable(name) => Self::simple(name.as_str()),
            Expression::FuncCall(call) => Self::compound(call),
            Expression::Parenthesis(inner) => Self::of(inner.inner()),
            _ => Self::Unknown,
        }
    }

    /// Reads a type text of a side file; what can't be read takes any value.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        hcl_edit::parser::parse_expr(text.trim()).map_or(Self::Unknown, |expr| Self::of(&expr))
    }

    fn simple(name: &str) -> Self {
        match name {
            "string" => Self::String,
            "number" => Self::Number,
            "bool" => Self::Bool,
            "list" => Self::List(Box::default()),
            "set" => Self::Set(Box::default()),
            "map" | "object" => Self::Map(Box::default()),
            _ => Self::Unknown,
        }
    }

    fn compound(call: &FuncCall) -> Self {
        let Some(argument) = call.args.get(0) else { return Self::Unknown };
        match (call.name.name.as_str(), argument) {
            ("list", inner) => Self::List(Box::new(Self::of(inner))),
            ("set", inner) => Self::Set(Box::new(Self::of(inner))),
            ("map", inner) => Self::Map(Box::new(Self::of(inner))),
            ("tuple", Expression::Array(items)) => Self::Tuple(items.iter().map(Self::of).collect()),
            ("object", Expression::Object(fields)) => {
                let field = |key: &ObjectKey, expr: &Expression| Some((key_text(key)?, Attribute::of(expr)));
                Self::Object(fields.iter().filter_map(|(k, v)| field(k, v.expr())).collect())
            }
            _ => Self::Unknown,
        }
    }

    /// The type as people write it: `list(string)`, `object({name = string, port = optional(number)})`; `any` if unknown.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Unknown => "any".to_owned(),
            Self::String => "string".to_owned(),
            Self::Number => "number".to_owned(),
            Self::Bool => "bool".to_owned(),
            Self::List(inner) => format!("list({})", inner.text()),
            Self::Set(inner) => format!("set({})", inner.text()),
            Self::Map(inner) => format!("map({})", inner.text()),
            Self::Tuple(items) => format!("tuple([{}])", items.iter().map(Self::text).collect::<Vec<_>>().join(", ")),
            Self::Object(fields) => {
                let one = |(name, field): (&String, &Attribute)| match field.required {
                    true => format!("{name} = {}", field.value.text()),
                    false => format!("{name} = optional({})", field.value.text()),
                };
                format!("object({{{}}})", fields.iter().map(one).collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// Why `value` can't be given to a variable of this type; `None` if it can, or if that can't be told.
    /// Maps that `dsl §6` reads as references or secrets fit everywhere: their value comes later.
    #[must_use]
    pub fn mismatch(&self, value: &Value) -> Option<String> {
        use xcf_core::value::{Shape, shape};
        match shape(value) {
            Shape::Output(_) | Shape::Secret(_) | Shape::LooksLikeReference => return None,
            Shape::Literal(inner) => return self.mismatch_data(&inner),
            Shape::Data => {}
        }
        self.mismatch_data(value)
    }

    fn mismatch_data(&self, value: &Value) -> Option<String> {
        let wrong = |expected: &str| Some(format!("expected {expected}, found {}", kind_of(value)));
        match (self, value) {
            (Self::Unknown, _) | (_, Value::Null) => None,
            (Self::String, Value::String(_) | Value::Number(_) | Value::Bool(_)) => None,
            (Self::String, _) => wrong("a string"),
            (Self::Number, Value::Number(_)) => None,
            (Self::Number, Value::String(text)) if is_number(text) => None,
            (Self::Number, _) => wrong("a number"),
            (Self::Bool, Value::Bool(_)) => None,
            (Self::Bool, Value::String(text)) if text == "true" || text == "false" => None,
            (Self::Bool, _) => wrong("true or false"),
            (Self::List(inner) | Self::Set(inner), Value::Array(items)) => items.iter().find_map(|i| inner.mismatch(i)),
            (Self::List(_) | Self::Set(_), _) => wrong("a list"),
            (Self::Tuple(inner), Value::Array(items)) if inner.len() == items.len() => {
                inner.iter().zip(items).find_map(|(t, v)| t.mismatch(v))
            }
            (Self::Tuple(inner), _) => wrong(&format!("a list of {} values", inner.len())),
            (Self::Map(inner), Value::Object(map)) => map.values().find_map(|v| inner.mismatch(v)),
            (Self::Map(_), _) => wrong("a map"),
            (Self::Object(fields), Value::Object(map)) => fields.iter().find_map(|(name, field)| match map.get(name) {
                Some(inner) => field.value.mismatch(inner).map(|why| format!("`{name}`: {why}")),
                None if field.required => Some(format!("the key `{name}` is missing")),
                None => None,
            }),
            (Self::Object(_), _) => wrong("a map"),
        }
    }

    /// Why an output of type `from` can't feed a variable of this type; `None` if it can, or if that can't be told.
    #[must_use]
    pub fn rejects(&self, from: &Self) -> Option<String> {
        let scalar = |t: &Self| matches!(t, Self::String | Self::Number | Self::Bool);
        let list = |t: &Self| matches!(t, Self::List(_) | Self::Set(_) | Self::Tuple(_));
        let map = |t: &Self| matches!(t, Self::Map(_) | Self::Object(_));
        let known = *self != Self::Unknown && *from != Self::Unknown;
        let fits = (scalar(self) && scalar(from)) || (list(self) && list(from)) || (map(self) && map(from));
        (known && !fits).then(|| format!("expected {}, the output is {}", self.word(), from.word()))
    }

    /// The type in words, for example `a list`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unknown => "any value",
            Self::String => "a string",
            Self::Number => "a number",
            Self::Bool => "true or false",
            Self::List(_) | Self::Set(_) | Self::Tuple(_) => "a list",
            Self::Map(_) | Self::Object(_) => "a map",
        }
    }
}

impl Attribute {
    fn of(expr: &Expression) -> Self {
        match expr {
            Expression::FuncCall(f) if f.name.name.as_str() == "optional" => Self {
                value: f.args.get(0).map_or(InputType::Unknown, InputType::of),
                required: false,
                default: f.args.get(1).and_then(super::literal::json),
            },
            other => Self { value: InputType::of(other), required: true, default: None },
        }
    }
}

/// True if `text` reads as a number; the words for what is none (`inf`, `nan`) are no numbers to any engine.
fn is_number(text: &str) -> bool {
    text.trim().parse::<f64>().is_ok_and(f64::is_finite) && text.contains(|c: char| c.is_ascii_digit())
}

pub(super) fn key_text(key: &ObjectKey) -> Option<String> {
    match key {
        ObjectKey::Ident(ident) => Some(ident.as_str().to_owned()),
        ObjectKey::Expression(Expression::Variable(name)) => Some(name.as_str().to_owned()),
        ObjectKey::Expression(expr) => expr.as_str().map(str::to_owned),
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn dsl6_literals_are_checked_against_the_variable_type() {
        let fits = |t: &str, v: Value| InputType::of_text(t).mismatch(&v).is_none();
        assert!(fits("string", json!("a")) && fits("string", json!(15)) && !fits("string", json!([])));
        assert!(fits("number", json!("15")) && !fits("number", json!("fifteen")) && !fits("number", json!(true)));
        assert!(fits("bool", json!(true)) && !fits("bool", json!("yes")));
        assert!(
            fits("list(string)", json!(["a", 1]))
                && !fits("set(number)", json!(["x"]))
                && !fits("list(any)", json!({}))
        );
        assert!(fits("map(number)", json!({"a": 1})) && !fits("map(number)", json!({"a": "x"})));
        assert!(fits("object({a = string, b = optional(number)})", json!({"a": "x"})));
        assert!(!fits("object({a = string})", json!({})) && fits("any", json!({"z": [1]})));
        assert!(fits("number", json!({"output": "id"})) && fits("list(string)", json!([{"from": "n", "output": "x"}])));
        assert!(!fits("number", json!({"literal": "x"})));
    }

    #[test]
    fn dsl6_wired_types_are_checked_where_known() {
        let t = InputType::of_text;
        assert!(t("number").rejects(&t("list(string)")).is_some());
        assert!(t("number").rejects(&t("string")).is_none(), "the engine converts");
        assert!(t("map(string)").rejects(&t("any")).is_none());
    }
}
