//! The page that the program carries.
//!
//! `cargo xtask page` leaves the bundle in the crate's folder `page/site`, each file compressed where that makes it
//! smaller, and the next build takes it in. A build without it has no page of its own, and says so.

use std::collections::BTreeMap;
use std::future::{Ready, ready};
use std::io::{self, Cursor, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use axum::body::Bytes;
use flate2::read::GzDecoder;
use rust_embed::RustEmbed;
use tower_http::services::ServeDir;
use tower_http::services::fs::{Backend, DefaultServeDirFallback, Metadata};

use super::open_file::OpenFile;

/// What the crate was compiled with; nothing where there is no such folder.
#[derive(RustEmbed)]
#[folder = "page/site"]
#[allow_missing = true]
struct Site;

/// Says when the bundle was put there, in seconds since 1970: browsers ask whether theirs is still the same.
const MADE: &str = "made.txt";

/// A site in memory.
#[derive(Clone, Debug)]
pub(super) struct Carried {
    files: Arc<BTreeMap<String, Kept>>,
    made: SystemTime,
}

/// A file as it is kept, and as those get it who take nothing compressed.
#[derive(Debug)]
struct Kept {
    bytes: Bytes,
    /// Made once, so that nobody can ask for it over and over at our cost.
    inflated: OnceLock<Bytes>,
}

impl Carried {
    /// The site in this program.
    pub(super) fn own() -> Option<Self> {
        let file = |name: &str| Site::get(name).map(|file| file.data);
        Self::new(Site::iter().filter_map(|name| {
            let bytes = match file(&name)? {
                std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                std::borrow::Cow::Owned(bytes) => bytes.into(),
            };
            Some((name.into_owned(), bytes))
        }))
    }

    /// A site of these files, those whose names end in `.gz` compressed. None without an index.
    fn new(files: impl Iterator<Item = (String, Bytes)>) -> Option<Self> {
        let keep = |(name, bytes)| (name, Kept { bytes, inflated: OnceLock::new() });
        let mut files: BTreeMap<_, _> = files.map(keep).collect();
        let made =
            files.remove(MADE).and_then(|file| std::str::from_utf8(&file.bytes).ok()?.trim().parse().ok());
        let made = SystemTime::UNIX_EPOCH + Duration::from_secs(made.unwrap_or(0));
        let site = Self { files: Arc::new(files), made };
        site.find("index.html").is_some().then_some(site)
    }

    pub(super) fn service(self) -> ServeDir<DefaultServeDirFallback, Self> {
        ServeDir::with_backend("", self).precompressed_gzip()
    }

    /// The file of exactly this name, or inflated the one that is kept under it.
    fn find(&self, name: &str) -> Option<Bytes> {
        if let Some(kept) = self.files.get(name) {
            return Some(kept.bytes.clone());
        }
        let kept = self.files.get(&format!("{name}.gz"))?;
        Some(kept.inflated.get_or_init(|| inflate(&kept.bytes)).clone())
    }

    /// Whether there is a folder with a page: where there is none, there is nothing to be sent on to.
    fn has_page(&self, folder: &str) -> bool {
        let index = if folder.is_empty() { "index.html".to_owned() } else { format!("{folder}/index.html") };
        self.files.contains_key(&index) || self.files.contains_key(&format!("{index}.gz"))
    }

    fn open_now(&self, path: &Path) -> io::Result<OpenFile<Cursor<Bytes>, About>> {
        let bytes = self.find(&name(path)).ok_or(io::ErrorKind::NotFound)?;
        let about = About { length: Some(bytes.len() as u64), made: self.made };
        Ok(OpenFile { bytes: Cursor::new(bytes), about })
    }

    fn look(&self, path: &Path) -> io::Result<About> {
        if self.has_page(&name(path)) {
            return Ok(About { length: None, made: self.made });
        }
        self.open_now(path).map(|file| file.about)
    }
}

/// What is compressed in here was compressed by us, and tested: nothing stands for what cannot be inflated.
fn inflate(bytes: &[u8]) -> Bytes {
    let mut inflated = Vec::new();
    let read = GzDecoder::new(bytes).read_to_end(&mut inflated);
    debug_assert!(read.is_ok(), "{read:?}");
    inflated.into()
}

/// A path's name in the site, whatever the system puts between its parts.
fn name(path: &Path) -> String {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(part) => part.to_str(),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// What is known of a file, or of a folder, which has no length.
#[derive(Clone, Copy, Debug)]
pub(super) struct About {
    length: Option<u64>,
    made: SystemTime,
}

impl Metadata for About {
    fn is_dir(&self) -> bool {
        self.length.is_none()
    }

    fn modified(&self) -> io::Result<SystemTime> {
        Ok(self.made)
    }

    fn len(&self) -> u64 {
        self.length.unwrap_or(0)
    }
}

impl Backend for Carried {
    type File = OpenFile<Cursor<Bytes>, About>;
    type Metadata = About;
    type OpenFuture = Ready<io::Result<Self::File>>;
    type MetadataFuture = Ready<io::Result<About>>;

    fn open(&self, path: PathBuf) -> Self::OpenFuture {
        ready(self.open_now(&path))
    }

    fn metadata(&self, path: PathBuf) -> Self::MetadataFuture {
        ready(self.look(&path))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use axum::Router;
    use axum::http::{Request, Response, StatusCode, header};
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use hyper::service::Service;
    use hyper_util::service::TowerToHyperService;

    use super::*;

    const PAGE: &str = "<!doctype html><p>the page</p>";

    fn compressed(text: &str) -> Bytes {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap().into()
    }

    fn site() -> Carried {
        let files = [
            ("index.html.gz", compressed(PAGE)),
            ("pkg/engine.wasm.gz", compressed("\0asm")),
            ("lab.js.gz", compressed("export {}")),
            ("deep/er/index.html.gz", compressed(PAGE)),
            ("icon.png", Bytes::from_static(b"\x89PNG")),
            ("made.txt", Bytes::from_static(b"1700000000\n")),
        ];
        Carried::new(files.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)))
            .expect("it has an index")
    }

    async fn get(path: &str, headers: &[(header::HeaderName, &str)]) -> Response<Bytes> {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        let router = TowerToHyperService::new(Router::new().fallback_service(site().service()));
        let request = request.body(axum::body::Body::empty()).unwrap();
        let (parts, body) = router.call(request).await.unwrap().into_parts();
        Response::from_parts(parts, axum::body::to_bytes(body, 1 << 20).await.unwrap())
    }

    fn header<'a>(response: &'a Response<Bytes>, name: &str) -> Option<&'a str> {
        response.headers().get(name).map(|value| value.to_str().unwrap())
    }

    #[tokio::test]
    async fn who_takes_gzip_gets_what_is_kept_and_who_does_not_gets_it_inflated() {
        let packed = get("/", &[(header::ACCEPT_ENCODING, "gzip, deflate")]).await;
        assert_eq!(
            (header(&packed, "content-encoding"), header(&packed, "content-type")),
            (Some("gzip"), Some("text/html"))
        );
        assert_eq!(packed.body(), &compressed(PAGE));
        for refused in [&[][..], &[(header::ACCEPT_ENCODING, "gzip;q=0")]] {
            let plain = get("/", refused).await;
            assert_eq!((header(&plain, "content-encoding"), &plain.body()[..]), (None, PAGE.as_bytes()));
        }
    }

    #[tokio::test]
    async fn each_file_has_its_type_and_what_is_not_compressed_is_served_as_it_is() {
        for (path, kind) in [
            ("/pkg/engine.wasm", "application/wasm"),
            ("/lab.js", "text/javascript"),
            ("/icon.png", "image/png"),
        ] {
            let response = get(path, &[(header::ACCEPT_ENCODING, "gzip")]).await;
            assert_eq!(
                (response.status(), header(&response, "content-type")),
                (StatusCode::OK, Some(kind)),
                "{path}"
            );
        }
    }

    #[tokio::test]
    async fn a_browser_that_has_a_file_is_told_so() {
        let first = get("/lab.js", &[(header::ACCEPT_ENCODING, "gzip")]).await;
        assert_eq!(header(&first, "last-modified"), Some("Tue, 14 Nov 2023 22:13:20 GMT"));
        let tag = header(&first, "etag").expect("it has one");
        let again = get("/lab.js", &[(header::ACCEPT_ENCODING, "gzip"), (header::IF_NONE_MATCH, tag)]).await;
        assert_eq!((again.status(), again.body().len()), (StatusCode::NOT_MODIFIED, 0));
        let plain = get("/lab.js", &[]).await;
        assert_ne!(header(&plain, "etag"), Some(tag), "compressed or not are two representations");
    }

    #[tokio::test]
    async fn nothing_else_is_served() {
        for path in
            ["/none", "/made.txt", "/pkg/engine", "/pk", "/../index.html", "/%2e%2e/index.html", "/pkg/none"]
        {
            assert_eq!(get(path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
        // A folder without a page: nobody is sent on to nothing.
        for path in ["/pkg", "/pkg/", "/deep", "/deep/"] {
            assert_eq!(get(path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
        let sent_on = get("/deep/er", &[]).await;
        assert_eq!(
            (sent_on.status(), header(&sent_on, "location")),
            (StatusCode::TEMPORARY_REDIRECT, Some("/deep/er/"))
        );
        assert_eq!(get("/deep/er/", &[]).await.body(), PAGE);
    }

    #[test]
    fn without_an_index_there_is_no_site() {
        assert!(Carried::new(std::iter::empty()).is_none());
        let other = ("lab.js".to_owned(), Bytes::from_static(b"export {}"));
        assert!(Carried::new(std::iter::once(other)).is_none());
    }
}
