//! An object that is read from its beginning to its end, whatever happens to it and to the connection meanwhile.

use super::{fetch, take};
use crate::{AwsError, Call, Session, objects::buckets, time::timestamp};
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use contract::Timestamp;
use std::{
    future::Future,
    io::{self, Read},
};
use tokio::sync::mpsc::{self, Receiver, Sender};

const HEAD: Call = Call::new("HeadObject", "s3:GetObject");
pub const GET: Call = Call::new("GetObject", "s3:GetObject");

/// Pieces that wait for the reader: some hundred KiB.
const AHEAD: usize = 32;
/// How often a broken connection is taken up again where it broke, for one object.
const RESUMES: u32 = 3;

/// Which bytes an object holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    pub etag: String,
    pub size: u64,
    pub last_write: Option<Timestamp>,
}

/// What is there now.
pub async fn stamp(session: &Session, bucket: &str, key: &str) -> Result<Stamp, AwsError> {
    let reply = buckets::client(session, bucket).await?.head_object().bucket(bucket).key(key).send().await;
    let reply = reply.map_err(|error| AwsError::from_sdk(HEAD, error))?;
    Ok(Stamp {
        etag: reply.e_tag().unwrap_or_default().to_owned(),
        size: length(reply.content_length()),
        last_write: reply.last_modified().map(timestamp),
    })
}

/// Opens an object and begins to fetch it.
///
/// A connection that breaks is taken up where it broke, on the condition that the object is still the same; if it was
/// replaced meanwhile, the reader's error holds [`AwsError::Changed`], and the object is to be read anew.
pub async fn open(
    session: &Session,
    bucket: &str,
    key: &str,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(Stamp, Body), AwsError> {
    open_version(session, bucket, key, None, stop).await
}

/// The same of a version; without one of the current object.
pub async fn open_version(
    session: &Session,
    bucket: &str,
    key: &str,
    version_id: Option<&str>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(Stamp, Body), AwsError> {
    let client = buckets::client(session, bucket).await?;
    let version_id = version_id.map(str::to_owned);
    let reply = client.get_object().bucket(bucket).key(key).set_version_id(version_id.clone()).send().await;
    let reply = reply.map_err(|error| AwsError::from_sdk(GET, error))?;
    let stamp = Stamp {
        etag: reply.e_tag().unwrap_or_default().to_owned(),
        size: length(reply.content_length()),
        last_write: reply.last_modified().map(timestamp),
    };
    let (to, from) = mpsc::channel(AHEAD);
    let etag = stamp.etag.clone();
    let object = Object { client, bucket: bucket.to_owned(), key: key.to_owned(), version_id, etag };
    let size = stamp.size;
    fetch(to.clone(), stop, async move { object.pump(reply, size, &to).await });
    Ok((stamp.clone(), Body { from, piece: Vec::new(), at: 0, left: stamp.size }))
}

fn length(length: Option<i64>) -> u64 {
    length.and_then(|length| u64::try_from(length).ok()).unwrap_or(0)
}

struct Object {
    client: aws_sdk_s3::Client,
    bucket: String,
    key: String,
    version_id: Option<String>,
    etag: String,
}

impl Object {
    async fn pump(
        &self,
        reply: GetObjectOutput,
        size: u64,
        to: &Sender<Result<Vec<u8>, AwsError>>,
    ) -> Result<(), AwsError> {
        let (mut body, mut read, mut resumes) = (reply.body, 0_u64, 0);
        loop {
            let broken = match body.next().await {
                Some(Ok(piece)) => {
                    read += piece.len() as u64;
                    if to.send(Ok(piece.to_vec())).await.is_err() {
                        return Ok(());
                    }
                    continue;
                }
                None if read >= size => return Ok(()),
                None => "the connection ended early".to_owned(),
                Some(Err(error)) => error.to_string(),
            };
            resumes += 1;
            if resumes > RESUMES {
                return Err(AwsError::Unreachable { call: GET, message: broken });
            }
            tracing::debug!(key = self.key, read, broken, "an object is fetched on from where it broke");
            body = self.rest(read).await?.body;
        }
    }

    async fn rest(&self, from: u64) -> Result<GetObjectOutput, AwsError> {
        let call = self.client.get_object().bucket(&self.bucket).key(&self.key);
        let call = call.set_version_id(self.version_id.clone());
        let call = call.range(format!("bytes={from}-")).if_match(&self.etag);
        call.send().await.map_err(|error| AwsError::from_sdk(GET, error))
    }
}

/// The bytes, for a thread that may block. A failed read holds an [`AwsError`].
#[derive(Debug)]
pub struct Body {
    from: Receiver<Result<Vec<u8>, AwsError>>,
    piece: Vec<u8>,
    /// Of the piece, taken.
    at: usize,
    /// Bytes that must come yet: a task that died must not look like the end of the object.
    left: u64,
}

impl Read for Body {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.piece.len() {
            match take(&mut self.from) {
                Some(Ok(piece)) => {
                    self.left = self.left.saturating_sub(piece.len() as u64);
                    (self.piece, self.at) = (piece, 0);
                }
                Some(Err(error)) => return Err(io::Error::other(error)),
                None if self.left > 0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                None => return Ok(0),
            }
        }
        let ready = self.piece.get(self.at..).unwrap_or_default();
        let length = ready.len().min(into.len());
        for (to, from) in into.iter_mut().zip(ready) {
            *to = *from;
        }
        self.at += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(pieces: Vec<Result<Vec<u8>, AwsError>>, size: u64) -> Body {
        let (to, from) = mpsc::channel(8);
        for piece in pieces {
            to.try_send(piece).unwrap();
        }
        Body { from, piece: Vec::new(), at: 0, left: size }
    }

    #[test]
    fn pieces_are_one_text_and_an_early_end_is_an_error() {
        let mut text = String::new();
        body(vec![Ok(b"ab".to_vec()), Ok(Vec::new()), Ok(b"c".to_vec())], 3).read_to_string(&mut text).unwrap();
        assert_eq!(text, "abc");
        let early = body(vec![Ok(b"ab".to_vec())], 3).read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(early.kind(), io::ErrorKind::UnexpectedEof);
        let failed = body(vec![Ok(b"ab".to_vec()), Err(AwsError::Cancelled)], 3).read_to_end(&mut Vec::new());
        let failed = failed.unwrap_err().into_inner().unwrap();
        assert!(matches!(*failed.downcast::<AwsError>().unwrap(), AwsError::Cancelled));
    }
}
