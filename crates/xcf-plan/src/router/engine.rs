//! Engine choice (`dsl §4`): content says what is possible, the matrix what is preferred, `engine` what is wanted.

use super::layers::{LayerOf, RouteInput};
use crate::matrix::{BuiltinRow, MatrixRow, Tie, rows::winner};
use std::collections::BTreeSet;
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::docs::config::ConfigSpec;
use xcf_core::route::{Because, Engine, Origin, Overruled};

/// What `.xcf.yaml` says about engines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EngineChoice {
    named: BTreeSet<Engine>,
}

impl EngineChoice {
    /// Reads `engines` of Config; none: nothing is named.
    #[must_use]
    pub fn of(config: Option<&ConfigSpec>) -> Self {
        let named = config.map(|c| c.engines.keys().filter_map(|k| k.parse().ok()).collect()).unwrap_or_default();
        Self { named }
    }

    /// `argocd` and `flux` count only if Config names them.
    #[must_use]
    pub fn allows(&self, engine: Engine) -> bool {
        !matches!(engine, Engine::Argocd | Engine::Flux) || self.named.contains(&engine)
    }

    /// Candidates in order; opentofu first if Config names it and not terraform.
    fn ordered(&self, engines: &[Engine]) -> Vec<Engine> {
        let tofu_first = self.named.contains(&Engine::Opentofu) && !self.named.contains(&Engine::Terraform);
        let mut list: Vec<Engine> = engines.iter().copied().filter(|e| self.allows(*e)).collect();
        let at = |wanted| list.iter().position(|e| *e == wanted);
        if let (true, Some(terraform), Some(tofu)) = (tofu_first, at(Engine::Terraform), at(Engine::Opentofu))
            && terraform < tofu
        {
            list.swap(terraform, tofu);
        }
        list
    }
}

pub(super) struct Chosen {
    pub engine: Because<Engine>,
    pub diagnostic: Option<Diagnostic>,
    pub tie: Option<Tie>,
}

pub(super) fn choose(
    input: &RouteInput<'_>,
    layers: &[LayerOf<'_>],
    builtin: &BuiltinRow,
    matching: &[&MatrixRow<'_>],
) -> Chosen {
    let preferred = winner(matching, "engines", |row| row.engines.clone());
    let tie = preferred.as_ref().and_then(|w| w.tie.clone());
    let (origin, rule, place, candidates) = match &preferred {
        Some(w) => (Origin::Matrix, w.row.rule(), Some(w.row.place("engines")), input.engines.ordered(&w.value)),
        None => (Origin::BuiltIn, builtin.rule.to_owned(), None, input.engines.ordered(&builtin.engines)),
    };
    let possible = input.content.map(|c| input.engines.ordered(&c.engines()));
    let from_matrix = pick(&candidates, possible.as_deref());
    let by_matrix = from_matrix.map(|value| Because { value, origin, rule, place, overruled: Vec::new() });
    let by_content = possible.as_deref().and_then(|p| p.first().copied()).map(|value| Because {
        value,
        origin: Origin::ModuleContent,
        rule: "module content".to_owned(),
        place: Some(Place::file(input.module.reference.clone())),
        overruled: Vec::new(),
    });
    let default = by_matrix.or(by_content);
    let explicit = layers.iter().rev().find_map(|l| l.says.engine.as_ref().map(|(e, p)| (*e, p, l.origin)));
    let diagnostic = problem(input, explicit.as_ref().map(|(e, p, _)| (*e, *p)), possible.as_deref());
    let engine = match explicit {
        Some((value, place, origin)) => {
            let lost = default.map(|d| Overruled {
                origin: d.origin,
                rule: d.rule,
                value: d.value.to_string(),
                place: d.place,
            });
            let overruled = lost.into_iter().collect();
            Because { value, origin, rule: "explicit engine".to_owned(), place: Some(place.clone()), overruled }
        }
        None => default.unwrap_or_else(|| Because {
            value: candidates.first().copied().unwrap_or(Engine::Terraform),
            origin: Origin::BuiltIn,
            rule: builtin.rule.to_owned(),
            place: None,
            overruled: Vec::new(),
        }),
    };
    Chosen { engine, diagnostic, tie }
}

fn pick(candidates: &[Engine], possible: Option<&[Engine]>) -> Option<Engine> {
    match possible {
        Some(possible) => candidates.iter().copied().find(|c| possible.contains(c)),
        // A module that can't be found has an error of its own; for display its first candidate stands.
        None => candidates.first().copied(),
    }
}

fn problem(
    input: &RouteInput<'_>,
    explicit: Option<(Engine, &Place)>,
    possible: Option<&[Engine]>,
) -> Option<Diagnostic> {
    let possible = possible?;
    let path = &input.module.reference;
    let words = |list: &[Engine]| list.iter().map(|e| e.as_str()).collect::<Vec<_>>().join(", ");
    if input.content.is_some_and(|c| c.kinds.is_empty()) {
        let pointer = format!("/spec/modules/{}/ref", input.module_index);
        let message = format!("No engine can run {path}: nothing known was found there.");
        return Some(Diagnostic::error("unknown-content", message, input.composition.place(&pointer)).hint(
            "A module is *.tf files, a Pulumi.yaml, a kustomization or Kubernetes objects, an Ansible play, a Playbook or a NativeResource.",
        ));
    }
    let (engine, place) = explicit?;
    if possible.contains(&engine) {
        return None;
    }
    let unnamed = matches!(engine, Engine::Argocd | Engine::Flux) && !input.engines.allows(engine);
    let content_fits = input.content.is_some_and(|c| c.engines().contains(&engine));
    let hint = match unnamed && content_fits {
        true => format!("Name `{engine}` under `engines` in .xcf.yaml."),
        false => format!("Its content can be run by: {}.", words(possible)),
    };
    let message = format!("`engine: {engine}` can't run {path}.");
    Some(Diagnostic::error("engine-mismatch", message, place.clone()).hint(hint))
}
