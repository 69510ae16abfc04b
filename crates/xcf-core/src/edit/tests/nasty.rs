//! Texts as nasty as people and tools write them, by seed: every style, comments anywhere, CRLF, byte order marks, several
//! documents, anchors, tabs in strings, no line break at the end.

/// A small generator of choices (splitmix64): the seed comes from the property test, so that cases shrink and repeat.
pub(crate) struct Dice(pub u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.roll() % n.max(1) as u64) as usize
    }
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

const SCALARS: &[&str] = &[
    "word",
    "two words",
    "15",
    "-1.5",
    "true",
    "~",
    "\"15\"",
    "'no'",
    "'it''s'",
    "\"a\\tb\"",
    "\"a\tb\"",
    "http://x:80/a?b#c",
    "a#b",
    "\"# no comment\"",
    "'{x}'",
    "\"é 中\"",
    "x: y",
    "1.2.3",
    "t3.micro",
    "10.0.0.0/16",
    "\"\"",
    "''",
    "\"say \\\"x\\\"\"",
    "why?",
    "- dash",
    "&amp",
];

struct Writer<'d> {
    dice: &'d mut Dice,
    lines: Vec<String>,
    unit: usize,
    flush: bool,
    serial: usize,
    anchors: Vec<String>,
}

/// A text of one to three documents.
pub(crate) fn text(dice: &mut Dice) -> String {
    let documents = 1 + dice.below(3) * usize::from(dice.chance(40));
    let line_break = if dice.chance(25) { "\r\n" } else { "\n" };
    let mut w = Writer {
        unit: if dice.chance(30) { 4 } else { 2 },
        flush: dice.chance(40),
        lines: Vec::new(),
        serial: 0,
        anchors: Vec::new(),
        dice,
    };
    for index in 0..documents {
        w.anchors.clear();
        if index > 0 || w.dice.chance(15) {
            w.lines.push("---".into());
        }
        if w.dice.chance(40) {
            let comment = w.comment();
            w.lines.push(comment);
            if w.dice.chance(50) {
                w.lines.push(String::new());
            }
        }
        w.map(0, 0, None);
        if w.dice.chance(20) {
            let comment = w.comment();
            w.lines.push(comment);
        }
    }
    let bom = if w.dice.chance(12) { "\u{feff}" } else { "" };
    let end = if w.dice.chance(15) { "" } else { line_break };
    let lines = std::mem::take(&mut w.lines);
    format!("{bom}{}{end}", lines.join(line_break))
}

impl Writer<'_> {
    fn next(&mut self) -> usize {
        self.serial += 1;
        self.serial
    }

    fn comment(&mut self) -> String {
        format!("# c{}:", self.next())
    }

    fn key(&mut self) -> String {
        let n = self.next();
        match self.dice.below(10) {
            0 => format!("'k {n}'"),
            1 => format!("\"k\\t{n}\""),
            2 => format!("k/{n}~"),
            _ => format!("k{n}"),
        }
    }

    fn scalar(&mut self) -> String {
        let text = *self.dice.pick(SCALARS);
        // As a value of a block map these would be maps or lists.
        if matches!(text, "x: y" | "- dash" | "&amp") { format!("\"{text}\"") } else { text.to_owned() }
    }

    fn aside(&mut self) -> String {
        if self.dice.chance(30) { format!(" {}", self.comment()) } else { String::new() }
    }

    fn above(&mut self, indent: usize) {
        if self.dice.chance(15) {
            self.lines.push(String::new());
        }
        for _ in 0..self.dice.below(3) * usize::from(self.dice.chance(35)) {
            let comment = self.comment();
            self.lines.push(format!("{}{comment}", " ".repeat(indent)));
        }
    }

    fn flow(&mut self, depth: usize) -> String {
        let count = self.dice.below(4);
        let list = self.dice.chance(50);
        let mut parts = Vec::new();
        for _ in 0..count {
            let value = if depth < 2 && self.dice.chance(25) {
                self.flow(depth + 1)
            } else {
                (*self.dice.pick(&["a", "1", "\"x, y\"", "'z'", "true", "p q"])).to_owned()
            };
            let key = format!("f{}", self.next());
            parts.push(if list { value } else { format!("{key}: {value}") });
        }
        let (open, close) = if list { ("[", "]") } else { ("{", "}") };
        let pad = if self.dice.chance(20) && count > 0 { " " } else { "" };
        let comma = if self.dice.chance(10) && count > 0 { "," } else { "" };
        format!("{open}{pad}{}{comma}{pad}{close}", parts.join(", "))
    }

    fn broken_flow(&mut self, head: &str, indent: usize) {
        let pad = " ".repeat(indent + 2);
        let aside = self.aside();
        self.lines.push(format!("{head} [{aside}"));
        for _ in 0..1 + self.dice.below(3) {
            let (inner, aside) = (self.flow(1), self.aside());
            self.lines.push(format!("{pad}{inner},{aside}"));
        }
        self.lines.push(format!("{pad}]"));
    }

    fn text_block(&mut self, head: &str, indent: usize) {
        let mark = *self.dice.pick(&["|", "|-", ">", ">-", "|+"]);
        let aside = self.aside();
        self.lines.push(format!("{head} {mark}{aside}"));
        for _ in 0..1 + self.dice.below(3) {
            let line = *self.dice.pick(&["text", "# not a comment", "- no item", "k: v", "a\tb", "  deeper", "> x"]);
            // The first line sets the indent.
            let line = if self.lines.last().is_some_and(|l| l.contains(mark)) { line.trim_start() } else { line };
            self.lines.push(format!("{}{line}", " ".repeat(indent + self.unit)));
        }
        if self.dice.chance(25) {
            self.lines.push(String::new());
        }
    }

    /// A value behind `head`, which ends with its colon or dash.
    fn value(&mut self, head: &str, indent: usize, depth: usize, is_item: bool) {
        match self.dice.below(if depth < 3 { 16 } else { 9 }) {
            0 => {
                let aside = self.aside();
                self.lines.push(format!("{head}{aside}"));
            }
            1 => {
                let (flow, aside) = (self.flow(0), self.aside());
                self.lines.push(format!("{head} {flow}{aside}"));
            }
            2 => self.broken_flow(head, indent),
            3 => self.text_block(head, indent),
            4 if self.dice.chance(50) => {
                let anchor = format!("x{}", self.next());
                let value = if self.dice.chance(40) { "{m: 1, n: [2]}".to_owned() } else { self.scalar() };
                self.lines.push(format!("{head} &{anchor} {value}"));
                self.anchors.push(anchor);
            }
            5 if !self.anchors.is_empty() => {
                let anchor = self.anchors[self.dice.below(self.anchors.len())].clone();
                let aside = self.aside();
                self.lines.push(format!("{head} *{anchor}{aside}"));
            }
            6 => {
                let aside = self.aside();
                self.lines.push(format!("{head} \"long"));
                self.lines.push(format!("{}text\"{aside}", " ".repeat(indent + 2 + self.unit)));
            }
            9..=12 => self.nested_map(head, indent, depth, is_item),
            13..=15 => self.nested_list(head, indent, depth, is_item),
            _ => {
                let (scalar, aside) = (self.scalar(), self.aside());
                let gap = *self.dice.pick(&[" ", " ", " ", "  "]);
                self.lines.push(format!("{head}{gap}{scalar}{aside}"));
            }
        }
    }

    fn nested_map(&mut self, head: &str, indent: usize, depth: usize, is_item: bool) {
        if is_item && self.dice.chance(80) {
            return self.map(indent + 2, depth + 1, Some(format!("{head} ")));
        }
        let aside = self.aside();
        self.lines.push(format!("{head}{aside}"));
        self.map(indent + self.unit, depth + 1, None);
        self.below(indent + self.unit);
    }

    fn nested_list(&mut self, head: &str, indent: usize, depth: usize, is_item: bool) {
        if is_item && self.dice.chance(50) {
            return self.list(indent + 2, depth + 1, Some(format!("{head} ")));
        }
        let aside = self.aside();
        self.lines.push(format!("{head}{aside}"));
        let flush = self.flush && !is_item;
        self.list(if flush { indent } else { indent + self.unit }, depth + 1, None);
        if !flush {
            self.below(indent + self.unit);
        }
    }

    fn below(&mut self, indent: usize) {
        if self.dice.chance(10) {
            let comment = self.comment();
            self.lines.push(format!("{}{comment}", " ".repeat(indent)));
        }
    }

    fn map(&mut self, indent: usize, depth: usize, mut first: Option<String>) {
        for _ in 0..1 + self.dice.below(3) {
            let key = self.key();
            let head = match first.take() {
                Some(head) => format!("{head}{key}:"),
                None => {
                    self.above(indent);
                    format!("{}{key}:", " ".repeat(indent))
                }
            };
            self.value(&head, indent, depth, false);
        }
    }

    fn list(&mut self, indent: usize, depth: usize, mut first: Option<String>) {
        for _ in 0..1 + self.dice.below(3) {
            let head = match first.take() {
                Some(head) => format!("{head}-"),
                None => {
                    self.above(indent);
                    format!("{}-", " ".repeat(indent))
                }
            };
            self.value(&head, indent, depth, true);
        }
    }
}
