//! The forge adapters against real forges: Gitea built from its source, and the GitHub API simulator, which checks every
//! request against GitHub's own description of its API. What breaks on the wire is shown with a listener that breaks it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../../../tests/kit/gitea.rs"]
mod kit;

use kit::{Gitea, gitea};
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use xcf_core::docs::config::ForgeKind;
use xcf_core::ports::forge::{Check, CheckState, Forge, ForgeError, NewPullRequest, Outcome};
use xcf_core::secret::Secret;
use xcf_git::forge::Site;

const MARKER: &str = "<!-- xcloudflow:test -->";

fn site(kind: ForgeKind, url: &str, project: &str) -> Site {
    Site { kind, url: url.to_owned(), host: "127.0.0.1".to_owned(), project: project.to_owned() }
}

fn on(gitea: &Gitea, project: &str) -> Arc<dyn Forge> {
    let site = site(ForgeKind::Gitea, &gitea.url, &format!("ann/{project}"));
    site.connect(&Secret::new(gitea.token.clone())).unwrap()
}

/// A project with `main` and a branch `topic` that is one commit ahead; the commit's id.
fn with_topic(gitea: &Gitea, project: &str) -> String {
    gitea.project(project);
    let file = |branch: &str, name: &str| json!({ "branch": branch, "content": "eA==", "message": name });
    let path = |name: &str| format!("/repos/ann/{project}/contents/{name}");
    assert_eq!(gitea.api("POST", &path("a"), Some(&file("main", "a"))).0, 201);
    let branch = json!({ "new_branch_name": "topic", "old_branch_name": "main" });
    assert_eq!(gitea.api("POST", &format!("/repos/ann/{project}/branches"), Some(&branch)).0, 201);
    let (status, made) = gitea.api("POST", &path("b"), Some(&file("topic", "b")));
    assert_eq!(status, 201);
    made["commit"]["sha"].as_str().unwrap().to_owned()
}

fn new() -> NewPullRequest {
    let text = |t: &str| t.to_owned();
    NewPullRequest {
        branch: text("topic"),
        base: text("main"),
        title: text("Add b"),
        body: text("Why: *b*\n\n- one\n"),
    }
}

fn check(state: CheckState, description: &str) -> Check {
    Check { context: "xcloudflow/plan".to_owned(), state, description: description.to_owned(), url: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_6_gitea_one_pull_request_one_comment_updated_in_place() {
    let Some(gitea) = gitea() else { return };
    with_topic(gitea, "comments");
    let forge = on(gitea, "comments");
    assert_eq!(forge.find("topic").await.unwrap(), None);
    let made = forge.open(&new()).await.unwrap();
    assert_eq!(
        (made.title.as_str(), made.author.as_deref(), made.base.as_deref()),
        ("Add b", Some("ann"), Some("main"))
    );
    assert_eq!(forge.find("topic").await.unwrap(), Some(made.clone()));
    assert_eq!(forge.get(made.number).await.unwrap().body.trim_end(), new().body.trim_end());
    let twice = forge.open(&new()).await.unwrap_err();
    assert!(matches!(twice, ForgeError::Invalid(_)), "{twice:?}");
    forge.update(made.number, "Add b, better", "Other words").await.unwrap();
    let now = forge.find("topic").await.unwrap().unwrap();
    assert_eq!((now.title.as_str(), now.body.as_str()), ("Add b, better", "Other words"));
    // People's comments, one of which quotes ours, are not ours.
    let route = format!("/repos/ann/comments/issues/{}/comments", made.number);
    for words in ["fine with me", "> <!-- xcloudflow:test -->\n> what is this?"] {
        assert_eq!(gitea.api("POST", &route, Some(&json!({ "body": words }))).0, 201);
    }
    let first = forge.comment(made.number, MARKER, &format!("{MARKER}\n**1 to create**")).await.unwrap();
    assert_eq!(first.outcome, Outcome::Created);
    let second = forge.comment(made.number, MARKER, &format!("{MARKER}\n**2 to create**")).await.unwrap();
    assert_eq!((second.outcome, &second.url), (Outcome::Updated, &first.url));
    let third = forge.comment(made.number, MARKER, &format!("{MARKER}\n**2 to create**")).await.unwrap();
    assert_eq!(third.outcome, Outcome::Unchanged);
    let (_, all) = gitea.api("GET", &route, None);
    let bodies: Vec<&str> = all.as_array().unwrap().iter().map(|c| c["body"].as_str().unwrap()).collect();
    assert_eq!(bodies.len(), 3, "{bodies:?}");
    assert_eq!(bodies.iter().filter(|b| b.contains("**2 to create**")).count(), 1);
    // As long as we ever make it.
    let long = format!("{MARKER}\n{}", "é 组合 `x`\n".repeat(forge.limits().comment / 15));
    assert!(long.len() <= forge.limits().comment);
    assert_eq!(forge.comment(made.number, MARKER, &long).await.unwrap().outcome, Outcome::Updated);
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_6_gitea_the_check_gates_the_merge() {
    let Some(gitea) = gitea() else { return };
    let commit = with_topic(gitea, "gate");
    let protect = json!({ "branch_name": "main", "rule_name": "main", "enable_status_check": true,
        "status_check_contexts": ["xcloudflow/plan"], "block_admin_merge_override": true });
    assert_eq!(gitea.api("POST", "/repos/ann/gate/branch_protections", Some(&protect)).0, 201);
    let forge = on(gitea, "gate");
    let made = forge.open(&new()).await.unwrap();
    let pull = format!("/repos/ann/gate/pulls/{}", made.number);
    // Gitea looks in the background whether it can be merged at all.
    assert!((0..2_000).any(|_| gitea.api("GET", &pull, None).1["mergeable"] == true));
    let merge = || gitea.api("POST", &format!("{pull}/merge"), Some(&json!({ "Do": "merge" })));
    for (state, word) in
        [(CheckState::Pending, "pending"), (CheckState::Failure, "failure"), (CheckState::Error, "error")]
    {
        forge.check(&commit, &check(state, &"needs two approvals ".repeat(40))).await.unwrap();
        let (_, now) = gitea.api("GET", &format!("/repos/ann/gate/commits/{commit}/status"), None);
        assert_eq!(now["statuses"][0]["status"], word, "{now}");
        let (status, why) = merge();
        assert!(status == 405 && why["message"].as_str().unwrap().contains("status checks"), "{word}: {status} {why}");
    }
    forge.check(&commit, &check(CheckState::Success, "2 to create")).await.unwrap();
    let (status, why) = merge();
    assert_eq!(status, 200, "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_6_gitea_refusals_are_told_apart_and_hold_no_token() {
    let Some(gitea) = gitea() else { return };
    with_topic(gitea, "refusals");
    let bad = site(ForgeKind::Gitea, &gitea.url, "ann/refusals").connect(&Secret::new("t0ken-of-nobody")).unwrap();
    let refused = bad.open(&new()).await.unwrap_err();
    assert!(matches!(refused, ForgeError::Unauthorized(_)), "{refused:?}");
    assert!(!format!("{refused} {refused:?}").contains("t0ken"));
    let nowhere = on(gitea, "no-such-project").find("topic").await.unwrap_err();
    assert!(matches!(nowhere, ForgeError::Refused(_)) && !nowhere.passes(), "{nowhere:?}");
    let no_branch = NewPullRequest { branch: "no-such-branch".to_owned(), ..new() };
    let refused = on(gitea, "refusals").open(&no_branch).await.unwrap_err();
    assert!(matches!(refused, ForgeError::Invalid(_) | ForgeError::Refused(_)), "{refused:?}");
}

/// The GitHub API simulator; it ends with its standard input.
struct Simulator {
    child: Child,
    url: String,
}

impl Simulator {
    fn start() -> Option<Self> {
        let cache = std::env::var_os("XCF_CACHE").map(PathBuf::from);
        let user = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache/xcloudflow");
        let folder = cache.unwrap_or_else(user).join("tools/github-simulator");
        if !folder.join("node_modules").exists() {
            println!("skipped: the GitHub API simulator is not there; `scripts/setup.sh github-simulator` fetches it");
            return None;
        }
        let script = "import { simulation } from '@simulacrum/github-api-simulator';\n\
            const { port } = await simulation().listen(0, '127.0.0.1');\n\
            console.log(`port ${port}`);\n\
            process.stdin.resume();\n\
            process.stdin.on('end', () => process.exit(0));\n";
        let mut node = Command::new("node");
        node.args(["--input-type=module", "-e", script]).current_dir(folder);
        let child = node.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let Ok(mut child) = child else {
            println!("skipped: node is not on PATH");
            return None;
        };
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.map_while(Result::ok).find_map(|l| l.strip_prefix("port ").map(str::to_owned)).unwrap();
        Some(Self { child, url: format!("http://127.0.0.1:{port}") })
    }
    fn forge(&self) -> Arc<dyn Forge> {
        let site = site(ForgeKind::Github, &self.url, "octocat/Hello-World");
        site.connect(&Secret::new("t0ken-of-test")).unwrap()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_6_github_requests_and_answers_are_those_of_its_api() {
    let Some(simulator) = Simulator::start() else { return };
    let forge = simulator.forge();
    // It has one pull request, of a branch `new-topic`, and one comment, whatever is asked.
    let found = forge.find("new-topic").await.unwrap().expect("the example of GitHub's own description");
    assert_eq!((found.number, found.author.as_deref(), found.base.as_deref()), (1347, Some("octocat"), Some("master")));
    assert_eq!(found.title, "Amazing new feature");
    assert_eq!(forge.find("topic").await.unwrap(), None, "an answer for another branch does not count");
    assert_eq!(forge.get(1347).await.unwrap().number, 1347);
    assert_eq!(forge.open(&new()).await.unwrap().number, 1347);
    forge.update(1347, "t", "b").await.unwrap();
    let made = forge.comment(1347, MARKER, &format!("{MARKER}\nplan")).await.unwrap();
    assert_eq!(made.outcome, Outcome::Created);
    assert!(made.url.unwrap().starts_with("https://github.com/octocat/Hello-World/issues/"));
    assert_eq!(forge.comment(1347, "Me too", "Me too, changed").await.unwrap().outcome, Outcome::Updated);
    assert_eq!(forge.comment(1347, "Me too", "Me too").await.unwrap().outcome, Outcome::Unchanged);
    for state in [CheckState::Pending, CheckState::Success, CheckState::Failure, CheckState::Error] {
        forge.check("6dcb09b5b57875f334f61aebed695e2e4193db5e", &check(state, &"long ".repeat(60))).await.unwrap();
    }
}

/// Answers every connection with `answer`; broken on purpose.
fn broken(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for socket in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(socket);
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|n| n > 2) {
                line.clear();
            }
            let _gone = reader.into_inner().write_all(answer.as_bytes());
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_6_broken_answers_are_told_apart_without_the_token() {
    let ask = async |url: &str| {
        let forge = site(ForgeKind::Github, url, "acme/infra").connect(&Secret::new("t0ken-of-test")).unwrap();
        let error = forge.find("topic").await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("t0ken"), "{error:?}");
        error
    };
    let down = broken("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 6\r\nconnection: close\r\n\r\n<html>");
    assert!(ask(&down).await.passes());
    let slow = broken("HTTP/1.1 429 Too Many\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}");
    assert_eq!(ask(&slow).await.code(), "forge-rate-limited");
    for garbage in [
        "HTTP/1.1 200 OK\r\ncontent-length: 8\r\nconnection: close\r\n\r\nnot json",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}",
    ] {
        assert_eq!(ask(&broken(garbage)).await.code(), "forge-garbled", "{garbage}");
    }
    let echo = broken(
        "HTTP/1.1 403 No\r\ncontent-length: 45\r\nconnection: close\r\n\r\n{\"message\":\"bad token t0ken-of-test, go away\"}",
    );
    assert_eq!(ask(&echo).await.code(), "forge-refused");
    let cut = broken("HTTP/1.1 200 OK\r\ncontent-length: 4000\r\nconnection: close\r\n\r\n[");
    assert!(ask(&cut).await.passes());
    let dead = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert!(ask(&format!("http://{dead}")).await.passes());
}

#[tokio::test]
async fn bad_projects_and_addresses_are_refused_before_anything_is_sent() {
    let token = Secret::new("t");
    for project in ["", "acme", "acme/", "a/b/c", "acme/../x", "a b/c", "acme/x?y"] {
        let refused = site(ForgeKind::Github, "http://127.0.0.1:1", project).connect(&token).err().unwrap();
        assert_eq!(refused.code(), "forge-bad-project", "{project}");
    }
    for url in ["not an address", "ftp://x/y", "http://"] {
        let refused = site(ForgeKind::Gitea, url, "a/b").connect(&token).err();
        assert_eq!(refused.map(|e| e.code()), Some("forge-unusable"), "{url}");
    }
}
