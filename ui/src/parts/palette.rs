//! The command palette: go to, find, do. What is pasted goes there too.
//!
//! A combobox over a listbox: the focus stays in the input, arrows move through the rows. The rows are computed in
//! [`rows`]; this file draws them and acts.

mod rows;

use crate::{
    bridge,
    desk::Desk,
    keys,
    parts::{dialog::Dialog, help::Caps, icon::Icon},
};
use contract::{
    palette::{ListRecents, Recent, ResolveTarget, Resolved},
    session::SetRegion,
    settings::{Theme, Zone},
};
use leptos::{ev, prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use rows::{Does, Row, rows};
use std::time::Duration;

/// How long typing has to pause before the core is asked what the text is.
const PAUSE: Duration = Duration::from_millis(90);

#[component]
pub fn Palette() -> impl IntoView {
    let desk = Desk::get();
    let open = desk.palette_open;
    let typed = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    let recents = RwSignal::new(Vec::<Recent>::new());
    let resolved = RwSignal::new(None::<Resolved>);

    Effect::new(move |_| {
        if !open.get() {
            return;
        }
        typed.set(String::new());
        at.set(0);
        resolved.set(None);
        spawn_local(async move {
            // Without recents the palette still goes everywhere.
            if let Ok(list) = bridge::call(ListRecents {}).await {
                recents.set(list.recents);
            }
        });
    });
    Effect::new(move |_| {
        let text = typed.get().trim().to_owned();
        if text.chars().count() < 3 {
            resolved.set(None);
            return;
        }
        set_timeout(
            move || {
                if typed.read_untracked().trim() != text {
                    return;
                }
                spawn_local(async move {
                    let answer = bridge::call(ResolveTarget { text: text.clone() }).await.ok();
                    if typed.try_read_untracked().is_some_and(|typed| typed.trim() == text) {
                        resolved.set(answer);
                    }
                });
            },
            PAUSE,
        );
    });

    let found = Memo::new(move |_| {
        rows(
            &typed.read(),
            &recents.read(),
            resolved.read().as_ref(),
            desk.session().as_ref(),
            desk.account().as_deref(),
        )
    });
    let problem = move || resolved.with(|resolved| resolved.as_ref().and_then(|resolved| resolved.problem.clone()));

    let navigate = use_navigate();
    let act = StoredValue::new_local(move |does: Does| match does {
        Does::Go(address) => navigate(&address, NavigateOptions::default()),
        Does::SwitchRegion(region, address) => {
            let navigate = navigate.clone();
            spawn_local(async move {
                match bridge::call(SetRegion { region }).await {
                    Ok(greeting) => {
                        desk.apply(greeting);
                        navigate(&address, NavigateOptions::default());
                    }
                    Err(fault) => desk.problem.set(Some(fault)),
                }
            });
        }
        Does::Theme(theme) => desk.change_settings(|settings| settings.theme = theme),
        Does::Zone(zone) => desk.change_settings(|settings| settings.zone = zone),
        Does::Key(action) => {
            // In the next turn: the dialog has given the focus back by then.
            set_timeout(
                move || {
                    keys::act(action);
                },
                Duration::ZERO,
            );
        }
        Does::Guard => desk.guard_open.set(true),
        Does::SignIn => desk.start_over(),
        Does::CopyAccount => {
            if let Some(account) = untrack(|| desk.account()) {
                desk.copy(account, "the account id");
            }
        }
    });
    let choose = move |index: usize| {
        if let Some(row) = found.read_untracked().get(index).cloned() {
            open.set(false);
            act.with_value(|act| act(row.does));
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let rows = found.read_untracked().len().max(1);
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = (*at + 1) % rows),
            "ArrowUp" => at.update(|at| *at = (*at + rows - 1) % rows),
            "Enter" => choose(at.get_untracked()),
            _ => return,
        }
        event.prevent_default();
        // The row appears as chosen in this turn; by the next frame it can be scrolled to.
        request_animation_frame(move || {
            if let Some(row) = document().get_element_by_id(&option_id(at.get_untracked())) {
                row.scroll_into_view_with_bool(false);
            }
        });
    };

    view! {
        <Dialog name="Command palette" open class="palette">
            <div class="palette-line">
                <Icon name="search" />
                <input
                    type="text"
                    role="combobox"
                    aria-label="Search, or paste an ARN or s3:// URI"
                    aria-expanded="true"
                    aria-autocomplete="list"
                    aria-controls="palette-list"
                    aria-activedescendant=move || option_id(at.get())
                    autofocus
                    autocomplete="off"
                    spellcheck="false"
                    placeholder="Search, or paste an ARN or s3:// URI"
                    prop:value=typed
                    on:input:target=move |event| {
                        typed.set(event.target().value());
                        at.set(0);
                    }
                    on:keydown=on_key
                />
                <kbd>"Esc"</kbd>
            </div>
            {move || {
                problem()
                    .map(|problem| {
                        view! {
                            <p class="palette-problem" role="status">
                                <Icon name="triangle-alert" />
                                {problem}
                            </p>
                        }
                    })
            }}
            <div class="palette-list" id="palette-list" role="listbox" aria-label="Results">
                {move || {
                    let found = found.get();
                    if found.is_empty() {
                        return view! {
                            <p class="options-none">
                                "Nothing fits. An s3:// URI, an object's ARN or a console URL can be pasted."
                            </p>
                        }
                            .into_any();
                    }
                    let mut group = "";
                    found
                        .into_iter()
                        .enumerate()
                        .map(|(index, row)| {
                            let heading = (row.group != group).then(|| {
                                view! {
                                    <h3 class="palette-group" role="presentation">
                                        {row.group}
                                    </h3>
                                }
                            });
                            group = row.group;
                            view! {
                                {heading}
                                <RowView row index at choose=Callback::new(choose) />
                            }
                        })
                        .collect_view()
                        .into_any()
                }}
            </div>
        </Dialog>
    }
}

fn option_id(index: usize) -> String {
    format!("palette-option-{index}")
}

#[component]
fn RowView(row: Row, index: usize, at: RwSignal<usize>, choose: Callback<usize>) -> impl IntoView {
    view! {
        <div
            class="option"
            role="option"
            id=option_id(index)
            aria-selected=move || (at.get() == index).to_string()
            on:mousemove=move |_| at.set(index)
            on:click=move |_| choose.run(index)
        >
            <span class="option-main">
                <Icon name=row.icon />
                <span class="option-text">
                    <span class="cut">{row.title}</span>
                    {(!row.detail.is_empty()).then(|| view! { <span class="dim cut">{row.detail}</span> })}
                </span>
            </span>
            {row.keys.map(|keys| view! { <Caps keys /> })}
        </div>
    }
}

impl Does {
    /// The themes and zones are offered by the words of the settings page.
    fn settings() -> Vec<(&'static str, Self)> {
        vec![
            ("Use the theme of the system", Self::Theme(Theme::System)),
            ("Use the dark theme", Self::Theme(Theme::Dark)),
            ("Use the light theme", Self::Theme(Theme::Light)),
            ("Use the high-contrast theme", Self::Theme(Theme::Contrast)),
            ("Show times in UTC", Self::Zone(Zone::Utc)),
            ("Show times in local time", Self::Zone(Zone::Local)),
        ]
    }
}
