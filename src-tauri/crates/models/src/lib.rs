//! Models without SageMaker: who waits for a decision, what one version is, what is different between two, whether one
//! is fit to be approved, what a decision sets off, what became of the steps of a pipeline, and whether the monitors of
//! what serves measure at all.
//!
//! Everything here is a function of values: facts that `aws` read (`contract::models::facts`), numbers that the readers
//! found in files ([`evidence`]), and a `now`. What is missing, unreadable or measured on other data is said to be so:
//! no function turns it into "good".
//!
//! [`monitor`] reads the files of SageMaker Model Monitor and Clarify, Evidently and MLflow; [`drift`] computes what those
//! hold but do not say. Files come from strangers and from many versions of many tools: what can be read is read.

pub mod address;
pub mod alarms;
pub mod command;
pub mod compare;
pub mod data;
pub mod decide;
pub mod detail;
pub mod drift;
pub mod evidence;
mod exact;
pub mod gates;
pub mod health;
pub mod history;
pub mod images;
pub mod lineage;
pub mod monitor;
pub mod paste;
pub mod people;
pub mod pipelines;
pub mod rows;
pub mod runs;
pub mod series;
pub mod stale;
pub mod trail;
pub mod wording;

#[cfg(test)]
mod sample;
