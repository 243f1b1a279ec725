//! The page's files in a folder that the command line names: regular files that are in it, and nothing else.
//!
//! A pipe or a device in it would hold up whoever opens it, and a link that leads out of it may lead anywhere: for who
//! asks, neither is there. Links within the folder are followed, and the folder itself may be one, also one that is
//! changed while the server runs.

use std::fs::{Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use rustix::fs::OFlags;
use rustix::io::Errno;
use tokio::task::spawn_blocking;
use tower_http::services::ServeDir;
use tower_http::services::fs::{Backend, DefaultServeDirFallback};

use super::open_file::OpenFile;

#[derive(Clone, Debug)]
pub(super) struct Folder(Arc<Path>);

impl Folder {
    pub(super) fn service(path: &Path) -> ServeDir<DefaultServeDirFallback, Self> {
        ServeDir::with_backend("", Self(path.into()))
    }

    /// Whether there is a page in this folder that would be served.
    pub(super) fn has_page(path: &Path) -> bool {
        Self(path.into()).look(Path::new("index.html")).is_ok_and(|about| about.is_file())
    }

    /// Where it is, without links.
    fn find(&self, name: &Path) -> io::Result<PathBuf> {
        let root = self.0.canonicalize()?;
        let path = root.join(name).canonicalize()?;
        if path.starts_with(&root) { Ok(path) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    /// A file, or a folder with a page: where there is none, there is nothing to be sent on to.
    fn look(&self, name: &Path) -> io::Result<Metadata> {
        let about = self.find(name)?.metadata()?;
        let index = || self.find(&name.join("index.html")).and_then(|path| path.metadata());
        if about.is_file() || about.is_dir() && index().is_ok_and(|index| index.is_file()) {
            Ok(about)
        } else {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    fn open_now(&self, name: &Path) -> io::Result<(std::fs::File, Metadata)> {
        // What took a file's place since it was looked at holds nobody up either.
        let at_once = i32::try_from(OFlags::NONBLOCK.bits()).map_err(io::Error::other)?;
        let file = OpenOptions::new().read(true).custom_flags(at_once).open(self.find(name)?)?;
        let about = file.metadata()?;
        if about.is_file() { Ok((file, about)) } else { Err(io::ErrorKind::NotFound.into()) }
    }
}

/// A name that no file can have is that of none.
fn absent(error: io::Error) -> io::Error {
    match Errno::from_io_error(&error) {
        Some(Errno::NAMETOOLONG | Errno::NOTDIR | Errno::LOOP | Errno::NXIO) => {
            io::ErrorKind::NotFound.into()
        }
        _ => error,
    }
}

/// Waits for the disk elsewhere.
async fn elsewhere<T: Send + 'static>(ask: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    spawn_blocking(ask).await.map_err(io::Error::other)?.map_err(absent)
}

type Asked<T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send>>;

impl Backend for Folder {
    type File = OpenFile<tokio::fs::File, Metadata>;
    type Metadata = Metadata;
    type OpenFuture = Asked<Self::File>;
    type MetadataFuture = Asked<Metadata>;

    fn open(&self, name: PathBuf) -> Self::OpenFuture {
        let folder = self.clone();
        Box::pin(async move {
            let (file, about) = elsewhere(move || folder.open_now(&name)).await?;
            Ok(OpenFile { bytes: file.into(), about })
        })
    }

    fn metadata(&self, name: PathBuf) -> Self::MetadataFuture {
        let folder = self.clone();
        Box::pin(elsewhere(move || folder.look(&name)))
    }
}
