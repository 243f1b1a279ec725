//! What the fuzz targets share. `cargo xtask fuzz` builds and runs them; `README.md` says how.
//!
//! [`document`] makes inputs that are nearly right, [`seeds`] is what they are made from.

pub mod document;
pub mod seeds;
