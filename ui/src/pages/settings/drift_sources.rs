//! Where drift is told besides Model Monitor, for the open profile. A token is read from its field once, when it is sent,
//! and kept nowhere in the window.

use super::set_aside::Aside;
use crate::{
    bridge,
    desk::Desk,
    format,
    parts::{answer::use_answer, fault::FaultView, icon::Icon, states::Partial},
};
use contract::{
    Fault,
    drift::{
        DriftSource, DriftSources, PickRunFolder, ReadDriftSources, RemoveDriftSource, SaveDriftSource, SourceDraft,
        SourceName, SourcePlace, SourceTrial, TryDriftSource, UNENCRYPTED,
    },
    settings::Stored,
};
use leptos::{ev, html, prelude::*, task::spawn_local};

#[component]
pub fn Sources() -> impl IntoView {
    let desk = Desk::get();
    let is_open = Memo::new(move |_| desk.session().is_some());
    let told = use_answer(move || is_open.get().then_some(ReadDriftSources {}));
    let (known, fault) = (told.told, told.fault);
    let profile = move || known.with(|known| known.as_ref().map(|known| known.profile.clone()));
    let none = move || known.with(|known| known.as_ref().is_some_and(|known| known.sources.is_empty()));
    view! {
        <section class="section" aria-labelledby="drift-sources-title">
            <h2 id="drift-sources-title">"Drift sources"</h2>
            <p class="soft">
                "Where drift is told besides Model Monitor: snapshots of Evidently in S3, an MLflow server, or an exported mlruns folder"
                {move || profile().map(|profile| format!(", for the profile {profile}"))}
                ". What they follow stands in Drift."
            </p>
            {move || if is_open.get() {
                told.waiting(3)
            } else {
                view! { <p class="dim">"Each profile has its own. Open one first."</p> }.into_any()
            }}
            <Aside stored=Stored::DriftSources fault again=Callback::new(move |()| told.look()) />
            <ul role="list" class="entries" aria-label="Drift sources">
                {move || {
                    let sources = known.with(|known| known.as_ref().map(|known| known.sources.clone()).unwrap_or_default());
                    sources.into_iter().map(|source| view! { <Line source known fault /> }).collect_view()
                }}
            </ul>
            <Show when=none>
                <p class="dim">"None yet."</p>
            </Show>
            <Show when=move || is_open.get()>
                <AddSource known />
            </Show>
        </section>
    }
}

#[component]
fn Line(source: DriftSource, known: RwSignal<Option<DriftSources>>, fault: RwSignal<Option<Fault>>) -> impl IntoView {
    let desk = Desk::get();
    let trial = RwSignal::new(None::<Result<SourceTrial, Fault>>);
    let busy = RwSignal::new(false);
    let DriftSource { address, names, unencrypted, token } = source;
    let word = SourcePlace::read(&address).map_or("address of another version", |place| place.word());
    let (remove_label, try_label) = (format!("Remove {address}"), format!("Try {address}"));
    let (shown, data_id, tried) = (format::visible(&address), address.clone(), address.clone());
    let mapped = names.len() as u64;
    let again = names;
    let try_it = move |_| {
        busy.set(true);
        let typed = unencrypted.then(|| UNENCRYPTED.to_owned());
        let draft = SourceDraft { address: tried.clone(), names: again.clone(), token: None, typed };
        spawn_local(async move {
            let answer = bridge::call(TryDriftSource { draft }).await;
            busy.try_set(false);
            trial.try_set(Some(answer));
        });
    };
    let remove = move |_| {
        let address = address.clone();
        spawn_local(async move {
            match bridge::call(RemoveDriftSource { address: address.clone() }).await {
                Ok(left) => {
                    fault.try_set(None);
                    known.try_set(Some(left));
                    desk.say(format!("{address} is removed"));
                }
                Err(refused) => {
                    fault.try_set(Some(refused));
                }
            }
        });
    };
    view! {
        <li class="entry source-entry" data-id=data_id>
            <Icon name="drift" />
            <div class="entry-text">
                <span class="mono wrap">{shown}</span>
                <span class="dim">
                    {word}
                    {token.then_some(", with a token of the keychain")}
                    {(mapped > 0).then(|| format!(", {}", format::counted(mapped, "name given", "names given")))}
                </span>
                {unencrypted.then(|| view! { <span class="chip warn">"not encrypted"</span> })}
                <Outcome trial />
            </div>
            <button type="button" class="btn" aria-label=try_label disabled=move || busy.get() on:click=try_it>"Try"</button>
            <button type="button" class="btn quiet" aria-label=remove_label on:click=remove><Icon name="x" />"Remove"</button>
        </li>
    }
}

/// What a first page says.
#[component]
fn Outcome(trial: RwSignal<Option<Result<SourceTrial, Fault>>>) -> impl IntoView {
    let desk = Desk::get();
    move || {
        let zone = desk.zone();
        match trial.get() {
        None => ().into_any(),
        Some(Err(fault)) => view! { <FaultView fault /> }.into_any(),
        Some(Ok(SourceTrial { words, found, notices })) => view! {
            <div class="source-trial" role="status">
                <p>{words}</p>
                <Partial notices=Signal::stored(notices) />
                <ul role="list" aria-label="Found there">
                    {found
                        .into_iter()
                        .map(|one| {
                            let newest = one.newest.map(|at| format!(", newest of {}", format::minute(at, zone)));
                            let other = (one.endpoint != one.name).then(|| format!(" is {}", format::visible(&one.endpoint)));
                            view! { <li><span class="mono">{format::visible(&one.name)}</span>{other}<span class="dim">{newest}</span></li> }
                        })
                        .collect_view()}
                </ul>
            </div>
        }
        .into_any(),
    }
    }
}

/// `NAME = ENDPOINT` a line; or the first line that is none.
fn read_names(text: &str) -> Result<Vec<SourceName>, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| match line.rsplit_once('=').map(|(name, endpoint)| (name.trim(), endpoint.trim())) {
            Some((name, endpoint)) if !name.is_empty() && !endpoint.is_empty() => {
                Ok(SourceName { name: name.to_owned(), endpoint: endpoint.to_owned() })
            }
            _ => Err(format!("\"{line}\" is not NAME = ENDPOINT.")),
        })
        .collect()
}

#[component]
fn AddSource(known: RwSignal<Option<DriftSources>>) -> impl IntoView {
    let desk = Desk::get();
    let (wrong, wrong_names) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let fault = RwSignal::new(None::<Fault>);
    let trial = RwSignal::new(None::<Result<SourceTrial, Fault>>);
    let busy = RwSignal::new(false);
    let address = RwSignal::new(String::new());
    let place = Memo::new(move |_| SourcePlace::read(&address.read()).ok());
    let plain = Memo::new(move |_| place.with(|place| place.as_ref().is_some_and(SourcePlace::is_unencrypted)));
    let takes_token = Memo::new(move |_| place.with(|place| place.as_ref().is_some_and(SourcePlace::takes_token)));
    let (address_field, token_field, typed_field) =
        (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let names_field = NodeRef::<html::Textarea>::new();
    let value = |field: NodeRef<html::Input>| {
        field.get_untracked().map(|input| input.value().trim().to_owned()).filter(|text| !text.is_empty())
    };
    // What was typed, or nothing with the reason at the field.
    let draft = move || {
        let names = names_field.get_untracked().map(|field| field.value()).unwrap_or_default();
        wrong.set(SourcePlace::read(&address.get_untracked()).err().map(|error| error.to_string()));
        let names = read_names(&names);
        wrong_names.set(names.as_ref().err().cloned());
        if wrong.with_untracked(Option::is_some) {
            if let Some(input) = address_field.get_untracked() {
                let _ = input.focus();
            }
            return None;
        }
        let Ok(names) = names else {
            if let Some(field) = names_field.get_untracked() {
                let _ = field.focus();
            }
            return None;
        };
        // A field that has gone is still known by its node, with what was typed in it.
        Some(SourceDraft {
            address: address.get_untracked(),
            names,
            token: takes_token.get_untracked().then(|| value(token_field)).flatten(),
            typed: plain.get_untracked().then(|| value(typed_field)).flatten(),
        })
    };
    let try_it = move |_| {
        let Some(draft) = draft() else { return };
        busy.set(true);
        spawn_local(async move {
            let tried = draft.address.clone();
            let answer = bridge::call(TryDriftSource { draft }).await;
            busy.try_set(false);
            // What is known of one address says nothing of another.
            if address.try_get_untracked() == Some(tried) {
                trial.try_set(Some(answer));
            }
        });
    };
    let name_place = move |text: String| {
        trial.try_set(None);
        address.try_set(text);
    };
    let add = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(draft) = draft().filter(|_| !busy.get_untracked()) else { return };
        busy.set(true);
        fault.set(None);
        spawn_local(async move {
            let shown = draft.address.clone();
            let answer = bridge::call(SaveDriftSource { draft }).await;
            busy.try_set(false);
            match answer {
                Ok(sources) => {
                    for field in [token_field, typed_field] {
                        if let Some(input) = field.get_untracked() {
                            input.set_value("");
                        }
                    }
                    if let Some(field) = names_field.get_untracked() {
                        field.set_value("");
                    }
                    address.try_set(String::new());
                    trial.try_set(None);
                    known.try_set(Some(sources));
                    desk.say(format!("{shown} is kept"));
                }
                Err(refused) => {
                    fault.try_set(Some(refused));
                }
            }
        });
    };
    let choose = move |_| {
        spawn_local(async move {
            match bridge::call(PickRunFolder {}).await {
                Ok(Some(path)) => name_place(path),
                Ok(None) => {}
                Err(refused) => {
                    fault.try_set(Some(refused));
                }
            }
        });
    };
    view! {
        <form class="keys-form source-form" aria-label="Add a drift source" autocomplete="off" on:submit=add>
            <div class="field">
                <label for="source-address">"Address"</label>
                <input
                    node_ref=address_field
                    id="source-address"
                    type="text"
                    class="mono"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=move || address.get()
                    aria-invalid=move || wrong.read().is_some().to_string()
                    aria-describedby="source-address-hint source-address-error"
                    on:input:target=move |event| name_place(event.target().value())
                />
                <p class="field-hint" id="source-address-hint">
                    {move || match place.get() {
                        Some(place) => format!("{}: {place}", place.word()),
                        None => "s3://bucket/evidently/{endpoint}/, https://mlflow.example.com, the ARN of an MLflow tracking server or app, or the path of an mlruns folder.".to_owned(),
                    }}
                </p>
                <p class="field-error" id="source-address-error">
                    {move || wrong.get().map(|wrong| view! { <Icon name="triangle-alert" /> {wrong} })}
                </p>
            </div>
            <Show when=move || plain.get()>
                <div class="field">
                    <label for="source-typed">"This address is not encrypted: whoever is on the way reads the token and changes the numbers. Type \"unencrypted\" to use it."</label>
                    <input node_ref=typed_field id="source-typed" type="text" autocomplete="off" spellcheck="false" />
                </div>
            </Show>
            <Show when=move || takes_token.get()>
                <div class="field">
                    <label for="source-token">"Token, or name:password (optional; the keychain keeps it)"</label>
                    <input node_ref=token_field id="source-token" type="password" autocomplete="off" spellcheck="false" />
                </div>
            </Show>
            <div class="field">
                <label for="source-names">"Names (optional): a folder or experiment that is not called as its endpoint"</label>
                <textarea
                    node_ref=names_field
                    id="source-names"
                    class="mono"
                    rows="2"
                    spellcheck="false"
                    placeholder="monitoring/demand = demand-forecast-live"
                    aria-invalid=move || wrong_names.read().is_some().to_string()
                    aria-describedby="source-names-error"
                ></textarea>
                <p class="field-error" id="source-names-error">
                    {move || wrong_names.get().map(|wrong| view! { <Icon name="triangle-alert" /> {wrong} })}
                </p>
            </div>
            {move || fault.get().map(|fault| view! { <FaultView fault /> })}
            <Outcome trial />
            <div class="dialog-foot">
                <button type="button" class="btn" on:click=choose>"Choose a folder"</button>
                <button type="button" class="btn" disabled=move || busy.get() on:click=try_it>"Try"</button>
                <button type="submit" class="btn go" disabled=move || busy.get()>"Add source"</button>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_a_line_each() {
        let names = read_names("\n monitoring/a = a-live \nx=y=z\n").unwrap();
        let pairs: Vec<_> = names.iter().map(|one| (one.name.as_str(), one.endpoint.as_str())).collect();
        assert_eq!(pairs, [("monitoring/a", "a-live"), ("x=y", "z")]);
        assert_eq!(read_names("a-live").unwrap_err(), "\"a-live\" is not NAME = ENDPOINT.");
        assert!(read_names("= b").is_err() && read_names("").unwrap().is_empty());
    }
}
