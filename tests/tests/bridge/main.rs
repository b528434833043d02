//! The core through the bridge, on the practice estate: `cargo xtask test --only bridge`.

mod hello;
