//! A session that is answered by a test, in the shapes that the services' references document: for what no server
//! offers.

use crate::{Confirmation, Guard, Session, WritePermit};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
};
use aws_smithy_types::body::SdkBody;
use contract::{
    Timestamp,
    plan::Confirm,
    session::{Environment, Mode},
};
use std::{
    fmt,
    sync::{Arc, Mutex},
};

/// One answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Reply {
    pub fn new(status: u16, body: &str) -> Self {
        Self { status, headers: Vec::new(), body: body.to_owned() }.header("content-length", &body.len().to_string())
    }

    pub fn json(body: &str) -> Self {
        Self::new(200, body).header("content-type", "application/x-amz-json-1.1")
    }

    /// An error as JSON services give it.
    pub fn fault(code: &str, message: &str) -> Self {
        let message = message.replace('"', "\\\"");
        let body = format!(r#"{{"__type": "com.amazonaws.sagemaker#{code}", "message": "{message}"}}"#);
        Self { status: 400, ..Self::json(&body) }
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// Call and body of each request, in their order.
type Seen = Arc<Mutex<Vec<(String, String)>>>;

/// A session, and what it asked so far.
pub(crate) struct Wire {
    pub session: Session,
    guard: Arc<Guard>,
    seen: Seen,
}

impl Wire {
    /// `answer` gets the call and its body: `SageMaker.Search` and JSON, or `GET https://…` where a service has no such
    /// name for its calls.
    pub fn start(answer: impl Fn(&str, &str) -> Reply + Send + Sync + 'static) -> Self {
        let seen = Seen::default();
        let connector = SharedHttpConnector::new(Connector { answer: Box::new(answer), seen: Arc::clone(&seen) });
        let guard = Guard::new("wire", Environment::Other, Mode::Confirm);
        let session = Session::wired(http_client_fn(move |_, _| connector.clone()), Arc::clone(&guard));
        Self { session, guard, seen }
    }

    pub fn seen(&self) -> Vec<(String, String)> {
        self.seen.lock().unwrap().clone()
    }

    /// The one request that was made.
    pub fn only(&self) -> (String, String) {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen[0].clone()
    }

    pub fn permit(&self) -> WritePermit {
        let confirmation = Confirmation { confirm: Confirm::Dialog, name: "wire".to_owned(), typed: None };
        self.guard.permit(&confirmation, Timestamp::now()).unwrap()
    }

    /// Takes back what permits allow.
    pub fn lock(&self) {
        self.guard.set(Environment::Other, Mode::ReadOnly);
    }
}

/// From the call and its body.
type Answer = dyn Fn(&str, &str) -> Reply + Send + Sync;

struct Connector {
    answer: Box<Answer>,
    seen: Seen,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").map(str::to_owned);
        let call = target.unwrap_or_else(|| format!("{} {}", request.method(), request.uri()));
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let reply = (self.answer)(&call, &body);
        self.seen.lock().unwrap().push((call, body));
        let mut response = HttpResponse::new(reply.status.try_into().unwrap(), SdkBody::from(reply.body));
        for (name, value) in reply.headers {
            response.headers_mut().insert(name, value);
        }
        HttpConnectorFuture::ready(Ok(response))
    }
}
