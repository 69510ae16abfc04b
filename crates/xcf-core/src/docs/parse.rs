//! YAML text to span trees: parser events with limits, all documents of a file, errors that do not hide each other.

use super::extent::{block_scalar, quoted_end, unfinished_line};
use super::limits::Limits;
use super::spans::{CoreTag, Node, NodeId, NodeKind, SpanTree, Style};
use super::stop::{alias_limit, fault, style_of, too_deep, unsupported_tag};
use crate::diag::{Diagnostic, Place};
use saphyr_parser::{Event, Parser, Span, StrInput, Tag};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// One document of a file as far as it could be read.
#[derive(Debug)]
pub(crate) struct ParsedDoc {
    /// Its number in the file, from 0.
    pub index: usize,
    /// Its nodes; `None` if the text is not YAML or breaks a limit.
    pub tree: Option<SpanTree>,
    /// Bytes it may reach over (to look for names in a broken one).
    pub range: Range<usize>,
    /// What is wrong with it.
    pub errors: Vec<Diagnostic>,
}

/// Every document of `text`. After a syntax error reading goes on at the next line that starts with `---`: such a
/// line begins a document wherever it stands. From then on each document is read on its own, so that many broken ones
/// cost no more than their length.
pub(crate) fn parse(file: &Arc<str>, text: &str, limits: &Limits) -> Vec<ParsedDoc> {
    let mut docs: Vec<ParsedDoc> = Vec::new();
    let mut base = Base { byte: if text.starts_with('\u{feff}') { 3 } else { 0 }, line: 0 };
    let mut end = text.len();
    loop {
        let Some(part) = text.get(base.byte..end) else { return docs };
        let result = Stream::new(file, part, base, limits).run(&mut docs);
        let next = match result {
            _ if docs.len() > limits.documents => None,
            Err(stop) if end == text.len() => next_document(text, stop.at, stop.after),
            _ => Some(end).filter(|e| *e < text.len()),
        };
        let Some(next) = next else { return docs };
        let lines = text.get(base.byte..next).unwrap_or_default().bytes().filter(|b| *b == b'\n').count();
        base = Base { byte: next, line: base.line + u32::try_from(lines).unwrap_or(0) };
        end = next_document(text, next, next).unwrap_or(text.len());
    }
}

/// Where a (part of a) file begins.
#[derive(Debug, Clone, Copy)]
struct Base {
    byte: usize,
    line: u32,
}

/// The first line that starts a document: at or after the line of byte `at`, but behind byte `after`.
fn next_document(text: &str, at: usize, after: usize) -> Option<usize> {
    let from = text.get(..at)?.rfind('\n').map_or(0, |i| i + 1).max(after);
    let mut at = from;
    for line in text.get(from..)?.split_inclusive('\n') {
        if at > after && starts_document(line) {
            return Some(at);
        }
        at += line.len();
    }
    None
}

fn starts_document(line: &str) -> bool {
    line.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

/// Reading stopped: at which byte, and where the broken document began.
#[derive(Debug, Clone, Copy)]
struct Stop {
    at: usize,
    after: usize,
}

struct Open {
    id: NodeId,
    children: Vec<NodeId>,
}

struct Stream<'t> {
    file: &'t Arc<str>,
    parser: Parser<'t, StrInput<'t>>,
    base: Base,
    text: &'t str,
    /// Byte offset of each character; empty if the text is ASCII.
    bytes_of: Vec<u32>,
    limits: &'t Limits,
    nodes: Vec<Node>,
    sizes: Vec<(u64, u32)>,
    open: Vec<Open>,
    anchors: HashMap<usize, NodeId>,
    aliases: usize,
    /// Nodes so far with every alias followed.
    expanded: u64,
    root: Option<NodeId>,
    doc_start: usize,
    soft: Vec<Diagnostic>,
}

impl<'t> Stream<'t> {
    fn new(file: &'t Arc<str>, text: &'t str, base: Base, limits: &'t Limits) -> Self {
        let bytes_of = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().map(|(i, _)| u32::try_from(i).unwrap_or(u32::MAX)).collect()
        };
        Self {
            file,
            parser: Parser::new_from_str(text),
            base,
            text,
            bytes_of,
            limits,
            nodes: Vec::new(),
            sizes: Vec::new(),
            open: Vec::new(),
            anchors: HashMap::new(),
            aliases: 0,
            expanded: 0,
            root: None,
            doc_start: base.byte,
            soft: Vec::new(),
        }
    }

    fn byte(&self, index: usize) -> usize {
        let within = if self.bytes_of.is_empty() {
            index.min(self.text.len())
        } else {
            self.bytes_of.get(index).map_or(self.text.len(), |b| *b as usize)
        };
        self.base.byte + within
    }

    fn place(&self, mark: saphyr_parser::Marker) -> Place {
        let line = self.base.line + u32::try_from(mark.line()).unwrap_or(0);
        Place::new(&**self.file, line, u32::try_from(mark.col()).unwrap_or(0) + 1)
    }

    fn line_start(&self, byte: usize) -> usize {
        let before = self.text.get(..byte - self.base.byte).unwrap_or_default();
        self.base.byte + before.rfind('\n').map_or(0, |i| i + 1)
    }

    /// Reads on to the end; `Err` says where it had to stop.
    fn run(mut self, docs: &mut Vec<ParsedDoc>) -> Result<(), Stop> {
        while let Some(next) = self.parser.next_event() {
            let result = match next {
                Ok((Event::StreamEnd, _)) => return Ok(()),
                Ok((event, span)) => self.event(event, span, docs).map_err(|d| (d, span.start)),
                Err(error) => {
                    let mark = *error.marker();
                    Err((self.syntax_error(error.info(), mark), mark))
                }
            };
            if let Err((diagnostic, mark)) = result {
                let at = self.byte(mark.index());
                self.soft.push(*diagnostic);
                self.finish(at, None, docs);
                return Err(Stop { at, after: self.doc_start });
            }
        }
        Ok(())
    }

    fn syntax_error(&self, info: &str, mark: saphyr_parser::Marker) -> Box<Diagnostic> {
        let place = self.place(mark);
        if info.contains("recursion limit") {
            return too_deep(self.limits, place);
        }
        // The parser complains about what a tab makes of the lines around it.
        let line = place.line.saturating_sub(self.base.line) as usize;
        let tabbed = self
            .text
            .lines()
            .enumerate()
            .skip(line.saturating_sub(1))
            .take(2)
            .find(|(_, l)| l.get(..l.len() - l.trim_start().len()).is_some_and(|indent| indent.contains('\t')));
        match tabbed {
            Some((at, _)) => {
                let line = self.base.line + u32::try_from(at).unwrap_or(0) + 1;
                let place = Place::new(&**self.file, line, 1);
                fault("yaml-syntax", "a tab indents this line: YAML is indented with spaces", place)
            }
            None => fault("yaml-syntax", format!("this is not YAML: {info}"), place),
        }
    }

    fn finish(&mut self, end: usize, tree: Option<SpanTree>, docs: &mut Vec<ParsedDoc>) {
        let errors = std::mem::take(&mut self.soft);
        docs.push(ParsedDoc { index: docs.len(), tree, range: self.doc_start..end, errors });
    }

    fn event(&mut self, event: Event<'t>, span: Span, docs: &mut Vec<ParsedDoc>) -> Result<(), Box<Diagnostic>> {
        match event {
            Event::DocumentStart(_) => self.start_document(span, docs.len())?,
            Event::DocumentEnd => self.end_document(span, docs),
            Event::Alias(anchor) => self.alias(anchor, span)?,
            Event::Scalar(text, style, anchor, tag) => {
                let tag = self.tag(tag.as_deref(), span);
                let style = style_of(style);
                let end = self.byte(span.end.index()) - self.base.byte;
                let text = unfinished_line(self.text, end, style, &text).unwrap_or(&text).into();
                let kind = NodeKind::Scalar { text, style, tag };
                let id = self.push(kind, span, anchor)?;
                self.attach(id);
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(NodeKind::List(Vec::new()), tag.as_deref(), "seq", anchor, span)?
            }
            Event::MappingStart(anchor, tag) => {
                self.open(NodeKind::Map(Vec::new()), tag.as_deref(), "map", anchor, span)?
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Nothing | Event::StreamStart | Event::StreamEnd => {}
        }
        Ok(())
    }

    fn start_document(&mut self, span: Span, count: usize) -> Result<(), Box<Diagnostic>> {
        self.nodes = Vec::with_capacity(64);
        self.sizes.clear();
        self.anchors.clear();
        self.aliases = 0;
        self.expanded = 0;
        self.root = None;
        self.doc_start = self.line_start(self.byte(span.start.index()));
        if count >= self.limits.documents {
            let message = format!("more than {} documents in one file", self.limits.documents);
            return Err(fault("too-many-documents", message, self.place(span.start)));
        }
        Ok(())
    }

    fn end_document(&mut self, span: Span, docs: &mut Vec<ParsedDoc>) {
        let nodes = std::mem::take(&mut self.nodes);
        let tree = self.root.map(|root| SpanTree { file: self.file.clone(), nodes, root });
        let end = self.byte(span.start.index());
        self.finish(end, tree, docs);
        self.doc_start = end;
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Box<Diagnostic>> {
        let place = self.place(span.start);
        self.aliases += 1;
        let Some(target) = self.anchors.get(&anchor).copied() else {
            return Err(fault("unknown-anchor", "this alias names an anchor of another document", place));
        };
        if self.open.iter().any(|o| o.id == target) {
            return Err(fault("alias-limit", "this alias contains itself", place));
        }
        let size = self.sizes.get(target as usize).copied().unwrap_or((1, 0));
        self.expanded = self.expanded.saturating_add(size.0);
        if self.aliases > self.limits.aliases || self.expanded > self.limits.expanded as u64 {
            return Err(alias_limit(self.limits, place));
        }
        if self.open.len() + size.1 as usize > self.limits.depth {
            return Err(too_deep(self.limits, place));
        }
        if let Some(node) = self.nodes.get_mut(target as usize) {
            node.anchored = true;
        }
        let id = self.push(NodeKind::Alias(target), span, 0)?;
        if let Some(own) = self.sizes.get_mut(id as usize) {
            *own = size;
        }
        self.attach(id);
        Ok(())
    }

    fn open(
        &mut self,
        kind: NodeKind,
        tag: Option<&Tag>,
        core: &str,
        anchor: usize,
        span: Span,
    ) -> Result<(), Box<Diagnostic>> {
        if self.open.len() >= self.limits.depth {
            return Err(too_deep(self.limits, self.place(span.start)));
        }
        if tag.is_some_and(|t| !(t.is_yaml_core_schema() && t.suffix == core)) {
            self.soft.push(unsupported_tag(tag, self.place(span.start)));
        }
        let id = self.push(kind, span, anchor)?;
        self.open.push(Open { id, children: Vec::new() });
        Ok(())
    }

    fn close(&mut self, span: Span) {
        let Some(Open { id, children }) = self.open.pop() else { return };
        let flow_end = self.flow_end(id, span);
        let last = children.last().and_then(|c| self.nodes.get(*c as usize)).map_or(0, |n| n.end);
        let (mut size, mut height) = (1_u64, 0_u32);
        for child in &children {
            let (s, h) = self.sizes.get(*child as usize).copied().unwrap_or((1, 0));
            size = size.saturating_add(s);
            height = height.max(h);
        }
        if let Some(slot) = self.sizes.get_mut(id as usize) {
            *slot = (size, height + 1);
        }
        if let Some(node) = self.nodes.get_mut(id as usize) {
            node.flow = flow_end.is_some();
            node.end = flow_end.unwrap_or_else(|| last.max(node.start));
            match &mut node.kind {
                NodeKind::List(items) => *items = children,
                NodeKind::Map(pairs) => {
                    *pairs = children.chunks_exact(2).filter_map(|c| Some((*c.first()?, *c.get(1)?))).collect();
                }
                _ => {}
            }
        }
        self.attach(id);
    }

    /// End of a flow collection; `None` for a block collection, whose end event stands at whatever comes next.
    fn flow_end(&self, id: NodeId, span: Span) -> Option<u32> {
        let closer = match self.nodes.get(id as usize)?.kind {
            NodeKind::Map(_) => b'}',
            _ => b']',
        };
        let mut at = self.byte(span.start.index()) - self.base.byte;
        if span.is_empty() || ![closer, b','].contains(self.text.as_bytes().get(at)?) {
            return None;
        }
        // After a last comma the event stands at the comma.
        loop {
            let rest = self.text.get(at..)?;
            match rest.bytes().next()? {
                byte if byte == closer => return u32::try_from(self.base.byte + at + 1).ok(),
                b'#' => at += rest.find('\n')?,
                _ => at += 1,
            }
        }
    }

    fn push(&mut self, kind: NodeKind, span: Span, anchor: usize) -> Result<NodeId, Box<Diagnostic>> {
        if self.nodes.len() >= self.limits.nodes {
            let message = format!("more than {} values in one document", self.limits.nodes);
            return Err(fault("too-many-nodes", message, self.place(span.start)));
        }
        let id = NodeId::try_from(self.nodes.len()).unwrap_or(NodeId::MAX);
        let place = self.place(span.start);
        let (mut start, mut end) = (self.byte(span.start.index()), self.byte(span.end.index()));
        let (mut line, mut column) = (place.line, place.column);
        match kind {
            NodeKind::Scalar { style: Style::Literal | Style::Folded, tag, .. } => {
                let after = self.nodes.last().map_or(self.doc_start, |n| n.end as usize) - self.base.byte;
                let (start_in, end_in) = (start - self.base.byte, end - self.base.byte);
                let found = block_scalar(self.text, start_in, end_in, after, anchor > 0 || tag.is_some());
                (start, end) = (found.range.start + self.base.byte, found.range.end + self.base.byte);
                line = line.saturating_sub(found.lines_up);
                column = found.column.unwrap_or(column);
            }
            NodeKind::Scalar { style: Style::Single | Style::Double, .. } => {
                end = self.base.byte + quoted_end(self.text, start - self.base.byte, end - self.base.byte);
            }
            // The parser gives an empty value the span of what follows.
            NodeKind::Scalar { ref text, .. } if text.is_empty() => end = start,
            _ => {}
        }
        let [start, end] = [start, end.max(start)].map(|b| u32::try_from(b).unwrap_or(u32::MAX));
        self.nodes.push(Node { kind, start, end, line, column, flow: false, anchored: false });
        self.sizes.push((1, 0));
        if anchor > 0 {
            self.anchors.insert(anchor, id);
        }
        Ok(id)
    }

    fn attach(&mut self, id: NodeId) {
        match self.open.last_mut() {
            Some(parent) => parent.children.push(id),
            None => self.root = Some(id),
        }
    }

    fn tag(&mut self, tag: Option<&Tag>, span: Span) -> Option<CoreTag> {
        let tag = tag?;
        let known = match tag.suffix.as_str() {
            "str" => Some(CoreTag::Text),
            "int" => Some(CoreTag::Int),
            "float" => Some(CoreTag::Float),
            "bool" => Some(CoreTag::Bool),
            "null" => Some(CoreTag::Null),
            _ => None,
        };
        let known = known.filter(|_| tag.is_yaml_core_schema());
        if known.is_none() {
            self.soft.push(unsupported_tag(Some(tag), self.place(span.start)));
        }
        known
    }
}
