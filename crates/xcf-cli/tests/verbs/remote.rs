//! `--server URL` (`D11`, `D15`): `xcf serve` on this machine, driven from another folder by the same verbs.

use crate::kit::{Ran, Sample, files, needs, only_set};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

const TOKEN: &str = "a-token-of-this-test-only";

/// `xcf serve` of a sample, and a client in a home of its own.
pub struct Server {
    process: Child,
    url: String,
    client: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        // Gone already where the test ended it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    pub fn start(sample: &Sample) -> Self {
        let client = tempfile::tempdir().unwrap();
        std::fs::write(client.path().join("index.html"), "<!doctype html>").unwrap();
        let ui = client.path().to_str().unwrap();
        let dir = sample.dir.to_str().unwrap();
        let mut process = sample
            .command(&["-C", dir, "serve", "--listen", "127.0.0.1:0", "--ui", ui])
            .env("XCF_TOKEN", TOKEN)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let url = address.trim().split_once("/?token=").expect("the address with its token").0.to_owned();
        Self { process, url, client }
    }
    fn with(&self, token: &str, args: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xcf"));
        command.env_clear().env("HOME", self.client.path()).env("XCF_TOKEN", token).current_dir(self.client.path());
        command.args(["--server", &self.url, "--no-input", "--yes"]).args(args).stdin(Stdio::null());
        Ran::of(command.output().unwrap())
    }
    pub fn xcf(&self, args: &[&str]) -> Ran {
        self.with(TOKEN, args)
    }
    /// A request by hand; the connection is closed when the reader drops it.
    fn request(&self, path: &str, headers: &str) -> TcpStream {
        let host = self.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n").unwrap();
        stream
    }
    /// The log from its beginning, until it holds `text`.
    pub fn events_until(&self, text: &str) -> String {
        let mut stream = self.request("/api/events?since=0", &format!("Authorization: Bearer {TOKEN}\r\n"));
        let (mut read, mut buffer) = (String::new(), [0; 4096]);
        while !read.contains(text) {
            let n = stream.read(&mut buffer).expect("the log holds it");
            assert!(n > 0, "the stream ended without `{text}`: {read}");
            read.push_str(&String::from_utf8_lossy(&buffer[..n]));
        }
        read
    }
}

fn keys(value: &Value) -> Vec<&String> {
    value.as_object().unwrap().keys().collect()
}

#[test]
fn d11_the_main_path_through_a_server_from_another_folder() {
    if !needs("terraform") || !needs("ansible-playbook") {
        return;
    }
    let sample = Sample::new();
    let server = Server::start(&sample);
    server.xcf(&["validate"]).exits(0);
    let planned = server.xcf(&["-o", "json", "plan", "--env", "prod", "prod/network/network"]).exits(2).json();
    let set = only_set(&planned);
    let cs = set["id"].as_str().unwrap();
    // Data on stdout, everything else on stderr, as without a server.
    let refused = server.xcf(&["apply", cs]).exits(4);
    assert!(!refused.out.contains("AwaitingApproval") && refused.err.contains("AwaitingApproval"), "{}", refused.out);
    server.xcf(&["--as", "ada", "approve", cs]).exits(0);
    server.xcf(&["--as", "grace", "approve", cs]).exits(0);
    server.xcf(&["apply", cs]).exits(4);
    server.xcf(&["--as", "ada", "sign-off", cs, "--reason", "looked at it"]).exits(0);
    let done = server.xcf(&["resume", cs]).exits(0);
    assert!(done.err.contains("Closed"), "{}", done.err);
    server.xcf(&["watch", cs]).exits(0);
    assert!(!server.xcf(&["logs", cs, "prod/network/network"]).exits(0).out.is_empty());
    server.xcf(&["plan", "--env", "prod", "prod/network/network"]).exits(0);
    assert!(server.events_until("signed off by").contains("signed off by ada"), "it was ada who signed off");
    // The same shapes and, at rest, the same answers on either side.
    for verb in [
        &["validate"][..],
        &["graph"],
        &["route"],
        &["status"],
        &["status", cs],
        &["show", cs],
        &["locks"],
        &["output", "prod/network/network"],
    ] {
        let args = [&["-o", "json"], verb].concat();
        assert_eq!(server.xcf(&args).exits(0).json(), sample.xcf(&args).exits(0).json(), "{verb:?}");
    }
    let here = sample.plan(&["--env", "dev"], 2);
    let there = server.xcf(&["-o", "json", "plan", "--env", "dev"]).exits(2).json();
    assert_eq!(keys(&here), keys(&there));
    assert_eq!(keys(only_set(&here)), keys(only_set(&there)));
    // Both have refused input alike.
    for wrong in [&["show", "CS-99"][..], &["show", "no"], &["plan", "--env", "none"], &["approve", cs]] {
        let (local, remote) = (sample.xcf(wrong), server.xcf(wrong));
        assert_eq!((local.code, local.err), (remote.code, remote.err), "{wrong:?}");
        assert!(remote.code != 0 && remote.out.is_empty());
    }
    // Nothing of the workspace came to the client's machine.
    let made: Vec<PathBuf> = files(server.client.path());
    assert_eq!(made, [server.client.path().join("index.html")]);
}

#[test]
fn d13_a_wrong_token_opens_nothing() {
    let sample = Sample::new();
    let server = Server::start(&sample);
    for token in ["", "wrong", "a-token-of-this-test-onlx"] {
        for verb in [&["validate"][..], &["-o", "json", "graph"], &["plan"], &["approve", "CS-1"], &["locks"]] {
            let ran = server.with(token, verb).exits(1);
            assert!(ran.out.is_empty() && ran.err.contains("no-token"), "{verb:?}: {} {}", ran.out, ran.err);
        }
    }
    // Who acts is said by the holder of the token only: a page's cookie may not name anybody.
    let read = |headers: &str| {
        let mut text = String::new();
        let _ = server.request("/api/workspace", &format!("{headers}Connection: close\r\n")).read_to_string(&mut text);
        text.lines().next().unwrap_or_default().to_owned()
    };
    assert!(read("").contains("403"));
    assert!(read("x-xcf-as: ada\r\n").contains("403"));
    assert!(read(&format!("Cookie: xcf_session={TOKEN}\r\n")).contains("200"));
    assert!(read(&format!("Authorization: Bearer {TOKEN}\r\nOrigin: http://elsewhere.invalid\r\n")).contains("403"));
}

#[test]
fn d11_what_needs_this_machine_says_so_and_a_server_that_is_not_there_too() {
    let sample = Sample::new();
    let mut server = Server::start(&sample);
    let exec = server.xcf(&["exec", "dev/network/network", "--", "true"]).exits(64);
    assert!(exec.err.contains("--server"), "{}", exec.err);
    // Ctrl-C ends the server: 130.
    assert!(Command::new("kill").args(["-INT", &server.process.id().to_string()]).status().unwrap().success());
    assert_eq!(server.process.wait().unwrap().code(), Some(130));
    let ran = server.xcf(&["validate"]).exits(1);
    assert!(
        ran.out.is_empty() && ran.err.contains("server-unreachable") && ran.err.contains("xcf serve"),
        "{}",
        ran.err
    );
    // Only loopback is listened on.
    let dir = sample.dir.to_str().unwrap();
    sample.bare(&["-C", dir, "serve", "--listen", "0.0.0.0:0"]).exits(64);
}
