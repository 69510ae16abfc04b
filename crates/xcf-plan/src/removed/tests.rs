//! Nothing is destroyed because text went missing, is broken or was renamed (dsl §2, §7; D6).

use super::{Fate, Gone, Vanished, held_by_unresolved, removal_refused, vanished};
use crate::pending::Records;
use crate::testkit::Files;
use crate::workspace::tests::sample;
use crate::workspace::{Workspace, load};
use proptest::prelude::*;
use std::sync::OnceLock;
use xcf_core::ids::UnitId;
use xcf_core::ports::tree::{Tree, TreeEntry, TreeError};

fn id(text: &str) -> UnitId {
    text.parse().unwrap()
}

fn records(base: &Workspace) -> Records {
    let one = |u: &xcf_core::graph::Unit| {
        let record = crate::pending::AppliedRecord {
            inputs_digest: xcf_core::digest::sha256(b"x"),
            commit: "c0".into(),
            output_digests: std::collections::BTreeMap::new(),
            rekeyed: None,
            attempted: None,
            dirty: false,
            expired: false,
        };
        (u.id.clone(), record)
    };
    base.units.iter().map(one).collect()
}

fn fates(base: &Files, head: &Files) -> Vec<Vanished> {
    let (base, head) = (load(&base.tree()), load(&head.tree()));
    vanished(&records(&base), &head, &|_| Some(&base))
}

#[track_caller]
fn expect(base: &Files, head: &Files, wanted: &[(&str, &str)]) {
    let word = |f: &Fate| match f {
        Fate::Removed { gone: Gone::Entry, .. } => "entry",
        Fate::Removed { gone: Gone::Module, .. } => "module",
        Fate::Removed { gone: Gone::Composition, .. } => "composition",
        Fate::Removed { gone: Gone::Environment, .. } => "environment",
        Fate::PossibleRename { .. } => "rename",
        Fate::Unresolved { .. } => "unresolved",
        Fate::Moved { .. } => "moved",
        Fate::Present => "present",
        Fate::Abandoned { .. } => "abandoned",
    };
    let found = fates(base, head);
    let told: Vec<(String, &str)> = found.iter().map(|v| (v.id.to_string(), word(&v.fate))).collect();
    let wanted: Vec<(String, &str)> = wanted.iter().map(|(i, w)| ((*i).to_owned(), *w)).collect();
    assert_eq!(told, wanted, "{found:#?}");
}

const OPS: &str = "    - ref: compositions/ops\n";

#[test]
fn dsl7_an_entry_document_or_module_that_is_really_gone_is_removed() {
    let base = sample();
    expect(&base, &base, &[]);
    expect(&base, &base.replace("envs/dev.yaml", OPS, ""), &[("dev/ops/motd", "entry")]);
    let all =
        base.replace("envs/dev.yaml", OPS, "").replace("envs/prod.yaml", OPS, "").without("compositions/ops.yaml");
    expect(&base, &all, &[("dev/ops/motd", "entry"), ("prod/ops/motd", "entry")]);
    let env = base.clone().without("envs/dev.yaml");
    expect(
        &base,
        &env,
        &[
            ("dev/app/app", "environment"),
            ("dev/db/db", "environment"),
            ("dev/net/net", "environment"),
            ("dev/ops/motd", "environment"),
        ],
    );
    let two = base.replace(
        "compositions/net.yaml",
        "  modules:\n",
        "  modules:\n    - ref: modules/app\n      name: extra\n      inputs:\n        size: 1\n",
    );
    expect(&two, &base, &[("dev/net/extra", "module"), ("prod/net/extra", "module")]);
    let implicit = base.clone().without("envs/dev.yaml").without("envs/prod.yaml").without("compositions/ops.yaml");
    expect(&implicit, &implicit.clone().without("compositions/app.yaml"), &[("default/app/app", "composition")]);
}

#[test]
fn dsl7_a_composition_gone_while_its_entry_stays_is_an_error_not_a_removal() {
    let head = sample().without("compositions/ops.yaml");
    expect(&sample(), &head, &[("dev/ops/motd", "unresolved"), ("prod/ops/motd", "unresolved")]);
}

#[test]
fn dsl7_a_removal_that_others_still_depend_on_is_unresolved() {
    let head = sample().replace("envs/dev.yaml", "    - ref: compositions/net\n", "");
    expect(&sample(), &head, &[("dev/net/net", "unresolved")]);
}

#[test]
fn dsl7_broken_unreadable_empty_or_oversized_files_remove_nothing() {
    let ops = ["dev/ops/motd", "prod/ops/motd"].map(|i| (i, "unresolved"));
    let whole_dev = ["dev/app/app", "dev/db/db", "dev/net/net", "dev/ops/motd"].map(|i| (i, "unresolved"));
    let base = sample();
    for broken in ["", "kind: [", "\0\u{1}", "apiVersion: v9\n", "# gone\n"] {
        expect(&base, &base.clone().with("compositions/ops.yaml", broken), &ops);
        expect(&base, &base.clone().with("envs/dev.yaml", broken), &whole_dev);
    }
    expect(&base, &base.clone().unreadable("compositions/ops.yaml"), &ops);
    expect(&base, &base.clone().unreadable("envs/dev.yaml"), &whole_dev);
    let large = vec![b'#'; 2 * 1024 * 1024];
    expect(&base, &base.clone().with("envs/dev.yaml", large), &whole_dev);
    let config = base.replace("envs/dev.yaml", OPS, "").with(".xcf.yaml", "kind: [");
    expect(&base, &config, &[("dev/ops/motd", "unresolved")]);
    let elsewhere = base.replace("envs/dev.yaml", OPS, "").replace(
        "envs/dev.yaml",
        "ref: compositions/app",
        "ref: compositions/appp",
    );
    let lost = [("dev/app/app", "unresolved"), ("dev/ops/motd", "unresolved")];
    expect(&base, &elsewhere, &lost);
}

#[test]
fn dsl7_a_renamed_and_broken_file_may_hold_the_unit() {
    let head = sample().without("envs/dev.yaml").with("envs/development.yaml", "kind: Environ");
    assert!(fates(&sample(), &head).iter().all(|v| matches!(v.fate, Fate::Unresolved { .. })));
    let other_broken = sample().without("envs/dev.yaml").with("envs/prod.yaml", "kind: [");
    let found = fates(&sample(), &other_broken);
    assert!(
        found.iter().filter(|v| v.id.environment.as_str() == "prod").all(|v| matches!(v.fate, Fate::Unresolved { .. }))
    );
    assert!(
        found.iter().filter(|v| v.id.environment.as_str() == "dev").all(|v| matches!(v.fate, Fate::Removed { .. })),
        "prod.yaml is known not to be dev"
    );
}

#[test]
fn dsl2_a_rename_without_moved_is_a_possible_rename_and_blocks() {
    let module = sample().replace(
        "compositions/ops.yaml",
        "    - ref: playbooks/motd\n",
        "    - ref: playbooks/motd\n      name: greet\n",
    );
    expect(&sample(), &module, &[("dev/ops/motd", "rename"), ("prod/ops/motd", "rename")]);
    let composition = sample().replace("compositions/ops.yaml", "name: ops\n", "name: operations\n");
    expect(&sample(), &composition, &[("dev/ops/motd", "rename"), ("prod/ops/motd", "rename")]);
    let environment = sample().replace("envs/dev.yaml", "name: dev\n", "name: development\n");
    assert!(fates(&sample(), &environment).iter().all(|v| matches!(v.fate, Fate::PossibleRename { .. })));
    let moved = environment.replace("envs/dev.yaml", "spec:\n", "spec:\n  moved:\n    - from: dev\n");
    assert!(fates(&sample(), &moved).iter().all(|v| matches!(v.fate, Fate::Moved { .. })));
    let implicit = sample().without("envs/dev.yaml").without("envs/prod.yaml").without("compositions/ops.yaml");
    let first_environment =
        sample().without("envs/prod.yaml").without("compositions/ops.yaml").replace("envs/dev.yaml", OPS, "");
    assert!(fates(&implicit, &first_environment).iter().all(|v| matches!(v.fate, Fate::PossibleRename { .. })));
    let found = fates(&sample(), &module);
    let told = super::diagnostic(&found[0]).unwrap();
    assert!(told.code == "possible-rename" && told.hint.contains("from: ops/motd"), "{told}");
}

#[test]
fn dsl7_without_a_base_or_under_another_id_nothing_is_removed() {
    let base = load(&sample().tree());
    let head = load(&sample().replace("envs/dev.yaml", OPS, "").tree());
    let unknown = vanished(&records(&base), &head, &|_| None);
    assert!(matches!(unknown[0].fate, Fate::Unresolved { .. }));
    let empty = load(&Files::new().tree());
    let other = vanished(&records(&base), &head, &|_| Some(&empty));
    assert!(matches!(other[0].fate, Fate::Unresolved { .. }));
}

#[test]
fn dsl2_a_unit_that_was_re_keyed_since_its_apply_is_judged_where_it_got_its_name() {
    let old = load(&sample().replace("compositions/ops.yaml", "name: ops\n", "name: former\n").tree());
    let base = load(&sample().tree());
    let head = load(&sample().replace("envs/dev.yaml", OPS, "").tree());
    let mut records = records(&base);
    let by = |commit: &xcf_core::ids::CommitId| Some(if commit.as_str() == "c0" { &old } else { &base });
    assert!(matches!(vanished(&records, &head, &by)[0].fate, Fate::Unresolved { .. }));
    records.get_mut(&id("dev/ops/motd")).unwrap().rekeyed = Some("c1".into());
    let found = &vanished(&records, &head, &by)[0];
    assert!(matches!(found.fate, Fate::Removed { gone: Gone::Entry, .. }), "{found:?}");
    assert_eq!((found.commit.as_str(), found.known_at.as_str()), ("c0", "c1"));
}

#[test]
fn dsl7_a_unit_that_was_never_applied_but_begun_is_never_removed_nor_forgotten() {
    let base = load(&sample().tree());
    let mut records = records(&base);
    records.get_mut(&id("dev/ops/motd")).unwrap().attempted = Some("half of it".to_owned());
    let gone = sample().replace("envs/dev.yaml", OPS, "");
    for files in [gone.clone(), sample().with("compositions/ops.yaml", "kind: [")] {
        let found = vanished(&records, &load(&files.tree()), &|_| Some(&base));
        let it = found.iter().find(|v| v.id == id("dev/ops/motd")).unwrap();
        assert!(matches!(it.fate, Fate::Abandoned { .. }), "{it:?}");
        let told = super::diagnostic(it).unwrap();
        assert!(told.code == "left-behind" && told.message.contains("half of it"), "{told}");
    }
    let without_base = vanished(&records, &load(&gone.tree()), &|_| None);
    assert!(matches!(without_base[0].fate, Fate::Abandoned { .. }));
}

#[test]
fn dsl7_allow_destroy_never_refuses_by_base_or_head_and_unresolved_holds_dependants() {
    let base = load(&sample().tree());
    let gone = load(&sample().without("envs/prod.yaml").tree());
    assert_eq!(removal_refused(&id("prod/ops/motd"), &base, &gone).unwrap().to_string(), "envs/prod.yaml:9:19");
    assert!(removal_refused(&id("dev/ops/motd"), &base, &gone).is_none());
    let lost = vec![Vanished {
        id: id("dev/net/net"),
        commit: "c0".into(),
        known_at: "c0".into(),
        fate: Fate::Unresolved { reason: String::new(), place: xcf_core::diag::Place::file("x") },
    }];
    let held: Vec<String> = held_by_unresolved(&lost, &base, &base).iter().map(ToString::to_string).collect();
    assert_eq!(held, ["dev/app/app", "dev/db/db", "dev/ops/motd"]);
}

#[test]
fn dsl1_a_host_that_leaves_is_a_warning() {
    let base = load(&sample().tree());
    let head = load(&sample().replace("envs/dev.yaml", "    - name: h2\n      address: 127.0.0.1\n", "").tree());
    let told = super::hosts_left(&base, &head);
    assert_eq!(told.len(), 1);
    assert!(told[0].code == "host-left" && told[0].message.contains("dev/ops/motd does not run on h2"), "{}", told[0]);
    assert!(super::hosts_left(&base, &base).is_empty());
}

/// One random harm to one file.
#[derive(Debug, Clone)]
enum Harm {
    Truncate(u16),
    Flip(u16, u8),
    Insert(u16, u8),
    DeleteLine(u16),
    DeleteBytes(u16, u8),
    Unreadable,
    Vanish,
}

fn harm() -> impl Strategy<Value = Harm> {
    prop_oneof![
        any::<u16>().prop_map(Harm::Truncate),
        (any::<u16>(), any::<u8>()).prop_map(|(a, b)| Harm::Flip(a, b)),
        (any::<u16>(), any::<u8>()).prop_map(|(a, b)| Harm::Insert(a, b)),
        any::<u16>().prop_map(Harm::DeleteLine),
        (any::<u16>(), 1..20_u8).prop_map(|(a, b)| Harm::DeleteBytes(a, b)),
        Just(Harm::Unreadable),
        Just(Harm::Vanish),
    ]
}

fn suffer(files: &Files, path: &str, harm: &Harm) -> Files {
    let mut bytes = files.bytes(path);
    let at = |n: u16, len: usize| usize::from(n) % len.max(1);
    match harm {
        Harm::Truncate(n) => bytes.truncate(at(*n, bytes.len())),
        Harm::Flip(n, b) => {
            let i = at(*n, bytes.len());
            if let Some(byte) = bytes.get_mut(i) {
                *byte = *b;
            }
        }
        Harm::Insert(n, b) => {
            let i = at(*n, bytes.len());
            bytes.insert(i, *b);
        }
        Harm::DeleteLine(n) => {
            let lines: Vec<Vec<u8>> = bytes.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
            let skip = at(*n, lines.len());
            bytes = lines.into_iter().enumerate().filter(|(i, _)| *i != skip).flat_map(|(_, l)| l).collect();
        }
        Harm::DeleteBytes(n, count) => {
            let start = at(*n, bytes.len());
            let end = (start + usize::from(*count)).min(bytes.len());
            bytes.drain(start..end);
        }
        Harm::Unreadable => return files.clone().unreadable(path),
        Harm::Vanish => return files.clone().without(path),
    }
    files.clone().with(path, bytes)
}

/// Whether the text that makes `id` is absent, told by another parser and nothing of ours: the harmed files either are
/// gone or are valid YAML, the Environment's list does not name the Composition or the Composition not the module.
fn really_absent(head: &Files, id: &UnitId) -> Result<(), String> {
    let (env, comp, module) = (id.environment.as_str(), id.composition.as_str(), id.module.as_str());
    let read = |path: &str| -> Result<Option<serde_yaml::Value>, String> {
        if !head.paths().contains(&path.to_owned()) {
            return Ok(None);
        }
        let tree = head.tree();
        let bytes = tree.read(path, 1 << 20).map_err(|e| e.to_string())?;
        let text = std::str::from_utf8(&bytes).map_err(|e| e.to_string())?;
        let value: serde_yaml::Value = serde_yaml::from_str(text).map_err(|e| format!("{path}: {e}"))?;
        if value.is_null() {
            return Err(format!("{path} is there and empty"));
        }
        Ok(Some(value))
    };
    let Some(environment) = read(&format!("envs/{env}.yaml"))? else { return Ok(()) };
    let composition = read(&format!("compositions/{comp}.yaml"))?;
    if environment["metadata"]["name"].as_str() != Some(env) {
        return Ok(());
    }
    let entries = environment["spec"]["compositions"].as_sequence().ok_or("no list of compositions")?;
    let path = format!("compositions/{comp}");
    if !entries.iter().any(|e| e["ref"].as_str().is_some_and(|r| r.trim_end_matches(".yaml") == path)) {
        return Ok(());
    }
    let Some(composition) = composition else { return Err("entry without its Composition".to_owned()) };
    if composition["metadata"]["name"].as_str() != Some(comp) {
        return Ok(());
    }
    let modules = composition["spec"]["modules"].as_sequence().ok_or("no list of modules")?;
    let named = |m: &serde_yaml::Value| {
        let last = m["ref"].as_str().and_then(|r| r.rsplit('/').next()).map(|l| l.split('.').next().unwrap_or(l));
        m["name"].as_str().or(last) == Some(module)
    };
    if modules.iter().any(named) { Err("its entry and module are still there".to_owned()) } else { Ok(()) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn d6_random_harm_to_text_never_turns_into_a_destroy(
        wounds in prop::collection::vec((any::<prop::sample::Index>(), harm()), 1..3)
    ) {
        let mut files = sample();
        for (which, harm) in &wounds {
            let paths = files.paths();
            let path = &paths[which.index(paths.len())];
            files = suffer(&files, path, harm);
        }
        static BASE: OnceLock<Workspace> = OnceLock::new();
        let base = BASE.get_or_init(|| load(&sample().tree()));
        let head = load(&files.tree());
        for lost in vanished(&records(base), &head, &|_| Some(base)) {
            if let Fate::Removed { .. } = lost.fate {
                prop_assert!(head.health.loaded);
                if let Err(why) = really_absent(&files, &lost.id) {
                    prop_assert!(false, "{} counted as removed, but: {why}", lost.id);
                }
                let env = head.environment_doc(lost.id.environment.as_str()).map(|d| d.file.clone());
                let comp = head.composition(lost.id.composition.as_str()).map(|d| d.file.clone());
                for place in [Some(format!("envs/{}.yaml", lost.id.environment)), Some(format!("compositions/{}.yaml", lost.id.composition)), env, comp].into_iter().flatten() {
                    prop_assert!(!head.diagnostics.iter().any(|d| d.is_error() && d.place.file == place), "{place} has an error");
                }
            }
        }
    }
}

/// A tree whose reading fails at random.
struct Flaky<'t>(&'t dyn Tree, Vec<bool>);

impl Tree for Flaky<'_> {
    fn entries(&self) -> &[TreeEntry] {
        self.0.entries()
    }
    fn read(&self, path: &str, limit: u64) -> Result<std::sync::Arc<[u8]>, TreeError> {
        let position = self.0.entries().iter().position(|e| e.path == path).unwrap_or(0);
        if self.1.get(position).copied().unwrap_or(false) {
            return Err(TreeError::Unreadable { path: path.to_owned(), reason: "I/O error".to_owned() });
        }
        self.0.read(path, limit)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn d6_files_that_can_t_be_read_remove_nothing(fails in prop::collection::vec(any::<bool>(), 14)) {
        let files = sample();
        let tree = files.tree();
        let base = load(&tree);
        let head = load(&Flaky(&tree, fails));
        for lost in vanished(&records(&base), &head, &|_| Some(&base)) {
            prop_assert!(matches!(lost.fate, Fate::Unresolved { .. }), "{lost:?}");
        }
    }
}
