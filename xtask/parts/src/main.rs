//! Makes two files of the engine's wasm: what a page needs to show its first step, and the rest.
//!
//! ```text
//! xtask-parts part LINKED WASM REST LESSON
//! xtask-parts whole WASM
//! ```
//!
//! `LINKED` is what the linker made, with its relocations; `WASM` is what wasm-bindgen made of it, names and all, and becomes
//! the first file; `REST` is written; `LESSON` is the one that a page opens on. [`rehearse`] finds out what runs, [`arms`] takes
//! out of functions what did not ([`points`] are where a function can part, [`passed`] notes which were passed, [`live`] what is
//! needed beyond one, [`outline`] writes what is taken out), [`split`] parts the module by it, and [`data`] says which constants go along. Nothing is decided
//! by hand: who calls what went to the rest has it fetched, and comes to it through [`doors`]. [`order`] puts the functions of each file in an order that compresses.
//!
//! `whole` leaves a module in one, without what the linker added for the parting.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

mod arms;
mod data;
mod doors;
mod live;
mod order;
mod outline;
mod passed;
mod points;
mod rehearse;
mod split;

fn main() -> Result<()> {
    let mut given = std::env::args_os().skip(1);
    let command = given.next().unwrap_or_default();
    let files: Vec<PathBuf> = given.map(PathBuf::from).collect();
    match (command.to_str(), files.as_slice()) {
        (Some("part"), [linked, wasm, rest, lesson]) => {
            let whole = read(wasm)?;
            let lesson = String::from_utf8(read(lesson)?).context("a lesson is text")?;
            let ran = rehearse::opening(&whole, &lesson)?;
            let parts = split::split(&whole, &read(linked)?, &ran)?;
            fs::write(wasm, order::ordered(&parts.first)?)?;
            fs::write(rest, order::ordered(&parts.rest)?)?;
        }
        (Some("whole"), [wasm]) => fs::write(wasm, order::ordered(&split::whole(&read(wasm)?)?)?)?,
        _ => bail!("usage: xtask-parts part LINKED WASM REST LESSON, or xtask-parts whole WASM"),
    }
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("reading {}", file.display()))
}
