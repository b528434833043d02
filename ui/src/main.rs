//! The window of Quarterdeck.

mod bridge;

use contract::session::Hello;
use leptos::prelude::*;

fn main() {
    let greeting = LocalResource::new(|| bridge::call(Hello {}));
    mount_to_body(move || {
        view! {
            <main>
                <h1>"Quarterdeck"</h1>
                <p>{move || greeting.get().map(|greeting| match greeting {
                    Ok(greeting) => greeting.version,
                    Err(fault) => fault.to_string(),
                })}</p>
            </main>
        }
    });
}
