//! `ui`: the window's side, from Rust and CSS to the files in `target/ui` that the program embeds.
//!
//! The WASM is cut where the window's source says so (`#[wasm_split]`): what the window starts with, and files that it
//! loads later, because WebKit compiles a file whole before it runs any of it.
//!
//! Splitter and wasm-bindgen run as libraries, so their versions are the lock file's and no tool has to be installed. A
//! file whose content did not change is not written: the program embeds these files, and cargo would build it again.

use crate::{args::Args, places, programs, wasm};
use anyhow::{Context as _, Result};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::UNIX_EPOCH,
};

pub const USAGE: &str = "[--release]

Builds the crate `ui` for WASM, makes its JavaScript, joins the style sheets and puts them with fonts and icons into
target/ui. With --release small instead of quickly built.";

/// The order of the cascade. Said once here, so that the order of the files does not matter.
const LAYERS: &str = "@layer reset, tokens, base, parts, pages;\n";

/// Path inside the bundle, and content.
type Bundle = BTreeMap<String, Vec<u8>>;

pub fn run(mut args: Args) -> Result<ExitCode> {
    let release = args.flag("--release");
    args.end()?;
    let changed = build(release)?;
    println!("{}: {changed} files written.", places::bundle().display());
    Ok(ExitCode::SUCCESS)
}

/// Brings `target/ui` up to date, with clippy's driver as the compiler, and returns how many files changed.
pub fn build(release: bool) -> Result<usize> {
    build_by(programs::linting_cargo(), release)
}

/// The same without clippy: what is half written may have warnings.
pub fn build_draft() -> Result<usize> {
    build_by(programs::cargo(), false)
}

fn build_by(mut cargo: Command, release: bool) -> Result<usize> {
    // Not `dev`: WebKit needs a second to load a page of unoptimised WASM.
    let profile = if release { "wasm-release" } else { "wasm-dev" };
    cargo.args(["rustc", "--package", "ui", "--target", "wasm32-unknown-unknown", "--profile", profile]);
    // The splitter follows the linker's relocations from function to function.
    cargo.args(["--", "-C", "link-arg=--emit-relocs"]);
    programs::must(&mut cargo)?;
    let wasm = places::cargo_target().join("wasm32-unknown-unknown").join(profile).join("ui.wasm");

    let sources = places::root().join("ui");
    let assets = places::root().join("assets");
    let mut bundle = Bundle::new();
    collect(&bind(&wasm)?, "", &mut bundle, &|path| !path.ends_with(STAMP))?;
    for name in ["index.html", "boot.js"] {
        let path = sources.join(name);
        bundle.insert(name.to_owned(), fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?);
    }
    bundle.insert("style.css".to_owned(), style_sheet(&sources.join("styles"), &assets.join("fonts"))?.into_bytes());
    collect(&assets.join("fonts"), "fonts/", &mut bundle, &|path| is_a("woff2", path))?;
    collect(&assets.join("icons"), "icons/", &mut bundle, &|path| is_a("svg", path))?;
    place(&bundle, &places::bundle())
}

const STAMP: &str = "made-from.txt";

/// The WASM in its parts, with the JavaScript that belongs to it. Kept between runs, because making it anew costs more
/// than a second.
fn bind(wasm: &Path) -> Result<PathBuf> {
    let made = places::out().join("ui-bound");
    // From the linker's file, and by this very program: another splitter makes other parts.
    let made_from = format!("{}\n{}\n", stamp_of(wasm)?, stamp_of(&std::env::current_exe()?)?);
    if fs::read_to_string(made.join(STAMP)).is_ok_and(|stamp| stamp == made_from) {
        return Ok(made);
    }
    if made.exists() {
        fs::remove_dir_all(&made)?;
    }
    wasm::split_and_bind(wasm, &made)?;
    fs::write(made.join(STAMP), made_from)?;
    Ok(made)
}

fn stamp_of(file: &Path) -> Result<String> {
    let data = file.metadata().with_context(|| format!("{} is not there", file.display()))?;
    let age = data.modified()?.duration_since(UNIX_EPOCH)?.as_nanos();
    Ok(format!("{} {} {age}", file.display(), data.len()))
}

/// All style sheets in one file: one request before the first paint instead of a dozen.
fn style_sheet(styles: &Path, fonts: &Path) -> Result<String> {
    let mut sheets = Bundle::new();
    collect(fonts, "fonts/", &mut sheets, &|path| is_a("css", path))?;
    collect(styles, "", &mut sheets, &|path| is_a("css", path))?;
    let rank = |path: &str| {
        let first = ["fonts/", "reset", "tokens", "base", "parts", "pages"];
        first.iter().position(|start| path.starts_with(start)).unwrap_or(first.len())
    };
    let mut paths: Vec<&String> = sheets.keys().collect();
    paths.sort_by_key(|path| (rank(path), *path));
    let mut sheet = LAYERS.to_owned();
    for path in paths {
        let text = sheets.get(path).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
        sheet.extend(["\n/* ", path, " */\n", &text]);
    }
    Ok(sheet)
}

fn is_a(ending: &str, path: &str) -> bool {
    Path::new(path).extension().is_some_and(|given| given == ending)
}

/// Reads what is below a folder, as far as `wanted` by its path in the bundle.
fn collect(folder: &Path, prefix: &str, bundle: &mut Bundle, wanted: &dyn Fn(&str) -> bool) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{path}/"), bundle, wanted)?;
        } else if wanted(&path) {
            bundle.insert(path, fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// Makes the folder hold exactly the bundle, and returns how many files that changed.
fn place(bundle: &Bundle, folder: &Path) -> Result<usize> {
    let mut there = Bundle::new();
    collect(folder, "", &mut there, &|_| true)?;
    let mut changed = 0;
    for path in there.keys().filter(|path| !bundle.contains_key(*path)) {
        fs::remove_file(folder.join(path))?;
        changed += 1;
    }
    for (path, content) in bundle {
        if there.get(path) == Some(content) {
            continue;
        }
        let file = folder.join(path);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(file, content)?;
        changed += 1;
    }
    // Cargo watches the files that were embedded last time, so a new or lost one must show as a change of one of those.
    if !there.keys().eq(bundle.keys())
        && let Some(index) = bundle.get("index.html")
    {
        fs::write(folder.join("index.html"), index)?;
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_placing_writes_nothing_and_a_lost_file_goes() {
        let folder = std::env::temp_dir().join(format!("xtask-place-{}", std::process::id()));
        let mut bundle = Bundle::from([("a.css".into(), b"a".to_vec()), ("fonts/b".into(), b"b".to_vec())]);
        assert_eq!(place(&bundle, &folder).unwrap(), 2);
        assert_eq!(place(&bundle, &folder).unwrap(), 0);
        bundle.remove("a.css");
        assert_eq!(place(&bundle, &folder).unwrap(), 1);
        assert!(!folder.join("a.css").exists());
        fs::remove_dir_all(folder).unwrap();
    }
}
