//! The program that libFuzzer drives. `cargo xtask fuzz` builds it with coverage, says by the environment what it is to do,
//! and names corpus and limits in libFuzzer's own options.
#![no_main]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program of the terminal")]

use std::{
    env, fs,
    io::{self, Seek as _, Write as _},
    path::Path,
    process,
    sync::OnceLock,
};

/// Which target; without it, their names are printed.
const TARGET: &str = "QUARTERDECK_FUZZ";
/// A folder that the seeds are written to, and a dictionary beside it.
const SEEDS: &str = "QUARTERDECK_FUZZ_SEEDS";

/// A file that always holds the input that is being read. A stack that overflows ends the program before libFuzzer can
/// keep what did it.
const LAST: &str = "QUARTERDECK_FUZZ_LAST";

static CHOSEN: OnceLock<fn(&[u8])> = OnceLock::new();
static KEPT: OnceLock<fs::File> = OnceLock::new();

libfuzzer_sys::fuzz_target!(init: begin(), |bytes: &[u8]| {
    if let Some(mut file) = KEPT.get() {
        let written = file.rewind().and_then(|()| file.write_all(bytes));
        let length = u64::try_from(bytes.len()).unwrap_or_default();
        if written.and_then(|()| file.set_len(length)).is_err() {
            eprintln!("the input cannot be kept");
        }
    }
    if let Some(run) = CHOSEN.get() {
        run(bytes);
    }
});

fn begin() {
    let Some(target) = env::var(TARGET).ok().and_then(|name| fuzz::target(&name)) else {
        for target in fuzz::TARGETS {
            println!("{}\t{}", target.name, target.about);
        }
        process::exit(0);
    };
    if let Some(folder) = env::var_os(SEEDS) {
        let outcome = write_seeds(target, Path::new(&folder));
        if let Err(error) = &outcome {
            eprintln!("seeds of {}: {error}", target.name);
        }
        process::exit(i32::from(outcome.is_err()));
    }
    if let Some(file) = env::var_os(LAST).and_then(|path| fs::File::create(path).ok()) {
        KEPT.get_or_init(|| file);
    }
    CHOSEN.get_or_init(|| target.run);
}

fn write_seeds(target: &fuzz::Target, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (number, seed) in fuzz::seeds::of(target)?.iter().enumerate() {
        fs::write(folder.join(format!("{number:04}")), seed)?;
    }
    fs::write(folder.with_extension("dict"), fuzz::seeds::dictionary(target)?)
}
