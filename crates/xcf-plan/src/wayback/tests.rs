use super::*;
use crate::assemble::samples::{change, plan};
use serde_json::{Value, json};

fn facts(backup: &BTreeSet<Backup>) -> ReverseFacts<'_> {
    ReverseFacts { engine_reverses: true, rollback_fragment: None, backup }
}

fn of(action: Action, resource_type: &str, backup: &[Backup]) -> Reversibility {
    let mut c = change("a.b", action, json!({"a": 1}), json!({"a": 2}));
    c.resource_type = resource_type.to_owned();
    grade(&c, &facts(&backup.iter().copied().collect())).0
}

#[test]
fn d6_grades_by_action_type_and_backup() {
    use Reversibility::{Exact, Irreversible, NeedsBackup, Recreate};
    for (action, kind, backup, expected) in [
        (Action::Create, "aws_db_instance", vec![], Exact),
        (Action::Update, "aws_db_instance", vec![], Exact),
        (Action::Move, "aws_db_instance", vec![], Exact),
        (Action::Import, "aws_db_instance", vec![], Exact),
        (Action::Forget, "aws_db_instance", vec![], Recreate),
        (Action::Delete, "aws_db_instance", vec![], Irreversible),
        (Action::Delete, "aws_db_instance", vec![Backup::ConfigSnapshot, Backup::GitTag], Irreversible),
        (Action::Delete, "aws_db_instance", vec![Backup::PreChange], NeedsBackup),
        (Action::Replace, "aws_db_instance", vec![Backup::ClusterSnapshot], NeedsBackup),
        (Action::Replace, "aws_db_instance", vec![], Irreversible),
        (Action::Delete, "terraform_data", vec![], Recreate),
        (Action::Replace, "apps/v1/Deployment", vec![], Recreate),
        (Action::Delete, "some_unknown_thing", vec![], Irreversible),
    ] {
        assert_eq!(of(action, kind, &backup), expected, "{action} {kind} {backup:?}");
    }
}

#[test]
fn d6_blind_secret_and_unknown_former_values_are_not_exact() {
    let backup = BTreeSet::new();
    let mut c = change("a.b", Action::Update, json!({"a": 1}), json!({"a": 2}));
    c.fidelity = Fidelity::Blind;
    assert_eq!(grade(&c, &facts(&backup)).0, Reversibility::Irreversible);
    c.fidelity = Fidelity::Exact;
    c.sensitive_marks.insert("/p".to_owned(), [Some("1".to_owned()), Some("2".to_owned())]);
    assert_eq!(grade(&c, &facts(&backup)).0, Reversibility::NeedsBackup);
    let c = change("a.b", Action::Update, Value::Null, json!({"a": 2}));
    assert_eq!(grade(&c, &facts(&backup)).0, Reversibility::Irreversible);
}

#[test]
fn d10_an_engine_that_cannot_reverse_needs_a_declared_fragment() {
    let backup = BTreeSet::new();
    let c = change("web1: Install", Action::Create, Value::Null, json!({"a": 2}));
    let fragment = RepoPath::new("playbooks/undo.yaml");
    let mut facts = ReverseFacts { engine_reverses: false, ..facts(&backup) };
    assert_eq!(grade(&c, &facts).0, Reversibility::Irreversible);
    facts.rollback_fragment = Some(&fragment);
    let (grade, note, _) = grade(&c, &facts);
    assert_eq!(grade, Reversibility::Recreate);
    assert!(note.contains("playbooks/undo.yaml"));
}

#[test]
fn d6_the_worst_change_decides_and_nothing_is_claimed_without_a_plan() {
    let backup = BTreeSet::new();
    let mut bad = change("db.main", Action::Delete, json!({"a": 1}), Value::Null);
    bad.resource_type = "aws_db_instance".to_owned();
    let mut made = plan(vec![change("a.a", Action::Create, Value::Null, json!({})), bad]);
    let way = derive(Some(&made), &facts(&backup)).unwrap();
    assert_eq!(way.grade, Reversibility::Irreversible);
    assert!(way.note.starts_with("db.main: "));
    made.unknown_inputs = vec!["cidr".to_owned()];
    assert!(derive(Some(&made), &facts(&backup)).unwrap().note.contains("as far as it is known"));
    assert!(derive(None, &facts(&backup)).is_none());
}
