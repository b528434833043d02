//! A panic, told to `boot.js`, which shows it in place of the window.
//!
//! WASM stops where it panics and its state cannot be trusted after that, so this touches nothing of the window's own.

use std::panic::PanicHookInfo;
use web_sys::{CustomEvent, CustomEventInit, console};

/// The event that `boot.js` waits for.
const EVENT: &str = "panicked";

/// The hook of panics.
pub fn tell(panic: &PanicHookInfo<'_>) {
    let text = panic.to_string().into();
    console::error_1(&text);
    let told = CustomEventInit::new();
    told.set_detail(&text);
    // Where this fails too, nothing is left to tell it to.
    if let (Ok(event), Some(window)) = (CustomEvent::new_with_event_init_dict(EVENT, &told), web_sys::window()) {
        let _ = window.dispatch_event(&event);
    }
}
