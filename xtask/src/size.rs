//! What the engine's wasm weighs on its way to a browser, against the figure in `wasm/size.txt`.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use flate2::{Compression, write::GzEncoder};

use crate::workspace::Workspace;

/// The compressed size that was last agreed on, in bytes.
const FIGURE: &str = "wasm/size.txt";

/// Measures a wasm file, compressed as a web server would, and fails where it grew by more than a twentieth.
pub(crate) fn check(workspace: &Workspace, wasm: &Path) -> Result<()> {
    let bytes = fs::read(wasm).with_context(|| format!("reading {}", wasm.display()))?;
    let size = compressed(&bytes)?.len();
    let file = workspace.root.join(FIGURE);
    if std::env::var_os("WRITE_SIZE").is_some() {
        fs::write(&file, format!("{size}\n"))?;
    }
    let agreed = fs::read_to_string(&file).with_context(|| format!("reading {FIGURE}"))?;
    let agreed: usize = agreed.trim().parse().with_context(|| format!("{FIGURE} is no number"))?;
    eprintln!("the wasm has {} bytes, compressed {size}; agreed on are {agreed}", bytes.len());
    ensure!(
        fits(size, agreed),
        "the wasm has {size} bytes compressed, more than a twentieth above the {agreed} of {FIGURE}: find what made it \
         grow, or agree on it with WRITE_SIZE=1"
    );
    Ok(())
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
    fn bytes_are_compressed_before_they_are_counted() {
        assert!(compressed(&[7; 100_000]).unwrap().len() < 1000);
    }
}
