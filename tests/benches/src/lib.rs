//! What the benches share: where they keep what they make.

use std::path::PathBuf;

/// The scripts of what is measured beside ours.
pub fn scripts() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Made by the benches and kept.
pub fn folder() -> PathBuf {
    let own = scripts();
    own.ancestors().nth(2).unwrap_or(&own).join("target").join("bench")
}
