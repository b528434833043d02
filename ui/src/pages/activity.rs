//! Activity: what was done from this window, with receipts, and the audit log.

mod receipt;

use contract::OperationId;
use leptos::prelude::*;

#[component]
pub fn Activity() -> impl IntoView {
    let query = crate::address::use_query();
    view! {
        <div class="pane"><div class="head"><h1>"Activity"</h1></div>
        {move || query.read().get("operation").map(|id| view!{ <receipt::ReceiptPane id=OperationId(id.to_owned()) /> })}</div>
    }
}
