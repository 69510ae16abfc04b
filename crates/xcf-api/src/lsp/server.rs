//! One client's session: its life cycle, its texts, and when diagnostics go out.

use super::convert::diagnostic;
use super::texts::{Text, Texts, path_in, uri_of};
use crate::language::Desk;
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types as lsp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xcf_core::ports::tree::{MemoryTree, Tree};
use xcf_git::Repo;
use xcf_plan::language::{Snapshot, diagnose};

/// Where in its life the session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Running,
    ShutDown,
    Exited { in_order: bool },
}

/// See the module.
pub(super) struct Server<W> {
    out: W,
    stage: Stage,
    pub(super) root: PathBuf,
    repo: Option<Repo>,
    pub(super) texts: Texts,
    tree: Option<Arc<dyn Tree>>,
    desk: Desk,
    /// Something changed since diagnostics were sent.
    unsettled: bool,
    /// Files with diagnostics at the client.
    shown: BTreeSet<String>,
}

/// An answer to a request: a value, or code and words.
pub(super) type Reply = Result<Value, (ErrorCode, String)>;

impl<W: Write> Server<W> {
    pub(super) fn new(out: W, folder: PathBuf) -> Self {
        Self {
            out,
            stage: Stage::New,
            root: folder,
            repo: None,
            texts: Texts::default(),
            tree: None,
            desk: Desk::default(),
            unsettled: false,
            shown: BTreeSet::new(),
        }
    }
    /// True if there is nothing to send when typing pauses.
    pub(super) fn is_settled(&self) -> bool {
        !self.unsettled || self.stage != Stage::Running
    }
    /// Some once the client said `exit`: whether in order.
    pub(super) fn exited(&self) -> Option<bool> {
        match self.stage {
            Stage::Exited { in_order } => Some(in_order),
            _ => None,
        }
    }
    pub(super) fn answer_cancelled(&mut self, id: RequestId) -> io::Result<()> {
        self.respond(id, Err((ErrorCode::RequestCanceled, "cancelled by the client".to_owned())))
    }
    /// Answers something that was no message, and so has no id.
    pub(super) fn refuse_unread(&mut self, code: i32, why: &str) -> io::Result<()> {
        self.write(&json!({"jsonrpc": "2.0", "id": null, "error": {"code": code, "message": why}}))
    }
    /// Takes one message.
    pub(super) fn take(&mut self, message: Message) -> io::Result<()> {
        match message {
            Message::Request(request) => {
                let id = request.id.clone();
                let reply = self.reply(request);
                self.respond(id, reply)
            }
            Message::Notification(note) => self.notified(note),
            // Nothing is asked of the client whose answer matters.
            Message::Response(_) => Ok(()),
        }
    }
    fn reply(&mut self, request: Request) -> Reply {
        let refuse = |code, why: &str| Err((code, why.to_owned()));
        match (self.stage, request.method.as_str()) {
            (Stage::New, "initialize") => self.initialize(params(request.params)?),
            (Stage::New, _) => refuse(ErrorCode::ServerNotInitialized, "`initialize` comes first"),
            (Stage::Running, "shutdown") => {
                self.stage = Stage::ShutDown;
                Ok(Value::Null)
            }
            (Stage::Running, "initialize") => refuse(ErrorCode::InvalidRequest, "`initialize` comes once"),
            (Stage::Running, method) => self.request(method, request.params),
            (_, _) => refuse(ErrorCode::InvalidRequest, "after `shutdown` only `exit` is taken"),
        }
    }
    fn initialize(&mut self, asked: lsp::InitializeParams) -> Reply {
        let folders = asked.workspace_folders.unwrap_or_default();
        if folders.len() > 1 {
            let names: Vec<&str> = folders.iter().map(|f| f.name.as_str()).collect();
            let why = format!(
                "xcf lsp serves one folder, {} are open ({}): start one server for each",
                folders.len(),
                names.join(", ")
            );
            return Err((ErrorCode::InvalidParams, why));
        }
        #[allow(deprecated)] // Older clients send only this.
        let named = folders.into_iter().next().map(|f| f.uri).or(asked.root_uri);
        let folder = named.and_then(|uri| url::Url::parse(uri.as_str()).ok()?.to_file_path().ok());
        let folder = folder.unwrap_or_else(|| self.root.clone());
        match Repo::discover(&folder).and_then(|repo| Ok((repo.workdir()?.to_path_buf(), repo))) {
            Ok((root, repo)) => (self.root, self.repo) = (root, Some(repo)),
            Err(_) => self.root = folder,
        }
        self.stage = Stage::Running;
        Ok(json!({
            "capabilities": super::requests::capabilities(),
            "serverInfo": {"name": "xcf", "version": env!("CARGO_PKG_VERSION")},
        }))
    }
    fn notified(&mut self, note: Notification) -> io::Result<()> {
        if note.method == "exit" {
            self.stage = Stage::Exited { in_order: self.stage == Stage::ShutDown };
            return Ok(());
        }
        if self.stage != Stage::Running {
            return Ok(());
        }
        let told = match note.method.as_str() {
            "initialized" => self.initialized(),
            "textDocument/didOpen" => params(note.params).map_err(|e| e.1).and_then(|p| self.open(p)),
            "textDocument/didChange" => params(note.params).map_err(|e| e.1).and_then(|p| self.change(&p)),
            "textDocument/didClose" => params(note.params).map_err(|e| e.1).map(|p| self.close(&p)),
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => {
                self.tree = None;
                self.unsettled = true;
                Ok(())
            }
            // The protocol lets a server leave notifications it does not know alone.
            _ => Ok(()),
        };
        match told {
            Ok(()) => Ok(()),
            Err(why) => self.tell(&why),
        }
    }
    fn initialized(&mut self) -> Result<(), String> {
        match (&self.repo, self.root.join(".xcf.yaml").exists()) {
            (None, _) => Err(format!("{} is in no Git repository: only the schema is known", self.root.display())),
            (Some(_), false) => Err(format!("{} has no .xcf.yaml yet", self.root.display())),
            _ => Ok(()),
        }
    }
    fn open(&mut self, opened: lsp::DidOpenTextDocumentParams) -> Result<(), String> {
        let document = opened.text_document;
        let path = path_in(&self.root, document.uri.as_str());
        self.unsettled = true;
        let text = Text { path, text: Arc::from(document.text), version: document.version };
        self.texts.open(document.uri.as_str(), text)
    }
    fn change(&mut self, changed: &lsp::DidChangeTextDocumentParams) -> Result<(), String> {
        self.unsettled = true;
        let document = &changed.text_document;
        self.texts.change(document.uri.as_str(), document.version, &changed.content_changes)
    }
    fn close(&mut self, closed: &lsp::DidCloseTextDocumentParams) {
        self.texts.close(closed.text_document.uri.as_str());
        self.tree = None;
        self.unsettled = true;
    }
    /// The repository with the open texts over it.
    pub(super) fn snapshot(&mut self) -> Arc<Snapshot> {
        let tree = match &self.tree {
            Some(tree) => Arc::clone(tree),
            None => {
                let read = self.repo.as_ref().and_then(|r| r.work_tree().ok());
                let tree: Arc<dyn Tree> = match read {
                    Some(tree) => Arc::new(tree),
                    None => Arc::new(MemoryTree::default()),
                };
                self.tree = Some(Arc::clone(&tree));
                tree
            }
        };
        self.desk.snapshot(&tree, &self.texts.by_path())
    }
    /// Sends the diagnostics of the open texts, and takes those of closed ones back.
    pub(super) fn settle(&mut self) -> io::Result<()> {
        self.unsettled = false;
        let snapshot = self.snapshot();
        let mut now = BTreeSet::new();
        let mut messages = Vec::new();
        for (uri, text) in self.texts.all() {
            let (Some(path), Ok(uri)) = (&text.path, uri.parse::<lsp::Uri>()) else { continue };
            now.insert(path.clone());
            messages.push(published(&self.root, &snapshot, path, uri, Some(text.version)));
        }
        for gone in self.shown.difference(&now) {
            if let Some(uri) = uri_of(&self.root, gone) {
                messages.push(lsp::PublishDiagnosticsParams { uri, diagnostics: Vec::new(), version: None });
            }
        }
        self.shown = now;
        for message in messages {
            self.notify("textDocument/publishDiagnostics", &message)?;
        }
        Ok(())
    }
    fn tell(&mut self, why: &str) -> io::Result<()> {
        let message = lsp::ShowMessageParams { typ: lsp::MessageType::WARNING, message: why.to_owned() };
        self.notify("window/showMessage", &message)
    }
    fn notify(&mut self, method: &str, params: &impl serde::Serialize) -> io::Result<()> {
        self.write(&json!({"jsonrpc": "2.0", "method": method, "params": params}))
    }
    fn respond(&mut self, id: RequestId, reply: Reply) -> io::Result<()> {
        let response = match reply {
            Ok(value) => Response::new_ok(id, value),
            Err((code, why)) => Response::new_err(id, code as i32, why),
        };
        Message::Response(response).write(&mut self.out)
    }
    fn write(&mut self, value: &Value) -> io::Result<()> {
        let text = value.to_string();
        write!(self.out, "Content-Length: {}\r\n\r\n{text}", text.len())?;
        self.out.flush()
    }
}

fn published(
    root: &Path,
    snapshot: &Snapshot,
    path: &str,
    uri: lsp::Uri,
    version: Option<i32>,
) -> lsp::PublishDiagnosticsParams {
    let diagnostics = diagnose(snapshot, path).iter().map(|f| diagnostic(root, f)).collect();
    lsp::PublishDiagnosticsParams { uri, diagnostics, version }
}

/// Parameters of the right shape, or why not.
pub(super) fn params<T: DeserializeOwned>(value: Value) -> Result<T, (ErrorCode, String)> {
    serde_json::from_value(value).map_err(|e| (ErrorCode::InvalidParams, format!("the parameters do not fit: {e}")))
}
