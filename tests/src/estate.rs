//! The practice estate: started by the test program that needs it, gone with it.
//!
//! A test borrows an estate and has it alone; one that changes something, or lets calls fail, puts it back to its seed.
//! Tests run side by side on estates of their own.

mod control;
mod logs;
mod models;
mod s3;
mod states;

pub use s3::{Answered, Seen, send};

use crate::places;
use anyhow::{Context as _, Result, anyhow, bail};
use serde_json::{Value, json};
use std::{
    env,
    io::{BufRead as _, BufReader},
    ops::Deref,
    process::{Child, Command, Stdio},
    sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError},
    thread,
};

/// Hands the estate of a test program down to the processes that it starts.
const HANDED_DOWN: &str = "QUARTERDECK_TEST_ESTATE";

#[derive(Debug)]
pub struct Estate {
    /// What it said when it was ready.
    ready: Value,
    control: String,
    /// Its standard input closes when this process ends, however it ends, and the estate follows.
    _process: Option<Child>,
}

/// How many estates a test program starts at most: each is a Python process that fills a core when it is asked much.
const MOST: usize = 2;

/// The estates of this test program.
#[derive(Debug, Default)]
struct Pool {
    started: usize,
    free: Vec<&'static Estate>,
}

static POOL: Mutex<Pool> = Mutex::new(Pool { started: 0, free: Vec::new() });
static RETURNED: Condvar = Condvar::new();

fn pool() -> MutexGuard<'static, Pool> {
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Estate {
    /// The estate of a program that needs only one. The first call starts it (some seconds).
    pub fn shared() -> Result<&'static Self> {
        static SHARED: OnceLock<Result<&Estate, String>> = OnceLock::new();
        let shared = SHARED.get_or_init(|| Self::at_hand(1).map_err(|error| format!("{error:#}")));
        shared.as_ref().copied().map_err(|error| anyhow!("{error}"))
    }

    /// An estate for one test: a free one, one more, or the next that is given back.
    pub fn borrow() -> Result<Borrowed> {
        let mut pool = pool();
        loop {
            if let Some(estate) = pool.free.pop() {
                return Ok(Borrowed(estate));
            }
            if pool.started < MOST {
                pool.started += 1;
                let number = pool.started;
                drop(pool);
                return Self::at_hand(number).map(Borrowed);
            }
            pool = RETURNED.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The one that was handed down, or one that is started, to stay as long as this program.
    fn at_hand(number: usize) -> Result<&'static Self> {
        // A thread for it alone: where the kernel ties a child to the thread that started it, the estate would
        // end with the first test. The thread keeps sleeping until the program ends.
        let (tell, told) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let _ = tell.send(Self::handed_down().unwrap_or_else(|| Self::start(number)));
            loop {
                thread::park();
            }
        });
        Ok(Box::leak(Box::new(told.recv()??)))
    }

    fn handed_down() -> Option<Result<Self>> {
        let ready = env::var(HANDED_DOWN).ok()?;
        Some(Self::from_ready(&ready, None))
    }

    fn start(number: usize) -> Result<Self> {
        let python = places::python();
        if !python.is_file() {
            bail!("the estate's Python environment is missing: `cargo xtask setup` makes it");
        }
        let program = env::current_exe()?;
        // Without the hash that cargo appends: a folder for each estate of a test program, not for each build.
        let name = program.file_stem().unwrap_or_default().to_string_lossy();
        let name = format!("{}-{number}", name.split('-').next().unwrap_or("tests"));
        let mut command = Command::new(python);
        command.args(["-m", "estate", "--quiet", "--state-dir"]).arg(places::out().join("estate").join(name));
        command.current_dir(places::root().join("tests")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().context("the practice estate could not be started")?;
        let printed = process.stdout.take().context("the estate's output is not connected")?;
        let mut line = String::new();
        BufReader::new(printed).read_line(&mut line)?;
        Self::from_ready(&line, Some(process))
    }

    fn from_ready(line: &str, process: Option<Child>) -> Result<Self> {
        let ready: Value = serde_json::from_str(line)
            .with_context(|| format!("the estate should say JSON when ready, not `{line}`"))?;
        let control = ready.get("control").and_then(Value::as_str).context("the estate names no control")?.to_owned();
        Ok(Self { ready, control, _process: process })
    }

    /// One field of the ready line: `config_file`, `endpoints`, `story_day`...
    pub fn says(&self, field: &str) -> Result<&str> {
        self.ready
            .get(field)
            .and_then(Value::as_str)
            .with_context(|| format!("the estate's ready line lacks `{field}`"))
    }

    /// Where one of its servers is: `s3` or `aws`.
    pub fn endpoint(&self, server: &str) -> Result<&str> {
        let endpoints = self.ready.get("endpoints").and_then(|all| all.get(server)).and_then(Value::as_str);
        endpoints.with_context(|| format!("the estate names no endpoint `{server}`"))
    }

    /// What turns a program to the estate.
    pub fn environment(&self) -> Result<Vec<(String, String)>> {
        let mut variables = Vec::new();
        for (name, field) in [
            ("AWS_CONFIG_FILE", "config_file"),
            ("AWS_SHARED_CREDENTIALS_FILE", "credentials_file"),
            ("AWS_PROFILE", "profile"),
        ] {
            variables.push((name.to_owned(), self.says(field)?.to_owned()));
        }
        Ok(variables)
    }

    /// Lets a test process that this one starts use this estate, without turning the product to it.
    pub fn hand_down(&self, command: &mut Command) {
        command.env(HANDED_DOWN, self.ready.to_string());
    }

    /// For a test that changes something: undone when it ends.
    pub fn put_back_afterwards(&self) -> PutBack<'_> {
        PutBack(self)
    }

    /// Puts everything back to its seed and forgets all faults.
    pub fn reset(&self) -> Result<()> {
        self.post("resume", &json!({}))?;
        self.post("reset", &json!({})).map(drop)
    }

    /// Lets the next `times` calls that match fail: `fault(json!({"action": "CopyObject"}), 1, json!({"status": 503}))`.
    pub fn fault(&self, calls: Value, times: u32, answer: Value) -> Result<()> {
        self.post("fault", &json!({ "match": calls, "times": times, "answer": answer })).map(drop)
    }

    /// The calls of one action that the servers saw after number `since`.
    pub fn requests(&self, action: &str, since: u64) -> Result<Value> {
        control::request("GET", &format!("{}/requests?since={since}&action={action}", self.control), None)
    }

    /// The number of the last request: what comes after it is the test's own.
    pub fn mark(&self) -> Result<u64> {
        let answer = self.get(&format!("requests?since={}", u64::MAX >> 1))?;
        answer.get("next").and_then(Value::as_u64).context("the estate numbers no requests")
    }

    /// The calls of one action after a mark.
    pub fn calls(&self, action: &str, since: u64) -> Result<Vec<Seen>> {
        let answer = self.requests(action, since)?;
        Ok(answer.get("requests").and_then(Value::as_array).into_iter().flatten().cloned().map(Seen).collect())
    }

    /// All S3 calls after a mark that would change something.
    pub fn writes(&self, since: u64) -> Result<Vec<Seen>> {
        let answer = self.get(&format!("requests?since={since}&service=s3"))?;
        let all = answer.get("requests").and_then(Value::as_array).into_iter().flatten().cloned().map(Seen);
        Ok(all.filter(|seen| !matches!(seen.text("method"), "GET" | "HEAD")).collect())
    }

    /// How often the faults that are set have fired.
    pub fn fired(&self) -> Result<u64> {
        let answer = self.get("fired")?;
        let rules = answer.get("rules").and_then(Value::as_array).into_iter().flatten();
        Ok(rules.filter_map(|rule| rule.get("fired")?.as_u64()).sum())
    }

    pub fn post(&self, route: &str, body: &Value) -> Result<Value> {
        control::request("POST", &format!("{}/{route}", self.control), Some(body))
    }

    pub fn get(&self, route: &str) -> Result<Value> {
        control::request("GET", &format!("{}/{route}", self.control), None)
    }
}

/// An estate in the hands of one test.
#[derive(Debug)]
pub struct Borrowed(&'static Estate);

impl Deref for Borrowed {
    type Target = Estate;

    fn deref(&self) -> &Estate {
        self.0
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        pool().free.push(self.0);
        RETURNED.notify_one();
    }
}

/// Puts the estate back to its seed when it goes.
#[derive(Debug)]
pub struct PutBack<'a>(&'a Estate);

impl Drop for PutBack<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.reset() {
            eprintln!("The estate could not be put back: {error:#}");
        }
    }
}
