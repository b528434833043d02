//! The program itself, in real WebKit: found, pressed and read as a person or a screen reader would.
//!
//! `tauri-driver` and WebKit's own WebDriver stand between. One session runs at a time. The software GL stack crashes
//! about two sessions in a hundred; a test that dies of that is started again once, on a new computer, and says so.

mod driver;
mod find;
mod keys;

pub use thirtyfour::{By, WebElement};

use crate::{computer::Computer, estate::Estate, name_of_test, places};
use anyhow::{Context as _, Result, anyhow, bail};
use driver::Driver;
use futures_util::FutureExt as _;
use std::{
    fs,
    panic::AssertUnwindSafe,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};
use thirtyfour::{Capabilities, WebDriver};

/// How long the window may take to show what a test waits for.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a whole test may take: a picture that never comes must not stop all the others.
const LIMIT: Duration = Duration::from_mins(5);

/// One at a time, also when libtest runs tests side by side.
static TURN: Mutex<()> = Mutex::new(());

/// Opens the window on the estate and hands it to the body. The estate is put back afterwards.
pub fn in_window(body: impl AsyncFn(&Window) -> Result<()>) -> Result<()> {
    let name = name_of_test(&body);
    on_computer(&name, Computer::on, async |computer| {
        let window = Window::open(computer, &name).await?;
        window.run(&body).await
    })
}

/// The same for a test that furnishes the computer itself, or opens the program more than once.
pub fn on_computer(
    name: &str,
    furnish: impl Fn(&Estate) -> Result<Computer>,
    body: impl AsyncFn(&Computer) -> Result<()>,
) -> Result<()> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let estate = Estate::shared()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let attempt = || {
        let _put_back = estate.put_back_afterwards();
        let computer = furnish(estate)?;
        runtime.block_on(async {
            let in_time = tokio::time::timeout(LIMIT, body(&computer)).await;
            in_time.unwrap_or_else(|_| Err(anyhow!("the test took longer than {} s", LIMIT.as_secs())))
        })
    };
    match attempt() {
        Err(error) if driver::is_crash_of_webkit(&error) => {
            eprintln!("{name}: WebKit's session crashed; started again, once");
            attempt()
        }
        outcome => outcome,
    }
}

/// One run of the program.
#[derive(Debug)]
pub struct Window {
    web: WebDriver,
    driver: Driver,
    name: String,
}

impl Window {
    /// Starts the program on the computer. `name` names the pictures of a failure.
    pub async fn open(computer: &Computer, name: &str) -> Result<Self> {
        let program = places::program();
        if !program.is_file() {
            bail!("{} is not there: `cargo xtask e2e` builds it", program.display());
        }
        let wanted = serde_json::json!({ "browserName": "wry", "tauri:options": { "application": program } });
        Self::start(computer, name, wanted).await
    }

    /// A plain browser on the same WebKit, without anything of the program: for files that left it.
    pub async fn reader(computer: &Computer, name: &str) -> Result<Self> {
        let browser = places::browser().context("WebKit's MiniBrowser is not there")?;
        let options = serde_json::json!({ "application": browser, "args": ["--automation"] });
        let wanted = serde_json::json!({ "browserName": "MiniBrowser", "tauri:options": options });
        Self::start(computer, name, wanted).await
    }

    async fn start(computer: &Computer, name: &str, wanted: serde_json::Value) -> Result<Self> {
        let driver = Driver::start(computer)?;
        let wanted: Capabilities = serde_json::from_value(wanted)?;
        let web = WebDriver::builder(driver.url(), wanted).request_timeout(Duration::from_secs(40)).await;
        let web = web.with_context(|| format!("no window opened; the program said:\n{}", driver.log()))?;
        Ok(Self { web, driver, name: name.replace("::", "-") })
    }

    /// Runs a part of a test. If it fails or panics, a picture and the program's own words are kept.
    pub async fn run(self, body: impl AsyncFn(&Self) -> Result<()>) -> Result<()> {
        let outcome = AssertUnwindSafe(body(&self)).catch_unwind().await;
        if !matches!(outcome, Ok(Ok(()))) {
            let picture = self.picture(&format!("failed/{}", self.name)).await;
            let picture = picture.map_or_else(|error| format!("{error:#}"), |path| path.display().to_string());
            eprintln!("{}: picture {picture}; the program said:\n{}", self.name, self.driver.log());
            if let Some(why) = self.why_blank().await {
                eprintln!("The window is blank; started again, it says: {why}");
            }
        }
        let closed = self.close().await;
        match outcome {
            Err(panic) => std::panic::resume_unwind(panic),
            Ok(outcome) => outcome.and(closed),
        }
    }

    /// Ends the program as a person would, by closing its window.
    pub async fn close(self) -> Result<()> {
        self.web.quit().await.context("the session could not be ended")
        // The driver, and what it started, ends when it is dropped.
    }

    /// Ends the program in the middle of what it does, as a crash or a power cut would.
    pub fn kill(self) -> Result<()> {
        self.driver.kill();
        self.web.leak().map_err(|_| anyhow!("the session had ended already"))
    }

    /// What the program wrote to its standard error so far.
    pub fn log(&self) -> String {
        self.driver.log()
    }

    /// The WebDriver session, for what has no word here.
    pub fn web(&self) -> &WebDriver {
        &self.web
    }

    /// Shows another theme. The window itself sets one when the core has told the settings, so look whether it stayed.
    pub async fn theme(&self, theme: &str) -> Result<()> {
        self.wait_for(&format!("the theme {theme} to stay"), async || {
            self.web.execute("document.documentElement.dataset.theme = arguments[0]", vec![theme.into()]).await?;
            tokio::time::sleep(Duration::from_millis(300)).await;
            let now = self.web.execute("return document.documentElement.dataset.theme", vec![]).await?;
            Ok((now.json().as_str() == Some(theme)).then_some(()))
        })
        .await
    }

    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        self.web.set_window_rect(0, 0, width, height).await?;
        Ok(())
    }

    /// Goes to an address as a link in the window would: `/objects/lake-raw`. The page stays loaded.
    pub async fn visit(&self, address: &str) -> Result<()> {
        self.find("navigation", "Areas").await?;
        let script = "history.pushState(null, '', arguments[0]); dispatchEvent(new PopStateEvent('popstate'));";
        self.web.execute(script, vec![address.into()]).await?;
        Ok(())
    }

    /// Loads the window anew at an address, as a reload there would.
    pub async fn load(&self, address: &str) -> Result<()> {
        let origin = if cfg!(windows) { "http://tauri.localhost" } else { "tauri://localhost" };
        self.web.goto(format!("{origin}{address}")).await?;
        Ok(())
    }

    /// Keeps a picture as `target/shots/NAME.png`.
    pub async fn picture(&self, name: &str) -> Result<PathBuf> {
        let path = places::shots().join(format!("{name}.png"));
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        // Where WebKit draws without a graphics card, it takes a picture at the next repaint, and a page at rest has none.
        let repaint = "let left = 20;
            const again = setInterval(() => {
                document.body.style.opacity = left % 2 ? '0.999' : '';
                if (--left < 0) clearInterval(again);
            }, 50);";
        self.web.execute(repaint, vec![]).await?;
        fs::write(&path, self.web.screenshot_as_png().await?)?;
        Ok(path)
    }

    /// WebDriver shows no console. If nothing was drawn, the window's program is started once more, listened to.
    async fn why_blank(&self) -> Option<String> {
        let script = "
            const tell = arguments[arguments.length - 1], said = ['at ' + location.href];
            if (document.body.childElementCount > 0) { tell(null); return; }
            console.error = (...words) => said.push(words.join(' '));
            addEventListener('error', event => said.push(String(event.message)));
            addEventListener('unhandledrejection', event => said.push(String(event.reason)));
            import('/boot.js?again').catch(error => said.push(String(error)))
                .finally(() => setTimeout(() => tell(said.join('\\n')), 1500));";
        self.web.execute_async(script, vec![]).await.ok()?.json().as_str().map(str::to_owned)
    }

    /// Waits until something is so. `what` is for the message: `the receipt to show`.
    pub async fn wait_for<T>(&self, what: &str, look: impl AsyncFn() -> Result<Option<T>>) -> Result<T> {
        let start = Instant::now();
        let mut last = None;
        while start.elapsed() < PATIENCE {
            match look().await {
                Ok(Some(found)) => return Ok(found),
                Ok(None) => last = None,
                // What is looked at may be replaced meanwhile; a dead session stays dead.
                Err(error) if driver::is_crash_of_webkit(&error) => return Err(error),
                Err(error) => last = Some(error),
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        let last = last.map(|error| format!("; last: {error:#}")).unwrap_or_default();
        bail!("waited {} s for {what}{last}", PATIENCE.as_secs())
    }
}
