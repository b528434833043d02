//! How a caller ends something long: one flag, shared, looked at between blocks.

use crate::LogFault;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Clones share the flag.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// [`LogFault::Cancelled`] once the flag is set.
    pub fn check(&self) -> Result<(), LogFault> {
        if self.is_cancelled() { Err(LogFault::Cancelled) } else { Ok(()) }
    }
}
