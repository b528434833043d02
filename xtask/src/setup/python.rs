//! The Python environment of the practice estate, from a list that pins every package by its hash.
//!
//! The stamp holds the list that the environment was made from. No stamp, or another list: it is made anew, because a
//! half-finished environment cannot be told from a finished one by looking at it.

use crate::{
    places,
    programs::{must, output, succeeds},
};
use anyhow::{Context as _, Result, bail};
use std::{fs, io::ErrorKind, process::Command};

const NAMES: &[&str] = &["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
const OLD_ENOUGH: &str = "import sys; sys.exit(sys.version_info < (3, 10))";

pub fn ensure() -> Result<()> {
    let list = places::root().join("tests").join("estate").join("requirements.txt");
    let pinned = fs::read_to_string(&list).with_context(|| format!("{} cannot be read", list.display()))?;
    let stamp = places::venv().join("made-from.txt");
    let is_made = fs::read_to_string(&stamp).is_ok_and(|made_from| made_from == pinned);
    if is_made && succeeds(Command::new(places::venv_python()).args(["-c", ""])) {
        return Ok(());
    }
    let Some(python) = find() else {
        bail!(
            "the practice estate needs Python 3.10 or newer, and none was found (looked for {}).\nOn Debian and Ubuntu: \
             sudo apt-get install python3 python3-venv",
            NAMES.join(", ")
        );
    };
    println!("Making the Python environment of the practice estate ({}).", places::venv().display());
    match fs::remove_dir_all(places::venv()) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            bail!("the old environment cannot be removed: {error}; delete {} by hand", places::venv().display())
        }
        _ => {}
    }
    must(Command::new(python).args(["-m", "venv"]).arg(places::venv()))
        .context("no virtual environment could be made; on Debian and Ubuntu: sudo apt-get install python3-venv")?;
    let mut pip = Command::new(places::venv_python());
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--requirement"]);
    must(pip.arg(&list)).context(
        "the estate's packages could not be installed; they come from PyPI, so connect to a network (or name a mirror in \
         PIP_INDEX_URL) and run the same command again",
    )?;
    fs::write(stamp, pinned)?;
    Ok(())
}

/// The first Python that is new enough.
fn find() -> Option<&'static str> {
    NAMES.iter().copied().find(|name| succeeds(Command::new(name).args(["-c", OLD_ENOUGH])))
}

/// Debian ships Python without the module that puts pip into an environment.
pub fn lacks_venv() -> bool {
    find().is_some_and(|name| output(Command::new(name).args(["-c", "import ensurepip"])).is_err())
}
