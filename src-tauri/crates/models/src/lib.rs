//! Is a model fit to be approved, and is the one in production drifting?
//!
//! [`monitor`] reads the files that say so: those of SageMaker Model Monitor and Clarify, snapshots of Evidently, metrics of
//! MLflow. [`drift`] computes what those files hold but do not say, and gives all of them one shape. Nothing here reads a
//! clock, a disk or a network. Files come from strangers and from many versions of many tools: what can be read is read,
//! what cannot is said, and nothing is guessed.

pub mod drift;
pub mod monitor;
