//! `dev`: the loop of someone who changes the program. The estate stays up; the rest is built again and restarted.
//!
//! Files are watched by asking for their times twice a second: a few hundred files, no crate, the same everywhere.

use crate::{args::Args, demo, estate::Estate, places, programs::Companion, ui};
use anyhow::Result;
use std::{
    fs,
    path::Path,
    process::{Command, ExitCode},
    thread::sleep,
    time::{Duration, SystemTime},
};

pub const USAGE: &str = "[-- ARGUMENTS OF THE PROGRAM]

Like demo; when a file below ui, src-tauri or assets changes, what depends on it is built and the program started again.
Ends when the program is closed.";

const WATCHED: &[&str] = &["ui", "src-tauri", "assets", "Cargo.toml", "Cargo.lock"];

pub fn run(args: Args) -> Result<ExitCode> {
    let passed_on = args.rest()?;
    demo::needs_display()?;
    let mut seen = newest();
    demo::build(false)?;
    let estate = Estate::start()?;
    loop {
        let mut program = Command::new(places::program(false));
        program.args(&passed_on);
        estate.apply(&mut program);
        let mut window = Companion::start(&mut program)?;
        while newest() == seen {
            if window.has_ended() {
                return Ok(ExitCode::SUCCESS);
            }
            sleep(Duration::from_millis(500));
        }
        // What does not compile leaves the old window open to look at, and waits for the next change.
        loop {
            seen = newest();
            match ui::build_draft().and_then(|_| demo::build_program(false)) {
                Ok(()) => break,
                Err(error) => eprintln!("error: {error:#}\nWaiting for the next change."),
            }
            while newest() == seen && !window.has_ended() {
                sleep(Duration::from_millis(500));
            }
            if window.has_ended() {
                return Ok(ExitCode::SUCCESS);
            }
        }
        window.end();
    }
}

/// The newest time of all watched files, and how many there are (a removal changes no time).
fn newest() -> (SystemTime, usize) {
    let mut found = (SystemTime::UNIX_EPOCH, 0);
    for path in WATCHED {
        look(&places::root().join(path), &mut found);
    }
    found
}

fn look(path: &Path, found: &mut (SystemTime, usize)) {
    let Ok(data) = path.metadata() else { return };
    if !data.is_dir() {
        found.0 = found.0.max(data.modified().unwrap_or(SystemTime::UNIX_EPOCH));
        found.1 += 1;
        return;
    }
    // `gen` is written by the build itself.
    if path.file_name().is_some_and(|name| name == "gen") {
        return;
    }
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        look(&entry.path(), found);
    }
}
