//! `check`: what can be said about the sources without running the program.

use crate::{
    args::Args,
    places, programs,
    setup::{self, Need},
    ui,
};
use anyhow::{Context as _, Result, bail};
use std::process::{Command, ExitCode};

pub const USAGE: &str = "

Formatting, clippy (for the window when its bundle is made), licences, bans and sources of all dependencies, and the
tests that hold the house together: who may know whom, commands and capabilities, contrast of the colours.";

pub fn run(args: Args) -> Result<ExitCode> {
    args.end()?;
    setup::ensure(Need::Tests)?;
    sources()?;
    let mut house = programs::cargo();
    programs::must(house.arg("test").args(programs::MEMBERS).args(["--test", "house"]))?;
    Ok(ExitCode::SUCCESS)
}

/// All of it but the tests. Goes on after a failure, so that one run tells everything.
pub fn sources() -> Result<()> {
    // The shell does not compile without a bundle to embed, and making it is clippy of the window.
    ui::build(false)?;
    let deny =
        setup::find_tool(&setup::CARGO_DENY).context("cargo-deny is missing; `cargo xtask setup` installs it")?;
    let mut deny = Command::new(deny);
    deny.current_dir(places::root()).args([
        "--locked",
        "check",
        "--hide-inclusion-graph",
        "bans",
        "licenses",
        "sources",
    ]);
    let steps = [
        ("formatting", cargo(&["fmt", "--all", "--check"])),
        ("clippy", linted_build()),
        ("clippy of this program", linted_xtask()),
        ("licences, bans and sources", deny),
    ];
    let mut failed = Vec::new();
    for (what, mut command) in steps {
        println!("-- {what}");
        if let Err(error) = programs::must(&mut command) {
            eprintln!("{error:#}");
            failed.push(what);
        }
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

/// Clippy's driver is the compiler with more lints: building with it checks and builds in one go, and what it built is
/// what the tests run. (`cargo clippy` would check every dependency once more, for minutes.) All targets but the window's
/// program, which was checked as WASM and nobody runs here; of it only the tests are built.
fn linted_build() -> Command {
    let mut command = programs::linting_cargo();
    command.arg("build").args(programs::MEMBERS);
    command.args(["--lib", "--tests", "--benches", "--examples", "--bin", "quarterdeck", "--bin", "shots"]);
    command
}

fn linted_xtask() -> Command {
    let mut command = programs::linting_cargo();
    command.args(["build", "--package", "xtask", "--all-targets"]);
    command
}

fn cargo(args: &[&str]) -> Command {
    let mut command = programs::cargo();
    command.args(args);
    command
}
