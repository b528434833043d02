//! Where the workspace, its build and its tools are.

use std::{env, path::PathBuf};

pub fn root() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    own.parent().map(PathBuf::from).unwrap_or(own)
}

pub fn out() -> PathBuf {
    root().join("target")
}

/// The program under test; `cargo xtask` says which.
pub fn program() -> PathBuf {
    env::var_os("QUARTERDECK_PROGRAM").map_or_else(|| out().join("debug").join("quarterdeck"), PathBuf::from)
}

pub fn tauri_driver() -> PathBuf {
    env::var_os("TAURI_DRIVER").map_or_else(|| out().join("tools").join("bin").join("tauri-driver"), PathBuf::from)
}

/// A plain browser on the same WebKit as the program's window; the library brings it along.
pub fn browser() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.filter_map(Result::ok).map(|entry| entry.path());
    let all = folders.chain([PathBuf::from("/usr/lib"), PathBuf::from("/usr/libexec")]);
    all.map(|folder| folder.join("webkit2gtk-4.1").join("MiniBrowser")).find(|path| path.is_file())
}

/// The Python of the practice estate, which has boto3; `cargo xtask setup` makes it.
pub fn python() -> PathBuf {
    let venv = out().join("estate").join("venv");
    if cfg!(windows) { venv.join("Scripts").join("python.exe") } else { venv.join("bin").join("python") }
}

/// Pictures for people.
pub fn shots() -> PathBuf {
    out().join("shots")
}
