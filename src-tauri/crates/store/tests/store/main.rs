//! The store from outside, on real files: every test has a data folder of its own.
//!
//! Tests that need a second process start this test program again with [`ROLE`] set, at the same test: the test sees
//! the variable and plays the other part. So a plain `cargo test -p store` runs everything, and nothing is `ignored`.
//! (`cfg(test)` on the modules is what makes clippy see helpers as test code.)

#[cfg(test)]
mod audit;
#[cfg(test)]
mod findings;
#[cfg(test)]
mod instances;
#[cfg(test)]
mod journal;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod keychain;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod outcomes;
#[cfg(test)]
mod pipeline_runs;
mod preferences;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod searches;

/// Which part a process plays that was started by a test.
const ROLE: &str = "QUARTERDECK_TEST_ROLE";

fn role() -> Option<String> {
    std::env::var(ROLE).ok()
}
