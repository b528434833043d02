//! Finding by a few letters in order, as in `dlysls` for `daily_sales`.

/// How well `needle` fits `text`; `None` when its letters are not there in that order. Higher is better: letters that
/// start a word or follow one another count more, a short text wins over a long one.
pub fn score(needle: &str, text: &str) -> Option<i32> {
    let mut wanted = needle.chars().filter(|letter| !letter.is_whitespace()).flat_map(char::to_lowercase).peekable();
    if wanted.peek().is_none() {
        return Some(0);
    }
    let (mut total, mut run, mut start_of_word) = (0_i32, 0_i32, true);
    for letter in text.chars() {
        let Some(next) = wanted.peek() else { break };
        if letter.to_lowercase().any(|lower| lower == *next) {
            wanted.next();
            run += 1;
            total += run * 2 + if start_of_word { 6 } else { 0 };
        } else {
            run = 0;
        }
        start_of_word = !letter.is_alphanumeric();
    }
    let length = i32::try_from(text.chars().count()).unwrap_or(i32::MAX);
    wanted.peek().is_none().then(|| total.saturating_mul(8).saturating_sub(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best<'a>(needle: &str, texts: &[&'a str]) -> Option<&'a str> {
        texts
            .iter()
            .filter_map(|text| score(needle, text).map(|score| (score, *text)))
            .max_by_key(|(score, _)| *score)
            .map(|(_, text)| text)
    }

    #[test]
    fn letters_in_order_are_found() {
        assert!(score("dlysls", "daily_sales.csv").is_some());
        assert!(score("sales daily", "daily_sales.csv").is_none());
        assert_eq!(score("", "anything"), Some(0));
    }

    #[test]
    fn whole_words_win() {
        assert_eq!(best("set", &["Reset the columns of the table", "Go to Settings"]), Some("Go to Settings"));
        assert_eq!(best("act", &["Use the dark theme and contrast", "Go to Activity"]), Some("Go to Activity"));
    }
}
