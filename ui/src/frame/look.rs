//! Theme and density, as attributes of the root element. The system's choice holds until the person makes one.

use crate::desk::Desk;
use contract::settings::{Density, Theme};
use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast as _, prelude::Closure};

/// Keeps the root element in step with the settings and the system.
pub fn follow(desk: Desk) {
    // Grows when the system changes its mind.
    let changed = RwSignal::new(0_u32);
    for query in [LIGHT, CONTRAST] {
        let Some(list) = window().match_media(query).ok().flatten() else { continue };
        let told = Closure::<dyn FnMut(ev::Event)>::new(move |_| changed.update(|changed| *changed += 1));
        let _ = list.add_event_listener_with_callback("change", told.as_ref().unchecked_ref());
        // The frame lives as long as the window, and so does this.
        told.forget();
    }
    Effect::new(move |_| {
        changed.track();
        let settings = desk.settings();
        if desk.greeting.with(Option::is_some) {
            apply_choice(settings.theme, settings.density);
        }
    });
}

const LIGHT: &str = "(prefers-color-scheme: light)";
const CONTRAST: &str = "(prefers-contrast: more)";

/// Draws the window in a theme and density now.
fn apply_choice(theme: Theme, density: Density) {
    let asks = |query: &str| window().match_media(query).ok().flatten().is_some_and(|list| list.matches());
    let theme = match theme {
        Theme::Dark => "dark",
        Theme::Light => "light",
        Theme::Contrast => "contrast",
        Theme::System if asks(CONTRAST) => "contrast",
        Theme::System if asks(LIGHT) => "light",
        Theme::System => "dark",
    };
    let density = match density {
        Density::Comfortable => "comfortable",
        Density::Compact => "compact",
    };
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-theme", theme);
        let _ = root.set_attribute("data-density", density);
    }
}
