//! Why an approval is not taken, with a stable code (`approval.refused`).

use super::approvals::{Circle, Given, covers};
use xcf_core::changeset::{ChangeSet, ChangeUnit};
use xcf_core::docs::rules::Person;
use xcf_core::event::ApprovalRefused;
use xcf_core::route::Gate;

/// Why `given` can't be taken for `change_set`; none: it can. Codes: `unknown-key`, `bad-signature`, `expired`,
/// `stale-digest`, `author-excluded`, `wrong-role`, in this order.
#[must_use]
pub fn refuse(change_set: &ChangeSet, circle: &Circle<'_>, given: &Given<'_>) -> Option<ApprovalRefused> {
    let refused = |(code, reason): (&str, String)| ApprovalRefused {
        approval: given.approval.clone(),
        code: code.to_owned(),
        reason,
    };
    identity(circle, given)
        .or_else(|| freshness(change_set, circle, given))
        .or_else(|| standing(change_set, circle, given))
        .map(refused)
}

type Why = (&'static str, String);

fn identity(circle: &Circle<'_>, given: &Given<'_>) -> Option<Why> {
    let (approval, name) = (given.approval, &given.approval.statement.person);
    if circle.people.is_none() {
        let signed = !approval.solo;
        return signed.then(|| ("unknown-key", "there is no People document at base that knows any key".to_owned()));
    }
    let Some(person) = circle.person(name) else {
        return Some(("unknown-key", format!("{name} is not in People at base")));
    };
    match &approval.key {
        Some(key) if !approval.solo && person.keys.contains(key) => {}
        _ => return Some(("unknown-key", format!("the key is not one of {name}'s in People at base"))),
    }
    (!given.signature_ok).then(|| ("bad-signature", "the signature does not fit the statement".to_owned()))
}

fn freshness(change_set: &ChangeSet, circle: &Circle<'_>, given: &Given<'_>) -> Option<Why> {
    let statement = &given.approval.statement;
    if statement.expires <= circle.now {
        return Some(("expired", format!("it lapsed at {}", statement.expires)));
    }
    if statement.workspace != circle.workspace || statement.change_set != change_set.id {
        return Some((
            "stale-digest",
            format!("it was given for {} of another workspace or ChangeSet", statement.change_set),
        ));
    }
    let same: Vec<&ChangeUnit> = current(change_set, given).collect();
    if same.is_empty() {
        return Some((
            "stale-digest",
            "every unit it names means something else now; look at the plan again".to_owned(),
        ));
    }
    let high = same.iter().any(|u| statement.gate >= u.gate.level);
    (!high).then(|| {
        ("stale-digest", format!("it was given for the gate {}, and the gate is stricter now", statement.gate))
    })
}

fn standing(change_set: &ChangeSet, circle: &Circle<'_>, given: &Given<'_>) -> Option<Why> {
    let statement = &given.approval.statement;
    let person = circle.person(&statement.person)?;
    let gated: Vec<&ChangeUnit> = current(change_set, given).filter(|u| u.gate.level != Gate::Auto).collect();
    let (excluded, open): (Vec<_>, Vec<_>) =
        gated.into_iter().partition(|u| u.gate.exclude_authors && circle.is_author(person));
    if open.is_empty() && !excluded.is_empty() {
        return Some((
            "author-excluded",
            format!("{} wrote this change, so somebody else must approve it", person.name),
        ));
    }
    role(person, &open, given)
}

fn role(person: &Person, units: &[&ChangeUnit], given: &Given<'_>) -> Option<Why> {
    let Some(role) = &given.approval.statement.role else {
        let none = person.roles.is_empty();
        return none.then(|| ("wrong-role", format!("{} has no role in People at base", person.name)));
    };
    if !person.roles.iter().any(|held| held == role.as_str()) {
        return Some(("wrong-role", format!("{} does not have the role {role} in People at base", person.name)));
    }
    let asks = |u: &&ChangeUnit| u.gate.needs.iter().any(|n| n.role.as_ref().is_none_or(|wanted| wanted == role));
    let wanted = units.is_empty() || units.iter().any(asks);
    (!wanted).then(|| ("wrong-role", format!("no unit it covers needs the role {role}")))
}

fn current<'a>(change_set: &'a ChangeSet, given: &Given<'a>) -> impl Iterator<Item = &'a ChangeUnit> {
    let units = &given.approval.statement.units;
    change_set.units.iter().filter(move |u| covers(units, &u.id, &u.unit_digest))
}
