//! Which lines begin a record. The rules, in this order:
//!
//! 1. A line with a [`Head`](crate::Head) begins one.
//! 2. `Exception in thread` and a traceback begin one of level ERROR, for nobody logged them; but a traceback that
//!    follows a record of level ERROR or worse is that record's (`logging.exception`), and one that is chained to a
//!    traceback is part of it.
//! 3. Indented lines, `at`, `Caused by`, `... 23 more`, `Suppressed`, plans and tables continue what is before them; so
//!    does everything until brackets that were opened are closed, and a traceback goes to its last line.
//! 4. Any other line continues a record that told its time: messages have many lines, and in such files what
//!    belongs to nobody is rare. Otherwise it is a record of its own, as in the output of a script that only prints.
//!
//! The state is small and `Copy`: it is kept at the start of every block, so that reading can begin there.

use super::look::{Look, look};
use crate::{Level, Reader, time::Time};

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It begins a record, of which this is told.
    Begins { time: Option<Time>, level: Option<Level> },
    /// It belongs to the record before it.
    Continues,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Mode {
    /// No line yet.
    #[default]
    Start,
    Message,
    /// In a traceback, before its last line.
    Traceback,
    /// Behind it: another may be chained to it.
    Raised,
    /// Brackets are open.
    Open(u32),
}

/// Groups lines, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Grouper {
    mode: Mode,
    /// Of the record that is open.
    level: Option<Level>,
    timed: bool,
    /// The last time that was told.
    clock: Option<Time>,
}

/// Brackets that are not closed after so many levels are no JSON.
const DEEP: u32 = 1_000;

impl Grouper {
    /// Level of the record that is open.
    pub fn level(&self) -> Option<Level> {
        self.level
    }

    /// The last time that was told.
    pub fn clock(&self) -> Option<Time> {
        self.clock
    }

    /// Takes the next line, without its newline.
    pub fn step(&mut self, line: &[u8], reader: &mut Reader) -> Step {
        let inside = matches!(self.mode, Mode::Open(_));
        // Inside brackets an object on a line is a part, not a record.
        if !(inside && matches!(line, [b'{', ..]))
            && let Some(head) = reader.head(line)
        {
            return self.begin(Mode::Message, head.time, head.level);
        }
        if let Mode::Open(depth) = self.mode {
            let depth = crate::head::json_depth(line, depth);
            self.mode = if depth == 0 || depth > DEEP { Mode::Message } else { Mode::Open(depth) };
            return Step::Continues;
        }
        if self.mode == Mode::Start {
            let mode = match look(line) {
                Look::Traceback => Mode::Traceback,
                Look::Opens => Mode::Open(crate::head::json_depth(line, 0)),
                _ => Mode::Message,
            };
            let level = matches!(mode, Mode::Traceback).then_some(Level::Error);
            return self.begin(mode, None, level);
        }
        match look(line) {
            Look::Blank | Look::Continued => Step::Continues,
            Look::Chain => {
                self.mode = if self.mode == Mode::Raised { Mode::Traceback } else { self.mode };
                Step::Continues
            }
            Look::Traceback => {
                let chained = self.mode == Mode::Traceback;
                let logged = self.mode == Mode::Message && self.level >= Some(Level::Error);
                self.mode = Mode::Traceback;
                if chained || logged { Step::Continues } else { self.begin(Mode::Traceback, None, Some(Level::Error)) }
            }
            Look::Thread => self.begin(Mode::Message, None, Some(Level::Error)),
            Look::Opens | Look::Bare if self.mode == Mode::Traceback => {
                self.mode = Mode::Raised;
                Step::Continues
            }
            Look::Opens | Look::Bare if self.timed => Step::Continues,
            Look::Opens => self.begin(Mode::Open(crate::head::json_depth(line, 0)), None, None),
            Look::Bare => self.begin(Mode::Message, None, None),
        }
    }

    fn begin(&mut self, mode: Mode, time: Option<Time>, level: Option<Level>) -> Step {
        self.mode = mode;
        self.level = level;
        self.timed = time.is_some();
        self.clock = time.or(self.clock);
        Step::Begins { time, level }
    }
}
