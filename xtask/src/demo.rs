//! `demo`: the program on the practice estate, from nothing.

use crate::{
    args::Args,
    estate::Estate,
    places, programs,
    setup::{self, Need},
    ui,
};
use anyhow::{Context as _, Result, bail};
use std::{
    env,
    process::{Command, ExitCode},
};

pub const USAGE: &str = "[--release] [-- ARGUMENTS OF THE PROGRAM]

Sets up what is missing, builds the program, starts the practice estate and opens the program on it. Nothing leaves this
computer, and ~/.aws is neither read nor written.";

pub fn run(mut args: Args) -> Result<ExitCode> {
    let release = args.flag("--release");
    let passed_on = args.rest()?;
    needs_display()?;
    build(release)?;
    let estate = Estate::start()?;
    let mut program = Command::new(places::program(release));
    program.args(passed_on);
    estate.apply(&mut program);
    println!("Opening Quarterdeck. The estate ends with it.");
    let status = program.status().context("the program could not be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Said before minutes of building rather than after.
pub fn needs_display() -> Result<()> {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") {
        bail!(
            "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open.\n\
             On a desktop, run this in one of its terminals; without one: xvfb-run --auto-servernum cargo xtask demo"
        );
    }
    Ok(())
}

/// Set-up, bundle and program.
pub fn build(release: bool) -> Result<()> {
    setup::ensure(Need::Demo)?;
    ui::build(release)?;
    build_program(release)
}

/// The program alone. All members are named, so that `demo` and `test` share one build of what they depend on.
pub fn build_program(release: bool) -> Result<()> {
    let mut cargo = programs::cargo();
    if release {
        cargo.args(["build", "--package", "quarterdeck", "--release"]);
    } else {
        cargo.arg("build").args(programs::MEMBERS).args(["--bin", "quarterdeck"]);
    }
    programs::must(&mut cargo)
}
