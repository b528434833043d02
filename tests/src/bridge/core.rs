//! A running core with a window that draws nothing.

use super::{Channel, Heard};
use anyhow::{Result, anyhow};
use contract::{Command, Fault, command::Streaming};
use engine::{Desk, Options};
use quarterdeck::Start;
use serde_json::{Value, json};
use std::time::Instant;
use tauri::{
    App, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    ipc::{CallbackFn, InvokeBody, InvokeResponseBody},
    test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder, mock_context, noop_assets},
    webview::InvokeRequest,
};

pub struct Core {
    app: App<MockRuntime>,
    window: WebviewWindow<MockRuntime>,
    heard: Heard,
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core").finish_non_exhaustive()
    }
}

/// The reply to a command that streams, and its channel.
pub type Streamed<C> = (Result<<C as Command>::Reply, Fault>, Channel<<C as Streaming>::Event>);

impl Core {
    /// The core as the program starts it: data folder and AWS configuration come from the environment.
    pub fn start() -> Result<Self> {
        Self::with(Options::new(env!("CARGO_PKG_VERSION")))
    }

    /// The program's own builder with its handlers, on the mock runtime. The capability files are not part of it: they
    /// are held to the list of commands by the test `house`, and the tests in the window go through them.
    pub fn with(options: Options) -> Result<Self> {
        let desk = tauri::async_runtime::block_on(Desk::start(options))?;
        let heard = Heard::default();
        let listener = heard.clone();
        let mock = mock_builder().channel_interceptor(move |_, channel, _, body| {
            listener.note(channel.0, body);
            true
        });
        let builder = quarterdeck::builder(mock.manage(desk), Start(Instant::now()));
        let app = builder.build(mock_context(noop_assets()))?;
        let window = WebviewWindowBuilder::new(&app, quarterdeck::MAIN, WebviewUrl::default()).build()?;
        Ok(Self { app, window, heard })
    }

    /// What a reload of the window tells the core.
    pub fn reload(&self) {
        self.app.state::<Desk>().forget_window();
    }

    /// The core itself, for what no command reaches: a run that a test made up.
    pub fn desk(&self) -> Desk {
        self.app.state::<Desk>().inner().clone()
    }

    /// Calls a command as the window would.
    pub fn call<C: Command>(&self, request: &C) -> Result<Result<C::Reply, Fault>> {
        Self::answer::<C>(self.invoke(C::NAME, json!({ "request": request })))
    }

    /// Calls a command that streams; what it reports is heard on the channel.
    pub fn stream<C: Streaming>(&self, request: &C) -> Result<Streamed<C>> {
        let channel = self.heard.channel();
        let events = json!(format!("__CHANNEL__:{}", channel.id()));
        let reply = Self::answer::<C>(self.invoke(C::NAME, json!({ "request": request, "events": events })))?;
        Ok((reply, channel))
    }

    fn answer<C: Command>(body: Result<InvokeResponseBody, Value>) -> Result<Result<C::Reply, Fault>> {
        let body = match body {
            Ok(body) => body,
            Err(refused) => {
                let fault = serde_json::from_value(refused.clone());
                return fault.map(Err).map_err(|_| anyhow!("`{}` was refused by the bridge: {refused}", C::NAME));
            }
        };
        let reply: C::Reply = match body {
            InvokeResponseBody::Json(text) => serde_json::from_str(&text)?,
            InvokeResponseBody::Raw(bytes) => serde_json::from_value(json!(bytes))?,
        };
        Ok(Ok(reply))
    }

    /// Calls a command that must succeed.
    pub fn ask<C: Command>(&self, request: &C) -> Result<C::Reply> {
        self.call(request)?.map_err(|fault| anyhow!("`{}` faulted: {fault:?}", C::NAME))
    }

    /// Calls a command that must fault.
    pub fn fault<C: Command>(&self, request: &C) -> Result<Fault> {
        match self.call(request)? {
            Err(fault) => Ok(fault),
            Ok(_) => Err(anyhow!("`{}` should have faulted", C::NAME)),
        }
    }

    /// The bare wire: any command by its name, with any arguments.
    pub fn invoke(&self, command: &str, mut arguments: Value) -> Result<InvokeResponseBody, Value> {
        if let Some(arguments) = arguments.as_object_mut() {
            // Streaming commands want a channel; nobody listens to this one.
            arguments.entry("events").or_insert_with(|| json!("__CHANNEL__:0"));
        }
        let url =
            if cfg!(any(windows, target_os = "android")) { "http://tauri.localhost" } else { "tauri://localhost" };
        let request = InvokeRequest {
            cmd: command.to_owned(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: url.parse().map_err(|error| json!(format!("{error}")))?,
            body: InvokeBody::Json(arguments),
            headers: tauri::http::HeaderMap::default(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        get_ipc_response(&self.window, request)
    }
}
