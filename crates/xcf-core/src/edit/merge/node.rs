//! Values, node by node.

use super::super::{Edit, Open};
use super::align::{align, is_shuffled, name};
use super::{Conflict, ConflictKind, Side};
use crate::docs::spans::escape;
use crate::value::{Shape, shape};
use serde_json::{Map, Value};

/// Where a node stands in base, ours, theirs and the merged document.
#[derive(Debug, Clone, Default)]
struct At([String; 4]);

impl At {
    fn key(&self, key: &str) -> Self {
        Self(self.0.each_ref().map(|p| format!("{p}/{}", escape(key))))
    }

    fn item(&self, indices: [Option<usize>; 4]) -> Self {
        let mut at = self.0.clone();
        for (pointer, index) in at.iter_mut().zip(indices) {
            let index = index.map_or_else(|| "-".to_owned(), |i| i.to_string());
            *pointer = format!("{pointer}/{index}");
        }
        Self(at)
    }
}

type Three<'v> = [Option<&'v Value>; 3];

/// One document of the three texts.
pub(super) struct Walk<'d> {
    pub document: usize,
    /// Base, ours, theirs.
    pub opens: [&'d Open; 3],
    pub conflicts: Vec<Conflict>,
}

impl Walk<'_> {
    pub(super) fn merged(&mut self) -> Value {
        let [b, o, t] = self.opens.map(|open| &open.model);
        self.node(&At::default(), [Some(b), Some(o), Some(t)]).unwrap_or_default()
    }

    fn node(&mut self, at: &At, three: Three<'_>) -> Option<Value> {
        let [b, o, t] = three;
        if o == t || o == b {
            return t.cloned();
        }
        if t == b {
            return o.cloned();
        }
        match three {
            [Some(Value::Object(b)), Some(Value::Object(o)), Some(Value::Object(t))]
                if three.iter().all(|v| is_open(*v)) =>
            {
                Some(self.map(at, b, o, t))
            }
            [Some(Value::Array(b)), Some(Value::Array(o)), Some(Value::Array(t))] => match self.list(at, b, o, t) {
                Some(list) => Some(Value::Array(list)),
                None => self.conflict(at, three),
            },
            _ => self.conflict(at, three),
        }
    }

    fn map(&mut self, at: &At, b: &Map<String, Value>, o: &Map<String, Value>, t: &Map<String, Value>) -> Value {
        let keys = t.keys().chain(o.keys().filter(|k| !t.contains_key(*k)));
        let mut out = Map::new();
        for key in keys {
            if let Some(value) = self.node(&at.key(key), [b.get(key), o.get(key), t.get(key)]) {
                out.insert(key.clone(), value);
            }
        }
        Value::Object(out)
    }

    /// Theirs stays; a person chooses.
    fn conflict(&mut self, at: &At, three: Three<'_>) -> Option<Value> {
        let [base, ours, theirs] = [0, 1, 2].map(|i: usize| self.side(i, at, three));
        let pointer = at.0.last().cloned().unwrap_or_default();
        let in_list = three.iter().zip(&at.0).any(|(v, p)| v.is_some() && self.is_item(p));
        let take_ours = match (three, in_list) {
            ([_, Some(value), None], true) => Edit::Insert { pointer: pointer.clone(), value: value.clone() },
            ([_, Some(value), _], _) => Edit::Set { pointer: pointer.clone(), value: value.clone() },
            ([_, None, _], _) => Edit::Delete { pointer: pointer.clone() },
        };
        let (kind, document) = (ConflictKind::Node, self.document);
        self.conflicts.push(Conflict { kind, document, pointer, base, ours, theirs, take_ours: Some(take_ours) });
        three[2].cloned()
    }

    fn is_item(&self, pointer: &str) -> bool {
        let parent = pointer.rsplit_once('/').map_or("", |(p, _)| p);
        self.opens.iter().any(|o| o.model.pointer(parent).is_some_and(Value::is_array))
    }

    fn side(&self, index: usize, at: &At, three: Three<'_>) -> Option<Side> {
        let value = (*three.get(index)?)?.clone();
        let pointer = at.0.get(index)?.clone();
        let range = self.opens.get(index)?.tree.range(&pointer).unwrap_or_default();
        Some(Side { pointer, value, range })
    }

    /// None: the order of the whole list is in question.
    fn list(&mut self, at: &At, b: &[Value], o: &[Value], t: &[Value]) -> Option<Vec<Value>> {
        if is_shuffled(b, o) || is_shuffled(b, t) {
            return None;
        }
        let plan = Plan::of(b, o, t)?;
        let mut out = Vec::new();
        for (base, ours, theirs) in plan.slots {
            let three = [base.and_then(|i| b.get(i)), ours.and_then(|i| o.get(i)), theirs.and_then(|i| t.get(i))];
            let here = at.item([base, ours, theirs, Some(out.len())]);
            let renamed = three.iter().flatten().any(|v| name(v) != three[0].and_then(name)) && base.is_some();
            let changed = three[1] != three[0] && three[2] != three[0] && three[1] != three[2];
            // An item is who it is: under another name it is not mixed with what happened to the old one.
            let value = if renamed && changed { self.conflict(&here, three) } else { self.node(&here, three) };
            out.extend(value);
        }
        Some(out)
    }
}

/// References and secrets are one value: half of one and half of another is neither.
fn is_open(value: Option<&Value>) -> bool {
    value.is_some_and(|v| shape(v) == Shape::Data)
}

type Slot = (Option<usize>, Option<usize>, Option<usize>);

/// The order of a merged list: per item its index in base, ours and theirs.
struct Plan {
    slots: Vec<Slot>,
}

impl Plan {
    fn of(b: &[Value], o: &[Value], t: &[Value]) -> Option<Self> {
        let (ours, theirs) = (align(b, o), align(b, t));
        let in_order = |of: &[Option<usize>]| of.iter().flatten().is_sorted();
        let position = |of: &[Option<usize>], base: usize| of.iter().position(|i| *i == Some(base));
        let by_ours = !in_order(&ours);
        if by_ours && !in_order(&theirs) && ours != theirs {
            return None;
        }
        // Ours is (base, ours) and theirs (base, theirs); the one with a new order leads.
        let ours: Vec<Slot> = ours
            .iter()
            .enumerate()
            .map(|(i, base)| (*base, Some(i), base.and_then(|x| position(&theirs, x))))
            .collect();
        let theirs: Vec<Slot> = theirs
            .iter()
            .enumerate()
            .map(|(i, base)| {
                (*base, base.and_then(|x| ours.iter().find(|s| s.0 == Some(x))).and_then(|s| s.1), Some(i))
            })
            .collect();
        let (mut slots, follow) = if by_ours { (ours, theirs) } else { (theirs, ours) };
        let mut before: Option<Slot> = None;
        for slot in follow {
            before = Some(insert(&mut slots, slot, before, (o, t), by_ours));
        }
        // What both lost is gone; what one side lost and the other has stays a slot.
        Some(Self { slots })
    }
}

/// Puts a slot of the following side behind its neighbour, if the leading side does not have it.
fn insert(slots: &mut Vec<Slot>, slot: Slot, before: Option<Slot>, lists: (&[Value], &[Value]), by_ours: bool) -> Slot {
    if slot.0.is_some() && slots.iter().any(|s| s.0 == slot.0) {
        return slot;
    }
    let (o, t) = lists;
    let value = |s: &Slot| s.1.and_then(|i| o.get(i)).or_else(|| s.2.and_then(|i| t.get(i)));
    let is_same = |s: &&mut Slot| {
        let same = value(s) == value(&slot)
            || value(s).and_then(name).is_some() && value(s).and_then(name) == value(&slot).and_then(name);
        s.0.is_none() && slot.0.is_none() && same && (s.1.is_none() || s.2.is_none())
    };
    if let Some(both) = slots.iter_mut().find(is_same) {
        *both = (None, both.1.or(slot.1), both.2.or(slot.2));
        return *both;
    }
    let neighbour = before.and_then(|b| slots.iter().position(|s| *s == b || (b.0.is_some() && s.0 == b.0)));
    let mut at = neighbour.map_or(0, |i| i + 1);
    // Behind what the leading side put there.
    let lead_new = |s: &Slot| s.0.is_none() && if by_ours { s.1.is_some() } else { s.2.is_some() };
    while slots.get(at).is_some_and(lead_new) {
        at += 1;
    }
    slots.insert(at, slot);
    slot
}
