//! The form for access keys. What is typed is read from the fields once, when it is sent, and kept nowhere: no signal of
//! the window ever holds a secret.

use crate::{
    bridge,
    desk::Desk,
    parts::{fault::FaultView, icon::Icon},
};
use contract::{Fault, session::AddKeys};
use leptos::{html, prelude::*, task::spawn_local};

/// What is wrong with a form, by field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Wrong {
    name: Option<&'static str>,
    region: Option<&'static str>,
    key_id: Option<&'static str>,
    secret: Option<&'static str>,
}

fn check(name: &str, taken: bool, region: &str, key_id: &str, secret: &str) -> Wrong {
    let letters = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    Wrong {
        name: if name.is_empty() {
            Some("Give the profile a name.")
        } else if taken {
            Some("A profile has this name already.")
        } else {
            None
        },
        region: (region.is_empty() || !region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
            .then_some("Name a region, such as eu-west-1."),
        key_id: (!letters(key_id) || !(16..=128).contains(&key_id.len()))
            .then_some("An access key id has 16 to 128 letters and digits, such as AKIAIOSFODNN7EXAMPLE."),
        secret: secret.is_empty().then_some("The secret is missing."),
    }
}

#[component]
pub fn AddKeysForm(
    #[prop(into)] on_done: Callback<()>,
    /// Without it there is no `Cancel`.
    #[prop(optional, into)]
    on_cancel: Option<Callback<()>>,
) -> impl IntoView {
    let desk = Desk::get();
    let wrong = RwSignal::new(Wrong::default());
    let fault = RwSignal::new(None::<Fault>);
    let busy = RwSignal::new(false);
    let fields: [NodeRef<html::Input>; 5] = std::array::from_fn(|_| NodeRef::new());
    let [name_field, region_field, id_field, secret_field, token_field] = fields;
    let value = |field: NodeRef<html::Input>| {
        field.get_untracked().map(|input| input.value().trim().to_owned()).unwrap_or_default()
    };

    let send = move || {
        let (name, region) = (value(name_field), value(region_field));
        let taken = desk.greeting.with_untracked(|greeting| {
            greeting.iter().flat_map(|greeting| &greeting.profiles).any(|profile| profile.name == name)
        });
        let request = AddKeys {
            access_key_id: value(id_field),
            secret_access_key: value(secret_field),
            session_token: Some(value(token_field)).filter(|token| !token.is_empty()),
            name,
            region,
        };
        let found = check(&request.name, taken, &request.region, &request.access_key_id, &request.secret_access_key);
        let first = [
            (found.name.is_some(), name_field),
            (found.region.is_some(), region_field),
            (found.key_id.is_some(), id_field),
            (found.secret.is_some(), secret_field),
        ];
        let first = first.into_iter().find(|(wrong, _)| *wrong).map(|(_, field)| field);
        wrong.set(found);
        if let Some(input) = first.and_then(|field| field.get_untracked()) {
            let _ = input.focus();
            return;
        }
        busy.set(true);
        fault.set(None);
        spawn_local(async move {
            let name = request.name.clone();
            let answer = bridge::call(request).await;
            busy.set(false);
            match answer {
                Ok(greeting) => {
                    for field in fields {
                        if let Some(input) = field.get_untracked() {
                            input.set_value("");
                        }
                    }
                    desk.apply(greeting);
                    desk.say(format!("The keychain keeps the keys of {name}"));
                    on_done.run(());
                }
                Err(why) => fault.set(Some(why)),
            }
        });
    };

    view! {
        <form
            class="keys-form"
            aria-label="Add access keys"
            autocomplete="off"
            on:submit=move |event| {
                event.prevent_default();
                if !busy.get_untracked() {
                    send();
                }
            }
        >
            <Field id="keys-name" label="Profile name" field=name_field error=Signal::derive(move || wrong.read().name) />
            <Field id="keys-region" label="Region" field=region_field error=Signal::derive(move || wrong.read().region) />
            <Field
                id="keys-id"
                label="Access key id"
                field=id_field
                mono=true
                error=Signal::derive(move || wrong.read().key_id)
            />
            <Field
                id="keys-secret"
                label="Secret access key"
                field=secret_field
                secret=true
                error=Signal::derive(move || wrong.read().secret)
            />
            <Field
                id="keys-token"
                label="Session token (only for temporary keys)"
                field=token_field
                secret=true
                error=Signal::stored(None)
            />
            {move || fault.get().map(|fault| view! { <FaultView fault /> })}
            <div class="dialog-foot">
                {on_cancel
                    .map(|cancel| {
                        view! {
                            <button type="button" class="btn" on:click=move |_| cancel.run(())>
                                "Cancel"
                            </button>
                        }
                    })}
                <button type="submit" class="btn go" disabled=move || busy.get()>
                    "Keep keys in the keychain"
                </button>
            </div>
        </form>
    }
}

#[component]
fn Field(
    id: &'static str,
    label: &'static str,
    field: NodeRef<html::Input>,
    error: Signal<Option<&'static str>>,
    #[prop(optional)] secret: bool,
    #[prop(optional)] mono: bool,
) -> impl IntoView {
    let error_id = format!("{id}-error");
    let kind = if secret { "password" } else { "text" };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                node_ref=field
                id=id
                type=kind
                class:mono=mono
                autocomplete="off"
                spellcheck="false"
                aria-invalid=move || error.get().is_some().to_string()
                aria-describedby=error_id.clone()
            />
            <p class="field-error" id=error_id.clone()>
                {move || error.get().map(|error| view! { <Icon name="triangle-alert" /> {error} })}
            </p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_checked() {
        assert_eq!(check("night", false, "eu-west-1", "AKIAIOSFODNN7EXAMPLE", "s"), Wrong::default());
        let wrong = check("", false, "", "short", "");
        assert!(wrong.name.is_some() && wrong.region.is_some() && wrong.key_id.is_some() && wrong.secret.is_some());
        assert!(check("night", true, "eu-west-1", "AKIAIOSFODNN7EXAMPLE", "s").name.is_some());
        assert!(check("n", false, "eu west", "AKIAIOSFODNN7EXAMPLE", "s").region.is_some());
    }
}
