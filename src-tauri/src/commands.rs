//! One thin file for each area: a command unpacks its request, asks the desk, and turns an error into a fault.

mod drift;
mod ends;
mod executions;
mod exports;
mod incident;
mod insights;
mod jobs;
mod logs;
mod models;
mod now;
mod objects;
mod operations;
mod palette;
mod pipelines;
mod restore;
mod searches;
mod session;
mod sets;
mod settings;
mod signatures;

use contract::Fault;
use engine::EngineError;
use tauri::{Runtime, ipc::Invoke};

/// What a command answers.
type Answer<T> = Result<T, Fault>;

fn answer<T>(result: Result<T, EngineError>) -> Answer<T> {
    result.map_err(Fault::from)
}

macro_rules! handlers {
    ($($kind:ident $area:ident::$name:ident($request:ident $(, $event:ident)?) -> $reply:ty;)*) => {
        tauri::generate_handler![$($area::$name),*]
    };
}

/// All commands of the one list.
pub fn handler<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
    contract::with_commands!(handlers)
}
