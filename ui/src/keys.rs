//! The key map, as data.
//!
//! [`KEYS`] feeds the dispatcher (one listener on the window), the help, the shortcuts shown in the palette, and tests.
//! Whoever can act registers with [`on`]; the newest handler of an action has it, until its owner is cleaned up. So a
//! dialog or a pane takes a key over from the page below for as long as it is there.
//!
//! A single key does nothing while the person types, while a modal dialog is open, or when the setting is off. A part
//! that handles a key itself (a menu, a tab list) calls `prevent_default`, and it never arrives here. What such keys are is
//! data too, in [`held`], for the help.

mod dispatch;
pub mod held;

pub use dispatch::{act, hold, holders, listen, on, otherwise, valid};

/// Something that a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    Palette,
    Help,
    Filter,
    Refresh,
    Back,
    Down,
    Up,
    First,
    Last,
    Open,
    Peek,
    Select,
    CopyMenu,
    RangeEarlier,
    RangeLater,
    Why,
    Again,
    FirstError,
    NextError,
    PreviousError,
    Follow,
    Wrap,
    Lead,
    Repeats,
    Unfold,
    Signature,
    Comment,
    GoNow,
    GoExecutions,
    GoJobs,
    GoObjects,
    GoModels,
    GoPipelines,
    GoDrift,
    GoActivity,
    GoSettings,
}

/// Where a key is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everywhere in the window.
    Window,
    /// Where a list is shown.
    List,
    /// Where the page says so.
    Page,
}

impl Scope {
    pub fn title(self) -> &'static str {
        match self {
            Self::Window => "Everywhere",
            Self::List => "In a list",
            Self::Page => "On this page",
        }
    }
}

/// One line of the key map. `keys` are what the person presses: `Ctrl K`, `g o` (one after the other), `j`.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    pub keys: &'static str,
    pub action: Action,
    pub what: &'static str,
    pub scope: Scope,
}

const fn key(keys: &'static str, action: Action, what: &'static str, scope: Scope) -> Key {
    Key { keys, action, what, scope }
}

/// Every key of the window.
pub const KEYS: &[Key] = &[
    key("Ctrl K", Action::Palette, "Search, go to, do", Scope::Window),
    key("?", Action::Help, "Show the keys that work here", Scope::Window),
    key("g n", Action::GoNow, "Go to Now", Scope::Window),
    key("g e", Action::GoExecutions, "Go to Executions", Scope::Window),
    key("g j", Action::GoJobs, "Go to Jobs", Scope::Window),
    key("g o", Action::GoObjects, "Go to Objects", Scope::Window),
    key("g m", Action::GoModels, "Go to Models", Scope::Window),
    key("g p", Action::GoPipelines, "Go to the pipelines of SageMaker", Scope::Window),
    key("g d", Action::GoDrift, "Go to Drift", Scope::Window),
    key("g a", Action::GoActivity, "Go to Activity", Scope::Window),
    key("g s", Action::GoSettings, "Go to Settings", Scope::Window),
    key("Esc", Action::Back, "Go back a step", Scope::Window),
    key("j", Action::Down, "Next row", Scope::List),
    key("ArrowDown", Action::Down, "Next row", Scope::List),
    key("k", Action::Up, "Previous row", Scope::List),
    key("ArrowUp", Action::Up, "Previous row", Scope::List),
    key("Home", Action::First, "First row", Scope::List),
    key("End", Action::Last, "Last row", Scope::List),
    key("Enter", Action::Open, "Open", Scope::List),
    key("Space", Action::Peek, "Look without leaving the list", Scope::List),
    key("x", Action::Select, "Select or unselect", Scope::List),
    key("y", Action::CopyMenu, "Copy: value, ARN, command, link", Scope::List),
    key("/", Action::Filter, "Filter the list", Scope::Page),
    key("r", Action::Refresh, "Refresh", Scope::Page),
    key("[", Action::RangeEarlier, "Earlier: move the range of time back", Scope::Page),
    key("]", Action::RangeLater, "Later: move it towards now", Scope::Page),
    key("w", Action::Why, "Why it failed: cause, changes, what can be done", Scope::Page),
    key("a", Action::Again, "Run again, changed or not", Scope::Page),
    key("c", Action::Comment, "Write the comment of a decision", Scope::Page),
    key("E", Action::FirstError, "First error of the log", Scope::Page),
    key("n", Action::NextError, "Next hit of the search, or next error", Scope::Page),
    key("N", Action::PreviousError, "Previous hit of the search, or previous error", Scope::Page),
    key("f", Action::Follow, "Follow the end of the log", Scope::Page),
    key("l", Action::Lead, "Go where the line leads: to another log at its moment, or to an object", Scope::Page),
    key("Z", Action::Repeats, "Fold what repeats in the log, or show all of it", Scope::Page),
    key("z", Action::Unfold, "Open or close the repeats under the cursor", Scope::Page),
    key("m", Action::Signature, "Make a signature of the line", Scope::Page),
    key("Alt Z", Action::Wrap, "Wrap long lines of the log", Scope::Page),
];

/// The first key of an action, as it is shown: `Ctrl K`.
pub fn shown(action: Action) -> Option<&'static str> {
    KEYS.iter().find(|key| key.action == action).map(|key| key.keys)
}

/// Keys as they are printed on the keyboard, one after the other; `ArrowDown` is an arrow.
pub fn caps(keys: &'static str) -> Vec<&'static str> {
    keys.split(' ')
        .map(|cap| match cap {
            "ArrowDown" => "↓",
            "ArrowUp" => "↑",
            "ArrowLeft" => "←",
            "ArrowRight" => "→",
            "PageDown" => "PgDn",
            "PageUp" => "PgUp",
            cap => cap,
        })
        .collect()
}

/// What was pressed, in the words of [`KEYS`]. `None` for a key that cannot be in the map.
fn pressed(key: &str, control: bool, alt: bool) -> Option<String> {
    let name = match key {
        " " => "Space",
        "Escape" => "Esc",
        key => key,
    };
    match (control, alt) {
        (true, true) => None,
        (true, false) => Some(format!("Ctrl {}", name.to_uppercase())),
        (false, true) => Some(format!("Alt {}", name.to_uppercase())),
        (false, false) => Some(name.to_owned()),
    }
}

/// What a press means, given the key before it.
#[derive(Debug, PartialEq, Eq)]
enum Meaning {
    Do(Vec<Action>),
    /// The first of two keys.
    Wait,
    Nothing,
}

fn meaning(before: Option<&str>, pressed: &str) -> Meaning {
    if let Some(before) = before {
        let both = format!("{before} {pressed}");
        let actions: Vec<_> = KEYS.iter().filter(|key| key.keys == both).map(|key| key.action).collect();
        if !actions.is_empty() {
            return Meaning::Do(actions);
        }
    }
    let actions: Vec<_> = KEYS.iter().filter(|key| key.keys == pressed).map(|key| key.action).collect();
    if !actions.is_empty() {
        return Meaning::Do(actions);
    }
    let starts = |key: &Key| {
        key.keys.split_once(' ').is_some_and(|(first, _)| first == pressed && !matches!(first, "Ctrl" | "Alt"))
    };
    if KEYS.iter().any(starts) { Meaning::Wait } else { Meaning::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things() {
        for (index, key) in KEYS.iter().enumerate() {
            assert!(KEYS.iter().skip(index + 1).all(|other| other.keys != key.keys), "{}", key.keys);
        }
    }

    #[test]
    fn a_second_key_needs_its_first() {
        assert_eq!(meaning(None, "g"), Meaning::Wait);
        assert_eq!(meaning(Some("g"), "o"), Meaning::Do(vec![Action::GoObjects]));
        assert_eq!(meaning(None, "o"), Meaning::Nothing);
        assert_eq!(meaning(Some("g"), "j"), Meaning::Do(vec![Action::GoJobs]));
        assert_eq!(meaning(Some("g"), "x"), Meaning::Do(vec![Action::Select]));
        assert_eq!(meaning(None, "Ctrl"), Meaning::Nothing);
        assert_eq!(meaning(None, "Alt"), Meaning::Nothing);
    }

    #[test]
    fn modifiers_are_part_of_a_press() {
        assert_eq!(pressed("k", true, false).as_deref(), Some("Ctrl K"));
        assert_eq!(pressed("k", false, false).as_deref(), Some("k"));
        assert_eq!(pressed("z", false, true).as_deref(), Some("Alt Z"));
        assert_eq!(pressed("k", true, true), None);
        assert_eq!(pressed("Escape", false, false).as_deref(), Some("Esc"));
    }

    #[test]
    fn every_action_of_the_map_is_shown_somewhere() {
        assert_eq!(shown(Action::Palette), Some("Ctrl K"));
        assert_eq!(caps("g o"), ["g", "o"]);
        assert_eq!(caps("ArrowDown"), ["↓"]);
    }
}
