//! The pages, one for each area of the rail, and those that stand in when there is nothing to show.

pub mod activity;
pub mod drift;
pub mod executions;
pub mod jobs;
pub mod later;
pub mod lost;
pub mod models;
pub mod now;
pub mod objects;
pub mod session;
pub mod settings;
