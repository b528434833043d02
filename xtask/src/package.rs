//! `package`: the release program as deb and rpm, by Tauri's own bundler.
//!
//! The bundler is the one that npm ships built: compiling it would take longer than the program. An AppImage is left
//! out, because making one fetches more tools.

use crate::{
    args::Args,
    places, programs,
    setup::{self, Need},
    ui,
};
use anyhow::{Context as _, Result};
use std::process::{Command, ExitCode};

pub const USAGE: &str = "

Builds the release program and packs it: target/release/bundle/{deb,rpm}. Needs Node.js; takes a quarter of an hour.";

const BUNDLER: &str = "@tauri-apps/cli@2.12.5";

pub fn run(args: Args) -> Result<ExitCode> {
    args.end()?;
    setup::ensure(Need::Demo)?;
    ui::build(true)?;
    let home = places::tools().join("npm");
    let entry = home.join("node_modules").join("@tauri-apps").join("cli").join("tauri.js");
    if !entry.is_file() {
        println!("Fetching {BUNDLER} into {}.", home.display());
        std::fs::create_dir_all(&home)?;
        let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
        npm.args(["install", "--no-audit", "--no-fund", "--no-save", "--prefix"]).arg(&home).arg(BUNDLER);
        programs::must(&mut npm).context("the bundler comes from npm: this needs Node.js and a network")?;
    }
    let mut bundler = Command::new("node");
    bundler.arg(entry).args(["build", "--bundles", "deb,rpm", "--ci"]).current_dir(places::root().join("src-tauri"));
    programs::must(&mut bundler)?;
    println!("Packages: {}", places::cargo_target().join("release").join("bundle").display());
    Ok(ExitCode::SUCCESS)
}
