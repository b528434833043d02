//! One shape for the runs of every engine: EMR steps, EMR Serverless, EMR on EKS and Glue job runs, Lambda invocations,
//! SageMaker jobs. States, ids, parameters, where each keeps its logs, what differs from the last success, and how to ask
//! for the same again with one thing changed.
//!
//! Everything here is a function of values: facts that `aws` read (`contract::jobs::facts`), and a `now`. Nothing panics on
//! what a stranger wrote: arguments, keys, names and pasted texts may be anything. What is written for a shell or a
//! request keeps the quoting that it came with.

pub mod absent;
pub mod address;
pub mod again;
pub mod badge;
pub mod capacity;
pub mod classify;
pub mod command;
pub mod compare;
pub mod edit;
pub mod ends;
pub mod event_logs;
pub mod insights;
pub mod invocation;
pub mod layout;
pub mod link;
pub mod moments;
pub mod parameters;
pub mod paste;
pub mod recurrence;
pub mod secrets;
pub mod spark;
pub mod state;
pub mod step;
pub mod usage;
pub mod view;
pub mod wording;
pub mod words;

#[cfg(test)]
mod sample;
