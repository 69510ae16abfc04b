//! Unsaved texts: `xcf serve` is killed in the middle of everything, and what was typed is there again.

use crate::kit::Sample;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

const SHOP: &str = "compositions/apps/shop.yaml";

struct Served {
    child: Child,
    address: String,
    token: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    fn start(sample: &Sample) -> Self {
        let ui = sample.home.path().join("ui");
        std::fs::create_dir_all(&ui).unwrap();
        std::fs::write(ui.join("index.html"), "<!doctype html>").unwrap();
        let dir = sample.dir.to_str().unwrap();
        let mut command =
            sample.command(&["-C", dir, "serve", "--listen", "127.0.0.1:0", "--ui", ui.to_str().unwrap()]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (address, token) = line.trim().split_once("/?token=").expect("an address with a token");
        Self { child, address: address.to_owned(), token: token.to_owned() }
    }
    /// Status and body.
    async fn ask(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = reqwest::Client::new()
            .request(method, format!("{}{path}", self.address))
            .bearer_auth(&self.token)
            .header("content-type", "application/json")
            .body(body.to_string());
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
    }
    async fn get(&self, path: &str) -> Value {
        self.ask("GET", path, &Value::Null).await.1
    }
    /// kill -9.
    fn crash(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test]
async fn d12_what_was_typed_outlives_a_kill_and_the_file_is_not_touched() {
    let sample = Sample::new();
    let served = Served::start(&sample);
    let before = std::fs::read_to_string(sample.dir.join(SHOP)).unwrap();
    let typed = format!("{before}# typed\n");
    let (status, _) = served.ask("PUT", "/api/buffer", &json!({"file": SHOP, "text": typed, "baseText": before})).await;
    assert_eq!(status, 200);
    served.crash();
    assert_eq!(std::fs::read_to_string(sample.dir.join(SHOP)).unwrap(), before);
    assert_eq!(sample.git(&["status", "--porcelain"]), "", "nothing of it lies in the repository");

    let served = Served::start(&sample);
    let kept = served.get("/api/buffers").await;
    assert_eq!(kept["items"][0]["text"], typed.as_str(), "{kept}");
    assert_eq!(kept["items"][0]["changedOnDisk"], false);
    // The service counts the unsaved text in, for its own file and for the others.
    let symbols = served.ask("POST", "/api/language", &json!({"method": "symbols", "file": SHOP})).await.1;
    assert_eq!(symbols["symbols"][0]["name"], "shop");

    // Changed by somebody else meanwhile: told, and a save on the old text is refused.
    let theirs = format!("# theirs\n{before}");
    std::fs::write(sample.dir.join(SHOP), &theirs).unwrap();
    let kept = served.get("/api/buffers").await;
    assert_eq!(kept["items"][0]["changedOnDisk"], true);
    let base = kept["items"][0]["baseDigest"].clone();
    let save = json!({"file": SHOP, "text": typed, "baseDigest": base});
    let (status, problem) = served.ask("PUT", "/api/file", &save).await;
    assert_eq!((status, problem["code"].as_str()), (409, Some("edit-conflict")), "{problem}");
    assert_eq!(std::fs::read_to_string(sample.dir.join(SHOP)).unwrap(), theirs);

    // Once the file says the same, there is nothing unsaved; otherwise it is forgotten when asked.
    std::fs::write(sample.dir.join(SHOP), &typed).unwrap();
    assert_eq!(served.get("/api/buffers").await["items"], json!([]));
    served.ask("PUT", "/api/buffer", &json!({"file": SHOP, "text": before, "baseText": typed})).await;
    served.ask("DELETE", &format!("/api/buffer?path={SHOP}"), &Value::Null).await;
    assert_eq!(served.get("/api/buffers").await["items"], json!([]));
}

#[tokio::test]
async fn s7_a_kept_text_outside_the_repository_or_too_large_is_refused() {
    let sample = Sample::new();
    let served = Served::start(&sample);
    for path in ["../x.yaml", "/etc/passwd", ".git/config"] {
        let (status, problem) =
            served.ask("PUT", "/api/buffer", &json!({"file": path, "text": "x", "baseText": ""})).await;
        assert_eq!((status, problem["code"].as_str()), (400, Some("bad-path")), "{path}: {problem}");
    }
    let large = "x".repeat(3 << 20);
    let (_, problem) = served.ask("PUT", "/api/buffer", &json!({"file": SHOP, "text": large, "baseText": ""})).await;
    assert_eq!(problem["code"], "file-too-large", "{problem}");
}

#[tokio::test]
async fn d12_a_broken_text_keeps_the_last_good_graph_marked() {
    let sample = Sample::new();
    let served = Served::start(&sample);
    let file = sample.dir.join("compositions/platform/cluster.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    // A module that no commit knows yet, read once, and then the file breaks.
    let grown = format!("{text}    - name: second\n      ref: modules/cluster\n");
    std::fs::write(&file, &grown).unwrap();
    let ids = |graph: &Value| -> Vec<(String, String)> {
        let units = graph["units"].as_array().unwrap().iter();
        units.map(|u| (u["id"].as_str().unwrap().to_owned(), u["standing"].as_str().unwrap().to_owned())).collect()
    };
    let good = served.get("/api/graph?draft=true").await;
    assert!(ids(&good).iter().any(|(id, _)| id == "prod/cluster/second"), "{good}");
    std::fs::write(&file, format!("{grown}  : [broken\n")).unwrap();
    let broken = served.get("/api/graph?draft=true").await;
    let marked: Vec<String> = ids(&broken).into_iter().filter(|(_, s)| s == "broken-file").map(|(id, _)| id).collect();
    assert!(marked.contains(&"prod/cluster/second".to_owned()), "{marked:?}");
    assert_eq!(ids(&broken).len(), ids(&good).len(), "no unit vanishes");
    let edges = |graph: &Value| graph["edges"].as_array().unwrap().len();
    assert_eq!(edges(&broken), edges(&good), "no edge vanishes");
    let problems = served.get("/api/problems").await;
    let at = problems["diagnostics"].as_array().unwrap();
    assert!(at.iter().any(|d| d["file"] == "compositions/platform/cluster.yaml" && d["line"].as_u64() > Some(0)));
}
