//! Activity: what was done from this window, with receipts, and the audit log. Tab and selection live in the address:
//! `/activity?tab=audit`, `/activity?operation=…`.

mod audit;
mod feed;
mod history;
mod list;
mod receipt;

use crate::{
    address,
    parts::tabs::{Tabs, panel},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wasm_split_helpers::wasm_split;

#[wasm_split(activity, preload(load))]
pub fn activity() -> AnyView {
    view! { <Activity /> }.into_any()
}

#[component]
fn Activity() -> impl IntoView {
    let query = address::use_query();
    let tab = Memo::new(move |_| match query.read().get("tab") {
        Some("audit") => "audit".to_owned(),
        _ => "history".to_owned(),
    });
    let navigate = use_navigate();
    let choose = move |tab: String| {
        let tab = (tab != "history").then_some(tab);
        let address = query.get_untracked().with("tab", tab.as_deref()).after(address::ACTIVITY);
        navigate(&address, NavigateOptions { replace: true, ..Default::default() });
    };
    view! {
        <div class="activity">
            <div class="head">
                <h1>"Activity"</h1>
            </div>
            <Tabs
                name="Activity"
                tabs=vec![("history", "Operations"), ("audit", "Audit log")]
                chosen=tab
                on_choose=choose
            />
            {move || {
                let tab = tab.get();
                view! {
                    <div class="tab-panel" role="tabpanel" id=panel(&tab) aria-labelledby=format!("tab-{tab}")>
                        {if tab == "audit" {
                            view! { <audit::Audit /> }.into_any()
                        } else {
                            view! { <history::History /> }.into_any()
                        }}
                    </div>
                }
            }}
        </div>
    }
}
