//! Finding things by role and accessible name: the interface that readers and scripts rely on.
//!
//! A script narrows the search to what could match; what counts is the role and the name that WebKit itself computes.

use super::Window;
use anyhow::{Result, bail};
use std::sync::Arc;
use thirtyfour::{
    WebElement,
    common::command::{Command, ExtensionCommand},
    error::{WebDriverError, WebDriverErrorInner},
};

/// Elements that have a role without saying it.
const IMPLICIT: &[(&str, &str)] = &[
    ("banner", "header"),
    ("button", "button, summary, input[type=button], input[type=submit]"),
    ("checkbox", "input[type=checkbox]"),
    ("combobox", "select"),
    ("dialog", "dialog"),
    ("figure", "figure"),
    ("heading", "h1, h2, h3, h4"),
    ("link", "a[href]"),
    ("list", "ul, ol"),
    ("listitem", "li"),
    ("main", "main"),
    ("navigation", "nav"),
    ("option", "option"),
    ("progressbar", "progress"),
    ("radio", "input[type=radio]"),
    ("region", "section"),
    ("searchbox", "input[type=search]"),
    ("status", "output"),
    ("table", "table"),
    ("textbox", "input:not([type]), input[type=text], input[type=password], input[type=email], textarea"),
];

const CANDIDATES: &str = "
    const [selector, name, within] = arguments;
    const named = element => name === null || element.hasAttribute('aria-label')
        || element.hasAttribute('aria-labelledby') || element.hasAttribute('title')
        || element.hasAttribute('placeholder') || (element.labels && element.labels.length > 0)
        || element.textContent.includes(name) || element.querySelector('[aria-label], [alt], title') !== null;
    return [...(within ?? document).querySelectorAll(selector)]
        .filter(element => element.getClientRects().length > 0 && named(element));";

/// Brings into sight what a press in its middle would not hit, and answers whether it stands still. The driver scrolls
/// only to what is wholly out of sight: of a button half below the edge of its pane it presses what is beside the pane.
const REACH: &str = "
    const [element, tell] = arguments;
    const box = () => element.getClientRects()[0];
    const hit = ({ x, y, width, height }) => document.elementFromPoint(x + width / 2, y + height / 2);
    if (!box()) { tell(false); return; }
    if (!element.contains(hit(box()))) element.scrollIntoView({ block: 'center' });
    const before = JSON.stringify(box());
    setTimeout(() => tell(JSON.stringify(box()) === before), 50);";

impl Window {
    /// Waits for the one thing with this role and name.
    pub async fn find(&self, role: &str, name: &str) -> Result<WebElement> {
        self.find_below(None, role, name).await
    }

    /// The same inside another thing.
    pub async fn find_in(&self, outer: &WebElement, role: &str, name: &str) -> Result<WebElement> {
        self.find_below(Some(outer), role, name).await
    }

    async fn find_below(&self, outer: Option<&WebElement>, role: &str, name: &str) -> Result<WebElement> {
        self.wait_for(&format!("{role} `{name}`"), async || {
            let mut found = self.all(outer, role, Some(name)).await?;
            if found.len() > 1 {
                bail!("{} things are {role} `{name}`", found.len());
            }
            Ok(found.pop())
        })
        .await
    }

    /// Finds, waits until it may be pressed (its plan is made, its rights are known, it is in reach), and presses with the
    /// pointer.
    pub async fn click(&self, role: &str, name: &str) -> Result<()> {
        let what = format!("{role} `{name}` to take a press");
        let pressed = self.wait_for(&what, async || {
            let element = self.find(role, name).await?;
            let is_off =
                !element.is_enabled().await? || element.attr("aria-disabled").await?.as_deref() == Some("true");
            let is_still = self.web().execute_async(REACH, vec![element.to_json()?]).await?.json() == true;
            if is_off || !is_still {
                return Ok(None);
            }
            match element.click().await {
                Ok(()) => Ok(Some(Ok(()))),
                Err(error) if was_out_of_reach(&error) => Err(error.into()),
                // It may have been pressed: that is not done twice.
                Err(error) => Ok(Some(Err(error.into()))),
            }
        });
        pressed.await?
    }

    /// Chooses a value of a select by its label. WebKit draws its menu outside of the page, where no driver reaches.
    pub async fn choose(&self, label: &str, value: &str) -> Result<()> {
        let script = "const select = [...document.querySelectorAll('select')]
                .find(select => select.getAttribute('aria-label') === arguments[0]);
            if (!select) return false;
            select.value = arguments[1];
            select.dispatchEvent(new Event('change', { bubbles: true }));
            return select.value === arguments[1];";
        self.wait_for(&format!("the choice `{value}` of {label}"), async || {
            let chosen = self.web().execute(script, vec![label.into(), value.into()]).await?;
            Ok((chosen.json() == true).then_some(()))
        })
        .await
    }

    /// Goes to an area by its link in the rail. (A breadcrumb may have the same name.)
    pub async fn area(&self, name: &str) -> Result<()> {
        let rail = self.find("navigation", "Areas").await?;
        self.find_in(&rail, "link", name).await?.click().await?;
        Ok(())
    }

    /// Waits until nothing has this role and name any more.
    pub async fn gone(&self, role: &str, name: &str) -> Result<()> {
        let what = format!("{role} `{name}` to go");
        self.wait_for(&what, async || Ok(self.all(None, role, Some(name)).await?.is_empty().then_some(()))).await
    }

    /// The names of all that has this role now.
    pub async fn names(&self, role: &str) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for element in self.all(None, role, None).await? {
            names.push(self.name_of(&element).await?);
        }
        Ok(names)
    }

    /// Waits for the element that carries this identity: a key, a version id, an ARN.
    pub async fn by_id(&self, id: &str) -> Result<WebElement> {
        let script =
            "return [...document.querySelectorAll('[data-id]')].find(e => e.dataset.id === arguments[0]) ?? null";
        self.wait_for(&format!("the element of `{id}`"), async || {
            let found = self.web().execute(script, vec![id.into()]).await?;
            Ok(if found.json().is_null() { None } else { Some(found.element()?) })
        })
        .await
    }

    /// What has this role (and name) now, without waiting.
    pub async fn all(&self, outer: Option<&WebElement>, role: &str, name: Option<&str>) -> Result<Vec<WebElement>> {
        let implicit = IMPLICIT.iter().find(|(known, _)| *known == role).map_or("", |(_, selector)| selector);
        let mut selector = format!("[role={role}]");
        if !implicit.is_empty() {
            selector.push_str(", ");
            selector.push_str(implicit);
        }
        let within = outer.map_or(Ok(serde_json::Value::Null), WebElement::to_json)?;
        let candidates =
            self.web().execute(CANDIDATES, vec![selector.into(), name.into(), within]).await?.elements()?;
        let mut found = Vec::new();
        for element in candidates {
            let is_named = match name {
                Some(name) => self.name_of(&element).await? == name,
                None => true,
            };
            if is_named && self.role_of(&element).await? == role {
                found.push(element);
            }
        }
        Ok(found)
    }

    /// The accessible name that WebKit computes.
    pub async fn name_of(&self, element: &WebElement) -> Result<String> {
        self.computed(element, "computedlabel").await
    }

    /// The role that WebKit computes.
    pub async fn role_of(&self, element: &WebElement) -> Result<String> {
        self.computed(element, "computedrole").await
    }

    async fn computed(&self, element: &WebElement, what: &'static str) -> Result<String> {
        let asked = Computed { element: element.element_id().to_string(), what };
        Ok(self.web().cmd(Command::ExtensionCommand(Box::new(asked))).await?.value()?)
    }
}

/// Whether nothing was pressed: the page was drawn anew meanwhile, or something lay over the element.
fn was_out_of_reach(error: &WebDriverError) -> bool {
    matches!(
        **error,
        WebDriverErrorInner::ElementNotInteractable(..)
            | WebDriverErrorInner::ElementClickIntercepted(..)
            | WebDriverErrorInner::StaleElementReference(..)
    )
}

/// "Get Computed Role" and "Get Computed Label" of the WebDriver standard.
#[derive(Debug)]
struct Computed {
    element: String,
    what: &'static str,
}

impl ExtensionCommand for Computed {
    fn parameters_json(&self) -> Option<serde_json::Value> {
        None
    }

    fn method(&self) -> http::Method {
        http::Method::GET
    }

    fn endpoint(&self) -> Arc<str> {
        format!("/element/{}/{}", self.element, self.what).into()
    }
}
