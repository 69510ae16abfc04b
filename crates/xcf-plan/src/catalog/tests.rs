//! The palette and the schema of forms (issue 4, points 1 and 2).

use super::{Cards, ModuleCard, schema};
use crate::content::types::InputType;
use crate::testkit::Files;
use crate::workspace::load;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;

fn cards(files: &Files) -> Vec<Arc<ModuleCard>> {
    let tree = files.tree();
    Cards::default().refresh(&tree, &load(&tree))
}

fn refs(files: &Files) -> Vec<String> {
    cards(files).iter().map(|c| c.reference.clone()).collect()
}

fn one(files: &Files, reference: &str) -> Arc<ModuleCard> {
    let all = cards(files);
    all.iter().find(|c| c.reference == reference).cloned().unwrap_or_else(|| panic!("no {reference} in {all:?}"))
}

const NETWORK: &str = r#"
variable "cidr" {
  type        = string
  description = "Address range"
  validation {
    condition     = can(cidrhost(var.cidr, 0))
    error_message = "A CIDR, please."
  }
}
variable "size" {
  type    = string
  default = "small"
  validation {
    condition     = contains(["small", "large"], var.size)
    error_message = "Small or large."
  }
}
variable "zones" {
  type = list(object({ name = string, weight = optional(number, 1) }))
  default = [{ name = "a" }, { name = "b", weight = -2.5 }]
}
variable "token" {
  type      = string
  sensitive = true
  default   = "hush"
}
variable "odd" {
  default = var.nothing
}
output "id" {
  value       = "net-1"
  description = "Its id"
}
"#;

#[test]
fn issue4_1_a_terraform_module_becomes_a_card() {
    let files = Files::new()
        .with("modules/network/main.tf", NETWORK)
        .with("modules/network/README.md", "# Private network\n\nSubnets and routes.\n");
    let card = one(&files, "modules/network");
    assert_eq!((card.title.as_str(), card.description.as_str()), ("Private network", "Subnets and routes."));
    let engines: Vec<String> = card.content.engines().iter().map(ToString::to_string).collect();
    assert_eq!(engines, ["terraform", "opentofu"]);
    let inputs = &card.content.interface.inputs;
    assert_eq!(inputs["cidr"].validations[0].condition, "can(cidrhost(var.cidr, 0))");
    assert_eq!(inputs["cidr"].validations[0].message, "A CIDR, please.");
    assert!(inputs["cidr"].choices().is_none(), "only a plain list of values is one");
    assert_eq!(inputs["size"].choices().unwrap(), [json!("small"), json!("large")]);
    assert_eq!(inputs["zones"].default_value, Some(json!([{"name": "a"}, {"name": "b", "weight": -2.5}])));
    assert_eq!(inputs["zones"].input_type.text(), "list(object({name = string, weight = optional(number)}))");
    assert!(
        inputs["token"].default_value.is_none() && inputs["token"].default.is_none(),
        "a sensitive default stays out"
    );
    assert!(inputs["odd"].default_value.is_none() && !inputs["odd"].required, "an expression is no literal");
    assert_eq!(inputs["size"].place.to_string(), "modules/network/main.tf:10:1");
    assert_eq!(card.content.interface.outputs["id"].output_type, InputType::String);
}

#[test]
fn issue4_1_choices_are_read_only_where_they_are_certain() {
    let choice = |condition: &str| {
        let text = format!(
            "variable \"x\" {{\n  validation {{\n    condition = {condition}\n    error_message = \"no\"\n  }}\n}}\n"
        );
        let card = one(&Files::new().with("modules/m/main.tf", text), "modules/m");
        card.content.interface.inputs["x"].choices().map(<[Value]>::to_vec)
    };
    assert_eq!(choice("contains([1, 2], var.x)"), Some(vec![json!(1), json!(2)]));
    assert_eq!(choice("var.x == null || contains([\"a\"], var.x)"), Some(vec![json!("a")]));
    assert_eq!(choice("(contains([true], (var.x)))"), None, "a parenthesis around the variable is left alone");
    for unsure in [
        "contains([\"a\"], lower(var.x))",
        "contains([\"a\"], var.y)",
        "contains(var.list, var.x)",
        "contains([\"a\"], var.x) && true",
        "!contains([\"a\"], var.x)",
        "contains([], var.x)",
        "contains([\"a\", local.b], var.x)",
        "contains([\"a\"], var.x) || contains([\"b\"], var.x)",
    ] {
        assert_eq!(choice(unsure), None, "{unsure}");
    }
}

#[test]
fn issue4_2_a_value_that_the_module_s_own_list_refuses_is_an_error_with_a_place() {
    let files = Files::new()
        .with("modules/network/main.tf", NETWORK)
        .with("compositions/net.yaml", "apiVersion: xcloudflow.io/v1alpha1\nkind: Composition\nmetadata: {name: net}\nspec:\n  lifecycle: Foundation\n  modules:\n    - ref: modules/network\n      inputs:\n        cidr: 10.0.0.0/16\n        size: smal\n")
        .with(".xcf.yaml", "apiVersion: xcloudflow.io/v1alpha1\nkind: Config\nmetadata: {name: w, uid: u}\nspec: {}\n");
    let found = load(&files.tree()).diagnostics;
    let wrong: Vec<_> = found.iter().filter(|d| d.code == "invalid-value").collect();
    assert_eq!(wrong.len(), 1, "{found:?}");
    assert!(wrong[0].is_error() && wrong[0].place.to_string().starts_with("compositions/net.yaml:10:"), "{}", wrong[0]);
    assert!(wrong[0].message.contains("is not one of small, large") && wrong[0].hint.contains("small"), "{}", wrong[0]);
    for fits in ["large", "{secret: env:SIZE}", "{from: other, output: size}", "null"] {
        let found = load(&files.replace("compositions/net.yaml", "smal\n", &format!("{fits}\n")).tree()).diagnostics;
        assert!(found.iter().all(|d| d.code != "invalid-value"), "{fits}: {found:?}");
    }
}

#[test]
fn issue4_1_every_kind_of_module_is_found_and_nothing_else() {
    let object = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n";
    let native = "apiVersion: xcloudflow.io/v1alpha1\nkind: NativeResource\nmetadata: {name: b}\nspec: {service: aws.s3.bucket, name: b}\n";
    let files = Files::new()
        .with("modules/net/main.tf", "")
        .with("modules/net/values.yaml", "a: 1\n")
        .with("modules/net/examples/full/main.tf", "")
        .with("modules/net/.terraform/modules/x/main.tf", "")
        .with("modules/aws/rds/main.tf.json", "{}")
        .with("modules/fn/Pulumi.yaml", "name: fn\nruntime: nodejs\ndescription: Functions\n")
        .with("modules/bucket.yaml", native)
        .with("modules/notes.yaml", "just: data\n")
        .with("modules/docs/index.md", "# no module\n")
        .with("k8s/web/base/kustomization.yaml", "resources: [web.yaml]\n")
        .with("k8s/web/base/web.yaml", object)
        .with("manifests/shop/web.yaml", object)
        .with("charts/shop/Chart.yaml", "apiVersion: v2\nname: shop-chart\ndescription: The shop\nversion: 1.0.0\n")
        .with("charts/shop/templates/x.yaml", "{{ broken }}: [")
        .with("playbooks/site.yml", "# Brings a host up.\n- name: Everything\n  hosts: all\n")
        .with("playbooks/site.xcf.yaml", "inputs: {greeting: string}\n")
        .with("playbooks/roles/web/tasks/main.yml", "- hosts: odd\n")
        .with("playbooks/vars.yml", "a: 1\n")
        .with("other/main.tf", "");
    let expected = [
        "charts/shop",
        "k8s/web/base",
        "manifests/shop",
        "modules/aws/rds",
        "modules/bucket.yaml",
        "modules/fn",
        "modules/net",
        "playbooks/site.yml",
    ];
    assert_eq!(refs(&files), expected);
    let web = one(&files, "k8s/web/base");
    assert_eq!(
        (web.objects.len(), web.objects[0].kind.as_str(), web.objects[0].name.as_str()),
        (1, "Deployment", "web")
    );
    let chart = one(&files, "charts/shop");
    assert_eq!((chart.title.as_str(), chart.description.as_str()), ("shop-chart", "The shop"));
    let play = one(&files, "playbooks/site.yml");
    assert_eq!((play.title.as_str(), play.description.as_str()), ("Everything", "Brings a host up."));
    assert!(play.content.interface.inputs.contains_key("greeting"));
    let named = files.with("compositions/o.yaml", "apiVersion: xcloudflow.io/v1alpha1\nkind: Composition\nmetadata: {name: o}\nspec:\n  lifecycle: PaaS\n  modules: [{ref: other}]\n");
    assert!(refs(&named).contains(&"other".to_owned()), "what a Composition names is there wherever it is");
}

#[test]
fn issue4_1_pulumi_config_outputs_and_component_schema_are_ports() {
    let project = "name: fn\nruntime: yaml\nconfig:\n  fn:memory:\n    type: integer\n    default: 128\n  key:\n    type: string\n    secret: true\n  names:\n    type: array\n    items: {type: string}\n  region: eu\noutputs:\n  url: https://x\n  pass:\n    fn::secret: x\n";
    let card = one(&Files::new().with("modules/fn/Pulumi.yaml", project), "modules/fn");
    let inputs = &card.content.interface.inputs;
    assert_eq!(inputs["memory"].default_value, Some(json!(128)));
    assert!(
        inputs["key"].required && inputs["key"].sensitive && inputs["names"].required && !inputs["region"].required
    );
    assert_eq!(inputs["names"].type_text.as_deref(), Some("list(string)"));
    assert_eq!(inputs["memory"].place.to_string(), "modules/fn/Pulumi.yaml:4");
    let outputs = &card.content.interface.outputs;
    assert!(outputs["pass"].sensitive && card.content.interface.outputs_known && !card.content.interface.inputs_known);
    let component = r##"{"name":"web","types":{"web:index:Port":{"type":"object","properties":{"number":{"type":"integer"},"next":{"$ref":"#/types/web:index:Port"}},"required":["number"]}},
      "resources":{"web:index:Site":{"isComponent":true,"inputProperties":{"port":{"$ref":"#/types/web:index:Port"},"tags":{"type":"object","additionalProperties":{"type":"string"}}},"requiredInputs":["port"],"properties":{"url":{"type":"string"}}}}}"##;
    let files = Files::new()
        .with("modules/site/Pulumi.yaml", "name: site\nruntime: go\n")
        .with("modules/site/schema.json", component);
    let card = one(&files, "modules/site");
    let inputs = &card.content.interface.inputs;
    assert!(inputs["port"].required && !inputs["tags"].required);
    assert!(matches!(inputs["port"].input_type, InputType::Object(_)), "a type that names itself ends");
    assert_eq!(card.content.interface.outputs["url"].output_type, InputType::String);
}

#[test]
fn issue4_1_bad_input_costs_one_card_and_is_located() {
    let files = Files::new()
        .with("modules/good/main.tf", "variable \"a\" {}\n")
        .with("modules/half/main.tf", "variable \"a\" {\n  type = str")
        .with("modules/half/other.tf", "variable \"b\" {}\n")
        .with("modules/binary/main.tf", [0xff, 0xfe, 0, 1])
        .with("modules/huge/main.tf", vec![b'#'; 5 << 20])
        .with("modules/lost/main.tf", "")
        .unreadable("modules/lost/main.tf")
        .link("modules/out", "../../etc")
        .link("modules/loop", "loop")
        .link("modules/in", "good")
        .link("modules/good/extra.tf", "/etc/passwd")
        .with("modules/pulumi/Pulumi.yaml", "name: [\n")
        .with("k8s/app/a.yaml", "apiVersion: v1\nkind: [\n");
    let all = cards(&files);
    let first = |reference: &str| {
        let card = all.iter().find(|c| c.reference == reference).unwrap_or_else(|| panic!("no {reference}"));
        card.diagnostics.first().map(|d| format!("{} {}", d.code, d.place)).unwrap_or_default()
    };
    assert_eq!(first("modules/half"), "invalid-module modules/half/main.tf:2:13");
    let half = all.iter().find(|c| c.reference == "modules/half").unwrap();
    assert!(half.content.interface.inputs.contains_key("b"), "what can be read is read");
    assert_eq!(first("modules/binary"), "not-utf8 modules/binary/main.tf");
    assert_eq!(first("modules/huge"), "unreadable-file modules/huge/main.tf");
    assert_eq!(first("modules/lost"), "unreadable-file modules/lost/main.tf");
    assert_eq!(first("modules/out"), "symlink-leaves-repo modules/out");
    assert_eq!(first("modules/loop"), "symlink-loop modules/loop");
    assert_eq!(first("modules/in"), "symlink-leaves-repo modules/good/extra.tf", "the target's own link leads out");
    assert!(first("modules/pulumi").starts_with("invalid-module modules/pulumi/Pulumi.yaml"));
    assert!(first("k8s/app").starts_with("invalid-module k8s/app/a.yaml"));
    assert!(all.iter().any(|c| c.reference == "modules/good" && c.content.interface.inputs.contains_key("a")));
}

#[test]
fn issue4_1_only_what_changed_is_read_again() {
    let files = Files::new()
        .with("modules/a/main.tf", "")
        .with("modules/b/main.tf", "")
        .with("playbooks/p.yml", "- hosts: all\n");
    let mut known = Cards::default();
    let tree = files.tree();
    let before = known.refresh(&tree, &load(&tree));
    // Unreadable now: only cards that are kept can still be whole.
    let tree = files
        .clone()
        .unreadable("modules/a/main.tf")
        .unreadable("playbooks/p.yml")
        .with("modules/b/main.tf", "variable \"new\" {}\n")
        .tree();
    let after = known.refresh(&tree, &load(&tree));
    assert!(Arc::ptr_eq(&before[0], &after[0]) && Arc::ptr_eq(&before[2], &after[2]));
    assert!(after[1].content.interface.inputs.contains_key("new"));
    let tree = Files::new()
        .with("modules/a/main.tf", "")
        .with("playbooks/p.yml", "- hosts: all\n")
        .with("playbooks/p.xcf.yaml", "inputs: [x]\n")
        .tree();
    let last = known.refresh(&tree, &load(&tree));
    assert_eq!(last.len(), 2);
    assert!(last[1].content.interface.inputs.contains_key("x"), "a side file counts");
}

fn schema_of(text: &str) -> jsonschema::Validator {
    let card = one(&Files::new().with("modules/m/main.tf", text), "modules/m");
    let built = schema::inputs(&card.title, &card.content.interface);
    jsonschema::meta::validate(&built).expect("a schema of its own dialect");
    jsonschema::validator_for(&built).expect("a schema")
}

#[test]
fn issue4_2_the_schema_has_titles_defaults_choices_and_secrets() {
    let card = one(&Files::new().with("modules/network/main.tf", NETWORK), "modules/network");
    let built = schema::inputs("Network", &card.content.interface);
    assert_eq!(built["required"], json!(["cidr"]));
    assert_eq!(built["additionalProperties"], json!(false));
    let size = &built["properties"]["size"];
    assert_eq!((&size["title"], &size["default"]), (&json!("size"), &json!("small")));
    assert_eq!(size["anyOf"][0]["enum"], json!(["small", "large", null]));
    assert_eq!(built["properties"]["token"]["writeOnly"], json!(true));
    assert!(!built.to_string().contains("hush"));
    let validator = schema_of(NETWORK);
    for fits in [
        json!({"cidr": "10.0.0.0/16", "size": "large"}),
        json!({"cidr": {"from": "other", "output": "cidr"}, "token": {"secret": "vault:kv/a#b"}}),
        json!({"cidr": "x", "zones": [{"name": {"output": "z"}, "weight": "3"}]}),
        json!({"cidr": {"literal": "x"}}),
    ] {
        assert!(validator.is_valid(&fits), "{fits}");
    }
    for wrong in [
        json!({}),
        json!({"cidr": "x", "cidrs": "y"}),
        json!({"cidr": "x", "size": "medium"}),
        json!({"cidr": "x", "zones": [{"weight": 1}]}),
        json!({"cidr": "x", "token": {"secret": "plain text"}}),
        json!({"cidr": {"from": "a", "output": "b", "extra": 1}}),
    ] {
        assert!(!validator.is_valid(&wrong), "{wrong}");
    }
}

fn any_type() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![Just("string"), Just("number"), Just("bool"), Just("any")].prop_map(str::to_owned);
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|t| format!("list({t})")),
            inner.clone().prop_map(|t| format!("set({t})")),
            inner.clone().prop_map(|t| format!("map({t})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("tuple([{a}, {b}])")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("object({{a = {a}, b = optional({b})}})")),
        ]
    })
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-1000_i64..1000).prop_map(Value::from),
        prop_oneof![Just("true"), Just("12"), Just("1e3"), Just("inf"), Just("-.5"), Just("x"), Just("")]
            .prop_map(Value::from),
        Just(json!({"output": "o"})),
        Just(json!({"secret": "env:A"})),
        Just(json!({"literal": 5})),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[abc]", inner, 0..3).prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

#[test]
fn dsl6_a_lone_literal_is_never_a_map_with_that_key() {
    let value = json!({"literal": 5});
    let card = one(&Files::new().with("modules/m/main.tf", "variable \"x\" {\n  type = map(string)\n}\n"), "modules/m");
    assert!(card.content.interface.inputs["x"].misfit(&value).is_some());
    let validator = jsonschema::validator_for(&schema::inputs("m", &card.content.interface)).unwrap();
    assert!(!validator.is_valid(&json!({"x": value})));
    for good in [json!({"literal": {"literal": "5"}}), json!({"literal": "5", "other": "6"})] {
        assert!(validator.is_valid(&json!({"x": good})), "{good}");
        assert!(card.content.interface.inputs["x"].misfit(&good).is_none(), "{good}");
    }
}

/// A literal inside another value is described by the schema as anything: what it holds is left to the other check.
fn holds_inner_literal(value: &Value) -> bool {
    let mut found = false;
    xcf_core::value::visit_shapes(value, &mut |pointer, shape| {
        found |= !pointer.is_empty() && matches!(shape, xcf_core::value::Shape::Literal(_));
    });
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn issue4_2_schema_and_diagnostics_agree(of in any_type(), value in any_value()) {
        prop_assume!(!holds_inner_literal(&value));
        let text = format!("variable \"x\" {{\n  type = {of}\n}}\n");
        let card = one(&Files::new().with("modules/m/main.tf", &text), "modules/m");
        let variable = &card.content.interface.inputs["x"];
        let validator = jsonschema::validator_for(&schema::inputs("m", &card.content.interface)).unwrap();
        let fits = variable.misfit(&value).is_none();
        prop_assert_eq!(validator.is_valid(&json!({"x": value})), fits, "{} {}", of, value);
    }

    #[test]
    fn issue4_1_no_text_breaks_the_palette(text in "(variable|output|validation|type|default|[a-z]|\"|\\{|\\}|\\(|\\)|=|<<EOT|\n| |\\$\\{|\\[|\\]|,|é){0,60}", cut in 0_usize..NETWORK.len()) {
        let half = NETWORK.get(..cut).unwrap_or(NETWORK);
        let files = Files::new().with("modules/a/main.tf", &text).with("modules/b/main.tf", half).with("modules/b/README.md", &text)
            .with("modules/c/Pulumi.yaml", &text).with("modules/d/main.tf.json", &text).with("k8s/e/a.yaml", &text).with("playbooks/f.yml", &text);
        for card in cards(&files) {
            prop_assert!(card.diagnostics.iter().all(|d| !d.place.file.is_empty()));
            let built = schema::inputs(&card.title, &card.content.interface);
            prop_assert!(jsonschema::validator_for(&built).is_ok());
        }
    }
}
