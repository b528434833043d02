//! Where things are. Everything that a chore makes is below `target`, so that deleting it undoes every chore.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The root of the workspace. Asked at run time first: a clone may move together with its build folder.
pub fn root() -> PathBuf {
    let own =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    own.parent().map(PathBuf::from).unwrap_or(own)
}

/// `target` in the workspace, where the bundled window must be for `tauri.conf.json` to find it.
pub fn out() -> PathBuf {
    root().join("target")
}

/// Where cargo builds to.
pub fn cargo_target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(out, |given| root().join(given))
}

/// The program itself.
pub fn program(release: bool) -> PathBuf {
    let profile = if release { "release" } else { "debug" };
    cargo_target().join(profile).join(format!("quarterdeck{}", env::consts::EXE_SUFFIX))
}

/// The window's side, bundled: `frontendDist` of `tauri.conf.json`.
pub fn bundle() -> PathBuf {
    out().join("ui")
}

/// Tools that are installed for this workspace alone.
pub fn tools() -> PathBuf {
    out().join("tools")
}

pub fn tool(name: &str) -> PathBuf {
    tools().join("bin").join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// The Python environment of the practice estate.
pub fn venv() -> PathBuf {
    out().join("estate").join("venv")
}

pub fn venv_python() -> PathBuf {
    python_in(&venv())
}

/// The Python environment of what the benches run beside.
pub fn bench_venv() -> PathBuf {
    bench().join("venv")
}

pub fn python_in(venv: &Path) -> PathBuf {
    if cfg!(windows) { venv.join("Scripts").join("python.exe") } else { venv.join("bin").join("python") }
}

/// What the benches make and keep.
pub fn bench() -> PathBuf {
    out().join("bench")
}
