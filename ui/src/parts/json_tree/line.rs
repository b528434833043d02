//! One line of the tree: its fold, its name, its value, and what is searched for marked in them.

use super::{
    View, nothing_marked,
    tree::{Kind, Name, matches},
};
use crate::parts::icon::Icon;
use leptos::prelude::*;

#[component]
pub fn TreeLine(line: usize, view: View) -> impl IntoView {
    let Some(data) = view.with_line(line, Clone::clone) else { return ().into_any() };
    let folds = data.folds();
    let top = move || {
        view.visible.read().binary_search(&line).map(|place| format!("translateY({}px)", view.sight.offset(place))).ok()
    };
    let here = move || view.at.get() == line;
    let open = Memo::new(move |_| view.is_open(line));
    let class = match data.kind {
        Kind::Text => "json-value text",
        Kind::Number => "json-value number",
        Kind::Word => "json-value word",
        Kind::Object | Kind::Array => "json-holds",
    };
    let indent = format!("{}px", 6 + (data.level.min(24) - 1) * 16);
    let chunk = matches!(data.name, Name::Items(..));
    let is_key = matches!(data.name, Name::Key(_));
    let (name, value) = (data.name(), data.holds().unwrap_or_else(|| data.shown.clone()));
    // A chunk's name says how many it holds.
    let value = if chunk { String::new() } else { value };
    let bracket = move || match data.kind {
        Kind::Object | Kind::Array if chunk => "",
        Kind::Object if !folds => "{}",
        Kind::Array if !folds => "[]",
        Kind::Object if !open.get() => "{…}",
        Kind::Array if !open.get() => "[…]",
        _ => "",
    };
    let found = Memo::new(move |_| view.found.read().contains(&line));
    view! {
        <div
            class="json-line"
            class:on=here
            class:found=move || found.get()
            role="treeitem"
            id=view.element_id(line)
            attr:aria-level=data.level.to_string()
            aria-posinset=data.place.to_string()
            aria-setsize=data.of.to_string()
            aria-selected=move || here().to_string()
            aria-expanded=move || folds.then(|| open.get().to_string())
            tabindex=move || if here() { "0" } else { "-1" }
            style:transform=top
            style:padding-left=indent
            on:click=move |_| {
                if nothing_marked() {
                    // A second press on the name of an open line folds it.
                    view.set_open(line, !(folds && open.get_untracked()));
                    view.focus(line);
                }
            }
        >
            <span class="json-fold" class:open=move || open.get() aria-hidden="true">
                {folds.then(|| view! { <Icon name="chevron-right" /> })}
            </span>
            {name
                .map(|name| {
                    let key = if is_key { "json-key" } else { "json-index" };
                    let colon = if chunk { "" } else { ": " };
                    view! { <span class=key><Marked text=name view found /></span><span class="json-colon">{colon}</span> }
                })}
            <span class="json-bracket" aria-hidden="true">{bracket}</span>
            <span class=class><Marked text=value view found /></span>
            {data.in_string.then(|| view! { <span class="chip acc">"JSON in a string"</span> })}
        </div>
    }
    .into_any()
}

/// A text with what is searched for marked in it.
#[component]
fn Marked(text: String, view: View, found: Memo<bool>) -> impl IntoView {
    move || {
        if !found.get() {
            return view! { {text.clone()} }.into_any();
        }
        let places = view.needle.with(|needle| matches(&text, needle));
        let mut from = 0;
        let mut parts = Vec::new();
        for (start, end) in places {
            parts.push(view! { {text.get(from..start).unwrap_or_default().to_owned()} }.into_any());
            parts.push(view! { <mark>{text.get(start..end).unwrap_or_default().to_owned()}</mark> }.into_any());
            from = end;
        }
        parts.push(view! { {text.get(from..).unwrap_or_default().to_owned()} }.into_any());
        parts.into_any()
    }
}
