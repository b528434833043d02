//! How many tests passed and failed, read from what a runner prints.

use crate::programs;
use anyhow::{Result, bail};
use std::{
    fmt,
    io::Write as _,
    ops,
    process::Command,
    sync::{Mutex, PoisonError},
};

/// Where the lines of runners go.
#[derive(Debug)]
pub enum Out {
    Screen,
    /// Kept, to be shown when whatever runs beside it has ended.
    Kept(Mutex<String>),
}

impl Out {
    pub fn kept() -> Self {
        Self::Kept(Mutex::default())
    }

    pub fn line(&self, line: &str) -> Result<()> {
        match self {
            Self::Screen => {
                println!("{line}");
                std::io::stdout().flush()?;
            }
            Self::Kept(text) => {
                let mut text = text.lock().unwrap_or_else(PoisonError::into_inner);
                text.push_str(line);
                text.push('\n');
            }
        }
        Ok(())
    }

    /// Shows what was kept.
    pub fn show(self) {
        if let Self::Kept(text) = self {
            print!("{}", text.into_inner().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
}

impl Tally {
    /// Runs a runner to its end and adds up its closing lines. One that fails without counting a failure (it crashed,
    /// it did not compile) counts as one.
    pub fn of_runner(command: &mut Command, out: &Out) -> Result<Self> {
        let mut tally = Self::default();
        let status = programs::listen(command, |line| {
            if let Some(found) = Self::read(line) {
                tally += found;
            }
            out.line(line)
        })?;
        if !status.success() && tally.failed == 0 {
            eprintln!("`{}` ended with {status}", programs::line(command));
            tally.failed = 1;
        }
        Ok(tally)
    }

    /// A closing line of cargo's test runner (`test result: ok. 3 passed; 0 failed; ...`), or a plain one
    /// (`3 passed, 0 failed`).
    fn read(line: &str) -> Option<Self> {
        let counts = match line.strip_prefix("test result: ") {
            Some(rest) => rest.split_once(". ")?.1,
            None => line,
        };
        let mut tally = None;
        for part in counts.split([';', ',']) {
            let Some((number, what)) = part.trim().split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { return tally };
            let tally = tally.get_or_insert_with(Self::default);
            match what {
                "passed" => tally.passed += number,
                "failed" => tally.failed += number,
                _ => {}
            }
        }
        tally.filter(|_| counts.contains(" passed"))
    }

    /// A phase in which nothing ran proves nothing.
    pub fn must_have_run(self, what: &str) -> Result<()> {
        if self == Self::default() {
            bail!("no {what} ran");
        }
        Ok(())
    }
}

impl ops::Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

impl ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_closing_lines_and_nothing_else() {
        let read = |line| Tally::read(line).map(|tally| (tally.passed, tally.failed));
        let cargo =
            "test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(read(cargo), Some((12, 2)));
        assert_eq!(read("test result: ok. 0 passed; 0 failed; 0 ignored"), Some((0, 0)));
        assert_eq!(read("7 passed, 0 failed"), Some((7, 0)));
        assert_eq!(read("test a_test ... ok"), None);
        assert_eq!(read("running 3 tests"), None);
        assert_eq!(read("3 files, 4 folders"), None);
        assert_eq!(read(""), None);
    }

    #[test]
    fn a_runner_that_dies_uncounted_is_a_failure() {
        let mut dies = Command::new(std::env::current_exe().unwrap());
        dies.arg("--no-such-option").stderr(std::process::Stdio::null());
        assert_eq!(Tally::of_runner(&mut dies, &Out::kept()).unwrap(), Tally { passed: 0, failed: 1 });
    }
}
