//! How the window looks and reads: theme, density, zone, single keys.

use crate::{desk::Desk, parts::segmented::Segmented};
use contract::settings::{Density, Theme, Zone};
use leptos::prelude::*;

#[component]
pub fn Look() -> impl IntoView {
    let desk = Desk::get();
    let single_keys = move || desk.settings().single_keys;
    view! {
        <section class="section" aria-labelledby="look-title">
            <h2 id="look-title">"Look and keys"</h2>
            <div class="options-grid">
                <span>"Theme"</span>
                <div>
                    <Segmented
                        name="Theme"
                        choices=vec![
                            (Theme::System, "System"),
                            (Theme::Dark, "Dark"),
                            (Theme::Light, "Light"),
                            (Theme::Contrast, "High contrast"),
                        ]
                        chosen=Signal::derive(move || desk.settings().theme)
                        on_choose=move |theme| desk.change_settings(|settings| settings.theme = theme)
                    />
                </div>
                <span>"Density"</span>
                <div>
                    <Segmented
                        name="Density"
                        choices=vec![(Density::Comfortable, "Comfortable"), (Density::Compact, "Compact")]
                        chosen=Signal::derive(move || desk.settings().density)
                        on_choose=move |density| desk.change_settings(|settings| settings.density = density)
                    />
                </div>
                <span>"Times"</span>
                <div>
                    <Segmented
                        name="Times"
                        choices=vec![(Zone::Utc, "UTC"), (Zone::Local, "Local")]
                        chosen=Signal::derive(move || desk.zone())
                        on_choose=move |zone| desk.change_settings(|settings| settings.zone = zone)
                    />
                </div>
                <span id="single-keys">"Single keys"</span>
                <div>
                    <button
                        type="button"
                        class="switch"
                        role="switch"
                        aria-labelledby="single-keys"
                        aria-describedby="single-keys-hint"
                        aria-checked=move || single_keys().to_string()
                        on:click=move |_| {
                            desk.change_settings(|settings| settings.single_keys = !settings.single_keys);
                        }
                    >
                        <i aria-hidden="true"></i>
                        {move || if single_keys() { "on" } else { "off" }}
                    </button>
                    <p class="field-hint" id="single-keys-hint">
                        "Shortcuts without Ctrl, such as j, r or g o. They do nothing while you type. Ctrl K always works."
                    </p>
                </div>
            </div>
        </section>
    }
}
