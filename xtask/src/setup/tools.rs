//! The two tools that cargo has to build: kept in `target/tools`, so that nothing of the person's is touched.
//!
//! Built without optimisation: both mostly wait for others, and that halves the first run (tauri-driver 36 s and
//! cargo-deny 104 s on two cores, instead of minutes). `cargo nextest` is not used: it would take longer to build than
//! it saves here, and a machine that happens to have it should not test in another way.

use crate::{places, programs};
use anyhow::{Context as _, Result};
use std::{fs, path::PathBuf, process::Command};

#[derive(Debug)]
pub struct Tool {
    name: &'static str,
    version: &'static str,
    /// What `--version` must print for one on `PATH` to do; none if the tool does not tell.
    usable: Option<&'static str>,
    takes: &'static str,
}

const TAURI_DRIVER: Tool = Tool { name: "tauri-driver", version: "2.1.0", usable: None, takes: "a minute" };
pub const CARGO_DENY: Tool =
    Tool { name: "cargo-deny", version: "0.20.2", usable: Some("cargo-deny 0.20."), takes: "two minutes" };

/// Where the tool is, if it is there in a version that will do.
pub fn find(tool: &Tool) -> Option<PathBuf> {
    if let (Some(usable), Some(path)) = (tool.usable, programs::on_path(tool.name))
        && programs::output(Command::new(&path).arg("--version")).is_ok_and(|text| text.starts_with(usable))
    {
        return Some(path);
    }
    // Cargo keeps this list last, after the program is in place.
    let installed = fs::read_to_string(places::tools().join(".crates.toml")).unwrap_or_default();
    let path = places::tool(tool.name);
    (installed.contains(&format!("\"{} {} ", tool.name, tool.version)) && path.is_file()).then_some(path)
}

/// Both of them.
pub fn ensure() -> Result<()> {
    ensure_one(&TAURI_DRIVER)?;
    ensure_one(&CARGO_DENY)
}

fn ensure_one(tool: &Tool) -> Result<()> {
    if find(tool).is_some() {
        return Ok(());
    }
    println!("Building {} {} into {} (about {}).", tool.name, tool.version, places::tools().display(), tool.takes);
    let build = places::tools().join("build");
    let mut install = programs::cargo();
    install.args(["install", "--quiet", "--locked", "--debug", "--force", "--root"]).arg(places::tools());
    install.arg("--target-dir").arg(&build).arg(format!("{}@{}", tool.name, tool.version));
    // Its sources come with their own warnings and lock file; ours must not reach them.
    install.env_remove("RUSTFLAGS");
    // Nobody will look into it with a debugger, or build it twice.
    install.env("CARGO_PROFILE_DEV_DEBUG", "false").env("CARGO_INCREMENTAL", "0");
    programs::must(&mut install).with_context(|| {
        format!(
            "{} could not be installed; its sources come from crates.io, so connect to a network and run the same command again",
            tool.name
        )
    })?;
    // Half a gigabyte that nobody needs again.
    fs::remove_dir_all(build).context("the build folder of the tools could not be removed")
}
