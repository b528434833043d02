//! Labels in the gaps between rows: as many lines of labels as it takes that none covers another.

/// Pixels of a letter at 11 pixels, and of a line of labels.
const LETTER: f32 = 5.8;
pub(super) const LINE: f32 = 16.0;
/// Between two labels.
const APART: f32 = 10.0;

#[derive(Debug, Clone, Copy)]
pub(super) struct Label {
    pub(super) link: usize,
    /// Below which row it stands.
    pub(super) gap: usize,
    /// Its middle.
    pub(super) x: f32,
    pub(super) width: f32,
    /// Its line in the gap, from 0 at the top.
    pub(super) line: usize,
}

/// The width that a label takes, estimated: the core has no fonts.
pub(super) fn width(text: &str) -> f32 {
    super::per::px(text.chars().count()) * LETTER
}

/// Gives each label its line; the result is ordered by gap. `same` tells whether two links say the same: where they also say it
/// at the same place, once is enough, and they share it.
pub(super) fn stack(labels: &mut [Label], same: impl Fn(usize, usize) -> bool) {
    labels.sort_by(|one, other| {
        let left = |label: &Label| label.x - label.width / 2.0;
        one.gap.cmp(&other.gap).then(left(one).total_cmp(&left(other))).then(one.link.cmp(&other.link))
    });
    let mut gap = usize::MAX;
    // Where the last label of each line ends.
    let mut ends: Vec<f32> = Vec::new();
    let mut last: Vec<Label> = Vec::new();
    for label in labels {
        if label.gap != gap {
            gap = label.gap;
            ends.clear();
            last.clear();
        }
        last.retain(|other| (other.x - label.x).abs() < 0.5);
        if let Some(other) = last.iter().find(|other| same(other.link, label.link)) {
            label.line = other.line;
            continue;
        }
        let (left, right) = (label.x - label.width / 2.0, label.x + label.width / 2.0);
        label.line = ends.iter().position(|end| end + APART <= left).unwrap_or(ends.len());
        match ends.get_mut(label.line) {
            Some(end) => *end = right,
            None => ends.push(right),
        }
        last.push(*label);
    }
}
