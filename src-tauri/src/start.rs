//! Building and running the application.

use crate::{commands, logging, window};
use engine::{Desk, Options};
use std::{path::PathBuf, process::ExitCode, time::Instant};
use tauri::{Builder, Manager, RunEvent, Runtime, webview::PageLoadEvent};

/// When the program started, for the start-up measurement.
#[derive(Debug, Clone, Copy)]
pub struct Start(pub Instant);

/// Everything but the window system, so that tests build the same application on a mock one.
/// The application manages its [`Desk`] before it opens a window.
pub fn builder<R: Runtime>(builder: Builder<R>, start: Start) -> Builder<R> {
    builder.manage(start).invoke_handler(commands::handler()).on_page_load(move |webview, payload| {
        tracing::debug!(event = ?payload.event(), after_ms = start.0.elapsed().as_millis(), "page");
        // A reloaded window has forgotten its sets and streams; a channel to it would never say so.
        if payload.event() == PageLoadEvent::Started {
            webview.state::<Desk>().forget_window();
        } else {
            window::show(webview);
        }
    })
}

/// Runs the program until its window is closed.
pub fn run() -> ExitCode {
    let start = Start(Instant::now());
    window::draw_without_gpu();
    logging::start();
    if let Some(text) = informed(std::env::args().skip(1)) {
        return said(&text);
    }
    // Beside the window system's own start, which takes longer.
    let desk = tauri::async_runtime::spawn(Desk::start(options()));
    let tauri = Builder::default();
    // A second instance on the same data only raises the first; one on other data is a program of its own.
    let tauri = if std::env::var_os(store::DATA_DIR_VARIABLE).is_none() {
        tauri.plugin(tauri_plugin_single_instance::init(|app, _, _| window::raise(app)))
    } else {
        tauri
    };
    let tauri = tauri.plugin(tauri_plugin_clipboard_manager::init()).plugin(tauri_plugin_dialog::init()).setup(|app| {
        window::open(app.handle())?;
        Ok(())
    });
    let app = match builder(tauri, start).build(tauri::generate_context!()) {
        Ok(app) => app,
        Err(error) => return failed(&format!("The window cannot be opened: {error}")),
    };
    tracing::debug!(after_ms = start.0.elapsed().as_millis(), "window system ready");
    match tauri::async_runtime::block_on(desk) {
        Ok(Ok(desk)) => app.manage(desk),
        Ok(Err(error)) => return failed(&format!("Quarterdeck cannot open its own data: {error}")),
        Err(error) => return failed(&format!("Quarterdeck cannot open its own data: {error}")),
    };
    tracing::debug!(after_ms = start.0.elapsed().as_millis(), "desk open");
    app.run(|app, event| {
        if let RunEvent::ExitRequested { .. } = event {
            app.state::<Desk>().forget_window();
        }
    });
    ExitCode::SUCCESS
}

/// The options of a real run.
fn options() -> Options {
    Options {
        data_dir: std::env::var_os(store::DATA_DIR_VARIABLE).map(PathBuf::from),
        ..Options::new(env!("CARGO_PKG_VERSION"))
    }
}

fn informed(mut arguments: impl Iterator<Item = String>) -> Option<String> {
    match arguments.next()?.as_str() {
        "--version" | "-V" => Some(format!("quarterdeck {}", env!("CARGO_PKG_VERSION"))),
        "--help" | "-h" => Some(
            "quarterdeck: an operations console for data and machine-learning platforms on AWS\n\n\
             AWS_PROFILE           the profile to open\n\
             QUARTERDECK_DATA_DIR  where settings, journal and audit log are kept\n\
             QUARTERDECK_LOG       what to log, such as info or quarterdeck=debug"
                .to_owned(),
        ),
        _ => None,
    }
}

#[allow(clippy::print_stdout)] // the answer to --help and --version
fn said(text: &str) -> ExitCode {
    println!("{text}");
    ExitCode::SUCCESS
}

#[allow(clippy::print_stderr)] // there is no window to say it in
fn failed(text: &str) -> ExitCode {
    eprintln!("{text}");
    ExitCode::FAILURE
}
