//! Requests of a running session.

use super::convert::{action, completion, location, markdown, position, range, symbol, workspace_edit};
use super::server::{Reply, Server, params};
use super::texts::path_in;
use lsp_server::ErrorCode;
use lsp_types as lsp;
use serde::Serialize;
use serde_json::{Value, json};
use std::io::Write;
use std::sync::Arc;
use xcf_plan::language::{
    Snapshot, Span, actions, complete, definition, hover, references, renamable, rename, symbols,
};

/// What the server can do.
pub(super) fn capabilities() -> Value {
    json!({
        "positionEncoding": "utf-16",
        "textDocumentSync": {"openClose": true, "change": 2, "save": true},
        "completionProvider": {"triggerCharacters": [":", " ", "{", ",", "/", "-", "\n"]},
        "hoverProvider": true,
        "definitionProvider": true,
        "referencesProvider": true,
        "renameProvider": {"prepareProvider": true},
        "documentSymbolProvider": true,
        "codeActionProvider": {"codeActionKinds": ["quickfix"]},
    })
}

/// A document of the repository that a request is about.
struct Subject {
    snapshot: Arc<Snapshot>,
    path: String,
    text: Arc<str>,
}

fn value(answer: impl Serialize) -> Reply {
    serde_json::to_value(answer).map_err(|e| (ErrorCode::InternalError, e.to_string()))
}

impl<W: Write> Server<W> {
    pub(super) fn request(&mut self, method: &str, asked: Value) -> Reply {
        match method {
            "textDocument/completion" => {
                let p: lsp::CompletionParams = params(asked)?;
                let at = p.text_document_position;
                let Some(s) = self.subject(&at.text_document.uri) else { return Ok(Value::Null) };
                let items: Vec<_> =
                    complete(&s.snapshot, &s.path, &s.text, position(at.position)).iter().map(completion).collect();
                value(lsp::CompletionList { is_incomplete: false, items })
            }
            "textDocument/hover" => {
                let at = params::<lsp::HoverParams>(asked)?.text_document_position_params;
                let Some(s) = self.subject(&at.text_document.uri) else { return Ok(Value::Null) };
                value(hover(&s.snapshot, &s.text, position(at.position)).map(|h| lsp::Hover {
                    contents: lsp::HoverContents::Markup(markdown(h.text)),
                    range: Some(range(h.span)),
                }))
            }
            "textDocument/definition" => {
                let at = params::<lsp::GotoDefinitionParams>(asked)?.text_document_position_params;
                let Some(s) = self.subject(&at.text_document.uri) else { return Ok(Value::Null) };
                let found = definition(&s.snapshot, &s.text, position(at.position));
                value(found.iter().filter_map(|t| location(&self.root, t)).collect::<Vec<_>>())
            }
            "textDocument/references" => {
                let p: lsp::ReferenceParams = params(asked)?;
                let at = p.text_document_position;
                let Some(s) = self.subject(&at.text_document.uri) else { return Ok(Value::Null) };
                let found = references(&s.snapshot, &s.text, position(at.position), p.context.include_declaration);
                value(found.iter().filter_map(|t| location(&self.root, t)).collect::<Vec<_>>())
            }
            "textDocument/prepareRename" => {
                let at = params::<lsp::TextDocumentPositionParams>(asked)?;
                let Some(s) = self.subject(&at.text_document.uri) else { return Ok(Value::Null) };
                let found = renamable(&s.snapshot, &s.text, position(at.position));
                value(found.map(|(span, placeholder)| lsp::PrepareRenameResponse::RangeWithPlaceholder {
                    range: range(span),
                    placeholder,
                }))
            }
            "textDocument/rename" => {
                let p: lsp::RenameParams = params(asked)?;
                let at = p.text_document_position;
                let Some(s) = self.subject(&at.text_document.uri) else { return Ok(Value::Null) };
                let changed = rename(&s.snapshot, &s.text, position(at.position), &p.new_name)
                    .map_err(|e| (ErrorCode::RequestFailed, e.to_string()))?;
                value(workspace_edit(&self.root, changed))
            }
            "textDocument/documentSymbol" => {
                let p: lsp::DocumentSymbolParams = params(asked)?;
                let Some(s) = self.subject(&p.text_document.uri) else { return Ok(Value::Null) };
                value(symbols(&s.text).iter().map(symbol).collect::<Vec<_>>())
            }
            "textDocument/codeAction" => {
                let p: lsp::CodeActionParams = params(asked)?;
                let Some(s) = self.subject(&p.text_document.uri) else { return Ok(Value::Null) };
                let asked = Span { start: position(p.range.start), end: position(p.range.end) };
                let found = actions(&s.snapshot, &s.path, asked);
                value(found.iter().map(|a| action(&p.text_document.uri, a)).collect::<Vec<_>>())
            }
            other => Err((ErrorCode::MethodNotFound, format!("`{other}` is not served"))),
        }
    }
    /// None for what is not open or lies outside the folder.
    fn subject(&mut self, uri: &lsp::Uri) -> Option<Subject> {
        let text = Arc::clone(&self.texts.get(uri.as_str())?.text);
        let path = path_in(&self.root, uri.as_str())?;
        Some(Subject { snapshot: self.snapshot(), path, text })
    }
}
