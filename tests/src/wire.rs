//! An S3 server that says what a test wrote down, for answers that no real one gives on demand.

use anyhow::{Context as _, Result};
use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// One answer.
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Reply {
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new() }
    }

    pub fn xml(status: u16, body: &str) -> Self {
        Self { body: body.to_owned(), ..Self::empty(status).header("content-type", "application/xml") }
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// The server. Lives until the test's process ends.
#[derive(Debug)]
pub struct Wire {
    port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Wire {
    /// `answer` gets the request line's method and path, and how many listings of versions came before it.
    pub fn start(answer: impl Fn(usize, &str) -> Reply + Send + 'static) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let log = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(request) = read(&stream) else { continue };
                let listings = {
                    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                    let before = log.iter().filter(|request| request.contains("versions")).count();
                    log.push(request.clone());
                    before
                };
                let _ = write(stream, &answer(listings, &request));
            }
        });
        Ok(Self { port, seen })
    }

    /// Method and path of every request so far.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes an AWS configuration into this process's home whose only profile leads here.
    pub fn configure_home(&self) -> Result<()> {
        let folder = PathBuf::from(std::env::var_os("HOME").context("a test's computer has a home")?).join(".aws");
        fs::create_dir_all(&folder)?;
        let config = format!(
            "[profile wire]\nregion = eu-west-1\naws_access_key_id = AKIAWIRE000000000001\naws_secret_access_key = none\n\
             services = wire\n[services wire]\ns3 =\n  endpoint_url = http://127.0.0.1:{}\n",
            self.port
        );
        Ok(fs::write(folder.join("config"), config)?)
    }
}

/// Method and path; the headers are read and left alone.
fn read(stream: &TcpStream) -> Option<String> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next()?.ok()?;
    while !lines.next()?.ok()?.is_empty() {}
    Some(first.rsplit_once(' ')?.0.to_owned())
}

fn write(mut stream: TcpStream, reply: &Reply) -> std::io::Result<()> {
    let mut head =
        format!("HTTP/1.1 {} Said\r\nconnection: close\r\ncontent-length: {}\r\n", reply.status, reply.body.len());
    for (name, value) in &reply.headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    write!(stream, "{head}\r\n{}", reply.body)
}
