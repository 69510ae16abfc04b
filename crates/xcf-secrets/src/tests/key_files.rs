//! Keys in files, signatures.

use super::statement;
use crate::{KeyError, KeyInfo, KeyPlace, KeyStore, PublicKey, default_key_dir, verify};
use jiff::Timestamp;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use tempfile::TempDir;
use xcf_core::changeset::ApprovalStatement;
use xcf_core::digest::sha256;
use xcf_core::ids::{ChangeSetId, PersonName, Role};
use xcf_core::route::Gate;

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

async fn own_key(dir: &TempDir, person: &str) -> (KeyStore, KeyInfo) {
    let store = KeyStore::files(dir.path().join("share/keys"));
    let key = store.generate(&PersonName::new(person), Timestamp::UNIX_EPOCH).await.unwrap();
    (store, key)
}

#[tokio::test]
async fn dsl10_a_key_in_a_file_is_private_listed_and_signs() {
    let dir = TempDir::new().unwrap();
    let (store, key) = own_key(&dir, "ann").await;
    let KeyPlace::File(seed) = &key.place else { panic!("{key:?}") };
    assert_eq!((mode(seed), mode(&seed.with_extension("json")), mode(store.dir())), (0o600, 0o600, 0o700));
    let secret = fs::read_to_string(seed).unwrap();
    assert!(!format!("{key:?} {store:?}").contains(secret.trim()));
    assert!(!fs::read_to_string(seed.with_extension("json")).unwrap().contains(secret.trim()));

    let (_, bobs) = own_key(&dir, "bob").await;
    let mut listed = store.list().await.unwrap();
    listed.keys.sort_by(|a, b| a.person.cmp(&b.person));
    assert_eq!(listed.keys, [key.clone(), bobs]);
    assert_eq!(listed.problems, []);

    let signature = store.sign(&key.public, &statement()).await.unwrap();
    verify(&key.public, &statement(), &signature).unwrap();
    // Another process, later, reads the same key and text.
    let again = KeyStore::files(store.dir().to_owned());
    assert_eq!(again.sign(&key.public.to_string().parse().unwrap(), &statement()).await.unwrap(), signature);
}

#[tokio::test]
async fn d6_a_signature_counts_for_one_statement_and_one_key_only() {
    let dir = TempDir::new().unwrap();
    let (store, key) = own_key(&dir, "ann").await;
    let (_, other) = own_key(&dir, "bob").await;
    let signature = store.sign(&key.public, &statement()).await.unwrap();
    assert_eq!(verify(&other.public, &statement(), &signature), Err(KeyError::BadSignature));

    let tampered: Vec<fn(&mut ApprovalStatement)> = vec![
        |s| s.v = 2,
        |s| s.workspace.push('x'),
        |s| s.change_set = ChangeSetId(5),
        |s| drop(s.units.remove("prod/net/dns")),
        |s| drop(s.units.insert("prod/net/dns".to_owned(), sha256(b"other"))),
        |s| drop(s.units.insert("prod/net/more".to_owned(), sha256(b"more"))),
        |s| s.gate = Gate::Strong,
        |s| s.role = Some(Role::new("security")),
        |s| s.role = None,
        |s| s.policy_digest = sha256(b"other policies"),
        |s| s.person = PersonName::new("bob"),
        |s| s.at = Timestamp::from_second(1).unwrap(),
        |s| s.expires = Timestamp::MAX,
    ];
    for (n, tamper) in tampered.into_iter().enumerate() {
        let mut other = statement();
        tamper(&mut other);
        assert_eq!(verify(&key.public, &other, &signature), Err(KeyError::BadSignature), "change {n}");
    }
    let cut = &signature[..signature.len() - 4];
    for bad in ["", "x", cut, &format!("{signature} "), &format!("{signature}AAAA")] {
        assert_eq!(verify(&key.public, &statement(), bad), Err(KeyError::BadSignature), "{bad}");
    }
}

#[tokio::test]
async fn dsl10_public_keys_are_read_strictly() {
    let dir = TempDir::new().unwrap();
    let (_, key) = own_key(&dir, "ann").await;
    let text = key.public.to_string();
    assert!(text.starts_with("ed25519:") && text.parse::<PublicKey>().unwrap() == key.public);
    let unpadded = text.trim_end_matches('=');
    // The neutral point: any statement would verify.
    let weak = "ed25519:AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let off_curve = "ed25519:AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    for bad in [
        "",
        "ed25519:",
        unpadded,
        &text[8..],
        &text.to_uppercase(),
        &format!("{text}\n"),
        "ed25519:AAAA",
        weak,
        off_curve,
    ] {
        assert!(matches!(bad.parse::<PublicKey>(), Err(KeyError::BadKey { .. })), "{bad:?}");
    }
}

#[tokio::test]
async fn d13_exposed_foreign_and_damaged_keys_do_not_sign() {
    let dir = TempDir::new().unwrap();
    let (store, key) = own_key(&dir, "ann").await;
    let (elsewhere, _) = own_key(&TempDir::new().unwrap(), "ann").await;
    assert_eq!(elsewhere.sign(&key.public, &statement()).await.unwrap_err().code(), "not-own-key");

    let KeyPlace::File(seed) = &key.place else { panic!("{key:?}") };
    fs::set_permissions(seed, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(store.sign(&key.public, &statement()).await, Err(KeyError::Exposed(seed.clone())));
    fs::set_permissions(seed, fs::Permissions::from_mode(0o600)).unwrap();
    let good = fs::read_to_string(seed).unwrap();
    for bad in ["", "garbage", &good[..20]] {
        fs::write(seed, bad).unwrap();
        assert_eq!(store.sign(&key.public, &statement()).await.unwrap_err().code(), "key-damaged", "{bad}");
    }
    // Somebody else's seed under this card must not sign in its name.
    let (_, other) = own_key(&dir, "bob").await;
    let KeyPlace::File(others_seed) = &other.place else { panic!("{other:?}") };
    fs::copy(others_seed, seed).unwrap();
    assert_eq!(store.sign(&key.public, &statement()).await.unwrap_err().code(), "key-damaged");
}

#[tokio::test]
async fn d2_5_a_damaged_card_leaves_the_other_keys_working() {
    let dir = TempDir::new().unwrap();
    let (store, key) = own_key(&dir, "ann").await;
    fs::write(store.dir().join("feedfacefeedface.json"), "{").unwrap();
    let card = fs::read_to_string(store.dir().join(format!("{}.json", key.id))).unwrap();
    fs::write(store.dir().join("0123456789abcdef.json"), &card).unwrap();
    fs::write(store.dir().join("notes.txt"), "not a card").unwrap();
    let listed = store.list().await.unwrap();
    assert_eq!((listed.keys, listed.problems.len()), (vec![key.clone()], 2));
    store.sign(&key.public, &statement()).await.unwrap();
    let nowhere = KeyStore::files(dir.path().join("nowhere")).list().await.unwrap();
    assert!(nowhere.keys.is_empty() && nowhere.problems.is_empty());
}

#[test]
fn dsl8_the_key_folder_follows_the_environment() {
    let with = |set: &'static [(&str, &str)]| {
        default_key_dir(move |name| set.iter().find(|(n, _)| *n == name).map(|(_, v)| OsString::from(v)))
    };
    let dir = |path: &str| Some(PathBuf::from(path));
    assert_eq!(with(&[("XCF_KEY_DIR", "/k"), ("HOME", "/h")]), dir("/k").map(|d| (d, true)));
    assert_eq!(with(&[("XDG_DATA_HOME", "/d"), ("HOME", "/h")]), dir("/d/xcloudflow/keys").map(|d| (d, false)));
    assert_eq!(with(&[("HOME", "/h")]), dir("/h/.local/share/xcloudflow/keys").map(|d| (d, false)));
    // Relative paths are invalid by the XDG rules; an empty variable is one.
    assert_eq!(
        with(&[("XCF_KEY_DIR", ""), ("XDG_DATA_HOME", "rel"), ("HOME", "/h")]),
        dir("/h/.local/share/xcloudflow/keys").map(|d| (d, false))
    );
    assert_eq!(with(&[]), None);
    assert!(KeyStore::of_user(|_| None).is_err());
}
