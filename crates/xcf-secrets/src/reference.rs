//! Secret references, read strictly (`dsl §6`): what is not exactly one of the forms is no reference.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::str::FromStr;
use xcf_core::ports::secrets::SecretError;

/// A secret reference. `Display` gives back the text it was read from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SecretRef {
    /// `vault:MOUNT/PATH#FIELD[@VERSION]`.
    Vault {
        /// Mount of the engine.
        mount: String,
        /// Path below it.
        path: String,
        /// Field of the secret.
        field: String,
        /// Version; none: the newest.
        version: Option<u32>,
    },
    /// `sops:REPO_PATH#dotted.key`.
    Sops {
        /// Encrypted file, repository-relative.
        path: String,
        /// Keys from the outside in.
        key: Vec<String>,
    },
    /// `kms:KEY#BASE64`.
    Kms {
        /// Name of the key in `secrets.kms.keys`.
        key: String,
        /// The ciphertext.
        ciphertext: Vec<u8>,
    },
    /// `keyring:SERVICE/ACCOUNT`.
    Keyring {
        /// Service.
        service: String,
        /// Account.
        account: String,
    },
    /// `env:NAME`.
    Env {
        /// Name of the variable.
        name: String,
    },
}

impl SecretRef {
    /// The word before the colon.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        match self {
            Self::Vault { .. } => "vault",
            Self::Sops { .. } => "sops",
            Self::Kms { .. } => "kms",
            Self::Keyring { .. } => "keyring",
            Self::Env { .. } => "env",
        }
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vault { mount, path, field, version } => {
                write!(f, "vault:{mount}/{path}#{field}")?;
                version.map_or(Ok(()), |v| write!(f, "@{v}"))
            }
            Self::Sops { path, key } => write!(f, "sops:{path}#{}", key.join(".")),
            Self::Kms { key, ciphertext } => write!(f, "kms:{key}#{}", STANDARD.encode(ciphertext)),
            Self::Keyring { service, account } => write!(f, "keyring:{service}/{account}"),
            Self::Env { name } => write!(f, "env:{name}"),
        }
    }
}

impl FromStr for SecretRef {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Self, SecretError> {
        let Some((scheme, rest)) = text.split_once(':').filter(|(s, _)| SCHEMES.contains(s)) else {
            // Somebody may have written the secret itself here: it must not be repeated.
            return Err(SecretError::BadReference(format!("a text of {} characters", text.chars().count())));
        };
        let read = match scheme {
            "vault" => vault(rest),
            "sops" => sops(rest),
            "kms" => kms(rest),
            "keyring" => keyring(rest),
            _ => env(rest),
        };
        read.ok_or_else(|| SecretError::BadReference(text.to_owned()))
    }
}

const SCHEMES: [&str; 5] = ["vault", "sops", "kms", "keyring", "env"];

fn vault(rest: &str) -> Option<SecretRef> {
    let (place, selector) = rest.split_once('#')?;
    let (mount, path) = place.split_once('/')?;
    let (field, version) = match selector.split_once('@') {
        None => (selector, None),
        Some((field, version)) => (field, Some(positive(version)?)),
    };
    let sound = is_name(mount) && path.split('/').all(is_name) && is_name(field) && !field.contains('/');
    sound.then(|| SecretRef::Vault { mount: mount.to_owned(), path: path.to_owned(), field: field.to_owned(), version })
}

/// A number without sign or leading zeros, so that one version has one text.
fn positive(text: &str) -> Option<u32> {
    let number = text.parse().ok().filter(|n| *n > 0)?;
    (u32::to_string(&number) == text).then_some(number)
}

fn sops(rest: &str) -> Option<SecretRef> {
    let (path, key) = rest.split_once('#')?;
    let key: Vec<String> = key.split('.').map(str::to_owned).collect();
    let sound = path.split('/').all(is_name) && key.iter().all(|k| is_name(k));
    sound.then(|| SecretRef::Sops { path: path.to_owned(), key })
}

fn kms(rest: &str) -> Option<SecretRef> {
    let (key, text) = rest.split_once('#')?;
    // The standard engine refuses missing padding and stray bits, so one ciphertext has one text.
    let ciphertext = STANDARD.decode(text).ok().filter(|c| !c.is_empty())?;
    key.split('/').all(is_name).then(|| SecretRef::Kms { key: key.to_owned(), ciphertext })
}

fn keyring(rest: &str) -> Option<SecretRef> {
    let (service, account) = rest.split_once('/')?;
    let sound = is_plain(service) && is_plain(account) && !account.contains('/');
    sound.then(|| SecretRef::Keyring { service: service.to_owned(), account: account.to_owned() })
}

fn env(rest: &str) -> Option<SecretRef> {
    let first = rest.bytes().next()?;
    let sound = !first.is_ascii_digit() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    sound.then(|| SecretRef::Env { name: rest.to_owned() })
}

/// Something visible, without blanks, control characters and the marks of the grammar.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '#')
}

/// One step of a path.
fn is_name(text: &str) -> bool {
    is_plain(text) && text != "." && text != ".." && !text.contains(['@', '\\', '?', '%'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dsl6_every_form_is_read_and_written_back() {
        let good = [
            "vault:secret/team/db#password",
            "vault:kv/a#b@12",
            "sops:envs/prod/secrets.yaml#db.password",
            "kms:main#AAEC/w==",
            "kms:arn:aws:kms:eu-west-1:1:key/abc#AA==",
            "keyring:xcloudflow/ann@acme.example",
            "env:DB_PASSWORD",
            "env:_x1",
        ];
        for text in good {
            let read: SecretRef = text.parse().unwrap();
            assert_eq!(read.to_string(), text);
            assert!(text.starts_with(&format!("{}:", read.scheme())));
        }
    }

    #[test]
    fn dsl6_everything_else_is_refused() {
        let bad = [
            "vault:secret#f",
            "vault:/a#f",
            "vault:a//b#f",
            "vault:a/../b#f",
            "vault:a/b",
            "vault:a/b#",
            "vault:a/b#f@",
            "vault:a/b#f@0",
            "vault:a/b#f@01",
            "vault:a/b#f@+1",
            "vault:a/b#f@99999999999",
            "vault:a/b#f#g",
            "vault:a/b#f@1@2",
            "vault:a/b?x#f",
            "vault: a/b#f",
            "sops:/etc/x#k",
            "sops:../x#k",
            "sops:a/./b#k",
            "sops:a#",
            "sops:a#k..l",
            "sops:a",
            "sops:a\\b#k",
            "kms:k#",
            "kms:k",
            "kms:#AA==",
            "kms:k#AA",
            "kms:k#AB==",
            "kms:k#A A=",
            "kms:k#AA==\n",
            "keyring:a",
            "keyring:/b",
            "keyring:a/",
            "keyring:a/b/c",
            "keyring:a/b c",
            "env:",
            "env:1A",
            "env:A-B",
            "env:A B",
            "env:É",
            "env:A\n",
            "ENV:A",
            "env A",
            "",
            ":",
            "literal",
        ];
        for text in bad {
            assert!(text.parse::<SecretRef>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn d2_7_a_secret_written_instead_of_a_reference_is_not_repeated() {
        for text in ["hunter2-hunter2", "https://user:hunter2@host", "hunter2:x"] {
            let error = text.parse::<SecretRef>().unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn dsl6_reading_never_panics_and_writes_back_what_it_read(scheme in "(vault|sops|kms|keyring|env|x)", rest in "[a-zA-Z0-9/#@.:=+ _%-]{0,24}") {
            let text = format!("{scheme}:{rest}");
            if let Ok(read) = text.parse::<SecretRef>() {
                prop_assert_eq!(read.to_string(), text);
            }
        }

        #[test]
        fn dsl6_any_text_at_all_is_read_or_refused(text in any::<String>()) {
            if let Ok(read) = text.parse::<SecretRef>() {
                prop_assert_eq!(read.to_string(), text);
            }
        }
    }
}
