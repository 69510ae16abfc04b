//! Canonical JSON and digests (`D6`: digest of meaning).

use crate::ids::Digest;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Canonical JSON: keys sorted by code point, no blanks, numbers as serde_json prints them.
#[must_use]
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write_canonical(value, &mut out);
    out
}

fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<_> = map.iter().collect();
            keys.sort_by(|a, b| a.0.cmp(b.0));
            out.push('{');
            for (index, (key, inner)) in keys.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&Value::String(key.clone()).to_string());
                out.push(':');
                write_canonical(inner, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, inner) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_canonical(inner, out);
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}

/// SHA-256 of bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Digest {
    Digest::from_bytes(&Sha256::digest(bytes))
}

/// SHA-256 of the canonical JSON of `value`.
#[must_use]
pub fn of_json(value: &Value) -> Digest {
    sha256(canonical(value).as_bytes())
}

/// Keyed digest of a sensitive value: HMAC-SHA-256 of its canonical JSON, hex (`D6`).
#[must_use]
pub fn keyed(key: &[u8], value: &Value) -> String {
    use hmac::{Hmac, Mac};
    // HMAC takes keys of any length; `new_from_slice` has no failing case for it.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(canonical(value).as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn d6_canonical_json_ignores_key_order() {
        let a = json!({"b": [1, {"y": null, "x": "é"}], "a": true});
        let b = json!({"a": true, "b": [1, {"x": "é", "y": null}]});
        assert_eq!(canonical(&a), canonical(&b));
        assert_eq!(of_json(&a), of_json(&b));
        assert_ne!(of_json(&a), of_json(&json!({})));
        assert_ne!(keyed(b"k1", &a), keyed(b"k2", &a));
    }
}
