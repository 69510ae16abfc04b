//! The editor's questions over the working tree: one service for the app (`POST /api/language`) and for `xcf lsp`.

use crate::dto::{
    ActionDto, DiagnosticDto, HoverDto, LanguageAnswer, LanguageMethod, LanguageRequest, LocatedDto, SpanDto,
    SuggestionDto, SymbolDto, TargetDto,
};
use crate::error::{Answer, Problem};
use crate::open::{Workspace, blocking};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use xcf_core::ports::tree::Tree;
use xcf_plan::language::{self, DocumentSymbol, Overlay, Position, Snapshot, Span, Suggestion, SuggestionKind, Target};

/// Open texts by repository-relative path.
pub(crate) type Open = BTreeMap<String, Arc<str>>;

struct Laid {
    tree: Arc<dyn Tree>,
    open: Open,
    snapshot: Arc<Snapshot>,
}

/// The newest snapshot; the next one takes over what did not change.
#[derive(Default)]
pub(crate) struct Desk(Mutex<Option<Laid>>);

impl Desk {
    /// `tree` with the texts of `open` over it.
    pub(crate) fn snapshot(&self, tree: &Arc<dyn Tree>, open: &Open) -> Arc<Snapshot> {
        let mut laid = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = laid.as_ref().filter(|l| Arc::ptr_eq(&l.tree, tree) && l.open == *open) {
            return Arc::clone(&known.snapshot);
        }
        let overlay = Arc::new(Overlay::new(Arc::clone(tree), open));
        let snapshot = Arc::new(Snapshot::new(overlay, laid.as_ref().map(|l| l.snapshot.as_ref())));
        *laid = Some(Laid { tree: Arc::clone(tree), open: open.clone(), snapshot: Arc::clone(&snapshot) });
        snapshot
    }
}

impl Workspace {
    /// Use case: an editor's question about a text of the working tree, other unsaved texts counted in.
    ///
    /// # Errors
    /// The path leaves the repository, or the working tree can't be read.
    pub(crate) async fn language(&self, request: &LanguageRequest) -> Answer<LanguageAnswer> {
        self.inside(&request.file)?;
        let tree = self.at_worktree().await?.tree;
        let kept = self.buffers().await?.items;
        let mut open: Open = kept.into_iter().map(|b| (b.file, Arc::from(b.text))).collect();
        if let Some(text) = &request.text {
            open.insert(request.file.clone(), Arc::from(text.as_str()));
        }
        let text = match open.get(&request.file) {
            Some(text) => Arc::clone(text),
            None => Arc::from(self.text_of(&request.file).await?.ok_or_else(|| Problem::not_found(&request.file))?),
        };
        let desk = Arc::clone(&self.desk);
        let request = request.clone();
        blocking(move || Ok(answer(&desk.snapshot(&tree, &open), &request, &text))).await
    }
}

fn answer(snapshot: &Snapshot, request: &LanguageRequest, text: &str) -> LanguageAnswer {
    let at = Position { line: request.line, character: request.character };
    let file = request.file.as_str();
    let mut answer = LanguageAnswer::default();
    match request.method {
        LanguageMethod::Completion => {
            answer.suggestions = language::complete(snapshot, file, text, at).iter().map(suggestion).collect();
        }
        LanguageMethod::Hover => {
            let found = language::hover(snapshot, text, at);
            answer.hover = found.map(|h| HoverDto { text: h.text, span: span(h.span) });
        }
        LanguageMethod::Definition => {
            answer.targets = language::definition(snapshot, text, at).iter().map(target).collect();
        }
        LanguageMethod::References => {
            answer.targets = language::references(snapshot, text, at, true).iter().map(target).collect();
        }
        LanguageMethod::Symbols => flatten(&language::symbols(text), 0, &mut answer.symbols),
        LanguageMethod::Diagnostics => {
            let found = language::diagnose(snapshot, file);
            let located =
                |f: &language::Found| LocatedDto { diagnostic: DiagnosticDto::from(&f.diagnostic), span: span(f.span) };
            answer.diagnostics = found.iter().map(located).collect();
            answer.actions = actions(snapshot, file, Span { start: Position::default(), end: LAST });
        }
        LanguageMethod::Actions => answer.actions = actions(snapshot, file, Span { start: at, end: at }),
    }
    answer
}

const LAST: Position = Position { line: u32::MAX, character: u32::MAX };

fn actions(snapshot: &Snapshot, file: &str, asked: Span) -> Vec<ActionDto> {
    let found = language::actions(snapshot, file, asked);
    found
        .into_iter()
        .map(|a| ActionDto { title: a.title, code: a.code, span: span(a.span), insert: a.insert })
        .collect()
}

fn span(span: Span) -> SpanDto {
    SpanDto {
        line: span.start.line,
        character: span.start.character,
        end_line: span.end.line,
        end_character: span.end.character,
    }
}

fn suggestion(s: &Suggestion) -> SuggestionDto {
    let kind = match s.kind {
        SuggestionKind::Key => "key",
        SuggestionKind::Word => "word",
        SuggestionKind::Name => "name",
        SuggestionKind::Input => "input",
        SuggestionKind::Output => "output",
    };
    SuggestionDto {
        label: s.label.clone(),
        kind: kind.to_owned(),
        detail: s.detail.clone(),
        docs: s.docs.clone(),
        insert: s.insert.clone(),
        span: span(s.span),
    }
}

fn target(t: &Target) -> TargetDto {
    TargetDto { file: t.file.clone(), span: span(t.span) }
}

fn flatten(symbols: &[DocumentSymbol], depth: u32, into: &mut Vec<SymbolDto>) {
    for symbol in symbols {
        into.push(SymbolDto {
            name: symbol.name.clone(),
            detail: symbol.detail.clone(),
            depth,
            span: span(symbol.name_span),
        });
        flatten(&symbol.children, depth + 1, into);
    }
}
