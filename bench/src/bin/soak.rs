//! Mixed traffic for long: `cargo xtask soak`.

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    bufferevent_bench::server::raise_descriptors();
    <bufferevent_bench::soak::Soak as clap::Parser>::parse().run()
}

#[cfg(not(target_os = "linux"))]
fn main() -> anyhow::Result<()> {
    anyhow::bail!(bufferevent_bench::NEEDS_LINUX)
}
