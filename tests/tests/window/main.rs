//! The program in real WebKit, on the practice estate: `cargo xtask e2e`.

mod opening;
