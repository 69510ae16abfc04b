//! Shapes of single texts: refs, cron schedules, time zones, keys, days, comparisons. Each function returns what is
//! wrong with the text, or nothing.

use crate::ids::is_dns_label;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What is wrong with a repository-relative path (`dsl §2`): it must not be able to leave the repository.
#[must_use]
pub fn ref_fault(text: &str) -> Option<String> {
    let why = if text.is_empty() {
        "it is empty"
    } else if text.starts_with('/') || text.starts_with('~') {
        "it is absolute"
    } else if text.contains('\\') {
        "it has a backslash; parts are separated by `/`"
    } else if text.contains(':') {
        "it has a colon; a ref is a path, not an address"
    } else if text.chars().any(char::is_control) {
        "it has a control character"
    } else if text.split('/').any(|p| p == "..") {
        "it goes up with `..`"
    } else if text.split('/').all(|p| p.is_empty() || p == ".") {
        "it names no file or folder"
    } else {
        return None;
    };
    Some(format!("`{text}` is not a path inside the repository: {why}"))
}

/// Name of a module without `name`: the last part of its ref without extension (`dsl §1`).
#[must_use]
pub fn default_module_name(reference: &str) -> &str {
    let last = reference.trim_end_matches('/').rsplit('/').next().unwrap_or(reference);
    match last.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => last,
    }
}

pub(super) fn name_fault(text: &str) -> Option<String> {
    (!is_dns_label(text))
        .then(|| format!("`{text}` is not a name: 1 to 63 of a-z, 0-9 and `-`, not starting or ending with `-`"))
}

pub(super) fn moved_fault(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('/').collect();
    let fits = parts.len() == 2 && parts.iter().all(|p| is_dns_label(p));
    (!fits).then(|| format!("`{text}` is not COMPOSITION/MODULE"))
}

/// A day (`2026-12-31`) or an RFC 3339 time.
pub(super) fn until_fault(text: &str) -> Option<String> {
    let day = text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok();
    let time = text.len() > 10 && text.parse::<jiff::Timestamp>().is_ok();
    (!day && !time)
        .then(|| format!("`{text}` is not a day: write 2026-12-31, or a time with zone like 2026-12-31T18:00:00Z"))
}

pub(super) fn time_zone_fault(text: &str) -> Option<String> {
    let known = jiff::tz::TimeZoneDatabase::bundled().get(text).is_ok();
    (!known).then(|| format!("`{text}` is no IANA time zone, for example Europe/Berlin or UTC"))
}

/// `ed25519:BASE64` of 32 bytes.
pub(super) fn key_fault(text: &str) -> Option<String> {
    let Some(encoded) = text.strip_prefix("ed25519:") else {
        return Some("a key is `ed25519:` and the base64 of 32 bytes".to_owned());
    };
    match STANDARD.decode(encoded) {
        Ok(bytes) if bytes.len() == 32 => None,
        Ok(bytes) => Some(format!("a key has 32 bytes, this one has {}", bytes.len())),
        Err(_) => Some("what follows `ed25519:` is not base64".to_owned()),
    }
}

/// `< 0.5`: a comparison and a number.
pub(super) fn pass_fault(text: &str) -> Option<String> {
    let trimmed = text.trim();
    let rest = ["<=", ">=", "==", "!=", "<", ">"].iter().find_map(|op| trimmed.strip_prefix(op));
    let number = rest.map(str::trim).and_then(|n| n.parse::<f64>().ok()).filter(|n| n.is_finite());
    number.is_none().then(|| format!("`{text}` is not a comparison: one of < <= > >= == != and a number, like `< 0.5`"))
}

pub(super) fn currency_fault(text: &str) -> Option<String> {
    let fits = text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase());
    (!fits).then(|| format!("`{text}` is not a currency: three letters like USD"))
}

/// A secret reference (`dsl §6`).
pub(super) fn secret_fault(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once(':').unwrap_or((text, ""));
    let fits = match scheme {
        "vault" => rest.split_once('#').is_some_and(|(path, field)| path.contains('/') && !field.is_empty()),
        "sops" => rest.split_once('#').is_some_and(|(path, key)| ref_fault(path).is_none() && !key.is_empty()),
        "kms" => rest.split_once('#').is_some_and(|(key, data)| !key.is_empty() && STANDARD.decode(data).is_ok()),
        "keyring" => rest.split_once('/').is_some_and(|(service, account)| !service.is_empty() && !account.is_empty()),
        "env" => !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'),
        _ => false,
    };
    // The text itself could be a secret put here by mistake: it is not repeated.
    (!fits).then(|| {
        "this is not a secret reference: vault:MOUNT/PATH#FIELD, sops:PATH#key, kms:KEY#BASE64, keyring:SERVICE/ACCOUNT or env:NAME"
            .to_owned()
    })
}

/// A five-field cron schedule: numbers or names, `*`, lists, ranges, steps.
pub(super) fn cron_fault(text: &str) -> Option<String> {
    const MONTHS: &[&str] = &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    const DAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    let fields: Vec<&str> = text.split_whitespace().collect();
    if fields.len() != 5 {
        return Some(format!("`{text}` has {} fields, a schedule has 5: minute hour day month weekday", fields.len()));
    }
    let shapes = [
        Field { what: "minute", min: 0, max: 59, names: &[], first: 0 },
        Field { what: "hour", min: 0, max: 23, names: &[], first: 0 },
        Field { what: "day", min: 1, max: 31, names: &[], first: 0 },
        Field { what: "month", min: 1, max: 12, names: MONTHS, first: 1 },
        Field { what: "weekday", min: 0, max: 7, names: DAYS, first: 0 },
    ];
    let wrong = fields.iter().zip(&shapes).find(|(field, shape)| !field.split(',').all(|part| shape.accepts(part)))?;
    let (field, shape) = wrong;
    Some(format!(
        "`{field}` is no {}: {} to {}, `*`, lists, ranges and steps like 1-5 or */15",
        shape.what, shape.min, shape.max
    ))
}

struct Field {
    what: &'static str,
    min: u32,
    max: u32,
    names: &'static [&'static str],
    first: u32,
}

impl Field {
    fn accepts(&self, part: &str) -> bool {
        let (range, step) = part.split_once('/').map_or((part, None), |(r, s)| (r, Some(s)));
        let step_ok = step.is_none_or(|s| digits(s).is_some_and(|n| (1..=self.max).contains(&n)));
        let range_ok = match range.split_once('-') {
            _ if range == "*" => true,
            Some((a, b)) => matches!((self.value(a), self.value(b)), (Some(a), Some(b)) if a <= b),
            None => self.value(range).is_some(),
        };
        step_ok && range_ok
    }

    fn value(&self, text: &str) -> Option<u32> {
        let named = self.names.iter().position(|n| n.eq_ignore_ascii_case(text));
        let value = match named {
            Some(index) => u32::try_from(index).ok()? + self.first,
            None => digits(text)?,
        };
        (self.min..=self.max).contains(&value).then_some(value)
    }
}

fn digits(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dsl2_refs_stay_inside() {
        for good in ["modules/aws/rds-cluster", "playbooks/agent.yaml", "a", "a..b/c", "./a", "a/", "模块/a b"] {
            assert_eq!(ref_fault(good), None, "{good}");
        }
        for bad in [
            "",
            "/etc/passwd",
            "../../etc/passwd",
            "a/../b",
            "a/..",
            "a\\b",
            "C:/x",
            "~/x",
            "git::https://x",
            ".",
            "./.",
            "a\0b",
        ] {
            assert!(ref_fault(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn dsl1_module_names_come_from_refs() {
        for (reference, name) in [
            ("modules/aws/rds-cluster", "rds-cluster"),
            ("playbooks/agent.yaml", "agent"),
            ("x", "x"),
            ("a/.hidden", ".hidden"),
        ] {
            assert_eq!(default_module_name(reference), name);
        }
    }

    #[test]
    fn dsl_schedules_have_five_fields() {
        for good in ["0 22 * * 1-5", "*/15 * * * *", "0,30 8-18/2 1 JAN-MAR mon,fri", "59 23 31 12 7", "5/10 * * * *"] {
            assert_eq!(cron_fault(good), None, "{good}");
        }
        for bad in [
            "",
            "* * * *",
            "* * * * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 8",
            "5-1 * * * *",
            "*/0 * * * *",
            "a * * * *",
            "1, * * * *",
            "@daily",
        ] {
            assert!(cron_fault(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn dsl_days_zones_keys_and_comparisons() {
        for good in ["2026-12-31", "2026-12-31T18:00:00Z", "2026-12-31T18:00:00+08:00"] {
            assert_eq!(until_fault(good), None, "{good}");
        }
        for bad in ["2026-13-01", "2026-02-30", "tomorrow", "2026-12-31T18:00:00", "31.12.2026", ""] {
            assert!(until_fault(bad).is_some(), "{bad}");
        }
        assert_eq!(time_zone_fault("Asia/Shanghai"), None);
        assert_eq!(time_zone_fault("UTC"), None);
        assert!(time_zone_fault("Mars/Olympus").is_some());
        let key = |n: usize| format!("ed25519:{}", STANDARD.encode(vec![7; n]));
        assert_eq!(key_fault(&key(32)), None);
        for bad in [key(31), key(33), "rsa:AAAA".into(), "ed25519:***".into(), STANDARD.encode([7; 32])] {
            assert!(key_fault(&bad).is_some(), "{bad}");
        }
        for good in ["< 0.5", ">=1", "== 200", "!= 0"] {
            assert_eq!(pass_fault(good), None, "{good}");
        }
        for bad in ["0.5", "< x", "=> 1", "<", "< inf"] {
            assert!(pass_fault(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn dsl6_secret_references() {
        for good in [
            "vault:kv/app#password",
            "vault:kv/app#password@3",
            "sops:secrets/a.yaml#db.password",
            "kms:main#AAAA",
            "keyring:xcf/me",
            "env:TOKEN",
        ] {
            assert_eq!(secret_fault(good), None, "{good}");
        }
        for bad in ["hunter2", "vault:kv", "sops:../x#a", "env:", "env:A-B", "keyring:x", "kms:a#%%"] {
            assert!(secret_fault(bad).is_some(), "{bad}");
        }
        assert!(!secret_fault("hunter2").unwrap().contains("hunter2"));
    }
}
