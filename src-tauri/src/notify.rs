//! Notifications of the desktop: shown as the core words them, and pressed to come back to the window.
//!
//! The texts hold names and errors of strangers. A notification server of Linux may read markup in a body, so what would
//! be read as markup is escaped for those that say they do.

use crate::window;
use contract::now::AlertEvent;
use engine::{Alert, Desk, Raise};
use notify_rust::Notification;
use std::sync::Arc;
use tauri::{AppHandle, Runtime};

const NAME: &str = "Quarterdeck";

/// From now on new failures are told. A second call changes nothing.
pub fn begin<R: Runtime>(app: &AppHandle<R>, desk: &Desk) {
    let (app, of_press) = (app.clone(), desk.clone());
    let pressed: Pressed = Arc::new(move |opens| {
        window::raise(&app);
        of_press.open_alert(opens);
    });
    let raise: Raise = Arc::new(move |alert| show(&alert, &pressed).map_err(|error| error.to_string()));
    desk.begin_watching(raise);
}

type Pressed = Arc<dyn Fn(AlertEvent) + Send + Sync>;

#[cfg(all(unix, not(target_os = "macos")))]
fn show(alert: &Alert, pressed: &Pressed) -> notify_rust::error::Result<()> {
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Notifications that wait to be pressed have a thread each, and a desktop may keep them for days.
    const MOST_WAITING: usize = 16;
    static WAITING: AtomicUsize = AtomicUsize::new(0);

    // A server that does not say what it can is taken for one that reads markup.
    let markup = notify_rust::get_capabilities().map_or(true, |can| can.iter().any(|can| can == "body-markup"));
    let body = if markup { escaped(&alert.body) } else { alert.body.clone() };
    let shown = Notification::new()
        .appname(NAME)
        .icon("quarterdeck")
        .summary(&alert.title)
        .body(&body)
        .action("default", "Open")
        .show()?;
    if WAITING.fetch_add(1, Ordering::Relaxed) >= MOST_WAITING {
        WAITING.fetch_sub(1, Ordering::Relaxed);
        return Ok(());
    }
    let (pressed, opens) = (Arc::clone(pressed), alert.opens.clone());
    std::thread::spawn(move || {
        shown.wait_for_action(|action| {
            if action == "default" {
                pressed(opens);
            }
        });
        WAITING.fetch_sub(1, Ordering::Relaxed);
    });
    Ok(())
}

/// There a notification cannot be pressed yet; it tells all the same.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn show(alert: &Alert, _pressed: &Pressed) -> notify_rust::error::Result<()> {
    Notification::new().appname(NAME).summary(&alert.title).body(&alert.body).show().map(drop)
}

/// The characters that begin markup, as the specification of notifications asks
/// (<https://specifications.freedesktop.org/notification-spec/latest/markup.html>).
#[cfg(any(test, all(unix, not(target_os = "macos"))))]
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stranger_wrote_is_no_markup() {
        assert_eq!(escaped("a & <b>bold</b>"), "a &amp; &lt;b&gt;bold&lt;/b&gt;");
    }
}
