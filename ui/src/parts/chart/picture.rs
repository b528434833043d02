//! From the core's SVG text to an element of this page, if it holds nothing that a chart does not need: names of
//! strangers are in it, and the text is parsed.

use contract::charts::{ATTRIBUTES, ELEMENTS};
use leptos::prelude::document;
use wasm_bindgen::JsCast as _;

const SVG: &str = "http://www.w3.org/2000/svg";

/// `None`: it is no SVG, or one with something else in it.
pub fn adopt(svg: &str) -> Option<web_sys::Node> {
    let parsed = web_sys::DomParser::new().ok()?.parse_from_string(svg, web_sys::SupportedType::ImageSvgXml).ok()?;
    let root = parsed.document_element()?;
    let inside = root.query_selector_all("*").ok()?;
    let every = (0..inside.length()).all(|at| {
        inside
            .item(at)
            .and_then(|node| node.dyn_into::<web_sys::Element>().ok())
            .is_some_and(|element| allowed(&element))
    });
    if !every || !allowed(&root) {
        return None;
    }
    document().import_node_with_deep(&root, true).ok()
}

fn allowed(element: &web_sys::Element) -> bool {
    let attributes: Vec<String> =
        element.get_attribute_names().iter().filter_map(|attribute| attribute.as_string()).collect();
    element.namespace_uri().as_deref() == Some(SVG) && may_hold(&element.tag_name(), &attributes)
}

/// Exact names: what is written in another way, or with a prefix, is another thing.
fn may_hold(element: &str, attributes: &[String]) -> bool {
    ELEMENTS.contains(&element) && attributes.iter().all(|attribute| ATTRIBUTES.contains(&attribute.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(element: &str, attributes: &[&str]) -> bool {
        may_hold(element, &attributes.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn only_what_a_chart_needs_is_adopted() {
        assert!(holds("polyline", &["class", "fill", "stroke", "points"]) && holds("title", &[]));
        for element in ["script", "foreignObject", "a", "use", "image", "style", "animate", "g", "SVG", "parsererror"] {
            assert!(!holds(element, &[]), "{element}");
        }
        for attribute in ["style", "onload", "href", "xlink:href", "id", "filter", "FILL"] {
            assert!(!holds("rect", &["x", attribute]), "{attribute}");
        }
    }
}
