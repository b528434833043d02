//! Somebody else at work in the estate's buckets, and what the estate saw of the program.
//!
//! Requests go over a bare socket: the harness must not stand on the SDK that it tests.

use super::Estate;
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::{
    fmt::Write as _,
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

/// One line of the estate's request log.
#[derive(Debug, Clone)]
pub struct Seen(pub Value);

impl Seen {
    pub fn text(&self, field: &str) -> &str {
        self.0.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.get("headers")?.get(name)?.as_str()
    }

    pub fn status(&self) -> u64 {
        self.0.get("status").and_then(Value::as_u64).unwrap_or_default()
    }
}

/// An answer of the estate's S3.
#[derive(Debug, Clone)]
pub struct Answered {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answered {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Estate {
    /// A put by somebody else. Answers with the new version's id.
    pub fn put(&self, bucket: &str, key: &str, body: &[u8]) -> Result<String> {
        let answered = self.s3("PUT", bucket, key, "", &[("content-type", "text/csv")], body)?;
        Ok(answered.header("x-amz-version-id").unwrap_or("null").to_owned())
    }

    /// A delete by somebody else.
    pub fn delete(&self, bucket: &str, key: &str) -> Result<()> {
        self.s3("DELETE", bucket, key, "", &[], b"").map(drop)
    }

    /// The bytes of a version.
    pub fn body(&self, bucket: &str, key: &str, version_id: &str) -> Result<Vec<u8>> {
        Ok(self.s3("GET", bucket, key, &format!("versionId={}", encoded(version_id, false)), &[], b"")?.body)
    }

    pub fn head(&self, bucket: &str, key: &str) -> Result<Answered> {
        self.s3("HEAD", bucket, key, "", &[], b"")
    }

    pub fn set_versioning(&self, bucket: &str, status: &str) -> Result<()> {
        let body = format!(
            "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>{status}</Status></VersioningConfiguration>"
        );
        self.s3("PUT", bucket, "", "versioning", &[], body.as_bytes()).map(drop)
    }

    /// Any request; anything but success is an error.
    pub fn s3(
        &self,
        method: &str,
        bucket: &str,
        key: &str,
        query: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answered> {
        send(self.endpoint("s3")?, method, bucket, key, query, headers, body)
    }
}

/// One request to an S3 server at `endpoint`; anything but success is an error. The servers here check no signature. A
/// header `x-service` makes it a request to another service.
pub fn send(
    endpoint: &str,
    method: &str,
    bucket: &str,
    key: &str,
    query: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Answered> {
    let host = endpoint.trim_start_matches("http://").trim_end_matches('/');
    let mut path = format!("/{bucket}");
    if !key.is_empty() {
        path.push('/');
        path.push_str(&encoded(key, true));
    }
    if !query.is_empty() {
        path.push('?');
        path.push_str(query);
    }
    let service = headers.iter().find(|(name, _)| *name == "x-service").map_or("s3", |(_, service)| *service);
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\nauthorization: {}\r\n",
        body.len(),
        scope(service)
    );
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n")?;
    }
    head.push_str("\r\n");
    let mut stream = TcpStream::connect(host).context("the estate's S3 does not answer")?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answered = parse(&answer).with_context(|| format!("{method} {path} was answered by half"))?;
    if answered.status >= 300 {
        bail!("{method} {path}: {} {}", answered.status, answered.text());
    }
    Ok(answered)
}

/// Who asks which service; nobody looks at the signature.
fn scope(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=AKIAPRACTICE00000001/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    )
}

fn parse(answer: &[u8]) -> Option<Answered> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(answer.get(..end)?).into_owned();
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let body = answer.get(end + 4..)?;
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    Some(Answered { status, body: if chunked { unchunked(body)? } else { body.to_vec() }, headers })
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while !rest.is_empty() {
        let line = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(rest.get(..line)?).ok()?.trim(), 16).ok()?;
        body.extend_from_slice(rest.get(line + 2..line + 2 + size)?);
        rest = rest.get(line + 4 + size..).unwrap_or_default();
    }
    Some(body)
}

/// Percent-encoded as a path (slashes stay) or as a query's value.
fn encoded(text: &str, path: bool) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || (path && byte == b'/') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
