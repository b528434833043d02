//! The page for an address that leads nowhere.

use crate::{address, parts::states::Empty};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

#[component]
pub fn Lost() -> impl IntoView {
    let location = use_location();
    let path = location.pathname;
    view! {
        <div class="sheet">
            <div class="sheet-content">
                <h1>"Page not found"</h1>
                {move || {
                    view! {
                        <Empty
                            title="This address leads nowhere"
                            text=format!("{} is no page of Quarterdeck. The link may be of a newer version.", path.get())
                            icon="circle-x"
                        >
                            <a class="btn" href=address::OBJECTS>
                                "Go to Objects"
                            </a>
                        </Empty>
                    }
                }}
            </div>
        </div>
    }
}
