//! `xcf pr` end to end: the sample on a real Gitea, from a draft to a pull request with its plan, a check that gates the
//! merge, and what happens without a network.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../../../tests/kit/gitea.rs"]
mod gitea;
mod kit;

use gitea::{Gitea, gitea};
use kit::{Ran, Sample, has};
use serde_json::{Value, json};
use std::net::TcpListener;

fn tools() -> bool {
    let there = has("terraform") && has("ansible-playbook");
    if !there {
        println!("skipped: terraform and ansible-playbook are needed on PATH or in XCF_TOOLS");
    }
    there
}

/// The sample, pushed to a project of its own on Gitea.
struct World {
    sample: Sample,
    gitea: &'static Gitea,
    project: &'static str,
}

impl World {
    fn new(project: &'static str) -> Option<Self> {
        let gitea = gitea()?;
        let address = gitea.project(project);
        let sample = Sample::new();
        sample.git(&["remote", "add", "origin", &address]);
        let login = address.replace("http://", &format!("http://ann:{}@", gitea.token));
        sample.git(&["push", "-q", &login, "main"]);
        // Gitea notes in the background that a project is no longer empty; until then it knows no pull requests of it.
        let full = || gitea.api("GET", &format!("/repos/ann/{project}"), None).1["empty"] == false;
        assert!((0..2_000).any(|_| full()));
        let text = sample.read(".xcf.yaml");
        assert!(text.contains("spec:"), "{text}");
        sample.write(
            ".xcf.yaml",
            &text
                .replacen("spec:", "spec:\n  forge:\n    kind: gitea\n", 1)
                .replace("kind: gitea\n", &format!("kind: gitea\n    url: {}\n", gitea.url)),
        );
        sample.git(&["config", "user.name", "Edith"]);
        sample.git(&["config", "user.email", "edith@sample.invalid"]);
        sample.commit("Name the forge");
        sample.git(&["push", "-q", &login, "main"]);
        Some(Self { sample, gitea, project })
    }
    fn xcf(&self, args: &[&str]) -> Ran {
        let dir = self.sample.dir.to_str().unwrap();
        let all: Vec<&str> = ["-C", dir, "--no-input", "--yes"].into_iter().chain(args.iter().copied()).collect();
        let mut command = self.sample.command(&all);
        let ran = Ran::of(command.env("XCF_FORGE_TOKEN", &self.gitea.token).output().unwrap());
        assert!(!format!("{}{}", ran.out, ran.err).contains(&self.gitea.token), "the token is shown");
        ran
    }
    fn api(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        self.gitea.api(method, &format!("/repos/ann/{}{path}", self.project), body)
    }
    fn ours(&self, number: u64) -> Vec<String> {
        let (_, comments) = self.api("GET", &format!("/issues/{number}/comments"), None);
        let bodies = comments.as_array().unwrap().iter().map(|c| c["body"].as_str().unwrap().to_owned());
        bodies.filter(|b| b.starts_with("<!-- xcloudflow:")).collect()
    }
    fn change(&self, level: &str) {
        let text = self.sample.read("compositions/config/fleet.yaml");
        let line = text.lines().find(|l| l.contains("log_level:")).unwrap().to_owned();
        self.sample.replace(
            "compositions/config/fleet.yaml",
            &line,
            &format!("{}log_level: {level}", " ".repeat(line.len() - line.trim_start().len())),
        );
    }
}

#[test]
fn i4_6_from_a_draft_to_a_pull_request_with_its_plan_and_a_check_that_gates() {
    if !tools() {
        return;
    }
    let Some(world) = World::new("whole-way") else { return };
    let protect = json!({ "branch_name": "main", "rule_name": "main", "enable_status_check": true,
        "status_check_contexts": ["xcloudflow/plan"], "block_admin_merge_override": true });
    assert_eq!(world.api("POST", "/branch_protections", Some(&protect)).0, 201);
    world.sample.replace("compositions/foundation/network.yaml", "zones: 2", "zones: 3");
    world.sample.write("notes.txt", "not part of it\n");
    // A look first: nothing is written anywhere.
    let file = "compositions/foundation/network.yaml";
    let look = world.xcf(&["-o", "json", "pr", "create", "--preview", "-t", "Three zones", file]).exits(0).json();
    assert_eq!((look["branch"].as_str(), look["newBranch"].as_bool()), (Some("xcf/three-zones"), Some(true)));
    assert_eq!((look["forge"]["kind"].as_str(), look["forge"]["preview"].as_bool()), (Some("gitea"), Some(false)));
    assert!(look["files"][0]["diff"].as_str().unwrap().contains("zones: 3"), "{look}");
    assert_eq!((look["files"].as_array().unwrap().len(), look["problems"].as_array().unwrap().len()), (1, 0), "{look}");
    assert_eq!(world.sample.git(&["branch", "--list", "xcf/*"]).trim(), "");
    // Branch, commit, push, pull request.
    let args = ["-o", "json", "pr", "create", "-t", "Three zones", "-m", "To see *why*.", "--plan", file];
    let made = world.xcf(&args).exits(0).json();
    let number = made["pullRequest"]["number"].as_u64().unwrap();
    assert_eq!((made["pullRequest"]["outcome"].as_str(), made["committed"].as_bool()), (Some("created"), Some(true)));
    let (_, pr) = world.api("GET", &format!("/pulls/{number}"), None);
    assert_eq!((pr["title"].as_str(), pr["head"]["sha"].as_str()), (Some("Three zones"), made["commit"].as_str()));
    let body = pr["body"].as_str().unwrap();
    assert!(body.starts_with("To see *why*.") && body.contains("## XCloudFlow plan"), "{body}");
    assert!(body.contains("Cost: not configured") && body.contains("### Approvals"), "{body}");
    assert_eq!(world.sample.git(&["log", "-1", "--format=%an: %s"]).trim(), "Edith: Three zones");
    assert_eq!(world.sample.git(&["status", "--porcelain"]).trim(), "?? notes.txt", "the rest stays a draft");
    // As CI does it: one comment, updated in place, and a check that holds the merge.
    let merge = || world.api("POST", &format!("/pulls/{number}/merge"), Some(&json!({ "Do": "merge" }))).0;
    assert_ne!(merge(), 200, "no check yet");
    let pr_number = number.to_string();
    let check = ["-o", "json", "pr", "check", "--pr", &pr_number, "--base", "main"];
    let first = world.xcf(&check).exits(4).json();
    assert_eq!((first["state"].as_str(), first["comment"].as_str()), (Some("pending"), Some("created")), "{first}");
    let second = world.xcf(&check).exits(4).json();
    assert!(second["comment"] != "created", "{second}");
    assert_eq!(world.ours(number).len(), 1);
    assert!(world.ours(number)[0].contains("Approvals:"), "{}", world.ours(number)[0]);
    assert_ne!(merge(), 200, "approvals are awaited");
    let status = || {
        let commit = made["commit"].as_str().unwrap();
        let (_, now) = world.api("GET", &format!("/commits/{commit}/status"), None);
        (now["state"].as_str().unwrap().to_owned(), now["statuses"][0]["description"].as_str().unwrap().to_owned())
    };
    assert_eq!(status().0, "pending");
    for change in first["changeSets"].as_array().unwrap() {
        let id = change["id"].as_str().unwrap();
        for who in ["ada", "grace"] {
            let _may_be_enough = world.xcf(&["--as", who, "approve", id]);
        }
    }
    let third = world.xcf(&check).exits(2).json();
    assert_eq!((third["state"].as_str(), third["comment"].as_str()), (Some("success"), Some("updated")), "{third}");
    assert_eq!(world.ours(number).len(), 1);
    assert_eq!(status().0, "success");
    // Gitea looks in the background whether it can be merged at all.
    assert!((0..2_000).any(|_| merge() == 200), "the check no longer holds it");
}

#[test]
fn i4_6_a_policy_that_denies_fails_the_check() {
    if !tools() {
        return;
    }
    let Some(world) = World::new("denied") else { return };
    world.sample.write(
        "policies/freeze.rego",
        "package main\n\ndeny contains \"nothing changes this week\" if {\n\tcount(input.units) > 0\n}\n",
    );
    world.sample.commit("Freeze");
    world.change("debug");
    world.xcf(&["pr", "create", "--branch", "xcf/denied", "-t", "Log more"]).exits(0);
    let done = world.xcf(&["-o", "json", "pr", "check"]).exits(3).json();
    assert_eq!(done["state"], "failure", "{done}");
    let number = done["pullRequest"]["number"].as_u64().unwrap();
    let comment = &world.ours(number)[0];
    assert!(comment.contains("### Denied by policy") && comment.contains("nothing changes this week"), "{comment}");
    // The same for tools that read reports.
    let sarif = world.xcf(&["-o", "sarif", "pr", "check", "--silent"]).exits(3).json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert!(results.iter().any(|r| r["ruleId"] == "policy/freeze" && r["level"] == "error"), "{sarif}");
    let junit = world.xcf(&["-o", "junit", "plan"]).exits(3).out;
    assert!(junit.contains("nothing changes this week") && junit.contains("<failure"), "{junit}");
    let valid = world.xcf(&["-o", "sarif", "validate"]).exits(0).json();
    assert_eq!(valid["version"], "2.1.0");
}

#[test]
fn i4_6_without_a_network_it_waits_is_visible_and_goes_out_once() {
    if !tools() {
        return;
    }
    let Some(world) = World::new("offline") else { return };
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let address = world.sample.git(&["remote", "get-url", "origin"]).trim().to_owned();
    world.sample.git(&["remote", "set-url", "origin", &format!("http://{nobody}/ann/offline.git")]);
    world.change("debug");
    let made = world.xcf(&["-o", "json", "pr", "create", "--branch", "xcf/later", "-t", "Log more"]).exits(0).json();
    assert_eq!((made["pushed"].as_bool(), made["queued"]["state"].as_str()), (Some(false), Some("waiting")), "{made}");
    assert_eq!(made["queued"]["code"], "remote-unreachable");
    assert!(world.xcf(&["status"]).exits(0).err.contains("xcf/later"));
    // Asked again for the same branch: still one intent.
    world.change("warning");
    world.xcf(&["pr", "create", "-t", "Log more", "--queue"]).exits(0);
    let queue = world.xcf(&["-o", "json", "pr", "queue"]).exits(0).json();
    assert_eq!(queue["items"].as_array().unwrap().len(), 1, "{queue}");
    // The network is back: the next command that plans sends it, once.
    world.sample.git(&["remote", "set-url", "origin", &address]);
    let planned = world.xcf(&["plan", "--env", "dev"]);
    assert!(planned.err.contains("went out now"), "{}", planned.err);
    let (_, pulls) = world.api("GET", "/pulls?state=open", None);
    assert_eq!(pulls.as_array().unwrap().len(), 1);
    assert_eq!(pulls[0]["head"]["sha"].as_str().unwrap(), world.sample.git(&["rev-parse", "HEAD"]).trim());
    let queue = world.xcf(&["-o", "json", "pr", "queue"]).exits(0).json();
    assert_eq!(queue["items"].as_array().unwrap().len(), 0);
    // Sent once more by hand: found, not made again.
    let again = world.xcf(&["-o", "json", "pr", "create", "-t", "Log more"]).exits(0).json();
    assert_ne!(again["pullRequest"]["outcome"], "created", "{again}");
    // What needs a person stops, says why, and stays until it is sent or forgotten.
    world.change("error");
    let dir = world.sample.dir.to_str().unwrap();
    let wrong = |args: &[&str]| {
        let all: Vec<&str> = ["-C", dir, "--no-input", "--yes"].into_iter().chain(args.iter().copied()).collect();
        Ran::of(world.sample.command(&all).env("XCF_FORGE_TOKEN", "wr0ng-token").output().unwrap())
    };
    let refused = wrong(&["-o", "json", "pr", "create", "-t", "Log more"]).exits(1);
    assert!(refused.err.contains("push-auth-failed") && !refused.err.contains("wr0ng-token"), "{}", refused.err);
    let queue = world.xcf(&["-o", "json", "pr", "queue"]).exits(0).json();
    assert_eq!(queue["items"][0]["state"], "stopped", "{queue}");
    let id = queue["items"][0]["id"].as_str().unwrap();
    world.xcf(&["pr", "queue", "--send"]).exits(0);
    world.xcf(&["pr", "queue", "--forget", id]).exits(1);
}

#[test]
fn d13_a_token_of_the_environment_goes_only_to_the_remotes_host() {
    let Some(world) = World::new("foreign") else { return };
    let listener = TcpListener::bind("127.0.0.2:0").unwrap();
    let evil = format!("http://{}", listener.local_addr().unwrap());
    world.sample.replace(".xcf.yaml", &world.gitea.url, &evil);
    world.change("debug");
    let refused =
        world.xcf(&["-o", "json", "pr", "create", "--branch", "xcf/evil", "-t", "Send it elsewhere"]).exits(1);
    assert!(refused.err.contains("forge-foreign-host"), "{}", refused.err);
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "nobody was called there");
}

#[test]
fn i4_6_workflows_are_written_where_their_ci_looks_and_never_over_anything() {
    let sample = Sample::new();
    for (kind, path) in [
        ("github", ".github/workflows/xcloudflow.yml"),
        ("gitea", ".gitea/workflows/xcloudflow.yml"),
        ("gitlab", ".gitlab/xcloudflow.yml"),
    ] {
        sample.xcf(&["pr", "workflow", kind, "--write"]).exits(0);
        assert_eq!(sample.read(path).trim_end(), sample.xcf(&["pr", "workflow", kind]).exits(0).out.trim_end());
        sample.xcf(&["pr", "workflow", kind, "--write"]).exits(0);
        sample.write(path, "mine");
        sample.xcf(&["pr", "workflow", kind, "--write"]).exits(1);
        assert_eq!(sample.read(path), "mine");
    }
}
