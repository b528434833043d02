//! A JSON text as a tree that folds, with search, and copies of values and paths.
//!
//! The whole text is parsed once into a list of lines (`tree`); folding chooses among them, and only lines in sight have
//! nodes. The focus roves over the lines as the tree pattern asks; the line that has it keeps its node when it is scrolled
//! out of sight, so the focus is never lost.

mod line;
mod parse;
mod tree;

use crate::{
    desk::Desk,
    format,
    parts::{
        gantt::sight::Sight,
        icon::Icon,
        menu::{CopyItem, CopyMenu},
    },
};
use leptos::{ev, html, prelude::*};
use line::TreeLine;
use std::{collections::BTreeSet, sync::Arc};
use tree::Tree;
use wasm_bindgen::JsCast as _;

/// Height of a line in pixels; also in the style sheet.
const ROW: f64 = 22.0;
/// A long text is shown so far below the lines.
const WHOLE: usize = 20_000;

/// What the lines share.
#[derive(Clone, Copy)]
struct View {
    tree: StoredValue<Arc<Tree>>,
    open: RwSignal<Vec<bool>>,
    visible: Memo<Vec<usize>>,
    at: RwSignal<usize>,
    needle: Memo<String>,
    found: Memo<BTreeSet<usize>>,
    sight: Sight,
    name: &'static str,
}

/// See the module. `name` is the accessible name of the tree: `Input`. `truncated`: the service cut the text.
#[component]
pub fn JsonTree(text: String, truncated: bool, name: &'static str) -> impl IntoView {
    let cut = truncated.then(|| {
        view! {
            <p class="notice warn">
                <Icon name="triangle-alert" />
                {format!("Cut by the service after {}: the rest is not known here.", format::size(text.len() as u64))}
            </p>
        }
    });
    match parse::parse(&text) {
        Some(json) => view! {
            <div class="json">
                {cut}
                <Lines tree=Tree::new(json) name />
            </div>
        }
        .into_any(),
        None if text.trim().is_empty() => view! { <p class="dim">"Empty."</p> }.into_any(),
        None => {
            let why = if truncated {
                "Shown as text: what is left of it is not whole JSON."
            } else {
                "Not JSON, shown as text."
            };
            let desk = Desk::get();
            let copied = text.clone();
            view! {
                <div class="json">
                    {cut}
                    <div class="json-head">
                        <p class="dim">{why}</p>
                        <button type="button" class="link" on:click=move |_| desk.copy(copied.clone(), "the text")>"Copy"</button>
                    </div>
                    <pre class="code selectable json-text" tabindex="0" role="region" aria-label=name>{text}</pre>
                </div>
            }
            .into_any()
        }
    }
}

#[component]
fn Lines(tree: Tree, name: &'static str) -> impl IntoView {
    let desk = Desk::get();
    let sight = Sight::new(ROW);
    let open = RwSignal::new(tree.opened());
    let tree = StoredValue::new(Arc::new(tree));
    let visible = Memo::new(move |_| tree.with_value(|tree| open.with(|open| tree.visible(open))));
    let at = RwSignal::new(0_usize);
    let typed = RwSignal::new(String::new());
    let needle = Memo::new(move |_| typed.with(|typed| typed.trim().to_owned()));
    let hits = Memo::new(move |_| tree.with_value(|tree| needle.with(|needle| tree.find(needle))));
    let found = Memo::new(move |_| hits.with(|hits| hits.iter().copied().collect::<BTreeSet<_>>()));
    let view = View { tree, open, visible, at, needle, found, sight, name };
    let search = NodeRef::<html::Input>::new();

    // Which hit the search stands on; its line may have been left since.
    let hit = RwSignal::new(None::<usize>);
    let next_hit = move |back: bool| {
        let count = hits.with_untracked(Vec::len);
        if count == 0 {
            return;
        }
        let here = at.get_untracked();
        let next = hits.with_untracked(|hits| match hit.get_untracked() {
            // The first goes to the next from where the person is, that line included.
            None => hits.iter().position(|line| *line >= here).unwrap_or_default(),
            Some(hit) if back => (hit + count - 1) % count,
            Some(hit) => (hit + 1) % count,
        });
        hit.set(Some(next));
        if let Some(line) = hits.with_untracked(|hits| hits.get(next).copied()) {
            view.unfold_to(line);
            view.go(line);
        }
        desk.say(format!("{} of {}", next + 1, format::counted(count as u64, "match", "matches")));
    };
    let counted = move || {
        let count = hits.with(Vec::len) as u64;
        match hit.get() {
            _ if needle.read().is_empty() => String::new(),
            _ if count == 0 => "no match".to_owned(),
            Some(hit) => format!("{} of {}", hit + 1, format::count(count)),
            None => format::counted(count, "match", "matches"),
        }
    };
    let path = Memo::new(move |_| tree.with_value(|tree| tree.path(at.get())));
    let copy_value = move || desk.copy(tree.with_value(|tree| tree.value(at.get_untracked())), "the value");
    let copying = RwSignal::new(false);
    let copies = RwSignal::new(Vec::<CopyItem>::new());

    let on_search_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            next_hit(event.shift_key());
        }
        "Escape" if !typed.read_untracked().is_empty() => {
            event.prevent_default();
            event.stop_propagation();
            typed.set(String::new());
            hit.set(None);
        }
        _ => {}
    };
    crate::keys::hold(&crate::keys::held::JSON);
    let on_key = move |event: ev::KeyboardEvent| {
        let control = event.ctrl_key() || event.meta_key();
        match event.key().as_str() {
            "f" if control => {
                if let Some(search) = search.get_untracked() {
                    let _ = search.focus();
                    search.select();
                }
            }
            // What is marked with the pointer is what is copied, as everywhere.
            "c" if control && nothing_marked() => copy_value(),
            _ if control || event.alt_key() => return,
            "y" if desk.settings().single_keys => {
                let value = tree.with_value(|tree| tree.value(at.get_untracked()));
                copies.set(vec![("Value".into(), value), ("JSON path".into(), path.get_untracked())]);
                copying.set(true);
            }
            key => {
                if !view.key(key) {
                    return;
                }
            }
        }
        event.prevent_default();
    };
    let drawn = Memo::new(move |_| {
        let visible = visible.read();
        let range = sight.rows(visible.len());
        let mut drawn: Vec<usize> = visible.get(range).unwrap_or_default().to_vec();
        // The line with the focus stays, wherever it is scrolled to.
        let here = at.get();
        if !drawn.contains(&here) && visible.binary_search(&here).is_ok() {
            drawn.push(here);
        }
        drawn
    });
    let whole = move || {
        let text = tree.with_value(|tree| {
            let line = tree.lines.get(at.get())?;
            line.long_text().map(|text| text.chars().take(WHOLE).collect::<String>())
        });
        text.map(|text| view! { <pre class="code selectable json-whole" tabindex="0" role="region" aria-label="Whole text">{text}</pre> })
    };

    view! {
        <div class="json-head">
            <label class="json-search">
                <Icon name="search" />
                <input
                    type="text"
                    aria-label=format!("Search in {name}")
                    placeholder="Search keys and values"
                    autocomplete="off"
                    spellcheck="false"
                    node_ref=search
                    prop:value=move || typed.get()
                    on:input=move |event| {
                        typed.set(event_target_value(&event));
                        hit.set(None);
                    }
                    on:keydown=on_search_key
                />
            </label>
            <span class="dim num-text">{counted}</span>
        </div>
        <div class="json-lines" node_ref=sight.scroller on:scroll=move |_| sight.scrolled()>
            <div
                class="json-space"
                role="tree"
                aria-label=name
                style:height=move || format!("{}px", sight.offset(visible.read().len()))
                on:keydown=on_key
            >
                <For each=move || drawn.get() key=|line| *line let:line>
                    <TreeLine line view />
                </For>
            </div>
        </div>
        {whole}
        <div class="json-foot">
            <span class="mono soft cut selectable" title=move || path.get()>{move || format::visible(&path.read())}</span>
            <button type="button" class="link" on:click=move |_| copy_value()>"Copy value"</button>
            <button type="button" class="link" on:click=move |_| desk.copy(path.get_untracked(), "the path")>"Copy path"</button>
        </div>
        <CopyMenu open=copying items=copies />
    }
}

impl View {
    fn with_line<T>(self, line: usize, read: impl FnOnce(&tree::Line) -> T) -> Option<T> {
        self.tree.with_value(|tree| tree.lines.get(line).map(read))
    }

    fn is_open(self, line: usize) -> bool {
        self.open.read().get(line).copied().unwrap_or_default()
    }

    fn set_open(self, line: usize, open: bool) {
        if self.with_line(line, tree::Line::folds).unwrap_or_default() {
            self.open.update(|lines| {
                if let Some(line) = lines.get_mut(line) {
                    *line = open;
                }
            });
        }
    }

    fn unfold_to(self, line: usize) {
        let above: Vec<usize> = self.tree.with_value(|tree| tree.above(line).collect());
        for line in above {
            self.set_open(line, true);
        }
    }

    /// Makes a line the one that keys act on, and shows it.
    fn go(self, line: usize) {
        self.at.set(line);
        if let Ok(place) = self.visible.read_untracked().binary_search(&line) {
            self.sight.reveal(place);
        }
    }

    fn focus(self, line: usize) {
        self.go(line);
        // Its node is made in this turn or the next.
        let id = self.element_id(line);
        request_animation_frame(move || {
            let element = document().get_element_by_id(&id);
            if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
                let options = web_sys::FocusOptions::new();
                options.set_prevent_scroll(true);
                let _ = element.focus_with_options(&options);
            }
        });
    }

    fn element_id(self, line: usize) -> String {
        format!("json-{}-{line}", self.name.replace(|part: char| !part.is_alphanumeric(), "-"))
    }

    /// The keys of the tree pattern; false for another.
    fn key(self, key: &str) -> bool {
        let here = self.at.get_untracked();
        let visible = self.visible.get_untracked();
        let place = visible.binary_search(&here).unwrap_or_default();
        let last = visible.len().saturating_sub(1);
        let page = self.sight.fitting().saturating_sub(1).max(1);
        let folds = self.with_line(here, tree::Line::folds).unwrap_or_default();
        let open = self.open.with_untracked(|open| open.get(here).copied().unwrap_or_default());
        let next = match key {
            "ArrowDown" | "j" => (place + 1).min(last),
            "ArrowUp" | "k" => place.saturating_sub(1),
            "PageDown" => (place + page).min(last),
            "PageUp" => place.saturating_sub(page),
            "Home" => 0,
            "End" => last,
            "ArrowRight" if folds && open => (place + 1).min(last),
            "ArrowRight" => {
                self.set_open(here, true);
                return true;
            }
            "ArrowLeft" if folds && open => {
                self.set_open(here, false);
                return true;
            }
            "ArrowLeft" => {
                if let Some(parent) = self.with_line(here, |line| line.parent).flatten() {
                    self.focus(parent);
                }
                return true;
            }
            "Enter" | " " => {
                self.set_open(here, !open);
                return true;
            }
            _ => return false,
        };
        if let Some(line) = visible.get(next) {
            self.focus(*line);
        }
        true
    }
}

/// Whether a press ends no marking of text.
fn nothing_marked() -> bool {
    window().get_selection().ok().flatten().is_none_or(|marked| marked.is_collapsed())
}
