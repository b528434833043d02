//! The one folder that knows how to call the core.
//!
//! A request type names its command and its reply ([`contract::Command`]), so a call is
//! `bridge::call(DescribeBucket { .. }).await`. Streams hand their events to a closure for as long as the returned
//! [`Listening`] lives. Calls made after an expired session fault with [`contract::Code::SignIn`]: the frame offers to
//! sign in, the page repeats.

mod channel;
mod ipc;

pub use channel::Listening;

use contract::{Code, Command, Fault, Streaming, objects::RawBytes};
use serde::Serialize;
use wasm_bindgen::JsValue;

#[derive(Serialize)]
struct Arguments<'a, C> {
    request: &'a C,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<String>,
}

/// Calls the core and waits for its reply.
///
/// # Errors
/// The core's own [`Fault`], or one with [`Code::Other`] when the bridge itself failed.
pub async fn call<C: Command>(request: C) -> Result<C::Reply, Fault> {
    reply(invoke(&request, None).await?)
}

/// Calls a command that keeps reporting: every event goes to `on_event` until the listening is dropped.
///
/// # Errors
/// As [`call`].
pub async fn listen<C: Streaming>(
    request: C,
    on_event: impl FnMut(C::Event) + 'static,
) -> Result<(C::Reply, Listening), Fault> {
    let listening = Listening::new(on_event);
    let reply = reply(invoke(&request, Some(listening.argument())).await?)?;
    Ok((reply, listening))
}

/// Calls a command whose reply crosses as raw bytes.
///
/// # Errors
/// As [`call`].
pub async fn bytes<C: Command<Reply = RawBytes>>(request: C) -> Result<Vec<u8>, Fault> {
    let value = invoke(&request, None).await?;
    Ok(js_sys::Uint8Array::new(&value).to_vec())
}

async fn invoke<C: Command>(request: &C, events: Option<String>) -> Result<JsValue, Fault> {
    let arguments =
        serde_json::to_string(&Arguments { request, events }).map_err(|error| broken(C::NAME, &error.to_string()))?;
    let arguments = js_sys::JSON::parse(&arguments).map_err(|_| broken(C::NAME, "the request is not JSON"))?;
    ipc::invoke(C::NAME, arguments).await.map_err(|error| fault(C::NAME, &error))
}

fn reply<T: serde::de::DeserializeOwned>(value: JsValue) -> Result<T, Fault> {
    // `undefined` and `null` both are the unit reply.
    let text = js_sys::JSON::stringify(&value).ok().and_then(|text| text.as_string()).unwrap_or_else(|| "null".into());
    serde_json::from_str(&text).map_err(|error| broken("reply", &error.to_string()))
}

fn fault(name: &str, error: &JsValue) -> Fault {
    let text = js_sys::JSON::stringify(error).ok().and_then(|text| text.as_string()).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_else(|_| broken(name, &error.as_string().unwrap_or(text)))
}

fn broken(name: &str, detail: &str) -> Fault {
    Fault::new(Code::Other, "The window and the core do not understand each other", format!("{name}: {detail}"))
        .hint("Restart Quarterdeck. If it happens again, the window and the core are of different builds.")
}
