//! Models: groups of versions, what is known about each, where they serve, what watches them.

pub mod facts;
