//! The page that the program carries, if `cargo xtask page` has put one here: files that come and go are compiled anew.

fn main() {
    println!("cargo::rerun-if-changed=page");
}
