//! How bad a line says it is.

/// In rising order; what frameworks call otherwise is mapped (`WARNING`, `CRITICAL`, `SEVERE`, `NOTICE`...).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Level {
    Trace = 1,
    Debug,
    Info,
    Warn,
    Error,
    Fatal,
}

impl Level {
    pub const ALL: [Self; 6] = [Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error, Self::Fatal];

    /// A word of any case: log4j, SLF4J, Python, `java.util.logging`, syslog, Go.
    pub fn of_word(word: &[u8]) -> Option<Self> {
        // Longer than any of them, or none at all: the usual case, and cheap.
        if !(3..=11).contains(&word.len()) {
            return None;
        }
        let is = |name: &[u8]| word.eq_ignore_ascii_case(name);
        match word.first()?.to_ascii_uppercase() {
            b'I' => (is(b"INFO") || is(b"INFORMATION")).then_some(Self::Info),
            b'W' => (is(b"WARN") || is(b"WARNING")).then_some(Self::Warn),
            b'E' => match word.len() {
                3 if is(b"ERR") => Some(Self::Error),
                5 if is(b"ERROR") => Some(Self::Error),
                5 if is(b"EMERG") => Some(Self::Fatal),
                9 if is(b"EMERGENCY") => Some(Self::Fatal),
                _ => None,
            },
            b'D' => is(b"DEBUG").then_some(Self::Debug),
            b'F' => {
                if is(b"FATAL") {
                    Some(Self::Fatal)
                } else {
                    (is(b"FINE") || is(b"FINER") || is(b"FINEST")).then_some(Self::Trace)
                }
            }
            b'T' => is(b"TRACE").then_some(Self::Trace),
            b'C' => {
                if is(b"CRITICAL") || is(b"CRIT") {
                    Some(Self::Fatal)
                } else {
                    is(b"CONFIG").then_some(Self::Debug)
                }
            }
            b'S' => is(b"SEVERE").then_some(Self::Error),
            b'N' => is(b"NOTICE").then_some(Self::Info),
            b'A' => is(b"ALERT").then_some(Self::Fatal),
            b'P' => is(b"PANIC").then_some(Self::Fatal),
            _ => None,
        }
    }

    /// The numbers of Python (10 to 50), and of pino and bunyan (the same, and 60).
    pub fn of_number(number: u64) -> Option<Self> {
        match number {
            1..=9 => Some(Self::Trace),
            10..=19 => Some(Self::Debug),
            20..=29 => Some(Self::Info),
            30..=39 => Some(Self::Warn),
            40..=49 => Some(Self::Error),
            50..=60 => Some(Self::Fatal),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
        }
    }
}

/// A set of levels, with a place for lines that tell none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Levels(u8);

impl Levels {
    pub const NONE: Self = Self(0);
    pub const EVERY: Self = Self(0x7f);

    #[must_use]
    pub fn with(self, level: Option<Level>) -> Self {
        Self(self.0 | 1 << slot(level))
    }

    /// This level and all above it.
    pub fn from(level: Level) -> Self {
        Level::ALL.iter().filter(|one| **one >= level).fold(Self::NONE, |set, one| set.with(Some(*one)))
    }

    pub fn has(self, level: Option<Level>) -> bool {
        self.0 & 1 << slot(level) != 0
    }

    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// 0 for none, else the level's number.
pub(crate) fn slot(level: Option<Level>) -> u8 {
    level.map_or(0, |level| level as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_all_frameworks() {
        for (word, level) in [
            ("TRACE", Level::Trace),
            ("FINEST", Level::Trace),
            ("debug", Level::Debug),
            ("CONFIG", Level::Debug),
            ("Info", Level::Info),
            ("INFORMATION", Level::Info),
            ("NOTICE", Level::Info),
            ("WARN", Level::Warn),
            ("WARNING", Level::Warn),
            ("ERROR", Level::Error),
            ("err", Level::Error),
            ("SEVERE", Level::Error),
            ("CRITICAL", Level::Fatal),
            ("FATAL", Level::Fatal),
            ("panic", Level::Fatal),
        ] {
            assert_eq!(Level::of_word(word.as_bytes()), Some(level), "{word}");
        }
        for word in ["", "IN", "INFOS", "Errors", "WARNINGS", "FAT", "Executor", "information_schema"] {
            assert_eq!(Level::of_word(word.as_bytes()), None, "{word}");
        }
    }

    #[test]
    fn sets() {
        let set = Levels::from(Level::Warn);
        assert!(set.has(Some(Level::Fatal)) && !set.has(Some(Level::Info)) && !set.has(None));
        assert!(Levels::EVERY.has(None) && Levels::EVERY.meets(set) && !Levels::NONE.meets(set));
    }
}
