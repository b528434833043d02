//! Lists that come in pages: each page tells the token of the next, the last one none.

use crate::AwsError;

/// What the first `most` pages hold, and whether there are more. `page` is asked with the token of a page, none for the
/// first.
pub async fn up_to<T, F>(most: usize, page: impl Fn(Option<String>) -> F) -> Result<(Vec<T>, bool), AwsError>
where
    F: Future<Output = Result<(Vec<T>, Option<String>), AwsError>>,
{
    let (mut all, mut token) = (Vec::new(), None);
    for _ in 0..most {
        let (some, next) = page(token).await?;
        all.extend(some);
        if next.is_none() {
            return Ok((all, false));
        }
        token = next;
    }
    Ok((all, true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::ready;

    type Page = (Vec<u32>, Option<String>);

    /// Two on each of three pages.
    fn page(token: Option<String>) -> impl Future<Output = Result<Page, AwsError>> {
        let number: u32 = token.map_or(0, |token| token.parse().unwrap());
        ready(Ok((vec![number * 2, number * 2 + 1], (number < 2).then(|| (number + 1).to_string()))))
    }

    #[tokio::test]
    async fn all_pages_are_read_and_what_is_left_is_said() {
        assert_eq!(up_to(2, page).await.unwrap(), (vec![0, 1, 2, 3], true));
        assert_eq!(up_to(3, page).await.unwrap(), ((0..6).collect(), false));
        assert_eq!(up_to(9, page).await.unwrap(), ((0..6).collect(), false));
    }

    #[tokio::test]
    async fn a_page_that_cannot_be_read_fails_the_list() {
        let broken = |token: Option<String>| async move {
            let is_first = token.is_none();
            if is_first { page(token).await } else { Err(AwsError::Configuration("no".into())) }
        };
        assert!(matches!(up_to(3, broken).await, Err(AwsError::Configuration(_))));
    }
}
