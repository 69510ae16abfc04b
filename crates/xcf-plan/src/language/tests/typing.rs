use super::*;

const SHOP_FILE: &str = "compositions/shop.yaml";

#[test]
fn d12_keys_come_from_the_schema_of_the_kind_without_those_written() {
    let keys = labels(SHOP_FILE, &SHOP.replace("  dependencies:", "  chan|\n  dependencies:"));
    assert!(keys.contains(&"changeFrequency".to_owned()), "{keys:?}");
    assert!(!keys.contains(&"lifecycle".to_owned()), "it is written already: {keys:?}");
    let (snapshot, clean, at) = with(SHOP_FILE, &SHOP.replace("  dependencies:", "  |\n  dependencies:"));
    let all = complete(&snapshot, SHOP_FILE, &clean, at);
    assert!(all.iter().all(|s| s.kind == SuggestionKind::Key && !s.docs.is_empty()), "{all:#?}");
}

#[test]
fn d12_a_taken_key_brings_the_shape_of_its_value() {
    let base = "kind: Composition\nmetadata:\n  name: a\nspec:\n  |\n";
    assert!(taken(SHOP_FILE, base, "lifecycle").ends_with("spec:\n  lifecycle: \n"));
    assert!(taken(SHOP_FILE, base, "modules").ends_with("spec:\n  modules:\n    - \n"));
    assert!(taken(SHOP_FILE, base, "policies").ends_with("spec:\n  policies:\n    \n"));
    let keyed = "kind: Composition\nmetadata:\n  name: a\nspec:\n  life|: PaaS\n";
    assert!(taken(SHOP_FILE, keyed, "lifecycle").ends_with("spec:\n  lifecycle: PaaS\n"));
}

#[test]
fn d12_words_of_the_schema_with_their_meaning() {
    let words = labels(SHOP_FILE, &SHOP.replace("lifecycle: Applications", "lifecycle: |"));
    assert_eq!(words, ["Foundation", "IaaS", "K8s", "PaaS", "Applications", "Config", "Ephemeral"]);
    let kinds = labels(SHOP_FILE, "apiVersion: xcloudflow.io/v1alpha1\nkind: |\n");
    assert_eq!(kinds.len(), xcf_core::docs::Kind::ALL.len());
    let engines = labels(SHOP_FILE, &SHOP.replace("      ref: modules/web", "      engine: |\n      ref: modules/web"));
    assert!(engines.contains(&"opentofu".to_owned()));
}

#[test]
fn d12_refs_to_what_exists() {
    let modules = labels(SHOP_FILE, &SHOP.replace("ref: modules/web", "ref: |"));
    assert_eq!(modules, ["modules/dns", "modules/network", "modules/spare", "modules/web"]);
    let compositions = labels("envs/prod.yaml", &PROD.replace("- ref: compositions/shop", "- ref: comp|"));
    assert_eq!(compositions, ["compositions/network", "compositions/shop"]);
    let windows = labels("envs/prod.yaml", &PROD.replace("[nights]", "[|]"));
    assert_eq!(windows, ["nights"]);
    let names = labels(SHOP_FILE, &SHOP.replace("dependsOn: [web]", "dependsOn: [|]"));
    assert_eq!(names, ["web"], "a module does not wait for itself");
    let overrides = labels("envs/prod.yaml", &PROD.replace("        web:\n", "        |\n        web:\n"));
    assert_eq!(overrides, ["dns"], "`web` is written already");
}

#[test]
fn dsl6_inputs_are_those_of_the_module_and_outputs_those_that_fit() {
    let inputs = labels(SHOP_FILE, &SHOP.replace("        subnet:", "        |\n        subnet:"));
    assert_eq!(inputs, ["size"], "`subnet` is written already");
    let text = SHOP.replace("target: { module: web, output: address }", "target: |");
    let wires = labels(SHOP_FILE, &text);
    assert_eq!(wires, ["network/network.subnet_id", "shop/web.address"]);
    assert!(taken(SHOP_FILE, &text, "shop/web.address").contains("target: { module: web, output: address }\n"));
    assert!(taken(SHOP_FILE, &text, "network/network.subnet_id").contains("{ from: network, output: subnet_id }\n"));
    let outputs = labels(SHOP_FILE, &SHOP.replace("output: subnet_id", "output: |"));
    assert_eq!(outputs, ["subnet_id"]);
    let from = labels(SHOP_FILE, &SHOP.replace("from: network,", "from: |,"));
    assert_eq!(from, ["network", "shop"]);
    let of_environment =
        labels("envs/prod.yaml", &PROD.replace("            size: 3", "            size: 3\n            |"));
    assert_eq!(of_environment, ["subnet"]);
}

#[test]
fn d12_an_empty_list_starts_with_its_first_item() {
    let text = "kind: Composition\nmetadata:\n  name: a\nspec:\n  lifecycle: PaaS\n  modules:\n    |\n";
    assert!(taken(SHOP_FILE, text, "ref").ends_with("  modules:\n    - ref: \n"));
    let item = "kind: Composition\nmetadata:\n  name: a\nspec:\n  modules:\n    - |\n";
    assert!(taken(SHOP_FILE, item, "ref").ends_with("    - ref: \n"));
}

#[test]
fn d12_nothing_in_comments_and_texts() {
    assert!(labels(SHOP_FILE, &SHOP.replace("  dependencies:", "  # |\n  dependencies:")).is_empty());
    assert!(labels(SHOP_FILE, "kind: Composition\nmetadata:\n  name: a\nspec:\n  x: >\n    long |\n").is_empty());
}
