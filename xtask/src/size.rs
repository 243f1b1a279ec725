//! What the engine's wasm weighs on its way to a browser, against the figures in `wasm/size.txt`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use flate2::{Compression, write::GzEncoder};

use crate::workspace::Workspace;

/// The compressed sizes that were last agreed on, in bytes: a line each.
const FIGURES: &str = "wasm/size.txt";

/// Measures the two files of the wasm, compressed as a web server would, and fails where one has to be waited for longer: the
/// first, or both together, grew by more than a twentieth.
pub(crate) fn check(workspace: &Workspace, [first, rest]: [PathBuf; 2]) -> Result<()> {
    let [first, rest] = [weigh(&first)?, weigh(&rest)?];
    let sizes = [("first", first), ("whole", first + rest)];
    let file = workspace.root.join(FIGURES);
    if std::env::var_os("WRITE_SIZE").is_some() {
        fs::write(&file, sizes.map(|(name, size)| format!("{name} {size}\n")).concat())?;
    }
    let agreed = fs::read_to_string(&file).with_context(|| format!("reading {FIGURES}"))?;
    for (name, size) in sizes {
        let agreed =
            figure(&agreed, name).with_context(|| format!("{FIGURES} has no number after {name}"))?;
        eprintln!("compressed, the {name} wasm has {size} bytes; agreed on are {agreed}");
        ensure!(
            fits(size, agreed),
            "the {name} wasm has {size} bytes compressed, more than a twentieth above the {agreed} of {FIGURES}: find what \
             made it grow, or agree on it with WRITE_SIZE=1"
        );
    }
    Ok(())
}

fn weigh(wasm: &Path) -> Result<usize> {
    let bytes = fs::read(wasm).with_context(|| format!("reading {}", wasm.display()))?;
    Ok(compressed(&bytes)?.len())
}

/// The number in the line that begins with this name.
fn figure(text: &str, name: &str) -> Option<usize> {
    text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
}

fn fits(size: usize, agreed: usize) -> bool {
    size <= agreed + agreed / 20
}

/// As small as gzip makes it.
pub(crate) fn compressed(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_twentieth_more_is_let_pass_and_no_byte_beyond() {
        assert!(fits(0, 1000) && fits(1050, 1000));
        assert!(!fits(1051, 1000));
    }

    #[test]
    fn each_figure_has_its_own_line() {
        let text = "first 12\nwhole 34\n";
        assert_eq!(["first", "whole", "rest"].map(|name| figure(text, name)), [Some(12), Some(34), None]);
    }

    #[test]
    fn bytes_are_compressed_before_they_are_counted() {
        assert!(compressed(&[7; 100_000]).unwrap().len() < 1000);
    }
}
