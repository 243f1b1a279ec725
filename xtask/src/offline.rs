//! `site.json`: what a bundle is made of, for the service worker that keeps the page for when no server answers
//! (`web/worker.js`).
//!
//! It is the digest of each file, and one of them all: the worker never mixes two bundles, and takes no file that is
//! not the one of the list.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::archive::digest;

/// What the page never asks for.
const LEFT_OUT: &[&str] = &[".d.ts", ".js.map", ".schema.json", "card.png", "site.json", "worker.js"];

/// Writes the list of the site in this folder.
pub(crate) fn write_list(site: &Path) -> Result<()> {
    let mut files = BTreeMap::new();
    add(site, "", &mut files)?;
    ensure!(files.contains_key("index.html"), "{} is no site", site.display());
    let version = digest(&serde_json::to_vec(&files)?);
    let list = serde_json::json!({ "version": version, "files": files });
    Ok(fs::write(site.join("site.json"), list.to_string())?)
}

fn add(site: &Path, below: &str, files: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in fs::read_dir(site.join(below))? {
        let entry = entry?;
        let name = entry.file_name().into_string().ok().context("a file's name is not UTF-8")?;
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        if entry.file_type()?.is_dir() {
            add(site, &path, files)?;
        } else if !LEFT_OUT.iter().any(|end| path.ends_with(end)) {
            files.insert(path, digest(&fs::read(entry.path())?));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_other_byte_is_another_version() {
        let scratch = xshell::Shell::new().unwrap().create_temp_dir().unwrap();
        let folder = scratch.path();
        fs::create_dir_all(folder.join("lessons")).unwrap();
        let mut versions = Vec::new();
        for (file, text) in
            [("index.html", "a"), ("lessons/index.json", "b"), ("lessons/index.json", "c"), ("lab.d.ts", "d")]
        {
            fs::write(folder.join(file), text).unwrap();
            write_list(folder).unwrap();
            let list: serde_json::Value =
                serde_json::from_slice(&fs::read(folder.join("site.json")).unwrap()).unwrap();
            versions.push((list["version"].clone(), list["files"].as_object().unwrap().len()));
        }
        assert_eq!(versions.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [1, 2, 2, 2]);
        assert_ne!(versions[1].0, versions[2].0, "the content of a file");
        assert_eq!(versions[2].0, versions[3].0, "what nobody asks for");
    }
}
