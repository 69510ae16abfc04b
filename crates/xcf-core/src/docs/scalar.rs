//! What a scalar means: YAML 1.2 core schema, and where other readers of YAML would see something else.

use super::spans::{CoreTag, Style};
use serde_json::{Number, Value};

/// A scalar's value, or why it has none here.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Typed {
    /// The value.
    Value(Value),
    /// Readers of YAML disagree; the text says how.
    Ambiguous(&'static str),
    /// It has no JSON value (infinity, a number too long, a tag that does not fit).
    Unsupported(&'static str),
}

/// Types one scalar.
pub(crate) fn typed(text: &str, style: Style, tag: Option<CoreTag>) -> Typed {
    match tag {
        Some(tag) => tagged(text, tag),
        None if style == Style::Plain => plain(text),
        None => Typed::Value(Value::String(text.to_owned())),
    }
}

/// True if a scalar is a text whatever its letters say: quoted, or not starting like a number, `null`, `true`, `~`.
/// Saves making the text to find that out.
pub(crate) fn is_surely_text(text: &str, style: Style, tag: Option<CoreTag>) -> bool {
    let starts =
        |b: &u8| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'~' | b'n' | b'N' | b't' | b'T' | b'f' | b'F');
    tag.is_none() && (style != Style::Plain || text.as_bytes().first().is_some_and(|b| !starts(b)))
}

/// The core schema's value of a plain scalar.
pub(crate) fn core(text: &str) -> Typed {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Typed::Value(Value::Null),
        "true" | "True" | "TRUE" => return Typed::Value(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Typed::Value(Value::Bool(false)),
        _ => {}
    }
    let first = text.as_bytes().first().copied().unwrap_or(b' ');
    if !(first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.')) {
        return Typed::Value(Value::String(text.to_owned()));
    }
    number(text).unwrap_or_else(|| Typed::Value(Value::String(text.to_owned())))
}

fn plain(text: &str) -> Typed {
    match disagreement(text) {
        Some(how) => Typed::Ambiguous(how),
        None => core(text),
    }
}

fn tagged(text: &str, tag: CoreTag) -> Typed {
    let value = match tag {
        CoreTag::Text => return Typed::Value(Value::String(text.to_owned())),
        _ => core(text),
    };
    let fits = match (&value, tag) {
        (Typed::Value(Value::Bool(_)), CoreTag::Bool) | (Typed::Value(Value::Null), CoreTag::Null) => true,
        (Typed::Value(Value::Number(n)), CoreTag::Int) => !n.is_f64(),
        (Typed::Value(Value::Number(_)), CoreTag::Float) => true,
        _ => false,
    };
    if fits { value } else { Typed::Unsupported("the tag does not fit the text") }
}

fn number(text: &str) -> Option<Typed> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if let Some(hex) = text.strip_prefix("0x") {
        return radix(hex, 16);
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return radix(octal, 8);
    }
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some(Typed::Unsupported("infinity and NaN have no value here"));
    }
    if !unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit()) {
        return Some(integer(text));
    }
    is_float(unsigned).then(|| {
        let parsed = text.parse::<f64>().ok().and_then(Number::from_f64);
        parsed.map_or(Typed::Unsupported("this number is too large"), |n| Typed::Value(Value::Number(n)))
    })
}

fn integer(text: &str) -> Typed {
    let plain = text.strip_prefix('+').unwrap_or(text);
    let number = plain.parse::<u64>().map(Number::from).or_else(|_| plain.parse::<i64>().map(Number::from));
    number.map_or(Typed::Unsupported("this whole number has more digits than a number holds"), |n| {
        Typed::Value(Value::Number(n))
    })
}

fn radix(digits: &str, base: u32) -> Option<Typed> {
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(base)) {
        return None;
    }
    let value = u64::from_str_radix(digits, base);
    Some(value.map_or(Typed::Unsupported("this whole number has more digits than a number holds"), |n| {
        Typed::Value(Value::Number(n.into()))
    }))
}

/// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn is_float(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((m, e)) => (m, Some(e.strip_prefix(['+', '-']).unwrap_or(e))),
        None => (unsigned, None),
    };
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let mantissa_ok = match mantissa.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part) && !(whole.is_empty() && part.is_empty()),
        None => !mantissa.is_empty() && digits(mantissa),
    };
    mantissa_ok && exponent.is_none_or(|e| !e.is_empty() && digits(e))
}

/// How YAML 1.1 readers (Ansible's among them) and 1.2 readers differ about a plain scalar; `None` if they agree.
/// Dates stay text here and are compared as text.
pub(crate) fn disagreement(text: &str) -> Option<&'static str> {
    match text {
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Some("text in YAML 1.2, true in YAML 1.1"),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Some("text in YAML 1.2, false in YAML 1.1"),
        "<<" => return Some("a plain key in YAML 1.2, a merge key in YAML 1.1"),
        "=" => return Some("text in YAML 1.2, a default value in YAML 1.1"),
        _ => {}
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let first = unsigned.as_bytes().first().copied()?;
    if !(first.is_ascii_digit() || first == b'.') {
        return None;
    }
    if first == b'0'
        && unsigned.len() > 1
        && let Some(how) = leading_zero(unsigned, text.len() > unsigned.len())
    {
        return Some(how);
    }
    if unsigned.contains('_') && unsigned.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'_' | b'.')) {
        return Some("text in YAML 1.2, a number with separators in YAML 1.1");
    }
    is_sexagesimal(unsigned).then_some("text in YAML 1.2, a base-60 number in YAML 1.1")
}

fn leading_zero(unsigned: &str, signed: bool) -> Option<&'static str> {
    let rest = unsigned.get(1..)?;
    if rest.bytes().all(|b| b.is_ascii_digit() || b == b'_') {
        return Some("decimal in YAML 1.2, octal in YAML 1.1, text to some readers");
    }
    let (prefix, digits) = (rest.get(..1)?, rest.get(1..)?);
    let of = |base: u32| !digits.is_empty() && digits.chars().all(|c| c.is_digit(base) || c == '_');
    match prefix {
        "o" if of(8) => Some("octal in YAML 1.2, text in YAML 1.1"),
        "b" if of(2) => Some("text in YAML 1.2, binary in YAML 1.1"),
        "x" if of(16) && (signed || digits.contains('_')) => Some("text in YAML 1.2, hexadecimal in YAML 1.1"),
        _ => None,
    }
}

fn is_sexagesimal(unsigned: &str) -> bool {
    let mut parts = unsigned.split(':');
    let Some(head) = parts.next() else { return false };
    let mut count = 0;
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let tail_ok = parts.all(|p| {
        count += 1;
        let whole = p.split_once('.').map_or(p, |(w, _)| w);
        digits(whole) && whole.len() <= 2 && whole.as_bytes().first().is_some_and(|b| whole.len() == 1 || *b < b'6')
    });
    digits(head) && count > 0 && tail_ok
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn value(text: &str) -> Value {
        match typed(text, Style::Plain, None) {
            Typed::Value(v) => v,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn d5_core_schema_types_plain_scalars() {
        for (text, want) in [
            ("", json!(null)),
            ("~", json!(null)),
            ("true", json!(true)),
            ("False", json!(false)),
            ("0", json!(0)),
            ("-12", json!(-12)),
            ("+7", json!(7)),
            ("18446744073709551615", json!(u64::MAX)),
            ("0x1F", json!(31)),
            ("1.5", json!(1.5)),
            (".5", json!(0.5)),
            ("1e3", json!(1000.0)),
            ("-", json!("-")),
            ("1.2.3", json!("1.2.3")),
            ("t3.micro", json!("t3.micro")),
            ("10.0.0.0/16", json!("10.0.0.0/16")),
            ("2026-12-31", json!("2026-12-31")),
            ("12:99", json!("12:99")),
            ("e5", json!("e5")),
            ("0xZZ", json!("0xZZ")),
            ("y", json!("y")),
        ] {
            assert_eq!(value(text), want, "{text}");
        }
        assert_eq!(typed("15", Style::Double, None), Typed::Value(json!("15")));
        assert_eq!(typed("15", Style::Plain, Some(CoreTag::Text)), Typed::Value(json!("15")));
        assert!(matches!(typed("x", Style::Plain, Some(CoreTag::Int)), Typed::Unsupported(_)));
    }

    #[test]
    fn d5_disagreements_are_found() {
        for text in [
            "yes",
            "NO",
            "on",
            "Off",
            "017",
            "012345678901",
            "0o17",
            "0b11",
            "1_000",
            "12:30",
            "190:20:30.15",
            "<<",
            "-0x1F",
            "-017",
        ] {
            assert!(matches!(typed(text, Style::Plain, None), Typed::Ambiguous(_)), "{text}");
            assert!(matches!(typed(text, Style::Single, None), Typed::Value(Value::String(_))), "{text}");
        }
        for text in ["99999999999999999999", ".inf", "-.Inf", ".nan", "1e999"] {
            assert!(matches!(typed(text, Style::Plain, None), Typed::Unsupported(_)), "{text}");
        }
    }
}
