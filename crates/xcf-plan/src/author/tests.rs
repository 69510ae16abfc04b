use super::*;
use crate::testkit::Files;
use crate::workspace::load;
use std::sync::Arc;

const NETWORK: &str = "\
apiVersion: xcloudflow.io/v1alpha1
kind: Composition
metadata:
  name: network   # the base of it all
spec:
  lifecycle: Foundation
  modules:
    - ref: modules/network
";
const DATA: &str = "\
apiVersion: xcloudflow.io/v1alpha1
kind: Composition
metadata:
  name: data
spec:
  lifecycle: PaaS
  modules:
    # the one everybody needs
    - ref: modules/database
      inputs:
        size: 20        # GB
    - ref: modules/cache
";
const PROD: &str = "\
apiVersion: xcloudflow.io/v1alpha1
kind: Environment
metadata:
  name: prod
spec:
  compositions:
    - ref: compositions/foundation/network
    - ref: compositions/data   # last
";

fn files() -> Files {
    Files::new()
        .with(".xcf.yaml", "apiVersion: xcloudflow.io/v1alpha1\nkind: Config\nmetadata:\n  name: x\n  uid: 0192f0c1-0000-7000-8000-000000000001\nspec: {}\n")
        .with("compositions/foundation/network.yaml", NETWORK)
        .with("compositions/data.yaml", DATA)
        .with("envs/prod.yaml", PROD)
        .with("modules/network/main.tf", "output \"id\" {\n  value = \"n\"\n}\noutput \"subnets\" {\n  value = [\"a\"]\n}\n")
        .with("modules/database/main.tf", "variable \"size\" {\n  type = number\n}\nvariable \"net\" {\n  type    = string\n  default = \"\"\n}\noutput \"url\" {\n  value = \"u\"\n}\n")
        .with("modules/cache/main.tf", "variable \"db\" {\n  default = \"\"\n}\noutput \"host\" {\n  value = \"h\"\n}\n")
        .with("playbooks/agent/install.yml", "- hosts: all\n  tasks: []\n")
}

fn run(files: &Files, act: &Act) -> Result<(Authored, Files), AuthorError> {
    let tree = files.tree();
    let model = load(&tree);
    let authored = author(&model, &tree, act)?;
    let mut after = files.clone();
    for edit in &authored.files {
        after = match &edit.after {
            Some(text) => after.with(&edit.file, text),
            None => after.without(&edit.file),
        };
    }
    Ok((authored, after))
}

fn codes(files: &Files) -> Vec<String> {
    load(&files.tree()).diagnostics.iter().map(|d| d.code.to_string()).collect()
}

fn port(composition: &str, module: &str) -> Port {
    Port { composition: composition.to_owned(), module: module.to_owned() }
}

fn module(reference: &str) -> NewModule {
    NewModule { reference: reference.to_owned(), name: None, engine: None }
}

fn connect(from: Port, output: &str, to: Port, input: &str) -> Act {
    Act::Connect { from, output: output.to_owned(), to, input: input.to_owned() }
}

#[test]
fn d2_1_a_new_composition_reads_as_a_careful_person_writes_it() {
    let act = Act::NewComposition {
        name: "agents".to_owned(),
        lifecycle: Lifecycle::Config,
        layer: None,
        ttl: None,
        change_frequency: None,
        modules: vec![module("playbooks/agent/install.yml")],
        environments: vec!["prod".to_owned()],
    };
    let (authored, after) = run(&files(), &act).unwrap();
    assert_eq!(authored.target, "agents/install");
    assert_eq!(
        after.text("compositions/agents.yaml"),
        "apiVersion: xcloudflow.io/v1alpha1\nkind: Composition\nmetadata:\n  name: agents\nspec:\n  lifecycle: Config\n  modules:\n    - ref: playbooks/agent/install.yml\n"
    );
    assert_eq!(after.text("envs/prod.yaml"), format!("{PROD}    - ref: compositions/agents\n"));
    let model = load(&after.tree());
    assert!(model.units.iter().any(|u| u.id.to_string() == "prod/agents/install"), "{:?}", model.diagnostics);
}

#[test]
fn d2_1_a_new_composition_goes_where_its_kind_stands() {
    let act = |name: &str| Act::NewComposition {
        name: name.to_owned(),
        lifecycle: Lifecycle::Foundation,
        layer: None,
        ttl: None,
        change_frequency: Some(ChangeFrequency::Low),
        modules: vec![module("modules/network"), module("modules/network")],
        environments: Vec::new(),
    };
    let (authored, after) = run(&files(), &act("dns")).unwrap();
    assert_eq!(authored.files[0].file, "compositions/foundation/dns.yaml");
    assert!(after.text("compositions/foundation/dns.yaml").ends_with(
        "spec:\n  lifecycle: Foundation\n  changeFrequency: low\n  modules:\n    - ref: modules/network\n    - ref: modules/network\n      name: network-2\n"
    ));
    assert_eq!(run(&files(), &act("network")).unwrap_err().code(), "author-name-taken");
    assert_eq!(run(&files(), &act("No Good")).unwrap_err().code(), "author-bad-name");
}

#[test]
fn d2_1_a_module_is_appended_and_named_apart() {
    let act = Act::AddModule { composition: "data".to_owned(), module: module("modules/cache") };
    let (authored, after) = run(&files(), &act).unwrap();
    assert_eq!(authored.target, "data/cache-2");
    assert_eq!(after.text("compositions/data.yaml"), format!("{DATA}    - ref: modules/cache\n      name: cache-2\n"));
    let lost = Act::AddModule { composition: "data".to_owned(), module: module("modules/../../etc") };
    assert_eq!(run(&files(), &lost).unwrap_err().code(), "author-bad-ref");
}

#[test]
fn dsl6_a_wire_is_as_short_as_it_can_be_and_implies_the_edge() {
    let (_, after) =
        run(&files(), &connect(port("network", "network"), "id", port("data", "database"), "net")).unwrap();
    let text = after.text("compositions/data.yaml");
    assert_eq!(after.replace("compositions/data.yaml", &added(DATA, &text), "").text("compositions/data.yaml"), DATA);
    let model = load(&after.tree());
    let wired = model.edges().into_iter().filter(|e| e.wire.is_some()).count();
    assert_eq!(wired, 1, "{text}");
    assert!(!text.contains("module: network"), "one module needs no name: {text}");
    assert!(codes(&after).iter().all(|c| !c.contains("reference")), "{:?}", codes(&after));
    let (_, inside) = run(&after, &connect(port("data", "database"), "url", port("data", "cache"), "db")).unwrap();
    let text = inside.text("compositions/data.yaml");
    assert!(text.contains("output: url") && !text.contains("from: data"), "{text}");
    let off = Act::Disconnect { to: port("data", "database"), input: "net".to_owned() };
    let (_, back) = run(&after, &off).unwrap();
    assert_eq!(back.text("compositions/data.yaml"), DATA);
    let off = Act::Disconnect { to: port("data", "cache"), input: "db".to_owned() };
    let (_, back) = run(&inside, &off).unwrap();
    assert_eq!(back.text("compositions/data.yaml"), after.text("compositions/data.yaml"), "no empty heading stays");
}

/// The lines of `new` that `old` has not, as one text.
fn added(old: &str, new: &str) -> String {
    let kept: std::collections::BTreeSet<&str> = old.split_inclusive('\n').collect();
    new.split_inclusive('\n').filter(|l| !kept.contains(l)).collect()
}

#[test]
fn dsl6_wires_that_can_not_be_meant_are_refused() {
    let refused = |act: &Act| run(&files(), act).unwrap_err().code();
    let (network, database, cache) = (port("network", "network"), port("data", "database"), port("data", "cache"));
    assert_eq!(refused(&connect(network.clone(), "nope", database.clone(), "net")), "author-unknown");
    assert_eq!(refused(&connect(network.clone(), "id", database.clone(), "nope")), "author-unknown");
    assert_eq!(refused(&connect(network, "id", port("gone", "x"), "net")), "author-unknown");
    assert_eq!(refused(&connect(database.clone(), "url", database.clone(), "net")), "author-cycle");
    let (_, wired) = run(&files(), &connect(database.clone(), "url", cache.clone(), "db")).unwrap();
    let back = run(&wired, &connect(cache, "host", database, "net")).unwrap_err();
    assert_eq!(back.code(), "author-cycle");
}

#[test]
fn dsl6_both_types_are_said_when_they_do_not_fit() {
    let typed = files()
        .with("playbooks/agent/install.yml.xcf.yaml", "inputs: {}\noutputs:\n  names:\n    type: list(string)\n");
    let act = Act::NewComposition {
        name: "agents".to_owned(),
        lifecycle: Lifecycle::Config,
        layer: None,
        ttl: None,
        change_frequency: None,
        modules: vec![module("playbooks/agent/install.yml")],
        environments: Vec::new(),
    };
    let (_, typed) = run(&typed, &act).unwrap();
    let wire = connect(port("agents", "install"), "names", port("data", "database"), "size");
    let error = run(&typed, &wire).unwrap_err();
    assert_eq!(error.code(), "author-type-mismatch", "{error}");
    assert!(error.to_string().contains("a list") && error.to_string().contains("a number"), "{error}");
}

#[test]
fn dsl5_order_without_data_is_drawn_and_taken_back() {
    let depend = Act::Depend { composition: "data".to_owned(), on: "network".to_owned() };
    let (_, after) = run(&files(), &depend).unwrap();
    assert!(
        after.text("compositions/data.yaml").contains("dependencies:\n    - ref: compositions/foundation/network\n")
    );
    assert_eq!(run(&after, &depend).unwrap_err().code(), "author-nothing");
    let circle = Act::Depend { composition: "network".to_owned(), on: "data".to_owned() };
    assert_eq!(run(&after, &circle).unwrap_err().code(), "author-cycle");
    let back = Act::Undepend { composition: "data".to_owned(), on: "network".to_owned() };
    assert_eq!(run(&after, &back).unwrap().1.text("compositions/data.yaml"), DATA);

    let later = Act::After { module: port("data", "cache"), on: "database".to_owned() };
    let (_, after) = run(&files(), &later).unwrap();
    assert!(after.text("compositions/data.yaml").contains("- ref: modules/cache\n      dependsOn:\n"));
    let circle = Act::After { module: port("data", "database"), on: "cache".to_owned() };
    assert_eq!(run(&after, &circle).unwrap_err().code(), "author-cycle");
    let back = Act::NotAfter { module: port("data", "cache"), on: "database".to_owned() };
    assert_eq!(run(&after, &back).unwrap().1.text("compositions/data.yaml"), DATA);
}

#[test]
fn dsl3_environments_are_made_and_assembled() {
    let act = Act::NewEnvironment { name: "dev".to_owned(), compositions: vec!["network".to_owned()] };
    let (_, after) = run(&files(), &act).unwrap();
    assert!(
        after.text("envs/dev.yaml").ends_with("spec:\n  compositions:\n    - ref: compositions/foundation/network\n")
    );
    let act = Act::Assemble { composition: "data".to_owned(), environment: "dev".to_owned() };
    let (_, both) = run(&after, &act).unwrap();
    assert_eq!(both.text("envs/dev.yaml"), format!("{}    - ref: compositions/data\n", after.text("envs/dev.yaml")));
    assert_eq!(run(&both, &act).unwrap_err().code(), "author-nothing");
    let off = Act::Disassemble { composition: "data".to_owned(), environment: "dev".to_owned() };
    assert_eq!(run(&both, &off).unwrap().1.text("envs/dev.yaml"), after.text("envs/dev.yaml"));
    let empty = Act::NewEnvironment { name: "stage".to_owned(), compositions: Vec::new() };
    let (_, empty) = run(&files(), &empty).unwrap();
    let act = Act::Assemble { composition: "data".to_owned(), environment: "stage".to_owned() };
    let (_, filled) = run(&empty, &act).unwrap();
    let model = load(&filled.tree());
    assert!(model.units.iter().any(|u| u.id.to_string() == "stage/data/cache"), "{}", filled.text("envs/stage.yaml"));
    assert!(
        filled.text("envs/stage.yaml").ends_with("compositions:\n    - ref: compositions/data\n"),
        "{}",
        filled.text("envs/stage.yaml")
    );
}

#[test]
fn d2_1_names_that_yaml_would_misread_are_quoted() {
    for (text, written) in
        [("network", "network"), ("15", "\"15\""), ("no", "\"no\""), ("1a", "\"1a\""), ("a b", "\"a b\"")]
    {
        assert_eq!(compose::scalar(text), written);
    }
}

#[test]
fn d12_an_overlay_shows_what_would_be() {
    let tree: Arc<dyn Tree> = Arc::new(files().tree());
    let edits = [
        FileEdit { file: "envs/prod.yaml".into(), before: Some(PROD.into()), after: None },
        FileEdit { file: "envs/a.yaml".into(), before: None, after: Some(PROD.replace("prod", "a")) },
    ];
    let overlay = Overlay::new(Arc::clone(&tree), &edits);
    let paths: Vec<&str> = overlay.entries().iter().map(|e| e.path.as_str()).collect();
    assert!(paths.is_sorted() && paths.contains(&"envs/a.yaml") && !paths.contains(&"envs/prod.yaml"));
    assert!(overlay.read("envs/prod.yaml", 1000).is_err() && overlay.read("envs/a.yaml", 3).is_err());
    let model = load(&overlay);
    assert!(model.units.iter().all(|u| u.id.environment.as_str() == "a") && !model.units.is_empty());
}

#[test]
fn dsl3_the_implicit_environment_needs_no_entry() {
    let bare = files().without("envs/prod.yaml");
    let act = Act::NewComposition {
        name: "dns".to_owned(),
        lifecycle: Lifecycle::PaaS,
        layer: None,
        ttl: None,
        change_frequency: None,
        modules: vec![module("modules/cache")],
        environments: vec!["default".to_owned()],
    };
    let (authored, after) = run(&bare, &act).unwrap();
    assert_eq!(authored.files.len(), 1);
    assert!(load(&after.tree()).units.iter().any(|u| u.id.to_string() == "default/dns/cache"));
}
