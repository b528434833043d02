//! Every chore of the workspace: `cargo xtask COMMAND`.
//!
//! One file holds one command; what several of them need (places, programs, the private desktop) has a file of its own.
//! A chore does its own set-up and does nothing twice, so that a person needs to remember one word. Compiling this crate
//! is the first thing that a new clone waits for: it has few dependencies, and arguments are read by hand.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "chores talk to the terminal")]

mod args;
mod bench;
mod check;
mod demo;
mod desktop;
mod dev;
mod e2e;
mod estate;
mod fuzz;
mod icons;
mod package;
mod places;
mod programs;
mod setup;
mod shots;
mod test;
mod ui;
mod wasm;

use anyhow::Result;
use args::Args;
use std::process::ExitCode;

/// One command: what the person types, what it is for, what else it takes.
struct Chore {
    name: &'static str,
    about: &'static str,
    usage: &'static str,
    run: fn(Args) -> Result<ExitCode>,
}

const CHORES: &[Chore] = &[
    Chore { name: "demo", about: "open the program on the practice estate", usage: demo::USAGE, run: demo::run },
    Chore { name: "dev", about: "like demo, and rebuilt whenever a file changes", usage: dev::USAGE, run: dev::run },
    Chore { name: "test", about: "everything that is tested, phase by phase", usage: test::USAGE, run: test::run },
    Chore { name: "check", about: "formatting, lints, licences, layering", usage: check::USAGE, run: check::run },
    Chore { name: "e2e", about: "only the tests in the real window", usage: e2e::USAGE, run: e2e::run },
    Chore { name: "bench", about: "times, memory and correctness, measured", usage: bench::USAGE, run: bench::run },
    Chore { name: "fuzz", about: "any bytes against everything that reads some", usage: fuzz::USAGE, run: fuzz::run },
    Chore { name: "shots", about: "a picture of every page, dark and light", usage: shots::USAGE, run: shots::run },
    Chore { name: "setup", about: "install what is missing, once", usage: setup::USAGE, run: setup::run },
    Chore { name: "ui", about: "bundle the window's side into target/ui", usage: ui::USAGE, run: ui::run },
    Chore { name: "icons", about: "render the icon for all platforms", usage: icons::USAGE, run: icons::run },
    Chore { name: "package", about: "build the deb and rpm packages", usage: package::USAGE, run: package::run },
];

fn main() -> ExitCode {
    let mut given = std::env::args().skip(1);
    let name = given.next().unwrap_or_default();
    if matches!(name.as_str(), "" | "help" | "-h" | "--help") {
        print_overview();
        return if name.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    }
    let Some(chore) = CHORES.iter().find(|chore| chore.name == name) else {
        eprintln!("There is no command `{name}`.\n");
        print_overview();
        return ExitCode::FAILURE;
    };
    let args = Args::new(given.collect());
    if args.asks_for_help() {
        println!("cargo xtask {} {}\n\nIn short: {}.", chore.name, chore.usage, chore.about);
        return ExitCode::SUCCESS;
    }
    match (chore.run)(args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn print_overview() {
    println!("cargo xtask COMMAND\n");
    for chore in CHORES {
        println!("  {:<9} {}", chore.name, chore.about);
    }
    println!("\n`cargo xtask COMMAND --help` tells what a command takes.");
}
