//! GitHub's API, spoken to a server of our own on the loopback.

use crate::forge::github::GitHub;
use crate::forge::{ForgeError, PullRequest};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use xcf_core::secret::Secret;

/// Answers every request with `status` and `body`; keeps request lines and headers.
async fn serve(status: &'static str, body: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let mut reader = BufReader::new(socket);
            let mut request = String::new();
            while !request.ends_with("\r\n\r\n") {
                if reader.read_line(&mut request).await.unwrap_or(0) == 0 {
                    break;
                }
            }
            log.lock().unwrap().push(request);
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let mut socket = reader.into_inner();
            let _gone = socket.write_all(format!("{head}{body}").as_bytes()).await;
            let _gone = socket.shutdown().await;
        }
    });
    (address, seen)
}

async fn ask(address: &str, branch: &str) -> Result<Option<PullRequest>, ForgeError> {
    let github = GitHub::new(Some(address), &Secret::new("t0ken-of-test")).unwrap();
    github.open_pull_request("acme/infra", branch).await
}

const PULLS: &str = r#"[
  {"number": 41, "head": {"ref": "other"}, "user": {"login": "eve"}},
  {"number": 44, "html_url": "https://forge.example/44", "title": "Later", "user": {"login": "dan"}, "head": {"ref": "feature/x"}},
  {"number": 42, "html_url": "https://forge.example/42", "title": "Add VPC", "user": {"login": "ann", "new_field": {}}, "head": {"ref": "feature/x", "label": null}, "state": "open", "surprise": 1}
]"#;

#[tokio::test]
async fn d6_the_open_pull_request_of_a_branch_is_found() {
    let (address, seen) = serve("200 OK", PULLS).await;
    let found = ask(&format!("{address}/api/v3/"), "feature/x").await.unwrap().unwrap();
    let expected = PullRequest {
        number: 42,
        author: Some("ann".to_owned()),
        url: Some("https://forge.example/42".to_owned()),
        title: "Add VPC".to_owned(),
    };
    assert_eq!(found, expected);
    let request = seen.lock().unwrap().join("");
    let line = request.lines().next().unwrap();
    assert!(line.starts_with("GET /api/v3/repos/acme/infra/pulls?"), "{line}");
    assert!(line.contains("state=open") && line.contains("head=acme%3Afeature%2Fx"), "{line}");
    assert!(request.to_lowercase().contains("authorization: bearer t0ken-of-test"));
}

#[tokio::test]
async fn d6_answers_for_other_branches_do_not_count() {
    let (address, _) = serve("200 OK", PULLS).await;
    assert_eq!(ask(&address, "feature").await.unwrap(), None);
    let (address, _) = serve("200 OK", "[]").await;
    assert_eq!(ask(&address, "feature/x").await.unwrap(), None);
    // A deleted account has no user.
    let (address, _) = serve("200 OK", r#"[{"number": 7, "user": null, "title": null, "head": {"ref": "x"}}]"#).await;
    assert_eq!(ask(&address, "x").await.unwrap().unwrap().author, None);
}

#[tokio::test]
async fn refusals_garbage_and_dead_servers_are_told_apart_without_the_token() {
    let (address, _) = serve("401 Unauthorized", r#"{"message": "Bad credentials"}"#).await;
    let refused = ask(&address, "x").await.unwrap_err();
    assert!(matches!(&refused, ForgeError::Refused(why) if why.contains("Bad credentials")), "{refused:?}");
    let (address, _) = serve("404 Not Found", r#"{"message": "Not Found"}"#).await;
    assert!(matches!(ask(&address, "x").await, Err(ForgeError::Refused(_))));
    let (address, seen) = serve("502 Bad Gateway", "<html>").await;
    assert!(matches!(ask(&address, "x").await, Err(ForgeError::Failed(_))));
    assert!(seen.lock().unwrap().len() > 1, "a 5xx is tried again");
    for garbage in ["{}", "[{\"title\": \"no number\"}]", "not json"] {
        let (address, _) = serve("200 OK", Box::leak(garbage.to_owned().into_boxed_str())).await;
        let failed = ask(&address, "x").await.unwrap_err();
        assert!(matches!(&failed, ForgeError::Failed(_)), "{garbage}: {failed:?}");
        assert!(!format!("{failed} {failed:?}").contains("t0ken"));
    }
    let dead = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert!(matches!(ask(&format!("http://{dead}"), "x").await, Err(ForgeError::Failed(_))));
}

#[tokio::test]
async fn bad_projects_and_addresses_are_refused_before_anything_is_sent() {
    let (address, seen) = serve("200 OK", "[]").await;
    let github = GitHub::new(Some(&address), &Secret::new("t")).unwrap();
    for project in ["", "acme", "acme/", "a/b/c", "acme/../x", "a b/c", "acme/x?y"] {
        assert!(matches!(github.open_pull_request(project, "x").await, Err(ForgeError::BadProject(_))), "{project}");
    }
    assert!(seen.lock().unwrap().is_empty());
    assert!(matches!(GitHub::new(Some("not an address"), &Secret::new("t")), Err(ForgeError::Unusable { .. })));
}
