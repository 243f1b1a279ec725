//! What is served over HTTP: the page's files, the WebSocket, `/healthz` and `/metrics`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next, from_fn};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::prelude::BASE64_STANDARD as STANDARD;
use bufferevent::recording::Parted;
use tokio::sync::mpsc;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::carried::Carried;
use super::folder::Folder;
use super::guard::{Guard, Refusal, Wanted};
use super::outbox::{Call, Outbox};
use super::viewer::{self, Greeting, MAX_FRAME};
use super::{MirrorConfig, MirrorCounters, metrics, range};
use crate::echo::Counters;

/// No script but the page's own files, and no connection but to this server.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
                      img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self'; \
                      manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// The longest path that is looked at, in bytes: RFC 9110 asks for 8000 of a whole address.
const MAX_PATH: usize = 8192;

/// The folder of the page's files that have a digest in their names.
const NAMED_BY_CONTENT: &str = "/bundled/";

/// What a server says that was built without the page and started without one.
const NO_SITE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>bufferevent lab</title>\
                       <h1>This program was built without the page</h1>\
                       <p>The echo server runs. <code>--site FOLDER</code> shows the page that is in a folder: \
                       <code>cargo xtask bundle</code> writes it to <code>target/site</code>. \
                       <code>cargo xtask serve</code> builds both, <code>cargo xtask program</code> a program that has the page in it.</p>\
                       <p>Live records are at <code>/ws</code>, figures at <a href=\"/metrics\">/metrics</a>.</p></html>";

/// What every request may need.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) config: MirrorConfig,
    pub(super) guard: Guard,
    pub(super) policy: HeaderValue,
    pub(super) greeting: Greeting,
    pub(super) calls: mpsc::Sender<Call>,
    pub(super) mirror: Arc<MirrorCounters>,
    pub(super) echo: Arc<Counters>,
    pub(super) last_viewer: AtomicU64,
}

/// The content policy that lets pages of these origins frame ours. Who may do so
/// comes last in ours. None where one of them cannot stand in a header.
pub(super) fn policy(frames: &[String]) -> Option<HeaderValue> {
    let policy = frames.iter().fold(POLICY.to_owned(), |policy, origin| policy + " " + origin);
    HeaderValue::try_from(policy).ok()
}

pub(super) fn router(site: Arc<Site>) -> Router {
    let router = Router::new()
        .route("/ws", get(websocket))
        .route("/healthz", get(async || "ok\n"))
        .route("/metrics", get(metrics));
    let files = match Page::find(site.config.site.as_deref()) {
        Page::Folder(folder) => Router::new().fallback_service(Folder::service(&folder)),
        Page::Carried(page) => Router::new().fallback_service(page.service()),
        Page::Missing => Router::new().route("/", get(async || Html(NO_SITE))),
    };
    let files = if site.guard.embeds_any() { files.layer(embedding(site.guard.clone())) } else { files };
    router
        .fallback_service(files)
        .layer(from_fn(range::heed))
        // A page from a folder is compressed while somebody waits for it.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(middleware::from_fn_with_state(Arc::clone(&site), admit))
        .with_state(site)
}

/// Tells browsers which pages of others may have what is answered.
fn embedding(guard: Guard) -> CorsLayer {
    let origins = AllowOrigin::predicate(move |origin, _| guard.embeds(origin));
    CorsLayer::new().allow_origin(origins).allow_methods([Method::GET, Method::HEAD])
}

/// Where the page comes from.
#[derive(Debug)]
pub(super) enum Page {
    Folder(PathBuf),
    Carried(Carried),
    Missing,
}

impl Page {
    /// What the command line or the environment names, else what the program carries, else what is built beside it.
    pub(super) fn find(named: Option<&Path>) -> Self {
        if let Some(folder) = named.filter(|folder| Folder::has_page(folder)) {
            return Self::Folder(folder.to_owned());
        }
        if let Some(page) = Carried::own() {
            return Self::Carried(page);
        }
        let program = std::env::current_exe().ok();
        let built = program.as_deref().and_then(Path::parent).and_then(Path::parent);
        let built = built.map(|target| target.join("site"));
        built.filter(|folder| Folder::has_page(folder)).map_or(Self::Missing, Self::Folder)
    }
}

/// Lets in who may ask, and says with each answer, a refusal too, what the page may do.
async fn admit(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let is_named_by_content = request.uri().path().starts_with(NAMED_BY_CONTENT);
    let mut response = if request.uri().path().len() > MAX_PATH {
        let problem = format!("a path may have {MAX_PATH} characters\n");
        (StatusCode::URI_TOO_LONG, problem).into_response()
    } else {
        // What has no route of its own is looked for among the page's files.
        let is_file = request.extensions().get::<MatchedPath>().is_none();
        let wanted = if is_file { Wanted::File } else { Wanted::Server };
        match site.guard.refusal(wanted, request.uri(), request.headers()) {
            Some(Refusal::Malformed(reason)) => {
                (StatusCode::BAD_REQUEST, format!("{reason}\n")).into_response()
            }
            Some(Refusal::Forbidden(reason)) => {
                (StatusCode::FORBIDDEN, format!("{reason}\n")).into_response()
            }
            None if request.uri().path() == "*" => of_the_server(request.method()),
            None => next.run(request).await,
        }
    };
    let status = response.status();
    if let Some(words) = words_for(status).filter(|_| !response.headers().contains_key(header::CONTENT_TYPE))
    {
        *response.body_mut() = Body::from(words);
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    }
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert_with(|| site.policy.clone());
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    // Kept, and asked for again each time: a page and a server of two builds do not meet. A name that says what is in the
    // file is another one in another build.
    let for_ever = is_named_by_content && status == StatusCode::OK;
    set(header::CACHE_CONTROL, if for_ever { "max-age=31536000, immutable" } else { "no-cache" });
    response
}

/// What a person is told who gets an answer that has nothing but a status.
fn words_for(status: StatusCode) -> Option<&'static str> {
    match status {
        StatusCode::NOT_FOUND => Some("there is nothing here under this path\n"),
        StatusCode::METHOD_NOT_ALLOWED => Some("this is answered to GET and HEAD and to no other method\n"),
        _ => None,
    }
}

/// What a request is answered that is for the server and for nothing on it: there is one such.
fn of_the_server(method: &Method) -> Response {
    if *method == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    (StatusCode::BAD_REQUEST, "the target of a request is a path\n").into_response()
}

async fn websocket(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade.max_message_size(MAX_FRAME).max_frame_size(MAX_FRAME),
        Err(WebSocketUpgradeRejection::InvalidWebSocketVersionHeader(_)) => return other_version(),
        Err(rejection) => return rejection.into_response(),
    };
    if has_body(&headers) {
        return (StatusCode::BAD_REQUEST, "a handshake has no body\n").into_response();
    }
    if !has_key(&headers) {
        return (StatusCode::BAD_REQUEST, "Sec-WebSocket-Key is not 16 bytes in base64\n").into_response();
    }
    let Some(place) = Place::take(&site) else {
        let parted = match site.config.max_viewers {
            0 => Parted::NoViewers,
            most => Parted::Full(most),
        };
        return upgrade.on_upgrade(async move |socket| viewer::refuse(socket, &parted.to_string()).await);
    };
    let outbox = Arc::new(Outbox::new(site.config.mirror_buffer as usize));
    let number = site.last_viewer.fetch_add(1, Ordering::Relaxed);
    let (greeting, calls) = (site.greeting, site.calls.clone());
    upgrade.on_upgrade(async move |socket| {
        viewer::serve(socket, number, greeting, outbox, calls).await;
        drop(place);
    })
}

/// RFC 6455, 4.4: whoever asks for another version is told which there is.
fn other_version() -> Response {
    let told = [(header::SEC_WEBSOCKET_VERSION, "13"), (header::UPGRADE, "websocket")];
    (StatusCode::UPGRADE_REQUIRED, told, "the version of the WebSocket is 13\n").into_response()
}

/// Whether something follows the handshake that is no frame, and would be taken for one.
fn has_body(headers: &HeaderMap) -> bool {
    headers.contains_key(header::TRANSFER_ENCODING)
        || headers.get(header::CONTENT_LENGTH).is_some_and(|length| length != "0")
}

/// Whether the handshake has the one key that RFC 6455 asks for: axum takes any.
fn has_key(headers: &HeaderMap) -> bool {
    let mut keys = headers.get_all(header::SEC_WEBSOCKET_KEY).iter();
    let (Some(key), None) = (keys.next(), keys.next()) else { return false };
    STANDARD.decode_slice(key, &mut [0; 18]) == Ok(16)
}

/// One of the places for viewers, free again when it is dropped.
struct Place(Arc<MirrorCounters>);

impl Place {
    fn take(site: &Site) -> Option<Self> {
        site.mirror.places.take(site.config.max_viewers).then(|| Self(Arc::clone(&site.mirror)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.places.free();
    }
}

async fn metrics(State(site): State<Arc<Site>>) -> impl IntoResponse {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, metrics::text(&site.echo, &site.mirror))
}
