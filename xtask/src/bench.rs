//! `bench`: measures what DESIGN.md promises. The measurements themselves are in `tests/benches`.

use crate::{
    args::Args,
    desktop::Desktop,
    programs,
    setup::{self, Need},
    ui,
};
use anyhow::{Context as _, Result, bail};
use std::process::ExitCode;

pub const USAGE: &str = "NAME [-- ARGUMENTS]

startup   from starting the debug program to a usable window, several times; `-- 10` says how often.
history   a history of 25,000 events to graph, table and reason, beside a script; the layout of 200 states.
logs      a gzip log of 1 GB searched first and again, beside zgrep and rg -z; fifty logs merged; `-- 300` for fewer megabytes.
What was measured is printed and kept in target/bench/NAME.json.";

pub fn run(mut args: Args) -> Result<ExitCode> {
    let Some(name) = args.word() else { bail!("which one? There are: startup, history, logs") };
    let passed_on = args.rest()?;
    setup::ensure(Need::Tests)?;
    ui::build(false)?;
    // In the development profile: the promise is about a debug build, and the dependencies are built already.
    let mut cargo = programs::cargo();
    cargo.args(["bench", "--profile", "dev"]).args(programs::MEMBERS).args(["--bench", &name, "--no-run"]);
    cargo.arg("--message-format=json-render-diagnostics");
    let mut program = None;
    let status = programs::listen(&mut cargo, |line| {
        program = executable(line, &name).or(program.take());
        Ok(())
    })?;
    if !status.success() {
        bail!("the bench `{name}` does not build ({status})");
    }
    crate::demo::build_program(false)?;
    let desktop = Desktop::new()?;
    programs::must(desktop.command(program.context("cargo named no program")?).args(passed_on))?;
    Ok(ExitCode::SUCCESS)
}

/// The program of the bench, from one of cargo's messages.
fn executable(line: &str, name: &str) -> Option<String> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    let is_it = message.get("target")?.get("name")?.as_str()? == name;
    is_it.then(|| message.get("executable")?.as_str().map(str::to_owned)).flatten()
}
