//! A model package without a group: what it holds and what it was made from; beside it its numbers, and what happened to it.

use super::{
    AREA,
    cells::package_name,
    history::History,
    lineage::Lineage,
    metrics::{OwnFeatures, OwnNumbers},
};
use crate::{
    address,
    desk::Desk,
    keys::{self, Action},
    parts::{
        answer::{Answer, use_answer},
        chart::ChartView,
        export::Export,
        head::Head,
        list::use_change,
        split::Split,
        tabs::{Tabs, panel},
    },
};
use contract::{
    exports::Subject,
    models::requests::{DescribeModel, ModelReply},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

const TABS: [(&str, &str); 3] = [("metrics", "Metrics"), ("features", "Features"), ("history", "History")];

/// What nobody should look for on this page.
const LACKS: &str = "An unversioned package: it is in no group, so it has no version number, no approval and no stage, and nothing to be compared with. Nobody decides on it here; what deploys it names it by its ARN.";

/// `arn` may be its short form, `package:sold`.
#[component]
pub fn Package(arn: String) -> impl IntoView {
    let desk = Desk::get();
    let query = address::use_query();
    let change = StoredValue::new_local(use_change());
    let tab = Memo::new(move |_| {
        let query = query.read();
        let asked = query.get("tab");
        TABS.iter().find(|(id, _)| Some(*id) == asked).map_or("metrics", |(id, _)| *id).to_owned()
    });
    let name = package_name(&arn).unwrap_or_else(|| arn.clone());
    let title = format!("Model package {name}");
    desk.remember(title.clone(), address::model_version(&arn));
    let navigate = use_navigate();
    keys::on(Action::Back, move || navigate(&address::model_groups(), NavigateOptions::default()));
    let arn = StoredValue::new(arn);
    let title = StoredValue::new(title);
    let told = use_answer(move || Some(DescribeModel { arn: arn.get_value() }));
    keys::on(Action::Refresh, move || told.look());
    let subject = Signal::derive(move || {
        told.told.with(Option::is_some).then(|| Subject::Version(DescribeModel { arn: arn.get_value() }))
    });
    let list = move || {
        view! {
            <Head area=AREA title=title.get_value()>
                <Export name="Export package" subject />
            </Head>
            <div class="body">
                <p class="verdict">{LACKS}</p>
                {told.waiting(12)}
                {move || told.told.get().map(|told| view! { <Lineage model=told /> })}
            </div>
        }
    };
    let detail = move || {
        view! {
            <section class="detail" role="region" aria-label=title.get_value() data-id=arn.get_value()>
                <div class="head">
                    <div class="crumb">"Beside what it is made of"</div>
                    <h2>"What its files say"</h2>
                </div>
                <Tabs
                    name="Package"
                    tabs=TABS.to_vec()
                    chosen=tab
                    on_choose=Callback::new(move |chosen: String| change.with_value(|change| change("tab", (chosen != "metrics").then_some(chosen))))
                />
                <div class="body" role="tabpanel" id=move || panel(&tab.get()) aria-labelledby=move || format!("tab-{}", tab.get())>
                    {told.waiting(8)}
                    {move || shown(told, &tab.read())}
                </div>
            </section>
        }
    };
    view! { <Split list detail /> }
}

fn shown(told: Answer<ModelReply>, tab: &str) -> Option<AnyView> {
    let told = told.told.get()?;
    if tab == "history" {
        return Some(view! { <History model=told /> }.into_any());
    }
    let own = told.numbers?;
    Some(if tab == "features" {
        view! {
            <OwnFeatures numbers=own.numbers />
            {own.dependence.into_iter().map(|chart| view! { <ChartView chart /> }).collect_view()}
        }
        .into_any()
    } else {
        view! {
            <OwnNumbers numbers=own.numbers />
            {own.charts.into_iter().map(|chart| view! { <ChartView chart /> }).collect_view()}
        }
        .into_any()
    })
}
