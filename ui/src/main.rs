//! The window of Quarterdeck.
//!
//! Leptos, client-side, compiled to WASM. It shows what the core holds and asks the core to act; it keeps no data of
//! its own beyond the rows on screen, and every view has an address.

mod address;
mod app;
mod bridge;
mod desk;
mod format;
mod frame;
mod keys;
mod pages;
mod panicked;
mod parts;
mod range;

fn main() {
    std::panic::set_hook(Box::new(panicked::tell));
    leptos::mount::mount_to_body(app::App);
}
