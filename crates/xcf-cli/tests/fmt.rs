//! `xcf fmt` on files (`D15`): exit codes, what is written, what is left alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;
use std::process::Command;

fn fmt(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xcf"));
    let out = command.arg("-C").arg(folder).arg("fmt").args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code().unwrap(), text(&out.stdout), text(&out.stderr))
}

#[test]
fn d15_fmt_checks_then_writes_then_has_nothing_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    std::fs::create_dir_all(file("compositions/sub")).unwrap();
    let loose = "apiVersion: xcloudflow.io/v1alpha1   \r\nkind: Composition # c \r\n\r\n\r\nmetadata: {name: a}";
    std::fs::write(file(".xcf.yaml"), "kind: Config\n").unwrap();
    std::fs::write(file("compositions/sub/a.yaml"), loose).unwrap();
    std::fs::write(file("compositions/notes.txt"), "kept  \n").unwrap();
    let (code, out, _) = fmt(folder.path(), &["--check"]);
    assert_eq!((code, out.as_str()), (2, "compositions/sub/a.yaml\n"));
    assert_eq!(std::fs::read_to_string(file("compositions/sub/a.yaml")).unwrap(), loose, "--check writes nothing");
    let (code, out, _) = fmt(folder.path(), &[]);
    assert_eq!((code, out.as_str()), (0, "compositions/sub/a.yaml\n"));
    assert_eq!(
        std::fs::read_to_string(file("compositions/sub/a.yaml")).unwrap(),
        "apiVersion: xcloudflow.io/v1alpha1\nkind: Composition # c\n\nmetadata: {name: a}\n"
    );
    assert_eq!(std::fs::read_to_string(file("compositions/notes.txt")).unwrap(), "kept  \n");
    let (code, out, _) = fmt(folder.path(), &["--check"]);
    assert_eq!((code, out.as_str()), (0, ""));
}

#[test]
fn d15_fmt_leaves_what_it_can_t_read_and_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let broken = "a: 1   \nb: [\n";
    std::fs::write(folder.path().join("x.yaml"), broken).unwrap();
    let (code, _, err) = fmt(folder.path(), &["x.yaml"]);
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("x.yaml:"), "{err}");
    assert_eq!(std::fs::read_to_string(folder.path().join("x.yaml")).unwrap(), broken);
    assert_eq!(fmt(folder.path(), &["absent.yaml"]).0, 64);
    assert_eq!(fmt(folder.path(), &[]).0, 64, "no workspace here");
}
