//! Keys that a part handles itself while it has the focus. They never arrive at the dispatcher; the help lists them for as
//! long as the part is shown. The part says so with [`super::hold`].

/// The keys of one kind of part.
#[derive(Debug, PartialEq, Eq)]
pub struct Held {
    /// Where they work: `In a graph`.
    pub place: &'static str,
    /// What the person presses, written as in [`super::KEYS`], and what it does.
    pub keys: &'static [(&'static str, &'static str)],
}

pub const GRID: Held = Held {
    place: "In a grid",
    keys: &[
        ("PageDown", "A screen further"),
        ("PageUp", "A screen back"),
        ("Ctrl ArrowRight", "To the edge of the next column, for its width"),
        ("Ctrl ArrowLeft", "To the edge of the column before"),
    ],
};

pub const GRID_EDGE: Held = Held {
    place: "On the edge of a column",
    keys: &[
        ("ArrowLeft", "A narrower column"),
        ("ArrowRight", "A wider column"),
        ("Home", "The narrowest column"),
        ("End", "The widest column"),
        ("Enter", "The width that it had at first"),
        ("Esc", "Back to the rows"),
    ],
};

pub const GRID_SELECTION: Held = Held {
    place: "Selecting in a grid",
    keys: &[
        ("Shift ArrowDown", "Select on to the next row"),
        ("Shift ArrowUp", "Select on to the previous row"),
        ("Ctrl A", "Select all rows, 10,000 at most"),
    ],
};

pub const FILTER: Held = Held {
    place: "In a filter line",
    keys: &[
        ("ArrowDown", "Next offer"),
        ("ArrowUp", "Previous offer"),
        ("Tab", "Take the offer"),
        ("Enter", "Leave the line, the filter stays"),
        ("Esc", "Close the offers, then leave the line"),
    ],
};

pub const LOG: Held = Held {
    place: "In the log lines",
    keys: &[
        ("Shift ArrowDown", "Select on to the next line"),
        ("Shift ArrowUp", "Select on to the previous line"),
        ("PageDown", "A screen further"),
        ("PageUp", "A screen back"),
        ("ArrowRight", "Open the repeats under the cursor"),
        ("ArrowLeft", "Close them"),
    ],
};

pub const GRAPH: Held = Held {
    place: "In a graph",
    keys: &[
        ("ArrowDown", "Follow an edge on, or into a group"),
        ("ArrowUp", "Follow an edge back, or out of a group"),
        ("ArrowLeft", "What stands beside, to the left"),
        ("ArrowRight", "What stands beside, to the right"),
        ("Home", "Where it starts"),
        ("End", "What failed, else what runs, else the last"),
        ("Enter", "Open"),
        ("+", "Zoom in"),
        ("-", "Zoom out"),
        ("0", "Show all of it"),
    ],
};

pub const GANTT: Held = Held {
    place: "In states over time",
    keys: &[
        ("ArrowDown", "Next state"),
        ("ArrowUp", "Previous state"),
        ("PageDown", "A screen further"),
        ("PageUp", "A screen back"),
        ("Home", "First state"),
        ("End", "Last state"),
        ("Enter", "Open the state"),
    ],
};

pub const CHART: Held = Held {
    place: "In a chart",
    keys: &[
        ("ArrowRight", "Next point; where points lie over each other, the next series"),
        ("ArrowLeft", "Previous point, or series"),
        ("ArrowDown", "Next series; where points lie over each other, the next point"),
        ("ArrowUp", "Previous series, or point"),
        ("Home", "First point of the series"),
        ("End", "Last point of the series"),
        ("Esc", "Let the point go"),
    ],
};

pub const JSON: Held = Held {
    place: "In a JSON tree",
    keys: &[
        ("ArrowDown", "Next line"),
        ("ArrowUp", "Previous line"),
        ("ArrowRight", "Open, or go in"),
        ("ArrowLeft", "Close, or go out"),
        ("PageDown", "A screen further"),
        ("PageUp", "A screen back"),
        ("Home", "First line"),
        ("End", "Last line"),
        ("Enter", "Open or close"),
        ("Ctrl F", "Search it"),
        ("Ctrl C", "Copy the value"),
        ("y", "Copy: value or JSON path"),
    ],
};

pub const STRIP: Held = Held {
    place: "In a strip of runs or versions",
    keys: &[
        ("ArrowRight", "Next, later one"),
        ("ArrowLeft", "Previous, earlier one"),
        ("Home", "Oldest"),
        ("End", "Newest"),
    ],
};

pub const STAGES: Held = Held {
    place: "In the stages",
    keys: &[("ArrowDown", "Next stage"), ("ArrowUp", "Previous stage"), ("Home", "First stage"), ("End", "Last stage")],
};

pub const CHOICE: Held =
    Held { place: "On tabs and switches", keys: &[("ArrowRight", "Next choice"), ("ArrowLeft", "Previous choice")] };

pub const SPLIT: Held = Held {
    place: "On the bar between list and detail",
    keys: &[
        ("ArrowLeft", "A narrower list"),
        ("ArrowRight", "A wider list"),
        ("Home", "The narrowest list"),
        ("End", "The widest list"),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_says_each_key_once_and_what_it_does() {
        let all = [
            &GRID,
            &GRID_EDGE,
            &GRID_SELECTION,
            &FILTER,
            &LOG,
            &GRAPH,
            &GANTT,
            &CHART,
            &JSON,
            &STRIP,
            &STAGES,
            &CHOICE,
            &SPLIT,
        ];
        for (at, held) in all.iter().enumerate() {
            assert!(all.iter().skip(at + 1).all(|other| other.place != held.place), "{}", held.place);
            for (at, (key, what)) in held.keys.iter().enumerate() {
                assert!(held.keys.iter().skip(at + 1).all(|(other, _)| other != key), "{}: {key}", held.place);
                assert!(!what.is_empty() && !key.is_empty(), "{}: {key}", held.place);
            }
        }
    }
}
