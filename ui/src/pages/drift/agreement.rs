//! Model Monitor beside Evidently or MLflow on the same endpoint: on which features they say the same.

use super::{
    cells::{figure, not_drawn},
    followed::method,
};
use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        answer::use_answer_over_range,
        chart::ChartView,
        fault::FaultView,
        states::{Empty, Partial, Skeleton},
        status::{Shape, Status},
    },
};
use contract::drift::{Agreed, AgreementRow, AgreementView, ReadAgreement, TestSide};
use leptos::prelude::*;
use leptos_router::components::A;

/// Rows that are drawn; those on which the tools differ stand first.
const DRAWN: usize = 300;

/// What is not known is never shown as agreement.
fn agreed(agreed: Agreed) -> (Shape, &'static str) {
    match agreed {
        Agreed::Both => (Shape::Good, "both drifted"),
        Agreed::Neither => (Shape::Good, "neither drifted"),
        Agreed::MonitorOnly => (Shape::Bad, "only Model Monitor"),
        Agreed::OtherOnly => (Shape::Bad, "only the other"),
        Agreed::Unknown => (Shape::Unknown, "not known"),
    }
}

#[component]
pub fn Agreement(
    schedule: StoredValue<String>,
    #[prop(into)] days: Signal<u32>,
    #[prop(into)] feature: Signal<Option<String>>,
    #[prop(into)] width: Signal<Option<u32>>,
    choose: Callback<String>,
) -> impl IntoView {
    let desk = Desk::get();
    let answer = use_answer_over_range(move || {
        Some(ReadAgreement {
            schedule: schedule.get_value(),
            days: days.get(),
            feature: feature.get(),
            offset_minutes: desk.offset_minutes(),
            width: width.get()?,
        })
    });
    let (view, fault) = (answer.told, answer.fault);
    view! {
        {move || fault.get().map(|fault| view! { <FaultView fault retry=Callback::new(move |()| answer.look()) /> })}
        {move || match view.get() {
            Some(view) => view! { <Told view choose /> }.into_any(),
            None => fault.with(Option::is_none).then(|| view! { <Skeleton rows=10 /> }).into_any(),
        }}
    }
}

#[component]
fn Told(view: AgreementView, choose: Callback<String>) -> impl IntoView {
    let AgreementView { others, words, rows, chart, feature, notices } = view;
    if others.is_empty() {
        return view! {
            <Partial notices=Signal::stored(notices) />
            <Empty title="Nothing to compare with" text=format!("{words} Add Evidently snapshots or an MLflow server, then come back.") icon="drift">
                <A href="/settings" attr:class="btn">"Open Settings"</A>
            </Empty>
        }
        .into_any();
    }
    let links = others.into_iter().map(|(place, origin)| {
        let href = address::followed(&place);
        view! { <A href=href attr:class="link" attr:title=place>{origin.word()}</A>" " }
    });
    let more = rows.len().saturating_sub(DRAWN);
    view! {
        <p class="facts-line soft">
            <strong>{format!("{words}.")}</strong>
            <span>"Compared by UTC day, with "{links.collect_view()}</span>
        </p>
        <Partial notices=Signal::stored(notices) />
        {chart.map(|chart| view! { <ChartView chart /> })}
        <div class="drift-frame">
            <table class="table drift-features" aria-label="Agreement">
                <thead>
                    <tr>
                        <th scope="col">"Feature"</th>
                        <th scope="col">"Newest day"</th>
                        <th scope="col">"Model Monitor"</th>
                        <th scope="col">"Other"</th>
                        <th scope="col" class="num">"Same on"</th>
                    </tr>
                </thead>
                <tbody>
                    {rows.into_iter().take(DRAWN).map(|row| {
                        let on = feature.as_deref() == Some(row.feature.as_str());
                        view! { <Row row on choose /> }
                    }).collect_view()}
                </tbody>
            </table>
        </div>
        {not_drawn(more)}
    }
    .into_any()
}

#[component]
fn Row(row: AgreementRow, on: bool, choose: Callback<String>) -> impl IntoView {
    let AgreementRow { feature, origin, agreed: is, monitor, other, days, same } = row;
    let (shape, word) = agreed(is);
    let (asked, data_id) = (feature.clone(), format!("{feature} {}", origin.word()));
    view! {
        <tr data-id=data_id class:on=on on:click=move |_| choose.run(asked.clone())>
            <th scope="row" class="drift-name">
                <button type="button" class="link mono cut" aria-pressed=on.to_string()>{format::visible(&feature)}</button>
            </th>
            <td><Status shape word /></td>
            <td>{side(&monitor)}</td>
            <td><span class="dim">{origin.word()}": "</span>{side(&other)}</td>
            <td class="num">{format!("{} of {}", format::count(same.into()), format::counted(days.into(), "day", "days"))}</td>
        </tr>
    }
}

/// `0.312, L-infinity, robust, drift above 0.1`.
fn side(test: &TestSide) -> String {
    match test.value {
        Some(value) => format!("{}, {}", figure(value), method(test)),
        None => "says nothing".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_agrees() {
        assert_eq!(agreed(Agreed::Unknown).0, Shape::Unknown);
        assert_eq!((agreed(Agreed::Both).0, agreed(Agreed::Neither).0), (Shape::Good, Shape::Good));
        assert_eq!((agreed(Agreed::MonitorOnly).0, agreed(Agreed::OtherOnly).0), (Shape::Bad, Shape::Bad));
        assert_eq!(side(&TestSide::default()), "says nothing");
    }
}
