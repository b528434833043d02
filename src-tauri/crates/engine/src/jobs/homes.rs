//! What runs belong to: clusters, applications, virtual clusters, Glue jobs, functions.

use super::round::Keyed;
use crate::{Desk, EngineError, Events, desk::load, sets::SetWriter};
use ::jobs::capacity::in_use;
use aws::{
    AwsError, Session,
    jobs::{
        eks, emr, glue, lambda,
        serverless::{self, allocated::allocated},
    },
};
use contract::{
    Notice, Timestamp,
    jobs::{Engine, HomeId, HomeRow},
    sets::SetState,
};
use futures_util::{StreamExt, stream};
use std::{sync::Arc, time::Duration};

pub(super) type Home = Keyed<HomeRow>;

/// How often the list is read again.
const AGAIN: Duration = Duration::from_mins(1);
/// Pages of one engine.
const MOST_PAGES: usize = 40;
/// Clusters and applications whose capacity is asked for, one by one.
const MOST_LOOKS: usize = 60;
const AT_ONCE: usize = 3;

fn home(row: HomeRow) -> Home {
    Keyed { key: format!("{}:{}", row.id.engine().code(), row.id.own()), row }
}

impl Desk {
    pub fn open_homes(&self, events: Events) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<Home>(session.now(), events);
        let desk = self.clone();
        load(writer, move |writer| async move { desk.load_homes(&session, &writer).await });
        Ok(state)
    }

    async fn load_homes(&self, session: &Session, writer: &Arc<SetWriter<Home>>) -> Result<Timestamp, EngineError> {
        loop {
            let engines = [Engine::Emr, Engine::EmrServerless, Engine::EmrEks, Engine::Glue, Engine::Lambda];
            let reading = engines.map(|engine| async move { (engine, read(session, engine, writer).await) });
            let mut read = stream::iter(reading).buffer_unordered(engines.len());
            let (mut answered, mut last) = (false, None);
            while let Some((engine, outcome)) = read.next().await {
                match outcome {
                    Ok(()) => answered = true,
                    Err(error @ AwsError::SignIn { .. }) => return Err(Self::failed(session)(error)),
                    Err(error) => {
                        writer.notice(Notice::warning(format!("{} is left out: {error}.", engine.word())));
                        last = Some(error);
                    }
                }
            }
            if let Some(error @ AwsError::Unreachable { .. }) = last
                && !answered
            {
                return Err(Self::failed(session)(error));
            }
            self.fill_homes(session, writer).await;
            fill_use(session, writer).await;
            writer.finish(session.now());
            self.pause(AGAIN).await;
            if writer.cancelled() {
                return Ok(session.now());
            }
        }
    }

    /// Release and instances of clusters, limits of applications: each takes a call of its own. Those that are open first.
    async fn fill_homes(&self, session: &Session, writer: &SetWriter<Home>) {
        let mut rows: Vec<HomeRow> = writer.rows_by_id().into_values().map(|home| home.row).collect();
        rows.retain(|row| row.capacity.is_none() && matches!(row.id, HomeId::Cluster(_) | HomeId::Application(_)));
        rows.sort_by_key(|row| (row.ended.is_some(), std::cmp::Reverse(row.created)));
        let filling: Vec<_> = rows.into_iter().take(MOST_LOOKS).map(|row| self.fill_home(session, row)).collect();
        let mut filled = stream::iter(filling).buffer_unordered(AT_ONCE);
        while let Some(outcome) = filled.next().await {
            if writer.cancelled() {
                return;
            }
            match outcome {
                Ok(row) => writer.replace(home(row)),
                Err(error) => writer.notice(Notice::info(format!("Capacity is missing in part: {error}."))),
            }
        }
    }

    async fn fill_home(&self, session: &Session, mut row: HomeRow) -> Result<HomeRow, AwsError> {
        match &row.id {
            HomeId::Cluster(id) => {
                let cluster = self.cluster(session, id).await?;
                row.release.clone_from(&cluster.row.release);
                row.reason.clone_from(&cluster.row.reason);
                row.capacity = emr::capacity(session, id, cluster.fleets).await?;
            }
            HomeId::Application(id) => {
                let most = serverless::limits(session, id).await?;
                let parts: Vec<String> = [most.vcpu, most.memory].into_iter().flatten().collect();
                row.capacity = (!parts.is_empty()).then(|| format!("at most {}", parts.join(", ")));
            }
            HomeId::VirtualCluster(_) | HomeId::GlueJob(_) | HomeId::Function(_) => {}
        }
        Ok(row)
    }
}

/// What the workers of applications take at the moment: one call for all.
async fn fill_use(session: &Session, writer: &SetWriter<Home>) {
    let rows: Vec<HomeRow> = writer.rows_by_id().into_values().map(|home| home.row).collect();
    let applications: Vec<(String, String)> = rows
        .iter()
        .filter(|row| matches!(row.id, HomeId::Application(_)))
        .map(|row| (row.id.own().to_owned(), row.name.clone()))
        .collect();
    if applications.is_empty() {
        return;
    }
    match allocated(session, &applications).await {
        Ok(found) => {
            for row in rows.into_iter().filter(|row| matches!(row.id, HomeId::Application(_))) {
                let taken = found.get(row.id.own());
                let words = taken.map(|it| in_use(it.vcpu, it.memory_gb, it.disk_gb, it.workers));
                if words != row.in_use {
                    writer.replace(home(HomeRow { in_use: words, ..row }));
                }
            }
        }
        Err(error) => writer.notice(Notice::info(format!("What applications have in use is missing: {error}."))),
    }
}

async fn read(session: &Session, engine: Engine, writer: &SetWriter<Home>) -> Result<(), AwsError> {
    let mut token = None;
    for _ in 0..MOST_PAGES {
        let (rows, next): (Vec<HomeRow>, _) = match engine {
            Engine::Emr => emr::clusters_page(session, token).await?,
            Engine::EmrServerless => serverless::applications_page(session, token).await?,
            Engine::EmrEks => eks::clusters_page(session, token).await?,
            Engine::Glue => {
                let (jobs, next) = glue::jobs_page(session, token).await?;
                (jobs.into_iter().map(|job| job.row).collect(), next)
            }
            Engine::Lambda => {
                let (functions, next) = lambda::functions_page(session, token).await?;
                (functions.into_iter().map(|function| function.row).collect(), next)
            }
            Engine::SageMaker => return Ok(()),
        };
        let known = writer.rows_by_id();
        let rows = rows.into_iter().map(|row| {
            let mut new = home(row);
            // What took calls of its own stays.
            if let Some(old) = known.get(&new.key).filter(|old| old.row.state == new.row.state) {
                new.row.capacity = new.row.capacity.or_else(|| old.row.capacity.clone());
                new.row.release = new.row.release.or_else(|| old.row.release.clone());
                new.row.in_use.clone_from(&old.row.in_use);
            }
            new
        });
        writer.append(rows.collect());
        if next.is_none() || writer.cancelled() {
            return Ok(());
        }
        token = next;
    }
    writer.notice(Notice::warning(format!("Only the first {MOST_PAGES} pages of {} were read.", engine.word())));
    Ok(())
}
