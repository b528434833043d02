//! Which partition of AWS a region belongs to, and what is called differently there: every ARN that we write, and every address
//! of the console, comes through here.

/// The partition of a region: `aws`, `aws-cn`, `aws-us-gov` and their like ("AWS Regions and partitions").
pub fn partition(region: &str) -> &'static str {
    const PREFIXES: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-isob-", "aws-iso-b"),
        ("us-iso-", "aws-iso"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
        ("eusc-", "aws-eusc"),
    ];
    PREFIXES.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, partition)| partition)
}

/// The ARN of a bucket that is in the partition of this region.
pub fn bucket(region: &str, name: &str) -> String {
    format!("arn:{}:s3:::{name}", partition(region))
}

/// The ARN of an object. Its key stands as it is: an ARN knows no encoding.
pub fn object(region: &str, bucket_name: &str, key: &str) -> String {
    format!("{}/{key}", bucket(region, bucket_name))
}

/// The host of the console behind `https://REGION.` ("AWS service endpoints" of China and of GovCloud).
pub fn console_host(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "console.amazonaws.cn",
        "aws-us-gov" => "console.amazonaws-us-gov.com",
        _ => "console.aws.amazon.com",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_follow_the_region() {
        for (region, name) in [
            ("eu-west-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-west-1", "aws-us-gov"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("eusc-de-east-1", "aws-eusc"),
        ] {
            assert_eq!(partition(region), name);
        }
    }

    #[test]
    fn arns_and_the_console_are_those_of_the_partition() {
        for (region, arn, host) in [
            ("eu-west-1", "arn:aws:s3:::lake-raw/a b%20", "console.aws.amazon.com"),
            ("cn-northwest-1", "arn:aws-cn:s3:::lake-raw/a b%20", "console.amazonaws.cn"),
            ("us-gov-east-1", "arn:aws-us-gov:s3:::lake-raw/a b%20", "console.amazonaws-us-gov.com"),
        ] {
            assert_eq!(object(region, "lake-raw", "a b%20"), arn);
            assert_eq!(console_host(partition(region)), host);
        }
        assert_eq!(bucket("us-gov-west-1", "lake-raw"), "arn:aws-us-gov:s3:::lake-raw");
    }
}
