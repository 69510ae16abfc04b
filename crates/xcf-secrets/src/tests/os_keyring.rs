//! The keyring of the operating system. What it is connected to is decided once a process, so each case plays in one
//! of its own.

use super::statement;
use crate::{EnvAccess, KeyPlace, KeyStore, OsKeyring, Secrets, verify};
use jiff::Timestamp;
use keyring::Entry;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use xcf_core::ids::PersonName;
use xcf_core::ports::secrets::{SecretError, SecretSource};

const ROLE: &str = "XCF_SECRETS_TEST_ROLE";

/// This test again in a process whose session bus is at `bus`.
fn play(test: &str, dir: &Path, bus: &str, wrap: &[&str]) -> String {
    let exe = std::env::current_exe().unwrap();
    let mut words = wrap.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    words.push(exe.to_string_lossy().into_owned());
    let (program, args) = words.split_first().unwrap();
    let mut command = Command::new(program);
    command.args(args).args(["--exact", test, "--nocapture", "--test-threads=1"]);
    command.env(ROLE, "play").env("HOME", dir).env("XDG_DATA_HOME", dir.join("share")).env("XDG_RUNTIME_DIR", dir);
    if bus.is_empty() {
        command.env_remove("DBUS_SESSION_BUS_ADDRESS")
    } else {
        command.env("DBUS_SESSION_BUS_ADDRESS", bus)
    };
    let out = command.output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success() && text.contains("played"), "{text}");
    text
}

fn is_role() -> bool {
    std::env::var_os(ROLE).is_some()
}

fn user_keys(keyring: OsKeyring) -> KeyStore {
    let (dir, overridden) = crate::default_key_dir(|n| std::env::var_os(n)).unwrap();
    assert!(!overridden);
    KeyStore::new(dir, keyring)
}

/// Without a usable keyring a key goes into a file, says why, and works; `keyring:` references say so too.
async fn headless(keyring: OsKeyring) {
    assert!(keyring.probe().await.is_err());
    let store = user_keys(keyring.clone());
    let key = store.generate(&PersonName::new("ann"), Timestamp::UNIX_EPOCH).await.unwrap();
    assert!(matches!(&key.place, KeyPlace::File(path) if path.exists()), "{key:?}");
    assert!(key.note.as_ref().is_some_and(|n| n.contains("no keyring")), "{key:?}");
    let signature = store.sign(&key.public, &statement()).await.unwrap();
    verify(&key.public, &statement(), &signature).unwrap();
    let secrets = Secrets::with_environment(EnvAccess::Any, std::sync::Arc::new(|_| None), keyring);
    let error = secrets.resolve("keyring:svc/ann").await.unwrap_err();
    assert!(matches!(&error, SecretError::Unavailable { scheme, .. } if scheme == "keyring"), "{error}");
    println!("\nplayed");
}

#[tokio::test]
async fn dsl10_without_a_session_bus_keys_go_into_files() {
    if is_role() {
        return headless(OsKeyring::default()).await;
    }
    let name = "tests::os_keyring::dsl10_without_a_session_bus_keys_go_into_files";
    for bus in ["", "unix:path=/nonexistent/bus", "garbage"] {
        play(name, TempDir::new().unwrap().path(), bus, &[]);
    }
}

#[tokio::test]
async fn dsl10_a_bus_that_never_answers_is_given_up() {
    if is_role() {
        return headless(OsKeyring::with_timeout(Duration::from_millis(200))).await;
    }
    let dir = TempDir::new().unwrap();
    let socket = dir.path().join("silent");
    let _silent = UnixListener::bind(&socket).unwrap();
    let name = "tests::os_keyring::dsl10_a_bus_that_never_answers_is_given_up";
    play(name, dir.path(), &format!("unix:path={}", socket.display()), &[]);
}

async fn with_secret_service() {
    let store = user_keys(OsKeyring::default());
    let key = store.generate(&PersonName::new("ann"), Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!((&key.place, &key.note), (&KeyPlace::Keyring, &None));
    let files: Vec<_> = std::fs::read_dir(store.dir()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(files.len(), 1, "only the card is a file: {files:?}");
    let again = user_keys(OsKeyring::default());
    let signature = again.sign(&key.public, &statement()).await.unwrap();
    verify(&key.public, &statement(), &signature).unwrap();
    assert_eq!(
        KeyStore::files(store.dir().to_owned()).sign(&key.public, &statement()).await.unwrap_err().code(),
        "keyring-failed"
    );

    let put = std::thread::spawn(|| Entry::new("svc", "ann").unwrap().set_password("hunter2").unwrap());
    put.join().unwrap();
    let secrets = Secrets::new(EnvAccess::Any);
    assert_eq!(secrets.resolve("keyring:svc/ann").await.unwrap().expose(), "hunter2");
    assert!(matches!(secrets.resolve("keyring:svc/nobody").await, Err(SecretError::Missing(_))));
    println!("\nplayed");
}

#[tokio::test]
async fn dsl10_with_a_real_secret_service_keys_stand_in_the_keyring() {
    if is_role() {
        return with_secret_service().await;
    }
    for program in ["dbus-run-session", "gnome-keyring-daemon"] {
        let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
        if !found.is_ok_and(|o| o.status.success()) {
            println!("skipped: {program} is not installed");
            return;
        }
    }
    let name = "tests::os_keyring::dsl10_with_a_real_secret_service_keys_stand_in_the_keyring";
    let unlock = r#"echo test | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$@""#;
    play(name, TempDir::new().unwrap().path(), "", &["dbus-run-session", "--", "sh", "-c", unlock, "sh"]);
}
