//! `shots`: a picture of every page and state, dark and light, from the real window on the practice estate.

use crate::{
    args::Args,
    desktop::Desktop,
    programs,
    setup::{self, Need},
    ui,
};
use anyhow::Result;
use std::{path::PathBuf, process::ExitCode};

pub const USAGE: &str = "[FILTER]

Writes target/shots/NAME-dark.png and NAME-light.png, 1440 x 900. FILTER chooses pictures by a part of their name. The
list of pictures is in tests/src/bin/shots/main.rs.";

pub fn run(mut args: Args) -> Result<ExitCode> {
    let filter = args.word();
    args.end()?;
    setup::ensure(Need::Tests)?;
    ui::build(false)?;
    let mut cargo = programs::cargo();
    cargo.arg("build").args(programs::MEMBERS).args(["--bin", "quarterdeck", "--bin", "shots"]);
    programs::must(&mut cargo)?;
    let program: PathBuf = crate::places::program(false).with_file_name("shots");
    let desktop = Desktop::new()?;
    programs::must(desktop.command(program).args(filter))?;
    Ok(ExitCode::SUCCESS)
}
