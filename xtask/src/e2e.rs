//! `e2e`: the tests in the real window alone, for the one who is writing them.

use crate::{
    args::Args,
    setup::{self, Need},
    test::{Built, Out, in_window},
    ui,
};
use anyhow::Result;
use std::process::ExitCode;

pub const USAGE: &str = "[FILTER] [-- ARGUMENTS OF THE TEST PROGRAM]

Builds what changed and runs the tests of tests/tests/window in the real window, on a display of its own. FILTER chooses
tests by a part of their name. Pictures of failures are in target/shots/failed.";

pub fn run(mut args: Args) -> Result<ExitCode> {
    let filter = args.word();
    let mut more = args.rest()?;
    more.extend(filter);
    setup::ensure(Need::Tests)?;
    ui::build(false)?;
    let tally = in_window(&Built::only("window")?, &more, &Out::Screen)?;
    println!("\n{tally}");
    Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
