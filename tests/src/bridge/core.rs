//! A running core with a window that draws nothing.

use anyhow::{Result, anyhow};
use contract::{Command, Fault};
use engine::{Desk, Options};
use quarterdeck::Start;
use serde_json::{Value, json};
use std::time::Instant;
use tauri::{
    App, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    ipc::{CallbackFn, InvokeBody, InvokeResponseBody},
    test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder, mock_context, noop_assets},
    webview::InvokeRequest,
};

pub struct Core {
    _app: App<MockRuntime>,
    window: WebviewWindow<MockRuntime>,
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core").finish_non_exhaustive()
    }
}

impl Core {
    /// The core as the program starts it: data folder and AWS configuration come from the environment.
    pub fn start() -> Result<Self> {
        Self::with(Options::new(env!("CARGO_PKG_VERSION")))
    }

    /// The program's own builder with its handlers, on the mock runtime. The capability files are not part of it: they
    /// are held to the list of commands by the test `house`, and the tests in the window go through them.
    pub fn with(options: Options) -> Result<Self> {
        let desk = tauri::async_runtime::block_on(Desk::start(options))?;
        let builder = quarterdeck::builder(mock_builder(), desk, Start(Instant::now()));
        let app = builder.build(mock_context(noop_assets()))?;
        let window = WebviewWindowBuilder::new(&app, quarterdeck::MAIN, WebviewUrl::default()).build()?;
        Ok(Self { _app: app, window })
    }

    /// Calls a command as the window would.
    pub fn call<C: Command>(&self, request: &C) -> Result<Result<C::Reply, Fault>> {
        let body = match self.invoke(C::NAME, json!({ "request": request })) {
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
            // Streaming commands want a channel; what it carries ends in the mock window. Tests look at the sets instead.
            arguments.entry("events").or_insert_with(|| json!("__CHANNEL__:1"));
        }
        let url = if cfg!(any(windows, target_os = "android")) { "http://tauri.localhost" } else { "tauri://localhost" };
        let request = InvokeRequest {
            cmd: command.to_owned(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: url.parse().map_err(|error| json!(format!("{error}")))?,
            body: InvokeBody::Json(arguments),
            headers: Default::default(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        get_ipc_response(&self.window, request)
    }
}
