use super::*;

const SHOP_FILE: &str = "compositions/shop.yaml";

fn goes(file: &str, text: &str) -> Vec<String> {
    let (snapshot, clean, at) = with(file, text);
    shown(&definition(&snapshot, &clean, at))
}

fn used(file: &str, text: &str) -> Vec<String> {
    let (snapshot, clean, at) = with(file, text);
    shown(&references(&snapshot, &clean, at, true))
}

#[test]
fn d12_definitions_of_everything_that_is_named() {
    let at = |from: &str, to: &str| goes(SHOP_FILE, &SHOP.replacen(from, to, 1));
    assert_eq!(at("from: network", "from: net|work"), ["compositions/network.yaml:4:9"]);
    assert_eq!(at("compositions/network", "compositions/|network"), ["compositions/network.yaml:4:9"]);
    assert_eq!(at("output: subnet_id", "output: sub|net_id"), ["modules/network/main.tf:6:1"]);
    assert_eq!(at("subnet: {", "sub|net: {"), ["modules/web/main.tf:1:1"]);
    assert_eq!(at("ref: modules/web", "ref: modules/|web"), ["modules/web/main.tf:1:1"]);
    assert_eq!(at("module: web", "module: w|eb"), ["compositions/shop.yaml:10:13"]);
    assert_eq!(at("[web]", "[w|eb]"), ["compositions/shop.yaml:10:13"]);
    let env = |from: &str, to: &str| goes("envs/prod.yaml", &PROD.replacen(from, to, 1));
    assert_eq!(env("[nights]", "[nig|hts]"), ["policies/all.yaml:3:19"]);
    assert_eq!(env("        web:", "        w|eb:"), ["compositions/shop.yaml:10:13"]);
    assert_eq!(env("size: 3", "si|ze: 3"), ["modules/web/main.tf:4:1"]);
}

#[test]
fn d12_a_lifecycle_leads_to_the_matrix_rows_that_decide() {
    let found = goes(SHOP_FILE, &SHOP.replace("lifecycle: Applications", "lifecycle: Applic|ations"));
    assert_eq!(found, ["policies/all.yaml:13:17"], "the row's field that wins");
}

#[test]
fn d12_references_of_a_composition_a_module_and_an_output() {
    let of_network = used("compositions/network.yaml", &NETWORK.replace("name: network", "name: net|work"));
    assert_eq!(
        of_network,
        [
            "compositions/network.yaml:4:9",
            "compositions/shop.yaml:8:12",
            "compositions/shop.yaml:13:25",
            "envs/prod.yaml:8:12"
        ]
    );
    let of_web = used(SHOP_FILE, &SHOP.replace("name: web", "name: w|eb"));
    assert_eq!(
        of_web,
        [
            "compositions/shop.yaml:10:13",
            "compositions/shop.yaml:16:19",
            "compositions/shop.yaml:18:27",
            "envs/prod.yaml:11:9"
        ]
    );
    let of_output = used(SHOP_FILE, &SHOP.replace("output: address", "output: addr|ess"));
    assert_eq!(of_output, ["compositions/shop.yaml:18:40", "modules/web/main.tf:8:1"]);
}

#[test]
fn d12_hover_tells_meaning_ports_and_what_is_decided_with_why() {
    let on = |from: &str, to: &str| {
        let (snapshot, clean, at) = with(SHOP_FILE, &SHOP.replacen(from, to, 1));
        hover(&snapshot, &clean, at).map(|h| h.text).unwrap_or_default()
    };
    let lifecycle = on("lifecycle", "life|cycle");
    assert!(lifecycle.contains("**lifecycle**"), "{lifecycle}");
    assert!(lifecycle.contains("**prod/shop/web**"), "{lifecycle}");
    assert!(lifecycle.contains("gate: `strong`") && lifecycle.contains("prod-apps"), "{lifecycle}");
    assert!(lifecycle.contains("policies/all.yaml:13"), "{lifecycle}");
    let module = on("ref: modules/web", "ref: modules/w|eb");
    assert!(module.contains("`subnet`") && module.contains("`address`"), "{module}");
    assert!(module.contains("**prod/shop/web**") && !module.contains("prod/shop/dns"), "{module}");
    let output = on("output: subnet_id", "output: subn|et_id");
    assert!(output.contains("The subnet."), "{output}");
}

#[test]
fn d12_the_outline_of_a_file_names_its_parts() {
    let all = symbols(SHOP);
    assert_eq!((all[0].name.as_str(), all[0].detail.as_str(), all.len()), ("shop", "Composition", 1));
    let modules = all[0].children.iter().find(|c| c.name == "modules").unwrap();
    let names: Vec<&str> = modules.children.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["web", "dns"]);
    assert_eq!(symbols(POLICIES).len(), 2);
}

#[test]
fn d12_a_hint_with_one_answer_is_a_quick_fix() {
    let text = SHOP.replace("lifecycle: Applications", "lifecycel|: Applications");
    let (snapshot, clean, at) = with(SHOP_FILE, &text);
    let all = actions(&snapshot, SHOP_FILE, Span { start: at, end: at });
    let fix = all.iter().find(|a| a.insert == "lifecycle").unwrap_or_else(|| panic!("{all:#?}"));
    let lines = Lines::new(&clean);
    let mended =
        format!("{}{}{}", &clean[..lines.offset(fix.span.start)], fix.insert, &clean[lines.offset(fix.span.end)..]);
    assert_eq!(mended, SHOP);
    let output = SHOP.replace("output: subnet_id", "output: subnet_ip|");
    let (snapshot, _, at) = with(SHOP_FILE, &output);
    let all = actions(&snapshot, SHOP_FILE, Span { start: at, end: at });
    assert!(all.iter().any(|a| a.insert == "subnet_id"), "{all:#?}");
}

/// Every file after a rename, by applying exactly the changes that are told.
fn renamed(file: &str, text: &str, to: &str) -> Result<BTreeMap<String, String>, RenameError> {
    let (snapshot, clean, at) = with(file, text);
    let changed = rename(&snapshot, &clean, at, to)?;
    Ok(changed
        .into_iter()
        .map(|(file, mut changes)| {
            let mut text = snapshot.text(&file).unwrap().to_string();
            changes.sort_by_key(|c| std::cmp::Reverse(c.span));
            for change in changes {
                let lines = Lines::new(&text);
                let range = lines.offset(change.span.start)..lines.offset(change.span.end);
                text.replace_range(range, &change.insert);
            }
            (file, text)
        })
        .collect())
}

#[test]
fn dsl2_a_rename_from_any_mention_takes_every_reference_along_and_keeps_what_stands() {
    let from_home = renamed(SHOP_FILE, &SHOP.replace("name: web", "name: w|eb"), "front").unwrap();
    assert_eq!(from_home, renamed(SHOP_FILE, &SHOP.replace("[web]", "[we|b]"), "front").unwrap());
    assert_eq!(from_home, renamed("envs/prod.yaml", &PROD.replace("        web:", "        w|eb:"), "front").unwrap());
    let shop = &from_home[SHOP_FILE];
    let (kept, moved) = shop.split_at(shop.find("  moved:").unwrap());
    let named = SHOP.replace("name: web", "name: front").replace("[web]", "[front]");
    assert_eq!(kept, named.replace("module: web", "module: front"));
    assert_eq!(moved, "  moved:\n    - from: shop/web\n      to: front\n");
    assert_eq!(from_home["envs/prod.yaml"], PROD.replace("        web:", "        front:"));
    let network =
        renamed("compositions/network.yaml", &NETWORK.replace("name: network", "name: net|work"), "base").unwrap();
    assert!(network[SHOP_FILE].contains("from: base"), "{network:#?}");
    let prod = renamed("envs/prod.yaml", &PROD.replace("name: prod", "name: pr|od"), "live").unwrap();
    assert!(prod["envs/prod.yaml"].contains("name: live"), "{prod:#?}");
}

#[test]
fn dsl2_what_can_t_be_renamed_says_so_and_writes_nothing() {
    let on = |from: &str, to: &str, name: &str| renamed(SHOP_FILE, &SHOP.replacen(from, to, 1), name);
    assert_eq!(on("lifecycle", "life|cycle", "x"), Err(RenameError::NoName));
    assert_eq!(on("output: address", "output: add|ress", "x"), Err(RenameError::NoName), "a module's own text says it");
    assert_eq!(on("compositions/network", "compositions/net|work", "x"), Err(RenameError::NoName), "a path");
    assert!(matches!(on("name: web", "name: w|eb", "dns"), Err(RenameError::Refused(_))), "taken");
    assert!(matches!(on("name: web", "name: w|eb", "Not A Name"), Err(RenameError::Refused(_))));
    let (snapshot, clean, at) = with(SHOP_FILE, &SHOP.replace("name: web", "name: w|eb"));
    let (span, name) = renamable(&snapshot, &clean, at).unwrap();
    assert_eq!((name.as_str(), span.start.line, span.start.character, span.end.character), ("web", 9, 12, 15));
}
