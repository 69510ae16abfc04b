//! Editor questions over a small repository. `|` in a text is the cursor.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod broken;
mod going;
mod typing;

use super::*;
use xcf_core::ports::tree::MemoryTree;

const NETWORK: &str = "\
apiVersion: xcloudflow.io/v1alpha1
kind: Composition
metadata:
  name: network
spec:
  lifecycle: Foundation
  modules:
    - ref: modules/network
      inputs:
        zones: 2
";
const SHOP: &str = "\
apiVersion: xcloudflow.io/v1alpha1
kind: Composition
metadata:
  name: shop
spec:
  lifecycle: Applications
  dependencies:
    - ref: compositions/network
  modules:
    - name: web
      ref: modules/web
      inputs:
        subnet: { from: network, output: subnet_id }
    - name: dns
      ref: modules/dns
      dependsOn: [web]
      inputs:
        target: { module: web, output: address }
";
const PROD: &str = "\
apiVersion: xcloudflow.io/v1alpha1
kind: Environment
metadata:
  name: prod
spec:
  windows: [nights]
  compositions:
    - ref: compositions/network
    - ref: compositions/shop
      modules:
        web:
          inputs:
            size: 3
";
const POLICIES: &str = "\
apiVersion: xcloudflow.io/v1alpha1
kind: Window
metadata: { name: nights }
spec: { kind: allow, schedule: '0 22 * * *', duration: 6h, timeZone: UTC }
---
apiVersion: xcloudflow.io/v1alpha1
kind: DecisionMatrix
metadata: { name: rows }
spec:
  rows:
    - name: prod-apps
      match: { lifecycle: Applications }
      approval: strong
";
const FILES: [(&str, &str); 9] = [
    (".xcf.yaml", "apiVersion: xcloudflow.io/v1alpha1\nkind: Config\nmetadata: { name: w, uid: u-1 }\n"),
    ("compositions/network.yaml", NETWORK),
    ("compositions/shop.yaml", SHOP),
    ("envs/prod.yaml", PROD),
    ("policies/all.yaml", POLICIES),
    (
        "modules/network/main.tf",
        "variable \"zones\" {\n  type = number\n  description = \"How many zones.\"\n}\n\noutput \"subnet_id\" {\n  value = 1\n  description = \"The subnet.\"\n}\n",
    ),
    (
        "modules/web/main.tf",
        "variable \"subnet\" {\n  type = string\n}\nvariable \"size\" {\n  type = number\n  default = 1\n}\noutput \"address\" {\n  value = 1\n}\n",
    ),
    ("modules/dns/main.tf", "variable \"target\" {\n  type = string\n}\n"),
    ("modules/spare/main.tf", "variable \"on\" {\n  type = bool\n}\n"),
];

/// The repository with `text` (its `|` taken out) as `file`, and the cursor.
fn with(file: &str, text: &str) -> (Snapshot, String, Position) {
    let offset = text.find('|').expect("a cursor");
    let clean = text.replacen('|', "", 1);
    let at = Lines::new(&clean).position(offset);
    let base = Arc::new(MemoryTree::new(FILES.map(|(p, t)| (p, t.as_bytes()))));
    let open = BTreeMap::from([(file.to_owned(), Arc::from(clean.as_str()))]);
    (Snapshot::new(Arc::new(Overlay::new(base, &open)), None), clean, at)
}

fn labels(file: &str, text: &str) -> Vec<String> {
    let (snapshot, clean, at) = with(file, text);
    complete(&snapshot, file, &clean, at).into_iter().map(|s| s.label).collect()
}

/// The text after the suggestion `label` was taken.
fn taken(file: &str, text: &str, label: &str) -> String {
    let (snapshot, clean, at) = with(file, text);
    let all = complete(&snapshot, file, &clean, at);
    let one = all.iter().find(|s| s.label == label).unwrap_or_else(|| panic!("no {label} in {all:#?}"));
    let lines = Lines::new(&clean);
    let (start, end) = (lines.offset(one.span.start), lines.offset(one.span.end));
    format!("{}{}{}", &clean[..start], one.insert, &clean[end..])
}

fn shown(targets: &[Target]) -> Vec<String> {
    targets.iter().map(|t| format!("{}:{}:{}", t.file, t.span.start.line + 1, t.span.start.character + 1)).collect()
}
