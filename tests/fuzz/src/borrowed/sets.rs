//! `engine::sets`: the filter line and what it compares.

#[path = "../../../../src-tauri/crates/engine/src/sets/filter.rs"]
mod filter;
#[path = "../../../../src-tauri/crates/engine/src/sets/value.rs"]
mod value;

pub(crate) use filter::{Filter, Moment};
pub(crate) use value::{FieldSpec, Value};
