//! A small language client: frames, ids, and waiting for the message that is meant.

use crate::kit::Sample;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

pub struct Client {
    pub sample: Sample,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// Messages read while another was waited for.
    aside: Vec<Value>,
    next: i64,
}

impl Client {
    /// The binary beside a sample, not initialised.
    pub fn raw() -> Self {
        let sample = Sample::new();
        let dir = sample.dir.to_str().unwrap().to_owned();
        let mut command = sample.command(&["-C", &dir, "lsp"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let (input, output) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Self { sample, child, input, output, aside: Vec::new(), next: 0 }
    }
    /// Initialised on the sample's folder.
    pub fn new() -> Self {
        let mut client = Self::raw();
        let folder = client.uri("");
        let reply = client.ask("initialize", json!({"capabilities": {}, "processId": null, "rootUri": folder}));
        assert_eq!(reply["result"]["capabilities"]["positionEncoding"], "utf-16", "{reply}");
        client.tell("initialized", json!({}));
        client
    }
    pub fn uri(&self, path: &str) -> String {
        let full = self.sample.dir.canonicalize().unwrap().join(path);
        format!("file://{}", full.to_str().unwrap().trim_end_matches('/'))
    }
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.input.as_mut().unwrap().write_all(bytes).unwrap();
        self.input.as_mut().unwrap().flush().unwrap();
    }
    pub fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.bytes(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }
    pub fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }
    /// Sends a request and waits for its answer.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        self.wait(|m| m["id"] == id)
    }
    /// The first message that fits, now or as it comes.
    pub fn wait(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.aside.iter().position(&fits) {
            return self.aside.remove(at);
        }
        loop {
            let message = self.read().expect("the server ended");
            if fits(&message) {
                return message;
            }
            self.aside.push(message);
        }
    }
    /// One message; none at the end.
    pub fn read(&mut self) -> Option<Value> {
        let mut length = None;
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            match line.trim_end() {
                "" => break,
                header => {
                    let (name, value) = header.split_once(": ").unwrap();
                    assert_eq!(name, "Content-Length");
                    length = Some(value.parse::<usize>().unwrap());
                }
            }
        }
        let mut body = vec![0; length.unwrap()];
        self.output.read_exact(&mut body).unwrap();
        Some(serde_json::from_slice(&body).unwrap())
    }
    /// The text of a file of the sample.
    pub fn text(&self, path: &str) -> String {
        std::fs::read_to_string(self.sample.dir.join(path)).unwrap()
    }
    pub fn open(&mut self, path: &str, text: &str) {
        let uri = self.uri(path);
        self.tell(
            "textDocument/didOpen",
            json!({"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": text}}),
        );
    }
    /// The diagnostics of `path` at `version`, when they come.
    pub fn diagnostics(&mut self, path: &str, version: i64) -> Vec<Value> {
        let uri = self.uri(path);
        let sent = self.wait(|m| {
            m["method"] == "textDocument/publishDiagnostics"
                && m["params"]["uri"] == uri.as_str()
                && m["params"]["version"] == version
        });
        sent["params"]["diagnostics"].as_array().unwrap().clone()
    }
    /// A request at the first place of `before|after` in `text`.
    pub fn at(&mut self, method: &str, path: &str, text: &str, needle: &str) -> Value {
        let clean = needle.replacen('|', "", 1);
        let offset = text.find(&clean).unwrap() + needle.find('|').unwrap();
        let head = &text[..offset];
        let line = head.matches('\n').count();
        let character: usize = head.rsplit('\n').next().unwrap().chars().map(char::len_utf16).sum();
        let uri = self.uri(path);
        let reply = self.ask(
            method,
            json!({
                "textDocument": {"uri": uri},
                "position": {"line": line, "character": character},
                "context": {"includeDeclaration": true, "triggerKind": 1},
            }),
        );
        assert!(reply.get("error").is_none(), "{reply}");
        reply["result"].clone()
    }
    /// Closes the server's input and gives its exit code.
    pub fn end(&mut self) -> i32 {
        self.input = None;
        while self.read().is_some() {}
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
    /// `shutdown`, `exit`, exit code.
    pub fn finish(mut self) -> i32 {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        self.end()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // A failed test must not leave its server behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
