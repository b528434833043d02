//! The WASM target of the pinned compiler. `rust-toolchain.toml` asks rustup for it, but a compiler that was installed
//! before that line, or by a distribution, may lack it.

use crate::programs::{must, on_path, output};
use anyhow::{Result, bail};
use std::{path::Path, process::Command};

const TARGET: &str = "wasm32-unknown-unknown";

pub fn ensure_target() -> Result<()> {
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.current_dir(crate::places::root());
    let sysroot = output(rustc.args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib").join("rustlib").join(TARGET).join("lib").is_dir() {
        return Ok(());
    }
    if on_path("rustup").is_none() {
        bail!(
            "this compiler lacks the target {TARGET}, and there is no rustup to add it; install Rust from https://rustup.rs"
        );
    }
    println!("Adding the target {TARGET}.");
    let mut rustup = Command::new("rustup");
    must(rustup.current_dir(crate::places::root()).args(["target", "add", TARGET])).map_err(|error| {
        error.context(format!(
            "the target {TARGET} could not be added; with a network, `rustup target add {TARGET}` does it"
        ))
    })
}
