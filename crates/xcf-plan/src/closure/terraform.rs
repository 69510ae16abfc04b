//! What a Terraform module reads besides its own folder: local module sources and literal file paths.

use super::Walk;
use crate::content::{line_column, read_text, terraform_files};
use hcl_edit::Span;
use hcl_edit::expr::{Expression, FuncCall, Traversal, TraversalOperator};
use hcl_edit::structure::Block;
use hcl_edit::template::Element;
use hcl_edit::visit::{Visit, visit_block, visit_expr, visit_func_call};
use serde_json::Value;
use xcf_core::diag::Place;

/// Functions whose first argument is a path of a file or folder.
const FILE_FUNCTIONS: [&str; 11] = [
    "file",
    "templatefile",
    "fileexists",
    "filebase64",
    "filemd5",
    "filesha1",
    "filesha256",
    "filesha512",
    "filebase64sha256",
    "filebase64sha512",
    "fileset",
];

/// Something a source names.
enum Named {
    /// Path from the root of the repository, or as far as that is known.
    Path(String),
    /// A local module.
    Module(String),
    /// Can't be told.
    Unknown(usize, String),
}

impl Walk<'_> {
    pub(super) fn terraform(&mut self, dir: &str) {
        let mut todo = vec![dir.to_owned()];
        while let Some(dir) = todo.pop() {
            if !self.read.insert(dir.clone()) {
                continue;
            }
            self.add(&dir);
            for file in terraform_files(self.tree, &dir) {
                for named in self.read_source(&file, &dir) {
                    match named {
                        Named::Path(path) => self.add(&path),
                        Named::Module(path) => todo.push(path),
                        Named::Unknown(line, what) => {
                            let line = u32::try_from(line).unwrap_or(0);
                            self.unresolved(Place::new(&file, line, 0), what);
                        }
                    }
                }
            }
        }
    }

    fn read_source(&self, file: &str, dir: &str) -> Vec<Named> {
        let Ok(text) = read_text(self.tree, file) else {
            return vec![Named::Unknown(0, format!("{file} can't be read"))];
        };
        let mut reader = Reader { text: &text, dir, root: &self.home, found: Vec::new() };
        if file.ends_with(".json") {
            match serde_json::from_str::<Value>(&text) {
                Ok(json) => reader.json(&json),
                Err(_) => reader.found.push(Named::Unknown(0, format!("{file} can't be read"))),
            }
        } else {
            match hcl_edit::parser::parse_body(&text) {
                Ok(body) => reader.visit_body(&body),
                Err(_) => reader.found.push(Named::Unknown(0, format!("{file} can't be read"))),
            }
        }
        reader.found
    }
}

struct Reader<'a> {
    text: &'a str,
    /// Folder of the source: `path.module`.
    dir: &'a str,
    /// Folder of the unit's module: `path.root`, and where the engine runs.
    root: &'a str,
    found: Vec<Named>,
}

impl Reader<'_> {
    fn line(&self, span: Option<std::ops::Range<usize>>) -> usize {
        span.map_or(0, |s| line_column(self.text, s.start).0 as usize)
    }

    fn source(&mut self, line: usize, source: Option<&str>) {
        let Some(source) = source else {
            return self.found.push(Named::Unknown(line, "A module source is not a literal".to_owned()));
        };
        // Everything else comes from a registry or an address, pinned by its version.
        if !source.starts_with("./") && !source.starts_with("../") {
            return;
        }
        match crate::workspace::refs::join(self.dir, source).filter(|p| !p.is_empty()) {
            Some(path) => self.found.push(Named::Module(path)),
            None => self
                .found
                .push(Named::Unknown(line, format!("The module source `{source}` leads out of the repository"))),
        }
    }

    /// The path an expression stands for, from the root of the repository; `None` if only the engine knows.
    fn path(&self, expr: &Expression) -> Option<String> {
        let text = self.text_of(expr)?;
        if text.starts_with('/') {
            return None;
        }
        // Markers of `path.module` and `path.root` begin a path from the repository's root; anything else is relative
        // to where the engine runs.
        let joined = match text.strip_prefix('\u{1}') {
            Some(rest) => crate::workspace::refs::join("", rest),
            None => crate::workspace::refs::join(self.root, &text),
        };
        joined.filter(|p| !p.is_empty())
    }

    fn text_of(&self, expr: &Expression) -> Option<String> {
        match expr {
            Expression::String(text) => Some(text.as_str().to_owned()),
            Expression::Parenthesis(inner) => self.text_of(inner.inner()),
            Expression::Traversal(traversal) => self.special(traversal),
            Expression::StringTemplate(template) => {
                let mut out = String::new();
                for element in template.iter() {
                    match element {
                        Element::Literal(text) => out.push_str(text.as_str()),
                        Element::Interpolation(inner) => out.push_str(&self.text_of(&inner.expr)?),
                        Element::Directive(_) => return None,
                    }
                }
                Some(out)
            }
            Expression::FuncCall(call) if matches!(call.name.name.as_str(), "abspath" | "pathexpand") => {
                self.text_of(call.args.get(0)?)
            }
            _ => None,
        }
    }

    fn special(&self, traversal: &Traversal) -> Option<String> {
        let Expression::Variable(name) = &traversal.expr else { return None };
        let [operator] = traversal.operators.as_slice() else { return None };
        let TraversalOperator::GetAttr(attribute) = operator.value() else { return None };
        match (name.as_str(), attribute.as_str()) {
            ("path", "module") => Some(format!("\u{1}{}", self.dir)),
            ("path", "root" | "cwd") => Some(format!("\u{1}{}", self.root)),
            _ => None,
        }
    }

    fn json(&mut self, json: &Value) {
        if let Some(modules) = json.get("module").and_then(Value::as_object) {
            for body in modules.values() {
                let body = body.as_array().and_then(|a| a.first()).unwrap_or(body);
                self.source(0, body.get("source").and_then(Value::as_str));
            }
        }
        self.json_strings(json);
    }

    fn json_strings(&mut self, json: &Value) {
        match json {
            Value::String(text) if text.contains("${") => {
                if let Ok(template) = hcl_edit::parser::parse_template(text) {
                    self.visit_template(&template);
                }
            }
            Value::Array(items) => items.iter().for_each(|i| self.json_strings(i)),
            Value::Object(map) => map.values().for_each(|v| self.json_strings(v)),
            _ => {}
        }
    }
}

impl Visit for Reader<'_> {
    fn visit_block(&mut self, node: &Block) {
        if node.ident.as_str() == "module" && !node.labels.is_empty() {
            let source = node.body.get_attribute("source").map(|a| a.value.as_str().map(str::to_owned));
            let line = self.line(node.span());
            self.source(line, source.flatten().as_deref());
        }
        visit_block(self, node);
    }

    fn visit_func_call(&mut self, node: &FuncCall) {
        let name = node.name.name.as_str();
        if FILE_FUNCTIONS.contains(&name) && !node.name.is_namespaced() {
            let line = self.line(node.span());
            match node.args.get(0).and_then(|argument| self.path(argument)) {
                Some(path) => self.found.push(Named::Path(path)),
                None => self.found.push(Named::Unknown(
                    line,
                    format!("The path in `{name}(…)` is not a literal inside the repository"),
                )),
            }
        }
        visit_func_call(self, node);
    }

    /// `"${path.module}/../shared"` outside a file function (`source_dir` and the like) names files as well.
    fn visit_expr(&mut self, node: &Expression) {
        if let Expression::StringTemplate(_) = node
            && let Some(text) = self.text_of(node)
            && text.starts_with('\u{1}')
            && let Some(path) = self.path(node)
        {
            self.found.push(Named::Path(path));
        }
        visit_expr(self, node);
    }
}
