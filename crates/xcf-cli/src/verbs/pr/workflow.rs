//! Ready workflow files: plan every pull request, tell it, and let the check gate the merge.

use crate::args::{Global, PrWorkflowArgs, WorkflowKind};
use crate::exit::Exit;
use crate::output::{complain, note};
use crate::verbs::Outcome;
use std::io::Write;

fn template(kind: WorkflowKind) -> (&'static str, &'static str) {
    match kind {
        WorkflowKind::Github => (".github/workflows/xcloudflow.yml", include_str!("templates/github.yml")),
        WorkflowKind::Gitea => (".gitea/workflows/xcloudflow.yml", include_str!("templates/gitea.yml")),
        WorkflowKind::Gitlab => (".gitlab/xcloudflow.yml", include_str!("templates/gitlab.yml")),
    }
}

pub(super) fn run(global: &Global, args: &PrWorkflowArgs) -> Outcome {
    let (path, text) = template(args.kind);
    if !args.write {
        print_text(text);
        note(global.quiet, &format!("Its place is {path}; `--write` puts it there."));
        return Ok(Exit::Ok);
    }
    let file = global.directory.clone().unwrap_or_default().join(path);
    if std::fs::read_to_string(&file).is_ok_and(|there| there == text) {
        return Ok(Exit::Ok);
    }
    let written = file
        .parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        // A file that somebody wrote stays theirs.
        .and_then(|()| std::fs::OpenOptions::new().write(true).create_new(true).open(&file))
        .and_then(|mut f| f.write_all(text.as_bytes()));
    if let Err(error) = written {
        complain(&format!("{} is not written: {error}", file.display()), "Compare it with `xcf pr workflow`.");
        return Ok(Exit::Error);
    }
    println!("{}", file.display());
    if args.kind == WorkflowKind::Gitlab {
        note(global.quiet, "Add to .gitlab-ci.yml: include: [{ local: .gitlab/xcloudflow.yml }]");
    }
    Ok(Exit::Ok)
}

fn print_text(text: &str) {
    println!("{}", text.trim_end());
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn parsed(kind: WorkflowKind) -> Value {
        serde_yaml::from_str(template(kind).1).unwrap()
    }

    #[test]
    fn i4_6_workflows_are_yaml_and_their_scripts_are_shell() {
        let actions = [WorkflowKind::Github, WorkflowKind::Gitea].map(parsed);
        let mut scripts: Vec<String> = Vec::new();
        for workflow in &actions {
            let steps = workflow["jobs"]["plan"]["steps"].as_array().unwrap();
            scripts.extend(steps.iter().filter_map(|s| s["run"].as_str()).map(str::to_owned));
            assert!(workflow["permissions"]["pull-requests"] == "write" || workflow["permissions"].is_null());
            // Names that people choose (branches, titles) reach a script only by its environment.
            assert!(steps.iter().filter_map(|s| s["run"].as_str()).all(|run| !run.contains("${{")));
        }
        let gitlab = parsed(WorkflowKind::Gitlab);
        let lines = gitlab["xcloudflow:plan"]["script"].as_array().unwrap();
        scripts.push(lines.iter().map(|l| l.as_str().unwrap()).collect::<Vec<_>>().join("\n"));
        assert_eq!(scripts.iter().filter(|s| s.contains("xcf --no-input --yes pr check")).count(), 3);
        for script in scripts {
            let checked = std::process::Command::new("sh").args(["-n", "-c", &script]).output().unwrap();
            assert!(checked.status.success(), "{script}: {}", String::from_utf8_lossy(&checked.stderr));
        }
    }
}
