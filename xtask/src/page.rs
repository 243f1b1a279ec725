//! `cargo xtask page`: the bundle in the server's crate, where the next build takes it into the program.
//!
//! ```text
//! server/page/site/index.html.gz   each file of target/site, compressed where that makes it smaller
//! server/page/site/made.txt        when, in seconds since 1970
//! ```

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::bundle;
use crate::size;
use crate::workspace::Workspace;

/// The page in the crate, for as long as this is there: a build that is not asked for it has none.
#[derive(Debug)]
pub(crate) struct Lent(PathBuf);

impl Lent {
    pub(crate) fn put(workspace: &Workspace) -> Result<Self> {
        put(workspace).map(Self)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Err(error) = bundle::remove(&self.0) {
            eprintln!("{} is still there: {error}", self.0.display());
        }
    }
}

/// Builds the bundle if need be, and puts it in the crate. Gives the folder.
pub(crate) fn put(workspace: &Workspace) -> Result<PathBuf> {
    bundle::build_if_stale(workspace)?;
    let (site, folder) = (workspace.site(), workspace.root.join("server/page/site"));
    bundle::remove(&folder)?;
    let mut bytes = 0;
    for file in bundle::files(workspace, &site) {
        bytes += pack(&file, &folder.join(file.strip_prefix(&site)?))?;
    }
    let made = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    fs::write(folder.join("made.txt"), format!("{}\n", made.as_secs()))?;
    eprintln!("wrote {}, {} KiB", folder.display(), bytes / 1024);
    Ok(folder)
}

/// Writes a file, compressed and under the name that says so if it is smaller then. Gives its size.
fn pack(from: &Path, to: &Path) -> Result<usize> {
    let bytes = fs::read(from).with_context(|| format!("reading {}", from.display()))?;
    let compressed = size::compressed(&bytes)?;
    fs::create_dir_all(to.parent().unwrap_or(to))?;
    let mut name = to.to_owned().into_os_string();
    let kept = if compressed.len() < bytes.len() {
        name.push(".gz");
        compressed
    } else {
        bytes
    };
    fs::write(&name, &kept).with_context(|| format!("writing {}", name.display()))?;
    Ok(kept.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_compressed_only_where_that_makes_it_smaller() {
        let folder = xshell::Shell::new().unwrap().create_temp_dir().unwrap();
        let (text, picture) = (folder.path().join("a.js"), folder.path().join("b.png"));
        fs::write(&text, "let it = 1;\n".repeat(100)).unwrap();
        fs::write(&picture, [1, 2, 3]).unwrap();
        let to = folder.path().join("packed");
        assert!(pack(&text, &to.join("a.js")).unwrap() < 1200);
        assert_eq!(pack(&picture, &to.join("deep/b.png")).unwrap(), 3);
        assert!(to.join("a.js.gz").is_file() && !to.join("a.js").exists());
        assert!(to.join("deep/b.png").is_file());
    }
}
