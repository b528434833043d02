//! A running core with a window that draws nothing.

use anyhow::{Context as _, Result, anyhow};
use contract::{Command, Fault};
use serde_json::{Value, json};
use tauri::{
    App, WebviewWindow,
    ipc::{CallbackFn, InvokeBody, InvokeResponseBody},
    test::{INVOKE_KEY, MockRuntime, get_ipc_response},
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
    /// The program's own builder, context and capabilities, on the mock runtime.
    pub fn start() -> Result<Self> {
        let app = quarterdeck::build(tauri::test::mock_builder())?;
        let window = tauri::Manager::get_webview_window(&app, "main").context("the shell opened no window `main`")?;
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
