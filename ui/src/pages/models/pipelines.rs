//! SageMaker's pipelines: all of them, one with its parameters and executions, and one execution with its steps.

pub mod cells;
pub mod execution;
pub mod graph;
pub mod list;
pub mod pipeline;
mod standing;
mod start;
pub mod step;
mod steps;
