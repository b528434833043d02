//! `setup`: what a new machine lacks, and nothing twice.
//!
//! Each part looks first (milliseconds) and acts only on what is missing; what could be left half done by an
//! interruption carries a stamp that is written last. Every failure ends in a message that says what to do.

mod python;
mod rust;
mod system;
mod tools;

use crate::args::Args;
use anyhow::Result;
use std::process::ExitCode;

pub const USAGE: &str = "[--demo]

Installs, where missing: system packages, the WASM target, the Python environment of the practice estate, and the tools
of the tests (tauri-driver, cargo-deny). With --demo only what `demo` needs. System packages are named first.";

/// What the set-up is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Building the program and running it on the practice estate.
    Demo,
    /// That, and all tests.
    Tests,
}

pub fn run(mut args: Args) -> Result<ExitCode> {
    let need = if args.flag("--demo") { Need::Demo } else { Need::Tests };
    args.end()?;
    ensure(need)?;
    println!("Set up.");
    Ok(ExitCode::SUCCESS)
}

/// Makes sure that everything is there. Prints only what it does.
pub fn ensure(need: Need) -> Result<()> {
    ensure_machine(need)?;
    if need == Need::Tests { ensure_tools() } else { python::ensure() }
}

/// What building takes.
pub fn ensure_machine(need: Need) -> Result<()> {
    system::ensure(need)?;
    rust::ensure_target()
}

/// What only testing takes, and minutes to make: `test` has it made beside something else.
pub fn ensure_tools() -> Result<()> {
    python::ensure()?;
    tools::ensure()
}

pub use python::ensure_bench;
pub use tools::{CARGO_DENY, find as find_tool};
