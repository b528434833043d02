//! Sizes in words: powers of 1024 with the unit names of the S3 console (`KB` is 1,024 bytes there), one decimal.
//!
//! Integer arithmetic throughout, so that `1.0 MB` is never written `1024.0 KB` and the decimal is exact (half up).

const UNITS: [&str; 6] = ["KB", "MB", "GB", "TB", "PB", "EB"];

/// `512 B`, `3.1 KB`, `1.2 MB`. `bytes` is a count of bytes.
pub fn words(bytes: u64) -> String {
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut unit = 1024_u128;
    let mut name = "KB";
    for next in UNITS {
        name = next;
        if tenths(bytes, unit) < 10_240 {
            break;
        }
        unit *= 1024;
    }
    let tenths = tenths(bytes, unit);
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}

fn tenths(bytes: u64, unit: u128) -> u128 {
    (u128::from(bytes) * 10 + unit / 2) / unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn exact_to_one_decimal_and_never_1024_of_a_unit() {
        for (bytes, words_) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KB"),
            (1_075, "1.0 KB"),
            (1_076, "1.1 KB"),
            (3_174, "3.1 KB"),
            (1_258_291, "1.2 MB"),
            (1_048_524, "1023.9 KB"),
            (1_048_525, "1.0 MB"),
            (1_048_576, "1.0 MB"),
            (5 * 1024 * 1024 * 1024, "5.0 GB"),
            (u64::MAX, "16.0 EB"),
        ] {
            assert_eq!(words(bytes), words_, "{bytes}");
        }
    }

    proptest! {
        #[test]
        fn at_most_half_a_tenth_off(bytes: u64) {
            let text = words(bytes);
            let (number, unit) = text.split_once(' ').unwrap();
            let power = ["B", "KB", "MB", "GB", "TB", "PB", "EB"].iter().position(|u| *u == unit).unwrap();
            let unit = 1024_u128.pow(u32::try_from(power).unwrap());
            let tenths: u128 = if power == 0 { number.parse::<u128>().unwrap() * 10 } else { number.replace('.', "").parse().unwrap() };
            let off = (tenths * unit).abs_diff(u128::from(bytes) * 10);
            prop_assert!(off * 2 <= unit);
            prop_assert!(tenths < 10_240);
        }
    }
}
