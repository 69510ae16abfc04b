//! The service's answers as the protocol's.

use super::texts::uri_of;
use lsp_types as lsp;
use std::collections::BTreeMap;
use std::path::Path;
use xcf_core::diag::Severity;
use xcf_plan::language::{
    Action, DocumentSymbol, Found, Position, Span, Suggestion, SuggestionKind, Target, TextChange,
};

pub(super) fn position(at: lsp::Position) -> Position {
    Position { line: at.line, character: at.character }
}

fn back(at: Position) -> lsp::Position {
    lsp::Position { line: at.line, character: at.character }
}

pub(super) fn range(span: Span) -> lsp::Range {
    lsp::Range { start: back(span.start), end: back(span.end) }
}

pub(super) fn markdown(text: String) -> lsp::MarkupContent {
    lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value: text }
}

pub(super) fn completion(s: &Suggestion) -> lsp::CompletionItem {
    let kind = match s.kind {
        SuggestionKind::Key => lsp::CompletionItemKind::PROPERTY,
        SuggestionKind::Word => lsp::CompletionItemKind::ENUM_MEMBER,
        SuggestionKind::Name => lsp::CompletionItemKind::REFERENCE,
        SuggestionKind::Input => lsp::CompletionItemKind::FIELD,
        SuggestionKind::Output => lsp::CompletionItemKind::VARIABLE,
    };
    lsp::CompletionItem {
        label: s.label.clone(),
        kind: Some(kind),
        detail: Some(s.detail.clone()).filter(|d| !d.is_empty()),
        documentation: Some(s.docs.clone())
            .filter(|d| !d.is_empty())
            .map(|d| lsp::Documentation::MarkupContent(markdown(d))),
        sort_text: Some(format!("{:05}", s.rank)),
        insert_text_mode: Some(lsp::InsertTextMode::AS_IS),
        text_edit: Some(lsp::CompletionTextEdit::Edit(lsp::TextEdit {
            range: range(s.span),
            new_text: s.insert.clone(),
        })),
        ..lsp::CompletionItem::default()
    }
}

pub(super) fn location(root: &Path, target: &Target) -> Option<lsp::Location> {
    Some(lsp::Location { uri: uri_of(root, &target.file)?, range: range(target.span) })
}

pub(super) fn workspace_edit(root: &Path, changed: BTreeMap<String, Vec<TextChange>>) -> lsp::WorkspaceEdit {
    let edit = |c: TextChange| lsp::TextEdit { range: range(c.span), new_text: c.insert };
    let changes = changed
        .into_iter()
        .filter_map(|(file, list)| Some((uri_of(root, &file)?, list.into_iter().map(edit).collect())));
    lsp::WorkspaceEdit { changes: Some(changes.collect()), ..lsp::WorkspaceEdit::default() }
}

pub(super) fn diagnostic(root: &Path, found: &Found) -> lsp::Diagnostic {
    let d = &found.diagnostic;
    let severity = match d.severity {
        Severity::Error => lsp::DiagnosticSeverity::ERROR,
        Severity::Warning => lsp::DiagnosticSeverity::WARNING,
        Severity::Info => lsp::DiagnosticSeverity::INFORMATION,
    };
    let message = if d.hint.is_empty() { d.message.clone() } else { format!("{}\n{}", d.message, d.hint) };
    let related: Vec<_> = found
        .related
        .iter()
        .filter_map(|t| location(root, t))
        .map(|location| lsp::DiagnosticRelatedInformation { location, message: d.code.clone() })
        .collect();
    lsp::Diagnostic {
        range: range(found.span),
        severity: Some(severity),
        code: Some(lsp::NumberOrString::String(d.code.clone())),
        source: Some("xcf".to_owned()),
        message,
        related_information: (!related.is_empty()).then_some(related),
        ..lsp::Diagnostic::default()
    }
}

#[allow(deprecated)] // The protocol's type still has the field.
pub(super) fn symbol(s: &DocumentSymbol) -> lsp::DocumentSymbol {
    let children: Vec<_> = s.children.iter().map(symbol).collect();
    lsp::DocumentSymbol {
        name: if s.name.is_empty() { "-".to_owned() } else { s.name.clone() },
        detail: Some(s.detail.clone()).filter(|d| !d.is_empty()),
        kind: match (s.is_document, children.is_empty()) {
            (true, _) => lsp::SymbolKind::MODULE,
            (false, true) => lsp::SymbolKind::PROPERTY,
            (false, false) => lsp::SymbolKind::OBJECT,
        },
        tags: None,
        deprecated: None,
        range: range(s.span),
        selection_range: range(s.name_span),
        children: (!children.is_empty()).then_some(children),
    }
}

#[allow(clippy::mutable_key_type)] // The protocol's map is keyed by its own URI type.
pub(super) fn action(uri: &lsp::Uri, a: &Action) -> lsp::CodeActionOrCommand {
    let edit = lsp::TextEdit { range: range(a.span), new_text: a.insert.clone() };
    lsp::CodeActionOrCommand::CodeAction(lsp::CodeAction {
        title: a.title.clone(),
        kind: Some(lsp::CodeActionKind::QUICKFIX),
        edit: Some(lsp::WorkspaceEdit {
            changes: Some([(uri.clone(), vec![edit])].into_iter().collect()),
            ..lsp::WorkspaceEdit::default()
        }),
        is_preferred: Some(true),
        ..lsp::CodeAction::default()
    })
}
