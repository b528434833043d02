//! One HTTP request to the estate's control, by hand: small JSON on the loopback, without an async runtime.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

pub fn request(method: &str, url: &str, body: Option<&Value>) -> Result<Value> {
    let rest = url.strip_prefix("http://").with_context(|| format!("{url} is not HTTP"))?;
    let (host, path) = rest.split_once('/').with_context(|| format!("{url} has no path"))?;
    let body = body.map(Value::to_string).unwrap_or_default();
    let mut stream = TcpStream::connect(host).context("the estate's control does not answer")?;
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    write!(
        stream,
        "{method} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("the estate's control answered half")?;
    if !head.starts_with("HTTP/1.1 200") {
        bail!("{method} {url}: {} {body}", head.lines().next().unwrap_or_default());
    }
    serde_json::from_str(body).with_context(|| format!("{method} {url} answered no JSON: {body}"))
}
