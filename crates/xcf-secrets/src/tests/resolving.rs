//! Resolving references.

use crate::{EnvAccess, OsKeyring, Secrets};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::sync::Arc;
use xcf_core::ports::secrets::{SecretError, SecretSource};

fn secrets(access: EnvAccess) -> Secrets {
    let variable = |name: &str| match name {
        "DB_PASSWORD" => Some(OsString::from("hunter2\n with space")),
        "EMPTY" => Some(OsString::new()),
        "BYTES" => Some(OsString::from_vec(vec![0xff, 0xfe])),
        _ => None,
    };
    Secrets::with_environment(access, Arc::new(variable), OsKeyring::default())
}

#[tokio::test]
async fn dsl6_env_gives_the_exact_value_and_never_an_empty_one() {
    let secrets = secrets(EnvAccess::Any);
    let found = secrets.resolve("env:DB_PASSWORD").await.unwrap();
    assert_eq!(found.expose(), "hunter2\n with space");
    assert!(!format!("{found:?}{found}").contains("hunter2"));
    assert!(matches!(secrets.resolve("env:NOT_SET").await, Err(SecretError::Missing(r)) if r == "env:NOT_SET"));
    for bad in ["env:EMPTY", "env:BYTES"] {
        assert!(matches!(secrets.resolve(bad).await, Err(SecretError::Failed { .. })), "{bad}");
    }
    assert_eq!(secrets.version("env:DB_PASSWORD").await.unwrap(), None);
}

#[tokio::test]
async fn dsl6_server_and_worker_hand_out_only_listed_variables() {
    let listed = secrets(EnvAccess::Listed(BTreeSet::from(["DB_PASSWORD".to_owned()])));
    assert!(listed.resolve("env:DB_PASSWORD").await.is_ok());
    for other in ["env:HOME", "env:NOT_SET"] {
        assert!(matches!(listed.resolve(other).await, Err(SecretError::Unavailable { scheme, .. }) if scheme == "env"));
    }
}

#[tokio::test]
async fn dsl6_forms_that_are_not_built_say_so_and_broken_ones_are_refused() {
    let secrets = secrets(EnvAccess::Any);
    for (reference, scheme) in [("vault:kv/a#b", "vault"), ("sops:a.yaml#k", "sops"), ("kms:main#AA==", "kms")] {
        match secrets.resolve(reference).await {
            Err(SecretError::Unavailable { scheme: s, reason }) => assert!(s == scheme && reason.contains("keyring:")),
            other => panic!("{reference}: {other:?}"),
        }
    }
    for reference in ["vault:kv#b", "file:/etc/passwd", "hunter2"] {
        assert!(matches!(secrets.resolve(reference).await, Err(SecretError::BadReference(_))), "{reference}");
        assert!(matches!(secrets.version(reference).await, Err(SecretError::BadReference(_))), "{reference}");
    }
    assert_eq!(secrets.version("vault:kv/a#b@7").await.unwrap().as_deref(), Some("7"));
    assert!(secrets.version("vault:kv/a#b").await.is_err());
}
