//! The one window.

use tauri::{AppHandle, Manager, Runtime, Url, Webview, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

/// Its label: the capability files grant the commands to this window alone.
pub const MAIN: &str = "main";

/// Opens the window at its start page, hidden until [`show`]: it navigates nowhere else and opens no other.
pub fn open<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("Quarterdeck")
        .inner_size(1440.0, 900.0)
        .min_inner_size(640.0, 480.0)
        .visible(false)
        .on_navigation(is_own)
        .build()?;
    outlive_page(&window)
}

/// WebKit runs the page in a process of its own. When that dies, the window stays blank until its page is loaded again: the
/// core has lost nothing. A page that dies again at once is left alone.
#[cfg(target_os = "linux")]
fn outlive_page<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    use std::{
        cell::Cell,
        time::{Duration, Instant},
    };
    use webkit2gtk::WebViewExt as _;

    const AT_ONCE: Duration = Duration::from_secs(5);
    window.with_webview(|webview| {
        let last = Cell::new(None::<Instant>);
        webview.inner().connect_web_process_terminated(move |view, reason| {
            tracing::error!(?reason, "the process of the page has ended");
            if last.replace(Some(Instant::now())).is_none_or(|at| at.elapsed() > AT_ONCE) {
                view.reload();
            }
        });
    })
}

/// Elsewhere the web view is no process that can die alone, or loads its page again itself.
#[cfg(not(target_os = "linux"))]
fn outlive_page<R: Runtime>(_: &WebviewWindow<R>) -> tauri::Result<()> {
    Ok(())
}

/// Shows the window, once its page is loaded: nobody sees an empty one, and WebKit, asked by GTK to paint while its page's
/// process is just coming up, would hold the window's thread for half a second waiting for a picture that cannot come yet.
pub fn show<R: Runtime>(webview: &Webview<R>) {
    let _ = webview.window().show();
}

/// Where there is no graphics card (a virtual machine, a remote desktop), WebKit would composite with an OpenGL written
/// in software, and GTK would load one to ask what it can: that costs a third of a second at the start, and more at every
/// repaint than plain drawing does. What the person chose stands. Called before anything else, while the program has one
/// thread.
#[cfg(target_os = "linux")]
pub fn draw_without_gpu() {
    let is_card = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
    };
    if std::fs::read_dir("/dev/dri").is_ok_and(|mut entries| entries.any(is_card)) {
        return;
    }
    for (name, value) in [("WEBKIT_DISABLE_DMABUF_RENDERER", "1"), ("GDK_GL", "disable")] {
        let _ = glib::setenv(name, value, false);
    }
}

#[cfg(not(target_os = "linux"))]
pub fn draw_without_gpu() {}

/// Brings the window to the front, for a second start of the program.
pub fn raise<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

/// `tauri://localhost` here and on macOS, `http://tauri.localhost` on Windows.
fn is_own(url: &Url) -> bool {
    matches!((url.scheme(), url.host_str()), ("tauri", Some("localhost")) | ("http" | "https", Some("tauri.localhost")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_stays_at_home() {
        let own = |url: &str| is_own(&url.parse().unwrap());
        assert!(own("tauri://localhost/objects?prefix=a"));
        for foreign in [
            "https://example.com/",
            "file:///etc/passwd",
            "data:text/html,x",
            "tauri://elsewhere/",
            "http://localhost/",
            "about:blank",
        ] {
            assert!(!own(foreign), "{foreign}");
        }
    }
}
