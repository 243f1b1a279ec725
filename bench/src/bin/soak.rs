//! Mixed traffic for long: `cargo xtask soak`.

use bufferevent_bench::server::raise_descriptors;
use bufferevent_bench::soak::Soak;
use clap::Parser;

fn main() -> anyhow::Result<()> {
    raise_descriptors();
    Soak::parse().run()
}
