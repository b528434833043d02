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
        Theme::Contrast => "contrast",
        Theme::System if asks(CONTRAST) => "contrast",
        Theme::Light => "light",
        Theme::System if asks(LIGHT) => "light",
        Theme::Dark | Theme::System => "dark",
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    type Tokens = BTreeMap<String, [f64; 3]>;

    /// The colours of a theme, as the style sheet names them.
    fn tokens(theme: &str) -> Tokens {
        let sheet = include_str!("../../styles/tokens.css");
        let block = sheet.split_once(&format!("[data-theme={theme}] {{")).unwrap().1.split_once('}').unwrap().0;
        block
            .split(';')
            .filter_map(|line| line.trim().strip_prefix("--")?.split_once(": #"))
            .map(|(name, value)| {
                let channel = |at: usize| f64::from(u8::from_str_radix(&value[at..at + 2], 16).unwrap()) / 255.0;
                (name.to_owned(), [channel(0), channel(2), channel(4)])
            })
            .collect()
    }

    /// Contrast of two colours (<https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>).
    fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
        let light = |colour: [f64; 3]| {
            let [red, green, blue] =
                colour.map(|part| if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) });
            0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        let (one, other) = (light(one), light(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_pair_of_every_theme_can_be_read() {
        const GROUNDS: [&str; 5] = ["canvas", "surface", "raised", "hover", "selected"];
        for theme in ["dark", "light", "contrast"] {
            let tokens = tokens(theme);
            let check = |above: &str, below: &str, least: f64| {
                let is = contrast(tokens[above], tokens[below]);
                assert!(is >= least, "{theme}: --{above} on --{below} is {is:.2}, not {least}");
            };
            for ground in GROUNDS {
                for text in ["text", "text-2", "text-3", "accent", "good", "warn", "bad", "wait"] {
                    check(text, ground, 4.5);
                }
                check("edge", ground, 3.0);
            }
            for status in ["good", "warn", "bad", "wait", "accent"] {
                let ground = format!("{status}-bg");
                for text in [status, "text", "text-2"] {
                    check(text, &ground, 4.5);
                }
            }
            check("accent-ink", "accent", 4.5);
        }
    }
}
