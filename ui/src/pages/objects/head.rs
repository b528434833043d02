//! The head of the Objects pages, with the way through bucket and folders.

use crate::{address, format, parts};
use leptos::prelude::*;

/// `bucket` and `path` lead to the thing; `title` names it.
#[component]
pub fn Head(
    #[prop(optional, into)] bucket: Option<String>,
    /// The folder that holds the thing.
    #[prop(optional, into)]
    folder: String,
    #[prop(into)] title: Signal<String>,
    /// What can be done with the thing.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let mut crumbs: Vec<(String, String)> = Vec::new();
    if let Some(bucket) = &bucket {
        crumbs.push((bucket.clone(), address::bucket(bucket)));
        let mut prefix = String::new();
        for part in folder.split_inclusive('/') {
            prefix.push_str(part);
            let name = part.strip_suffix('/').filter(|name| !name.is_empty()).unwrap_or("/");
            crumbs.push((format::visible(name), address::folder(bucket, &prefix, false)));
        }
    }
    view! { <parts::head::Head area=("Objects", address::OBJECTS) way=crumbs title children=children.unwrap_or_else(|| Box::new(|| ().into_any())) /> }
}

/// The folder that holds a key or folder, and its own name.
pub fn parts(key: &str) -> (String, String) {
    let body = key.strip_suffix('/').unwrap_or(key);
    match body.rfind('/') {
        Some(slash) => {
            let (folder, name) = key.split_at(slash + 1);
            (folder.to_owned(), name.to_owned())
        }
        None => (String::new(), key.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_folder_and_a_name() {
        let split = |key: &str| {
            let (folder, name) = parts(key);
            assert_eq!(format!("{folder}{name}"), key, "nothing is lost");
            (folder, name)
        };
        assert_eq!(split("data/in/a.csv"), ("data/in/".into(), "a.csv".into()));
        assert_eq!(split("data/in/"), ("data/".into(), "in/".into()));
        assert_eq!(split("a"), (String::new(), "a".into()));
        assert_eq!(split("//"), ("/".into(), "/".into()));
        assert_eq!(split("../x"), ("../".into(), "x".into()));
    }
}
