//! S3 versions without S3: what follows from the facts that S3 gives, and what to do about them.
//!
//! This crate is pure: no network, no clock, no disk. It takes the facts of `contract::facts` and `contract::objects`,
//! and a `now` where time matters, and gives the rows, plans and words of `contract`. S3's own order of versions (the
//! XML order of `ListObjectVersions`) is the authority everywhere; what contradicts it is flagged and never guessed.
//!
//! Three groups of modules: what one key's history means ([`timeline`], [`asof`], [`purge`], [`verdict`], [`content`],
//! [`below`], [`upload`]); what a restore does ([`restore`], [`template`], [`effects`], [`tables`]); and the words and
//! notations between a person and S3 ([`key`], [`glob`], [`download`], [`address`], [`lifecycle`], [`size`], [`words`], [`arn`]).

pub mod address;
pub mod arn;
pub mod asof;
pub mod below;
pub mod content;
pub mod download;
pub mod effects;
pub mod glob;
pub mod key;
pub mod lifecycle;
mod order;
pub mod pattern;
pub mod purge;
pub mod restore;
pub mod size;
pub mod tables;
pub mod template;
pub mod timeline;
pub mod upload;
pub mod verdict;
pub mod words;

#[cfg(test)]
mod facts;
