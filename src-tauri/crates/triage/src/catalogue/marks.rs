//! What the words of a record say about the record itself, whichever signature matches it.

use std::ops::BitOr;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Marks(u16);

impl Marks {
    /// Speaks of an executor, though a driver may have written it.
    pub const EXECUTOR: Self = Self(1);
    /// The end of the job: what stands here is what it died of.
    pub const TERMINAL: Self = Self(2);
    /// A Spark context that stops.
    pub const SHUTDOWN: Self = Self(4);
    /// Repeats the end of another log.
    pub const QUOTE: Self = Self(8);
    /// Something went wrong, in general words.
    pub const SUSPECT: Self = Self(16);
    /// A stack trace.
    pub const TRACE: Self = Self(32);
    /// Will be tried again by itself.
    pub const RETRIED: Self = Self(64);
    /// A Python traceback: in a driver, what its script died of.
    pub const PYTHON: Self = Self(128);

    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl BitOr for Marks {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Case does not matter. Spark's words are those of its schedulers and of `ApplicationMaster`; Glue's of `ProcessLauncher`.
/// Of a script that it cannot read, Python gives the place and the error without a traceback.
pub(super) const TEXTS: &[(&str, Marks)] = &[
    ("lost task ", Marks::EXECUTOR),
    ("executorlostfailure", Marks::EXECUTOR),
    ("exception in task ", Marks::EXECUTOR),
    ("lost executor ", Marks::EXECUTOR),
    ("removing executor ", Marks::EXECUTOR),
    ("executor task launch worker", Marks::EXECUTOR),
    ("python worker exited", Marks::EXECUTOR),
    ("job aborted due to stage failure", Marks::TERMINAL),
    ("user class threw exception", Marks::TERMINAL),
    ("exception in thread \"main\"", Marks::TERMINAL),
    ("exception in user class", Marks::TERMINAL),
    ("aborting job", Marks::TERMINAL),
    ("final app status: failed", Marks::TERMINAL),
    ("py4jjavaerror", Marks::TERMINAL),
    ("failing the application", Marks::TERMINAL),
    ("shutdown hook called", Marks::SHUTDOWN),
    ("successfully stopped sparkcontext", Marks::SHUTDOWN),
    ("driver commanded a shutdown", Marks::SHUTDOWN),
    ("final app status: succeeded", Marks::SHUTDOWN),
    ("bytes of stderr", Marks::QUOTE),
    ("bytes of stdout", Marks::QUOTE),
    ("bytes of prelaunch", Marks::QUOTE),
    ("diagnostics:", Marks::QUOTE),
    ("last few exceptions", Marks::QUOTE),
    ("exception", Marks::SUSPECT),
    ("error", Marks::SUSPECT),
    ("fatal", Marks::SUSPECT),
    ("panic", Marks::SUSPECT),
    ("traceback (most recent call last)", Marks::TRACE),
    ("traceback (most recent", Marks::PYTHON),
    ("\n\tat ", Marks::TRACE),
    ("\n    at ", Marks::TRACE),
    ("caused by:", Marks::TRACE),
    ("\nindentationerror: ", Marks::TRACE),
    ("\nindentationerror: ", Marks::PYTHON),
    ("\ntaberror: ", Marks::TRACE),
    ("\ntaberror: ", Marks::PYTHON),
    ("\nsyntaxerror: ", Marks::TRACE),
    ("\nsyntaxerror: ", Marks::PYTHON),
    ("retrying", Marks::RETRIED),
    ("will retry", Marks::RETRIED),
];
