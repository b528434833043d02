//! Bytes of logs, as readers for a thread that may block: objects of S3, and events of CloudWatch Logs.
//!
//! A task of the runtime fetches ahead, some pieces at most, and ends with its reader or when it is told to. Inflating and
//! indexing are the reader's own work and never the runtime's.

pub mod events;
pub mod insights;
pub mod object;

use crate::AwsError;
use std::future::Future;
use tokio::sync::mpsc::{Receiver, Sender};

/// Takes from a task; blocks. `None` when the task has ended.
fn take<T>(from: &mut Receiver<Result<T, AwsError>>) -> Option<Result<T, AwsError>> {
    from.blocking_recv()
}

/// Runs `work` until it ends, nobody listens any more, or `stop` says so.
fn fetch<T: Send + 'static>(
    to: Sender<Result<T, AwsError>>,
    stop: impl Future<Output = ()> + Send + 'static,
    work: impl Future<Output = Result<(), AwsError>> + Send + 'static,
) {
    tokio::spawn(async move {
        let ended = tokio::select! {
            ended = work => ended,
            () = stop => Err(AwsError::Cancelled),
            () = to.closed() => return,
        };
        if let Err(error) = ended {
            // Nobody listens any more.
            let _ = to.send(Err(error)).await;
        }
    });
}
