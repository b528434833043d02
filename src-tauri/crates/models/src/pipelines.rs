//! Pipelines: their definitions read and laid out, what became of each step, what a start may be given, and what
//! happened in words.

mod definition;
mod graph;
mod parameters;
mod plan;
mod rows;
mod words;

pub use definition::{BadDefinition, DefinedStep, Definition, read};
pub use graph::{failed, layout, with_runs};
pub use parameters::{BadParameter, given, to_send};
pub use plan::{cache_words, retry_text, start_text, stop_text};
pub use rows::{STRIP, execution, mark, pipeline};
pub use words::{is_title, retry, start, stop, stop_warnings, summary};
