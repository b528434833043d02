//! The Python environments of the practice estate and of the benches, from lists that pin every package by its hash.
//!
//! The stamp holds the list that the environment was made from. No stamp, or another list: it is made anew, because a
//! half-finished environment cannot be told from a finished one by looking at it.

use crate::{
    places,
    programs::{must, output, succeeds},
};
use anyhow::{Context as _, Result, bail};
use std::{fs, io::ErrorKind, path::PathBuf, process::Command};

const NAMES: &[&str] = &["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python"];

/// An environment and what it is made from.
struct Environment {
    /// Whose it is, for messages.
    of: &'static str,
    list: PathBuf,
    venv: PathBuf,
    /// A program that ends well in a Python that will do.
    fits: &'static str,
    /// The same in words.
    needs: &'static str,
}

/// That of the practice estate.
pub fn ensure() -> Result<()> {
    made(&Environment {
        of: "the practice estate",
        list: places::root().join("tests").join("estate").join("requirements.txt"),
        venv: places::venv(),
        fits: OLD_ENOUGH,
        needs: "Python 3.10 or newer",
    })
}

const OLD_ENOUGH: &str = "import sys; sys.exit(sys.version_info < (3, 10))";

/// That of what the benches run beside: mrjob imports modules that Python 3.12 left out.
pub fn ensure_bench() -> Result<()> {
    made(&Environment {
        of: "the benches",
        list: places::root().join("tests").join("benches").join("requirements.txt"),
        venv: places::bench_venv(),
        fits: "import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 12))",
        needs: "Python 3.10 or 3.11",
    })
}

fn made(environment: &Environment) -> Result<()> {
    let Environment { of, list, venv, fits, needs } = environment;
    let pinned = fs::read_to_string(list).with_context(|| format!("{} cannot be read", list.display()))?;
    let stamp = venv.join("made-from.txt");
    let is_made = fs::read_to_string(&stamp).is_ok_and(|made_from| made_from == pinned);
    if is_made && succeeds(Command::new(places::python_in(venv)).args(["-c", ""])) {
        return Ok(());
    }
    let Some(python) = find(fits) else {
        bail!(
            "{of} cannot do without {needs}, and none was found (looked for {}).\nOn Debian and Ubuntu: \
             sudo apt-get install python3 python3-venv",
            NAMES.join(", ")
        );
    };
    println!("Making the Python environment of {of} ({}).", venv.display());
    match fs::remove_dir_all(venv) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            bail!("the old environment cannot be removed: {error}; delete {} by hand", venv.display())
        }
        _ => {}
    }
    must(Command::new(python).args(["-m", "venv"]).arg(venv))
        .context("no virtual environment could be made; on Debian and Ubuntu: sudo apt-get install python3-venv")?;
    let mut pip = Command::new(places::python_in(venv));
    // The list is whole; pip would ask for what an extra names a second time, without its hash.
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "-r"]);
    must(pip.arg(list)).with_context(|| {
        format!(
            "the packages of {of} could not be installed; they come from PyPI, so connect to a network (or name a mirror \
             in PIP_INDEX_URL) and run the same command again"
        )
    })?;
    fs::write(stamp, pinned)?;
    Ok(())
}

/// The first Python that will do.
fn find(fits: &str) -> Option<&'static str> {
    NAMES.iter().copied().find(|name| succeeds(Command::new(name).args(["-c", fits])))
}

/// Debian ships Python without the module that puts pip into an environment.
pub fn lacks_venv() -> bool {
    find(OLD_ENOUGH).is_some_and(|name| output(Command::new(name).args(["-c", "import ensurepip"])).is_err())
}
