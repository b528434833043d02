//! An S3 server that is not the estate's own: what a person has who points a profile at a server of theirs.
//!
//! It is moto's S3, which shares no code with ministack and answers differently in many small things. The profile names
//! one endpoint for all services, as a person would write it; the buckets there are the test's own.

use crate::{
    computer::Computer,
    estate::{self, Estate},
};
use anyhow::Result;
use std::fs;

pub const PROFILE: &str = "elsewhere";

/// A computer whose only profile leads to the other server.
pub fn computer(estate: &Estate) -> Result<Computer> {
    let computer = Computer::bare()?;
    let config = computer.home().join("aws-config");
    let text = format!(
        "[profile {PROFILE}]\nregion = eu-west-1\nendpoint_url = {}\n\
         aws_access_key_id = AKIAELSEWHERE0000001\naws_secret_access_key = elsewhere\n",
        estate.endpoint("aws")?
    );
    fs::write(&config, text)?;
    Ok(computer.with("AWS_CONFIG_FILE", &config.to_string_lossy()).with("AWS_PROFILE", PROFILE))
}

/// A versioned bucket there, with one key put once for each body.
pub fn seed(estate: &Estate, bucket: &str, key: &str, bodies: &[&[u8]]) -> Result<()> {
    let put = |key: &str, query: &str, body: &[u8]| {
        let headers = [("content-type", "text/csv")];
        estate::send(estate.endpoint("aws")?, "PUT", bucket, key, query, &headers, body).map(drop)
    };
    let here = b"<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
    put("", "", here)?;
    let versioned = b"<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>Enabled</Status></VersioningConfiguration>";
    put("", "versioning", versioned)?;
    for body in bodies {
        put(key, "", body)?;
    }
    Ok(())
}
