//! The echo server beside others: `cargo xtask bench` builds what it needs and starts it.

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    <bufferevent_bench::compare::Bench as clap::Parser>::parse().run()
}

#[cfg(not(target_os = "linux"))]
fn main() -> anyhow::Result<()> {
    anyhow::bail!(bufferevent_bench::NEEDS_LINUX)
}
