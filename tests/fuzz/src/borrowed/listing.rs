//! `aws::objects::versions_xml`.

#[path = "../../../../src-tauri/crates/aws/src/objects/versions_xml.rs"]
mod versions_xml;

pub(crate) use versions_xml::{ListedVersions, read_versions};
