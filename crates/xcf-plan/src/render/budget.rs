//! Fitting a text into a size: what must be there first, then as much of the rest as fits, the important before the
//! detailed, and what is left out is counted. Every part is whole Markdown by itself, so leaving one out never leaves
//! a fence or a fold open.

/// One line of a list, or one block of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// The shortest form that still says it.
    pub(super) brief: String,
    /// With its details; shown instead of `brief` where there is room.
    pub(super) full: Option<String>,
}

impl Item {
    /// An item without further details.
    pub(super) fn line(brief: String) -> Self {
        Self { brief, full: None }
    }
}

/// A list under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// Lower is more important: nothing of a higher rank is shown while something of a vital one had to be left out.
    pub(super) rank: u8,
    /// What stands before the items.
    pub(super) open: String,
    /// The items, most important first.
    pub(super) items: Vec<Item>,
    /// What stands after them.
    pub(super) close: String,
    /// What the items are, for the line that counts those left out.
    pub(super) what: &'static str,
    /// True if heading and count stay even where no item fits.
    pub(super) vital: bool,
}

/// Longest line that counts what was left out.
const MORE: usize = 80;

impl Group {
    fn more(&self, shown: usize) -> String {
        match self.items.len() - shown {
            0 => String::new(),
            left => format!("- … {left} more {}\n", self.what),
        }
    }
    /// Bytes that are kept free for it from the start.
    fn reserved(&self) -> usize {
        if self.vital { self.frame() } else { 0 }
    }
    fn frame(&self) -> usize {
        self.open.len() + self.close.len() + MORE
    }
}

/// Puts `head`, the groups in their order and `foot` together, in at most `limit` bytes.
pub(super) fn fit(head: &str, groups: &[Group], foot: &str, limit: usize) -> String {
    let mut room = limit.saturating_sub(head.len() + foot.len());
    room = room.saturating_sub(groups.iter().map(Group::reserved).sum());
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|index| groups.get(*index).map_or(u8::MAX, |g| g.rank));
    let mut shown: Vec<Vec<bool>> = groups.iter().map(|_| Vec::new()).collect();
    briefly(groups, &order, &mut shown, &mut room);
    in_full(groups, &order, &mut shown, &mut room);
    let mut out = head.to_owned();
    for (group, taken) in groups.iter().zip(&shown) {
        if taken.is_empty() && !group.vital {
            continue;
        }
        out.push_str(&group.open);
        for (item, full) in group.items.iter().zip(taken) {
            out.push_str(if *full { item.full.as_deref().unwrap_or(&item.brief) } else { &item.brief });
        }
        out.push_str(&group.more(taken.len()));
        out.push_str(&group.close);
    }
    let left_out: usize =
        groups.iter().zip(&shown).filter(|(g, t)| t.is_empty() && !g.vital).map(|(g, _)| g.items.len()).sum();
    let note = format!("\n{left_out} more entries are left out to stay within the size this place allows.\n");
    if left_out > 0 && out.len() + note.len() + foot.len() <= limit {
        out.push_str(&note);
    }
    out.push_str(foot);
    out
}

/// Every item in its short form, rank by rank; stops for good where a vital item does not fit any more.
fn briefly(groups: &[Group], order: &[usize], shown: &mut [Vec<bool>], room: &mut usize) {
    for index in order {
        let (Some(group), Some(taken)) = (groups.get(*index), shown.get_mut(*index)) else { continue };
        let mut frame = if group.vital { 0 } else { group.frame() };
        for item in &group.items {
            let needed = item.brief.len() + frame;
            if needed > *room {
                break;
            }
            *room -= needed;
            frame = 0;
            taken.push(false);
        }
        if group.vital && taken.len() < group.items.len() {
            return;
        }
    }
}

/// Details for what is shown, rank by rank, as long as there is room.
fn in_full(groups: &[Group], order: &[usize], shown: &mut [Vec<bool>], room: &mut usize) {
    for index in order {
        let (Some(group), Some(taken)) = (groups.get(*index), shown.get_mut(*index)) else { continue };
        for (item, full) in group.items.iter().zip(taken) {
            let Some(text) = &item.full else { continue };
            let needed = text.len().saturating_sub(item.brief.len());
            if needed <= *room {
                *room -= needed;
                *full = true;
            }
        }
    }
}
