//! A private work tree of one effect: the module's folder copied, everything else of the export linked.
//!
//! The export is shared by all units of a commit, and two of them may use the same module at the same time; what we write beside the
//! module (backend, lock file, marks) must be this unit's alone. The copy is real, because `fileset` does not follow links.

use crate::process::private_dir;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Component, Path, PathBuf};

/// Our own override files (`*_override.tf.json` is merged last by the engine).
pub const BACKEND_OVERRIDE: &str = "xcf_backend_override.tf.json";
pub const SENSITIVE_OVERRIDE: &str = "xcf_sensitive_override.tf.json";
pub const LOCK_FILE: &str = ".terraform.lock.hcl";

/// Builds the tree at `root` anew and returns the module's folder in it.
pub fn build(export: &Path, module: &str, root: &Path) -> io::Result<PathBuf> {
    match fs::remove_dir_all(root) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    private_dir(root)?;
    let (mut from, mut to) = (export.to_owned(), root.to_owned());
    for component in Path::new(module).components() {
        let name = match component {
            Component::Normal(name) => name,
            Component::CurDir => continue,
            _ => {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    format!("the module path {module} leaves the repository"),
                ));
            }
        };
        link_siblings(&from, &to, name)?;
        from.push(name);
        to.push(name);
        private_dir(&to)?;
    }
    copy(&from, &to, true)?;
    Ok(to)
}

fn link_siblings(from: &Path, to: &Path, except: &std::ffi::OsStr) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let name = entry?.file_name();
        if name != except {
            symlink(from.join(&name), to.join(&name))?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path, top: bool) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        // Left-overs of an engine run by hand are none of this unit's.
        if top && name.to_str().is_some_and(|n| n == ".terraform" || n.starts_with("terraform.tfstate")) {
            continue;
        }
        let (source, target) = (entry.path(), to.join(&name));
        let kind = entry.file_type()?;
        if kind.is_symlink() {
            symlink(fs::read_link(&source)?, target)?;
        } else if kind.is_dir() {
            private_dir(&target)?;
            copy(&source, &target, false)?;
        } else {
            fs::copy(source, target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d7_overlay_copies_the_module_links_the_rest_and_leaves_the_export_alone() {
        let dir = tempfile::tempdir().unwrap();
        let (export, root) = (dir.path().join("export"), dir.path().join("tree"));
        for (file, text) in [
            ("infra/a/main.tf", "a"),
            ("infra/a/files/x", "x"),
            ("infra/b/main.tf", "b"),
            ("top", "t"),
            ("infra/a/terraform.tfstate", "s"),
        ] {
            let path = export.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let module = build(&export, "infra/a", &root).unwrap();
        assert_eq!(fs::read_to_string(module.join("../b/main.tf")).unwrap(), "b");
        assert_eq!(fs::read_to_string(root.join("top")).unwrap(), "t");
        assert!(!module.join("files").is_symlink() && !module.join("terraform.tfstate").exists());
        fs::write(module.join("files/x"), "changed").unwrap();
        assert_eq!(fs::read_to_string(export.join("infra/a/files/x")).unwrap(), "x");
        assert!(build(&export, "../etc", &root).is_err() && build(&export, "/etc", &root).is_err());
    }
}
