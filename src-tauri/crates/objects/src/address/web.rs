//! Web addresses: the S3 console, and S3 itself in path and virtual-host style ("Virtual hosting of general purpose
//! buckets", S3 user guide).

use super::place;
use crate::key;
use contract::palette::Target;

/// What follows `https://`.
pub(super) fn resolve(rest: &str) -> Result<Target, String> {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let host = authority.rsplit('@').next().unwrap_or("").split(':').next().unwrap_or("").to_ascii_lowercase();
    let tail = tail.split('#').next().unwrap_or("");
    let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
    if let Some(front) = console(&host) {
        return from_console(front, path, query);
    }
    let suffixes = [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu"];
    match suffixes.iter().find_map(|suffix| host.strip_suffix(suffix)) {
        Some(front) => from_s3(front, path, query),
        None => Err("not an address of S3 or of its console".to_owned()),
    }
}

/// What stands before the console's own host name: `eu-west-1`, `s3`, `123456789012-abcd.eu-west-1`, or nothing.
fn console(host: &str) -> Option<&str> {
    ["console.aws.amazon.com", "console.amazonaws-us-gov.com", "console.amazonaws.cn", "console.amazonaws.eu"]
        .iter()
        .find_map(|name| host.strip_suffix(name))
        .filter(|front| front.is_empty() || front.ends_with('.'))
        .map(|front| front.strip_suffix('.').unwrap_or(front))
}

/// `/s3/buckets/B?prefix=P`, `/s3/object/B?prefix=KEY&versionId=…`.
fn from_console(front: &str, path: &str, query: &str) -> Result<Target, String> {
    let mut parts = path.trim_start_matches('/').splitn(4, '/');
    let (service, kind, bucket) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let folder_in_path = parts.next().unwrap_or("");
    if service != "s3" || !matches!(kind, "buckets" | "object") || bucket.is_empty() {
        return Err("this page of the console is neither a bucket nor an object of S3".to_owned());
    }
    let bucket = key::decode_path(bucket).map_err(|why| why.to_string())?;
    let mut prefix = parameter(query, "prefix")?.unwrap_or_default();
    let region_in_host = front.split('.').find(|label| region_like(label)).map(str::to_owned);
    let region = parameter(query, "region")?.or(region_in_host);
    let mut target = if kind == "object" {
        if prefix.is_empty() {
            prefix = key::decode(folder_in_path).map_err(|why| why.to_string())?;
        }
        let version_id = parameter(query, "versionId")?;
        place(&bucket, prefix, version_id, region.as_deref())?
    } else {
        if prefix.is_empty() {
            prefix = key::decode(folder_in_path).map_err(|why| why.to_string())?;
        }
        // A prefix of half a name filters the folder above it.
        let folder = if prefix.ends_with('/') { prefix } else { key::parent(&prefix).to_owned() };
        place(&bucket, folder, None, region.as_deref())?
    };
    // With several sessions open, the console's host begins with the account.
    target.account = front
        .split(['-', '.'])
        .next()
        .filter(|account| account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()))
        .map(str::to_owned);
    Ok(target)
}

/// `front` is the host without `.amazonaws.com`: `bucket.s3.eu-west-1`, `s3`, `s3-eu-west-1`.
fn from_s3(front: &str, path: &str, query: &str) -> Result<Target, String> {
    if front.split('.').any(|label| label.starts_with("s3-accesspoint") || label.starts_with("s3-object-lambda")) {
        return Err("access points are not supported: name the bucket instead".to_owned());
    }
    // The service's label is the last one that is `s3` or begins with `s3-`; a bucket's name may hold such labels before it.
    let labels: Vec<&str> = front.split('.').collect();
    let service = labels.iter().rposition(|label| *label == "s3" || label.starts_with("s3-"));
    let Some(service) = service else { return Err("not an address of S3".to_owned()) };
    let bucket = labels.get(..service).unwrap_or_default().join(".");
    let after = labels.get(service + 1..).unwrap_or_default();
    let joined = labels
        .get(service)
        .and_then(|label| label.strip_prefix("s3-"))
        .map(|rest| rest.strip_prefix("website-").unwrap_or(rest));
    let region = after.iter().copied().chain(joined).find(|label| region_like(label));
    let path = path.strip_prefix('/').unwrap_or(path);
    let version_id = parameter(query, "versionId")?;
    let decode = |text: &str| key::decode(text).map_err(|why| why.to_string());
    if bucket.is_empty() {
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        place(&decode(bucket)?, decode(key)?, version_id, region)
    } else {
        place(&bucket, decode(path)?, version_id, region)
    }
}

/// `eu-west-1`, `us-gov-east-1`: letters, then more, then a number.
fn region_like(label: &str) -> bool {
    let parts: Vec<&str> = label.split('-').collect();
    parts.len() >= 3
        && parts
            .first()
            .is_some_and(|part| (2..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase()))
        && parts.last().is_some_and(|part| part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit()))
}

/// One parameter of a query, decoded as a form.
fn parameter(query: &str, name: &str) -> Result<Option<String>, String> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| key::decode(value).map_err(|why| why.to_string()))
        .transpose()
}
