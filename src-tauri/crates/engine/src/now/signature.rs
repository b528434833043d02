//! By what one cause is known again: its text without what differs from run to run.

/// Characters of a signature.
const MOST: usize = 160;
/// Characters from which on letters and digits together are an id and no word.
const ID: usize = 8;

/// The begin of the template.
pub(crate) fn signature(cause: Option<&str>) -> String {
    template(cause.unwrap_or_default()).chars().take(MOST).collect()
}

/// Addresses, ids and numbers are taken out, the rest stays in its order.
pub(super) fn template(cause: &str) -> String {
    let mut out = String::new();
    for token in cause.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        if token.contains("://") || token.matches('/').count() >= 3 {
            out.push_str("<path>");
            continue;
        }
        let mut rest = token;
        while !rest.is_empty() {
            let end = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
            let (word, more) = rest.split_at(end);
            plain(word, &mut out);
            let mut behind = more.chars();
            out.extend(behind.next());
            rest = behind.as_str();
        }
    }
    out
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_')
}

fn plain(word: &str, out: &mut String) {
    if !word.contains(|c: char| c.is_ascii_digit()) {
        out.push_str(word);
        return;
    }
    if word.chars().count() >= ID {
        out.push_str("<id>");
        return;
    }
    let mut before = false;
    for c in word.chars() {
        let digit = c.is_ascii_digit();
        if !digit {
            out.push(c);
        } else if !before {
            out.push('#');
        }
        before = digit;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_differs_from_run_to_run_is_taken_out() {
        let one =
            "job run 00f4k2b9aa17 read s3://lake/in/a.csv (line 4711): 2026-11-20T06:04:11Z price '12,90' of SKU-20114";
        let two =
            "job run 00f4k2b9bb42 read s3://lake/in/b.csv (line 12): 2026-11-21T06:04:19Z price '7,5' of SKU-20115";
        assert_eq!(signature(Some(one)), signature(Some(two)));
        assert_eq!(signature(Some("exit 137 of s3")), "exit # of s#");
        assert_ne!(signature(Some("access denied")), signature(Some("disk full")));
        assert_eq!(signature(None), "");
    }

    proptest! {
        #[test]
        fn any_text_has_a_short_signature_and_numbers_do_not_matter(text in "\\PC{0,80}", one in 0_u32..99, two in 0_u32..99) {
            prop_assert!(signature(Some(&text)).chars().count() <= MOST);
            let ended = |number: u32| signature(Some(&format!("ended with {number} because of {text}")));
            prop_assert_eq!(ended(one), ended(two));
        }
    }
}
