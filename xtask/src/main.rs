//! The project's commands: `cargo xtask <command>`.
//!
//! - [`workspace`]: where things are.
//! - [`steps`]: runs named steps and says how long each took; [`checks`] is the list of them, [`ahead`] makes what they wait for,
//!   [`together`] has the page's tests in few processes.
//! - [`tools`]: finds what cargo does not bring (wasm target, browser, npm packages, libevent), and installs it where
//!   it can.
//! - [`oracle`]: random scenarios through the engine and through the real libevent.
//! - [`as_c`]: scenarios as C programs, run with the real libevent.
//! - [`mod@bench`]: the echo server beside others; [`fuzz`]: what any input may be, tried at random; [`mod@soak`]: traffic of
//!   all kinds for an hour.
//! - [`lesson`]: the folders of `lessons/`, checked and packed.
//! - [`bundle`]: the static site with the wasm package in it, [`modules`] in how many files, [`acting`] the map of which lines act; [`address`]
//!   where it will be; [`parts`] its wasm as two files, [`size`] what they may weigh; [`offline`] what the page is made of; [`packages`] those
//!   for npm; [`single`] the page as one file;
//!   [`serve`] runs the server that shows it, [`screenshots`] takes pictures of it.
//! - [`program`]: the server as one file, with the [`page`] in it; [`release`] all that is given away, in [`archive`]s;
//!   [`mod@version`] the one number that all of it has.
//!
//! This crate stays quick to compile, because every command waits for it: the heavy wasm-bindgen lives in
//! `xtask/bindgen`, what parts the wasm in `xtask/parts`, and both are built only when a bundle needs it.

mod acting;
mod address;
mod ahead;
mod archive;
mod as_c;
mod bench;
mod bundle;
mod checks;
mod fuzz;
mod lesson;
mod modules;
mod offline;
mod oracle;
mod packages;
mod page;
mod parts;
mod program;
mod release;
mod screenshots;
mod serve;
mod single;
mod size;
mod soak;
mod steps;
mod together;
mod tools;
mod version;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use bufferevent::Dialect;
use clap::{Parser, Subcommand, value_parser};

use crate::address::Address;
use crate::workspace::Workspace;

/// The commands of the bufferevent lab.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask", subcommand_required = true, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build what is out of date and run the echo server with its page
    ///
    /// The page's bundle is rebuilt only if its sources changed. The server is a release build. The command ends
    /// with the server's exit status.
    Serve {
        /// Passed on to bufferevent-server; try `cargo xtask serve -- --help`
        #[arg(last = true, value_name = "ARGS")]
        server_args: Vec<String>,
    },
    /// Write the static site with the page and the wasm package to target/site
    ///
    /// Any web server can serve that folder. Does nothing if the site is up to date with its sources. With Node.js and npm
    /// the page's modules are few files, and it opens sooner; without them they stay as they are.
    Bundle {
        /// Build even if the site is up to date
        #[arg(long)]
        force: bool,
        /// Write one HTML file that needs no server too: target/site-single/bufferevent-lab.html
        ///
        /// It is put together by Node.js and npm.
        #[arg(long)]
        single_file: bool,
        /// Where it will be, such as `https://example.org/lab/`: others show a link to it with its picture then
        #[arg(long, value_name = "URL", conflicts_with = "single_file")]
        url: Option<Address>,
    },
    /// Build bufferevent-server with the page in it, one file that needs nothing beside it, and the other two programs
    ///
    /// They are in target/program, or where the command says.
    Program {
        /// For any Linux, linked with musl: it needs no library, and runs in an empty container
        #[arg(long = "static")]
        is_static: bool,
    },
    /// Run all checks, slow ones too, and build what is given away into target/release-artefacts
    ///
    /// Programs, page, npm packages and crates, with SHA-256 sums. Nothing is published.
    Release {
        /// Build this system's programs alone, and run no check
        #[arg(long)]
        programs: bool,
        /// Fail unless the version is that of this tag, such as v1.2.3
        #[arg(long, value_name = "TAG")]
        tag: Option<String>,
        /// Go on at this step, by its name or number; what is built of a tag is built as a whole
        #[arg(long, value_name = "STEP", conflicts_with_all = ["programs", "tag"])]
        from: Option<String>,
    },
    /// Give all crates and npm packages this version, and it to what is unreleased in CHANGELOG.md
    Version {
        /// Three numbers: 1.2.3
        #[arg(value_name = "X.Y.Z")]
        version: String,
    },
    /// Put the page into the server's crate, where the next build and `cargo publish` find it
    ///
    /// It stays in server/page/site, as old as it gets, until you remove it; `program` does not need this.
    Page,
    /// Write the npm packages bufferevent-wasm and bufferevent-lab to target/npm
    Packages,
    /// Take pictures of the page at several sizes, in light, dark and forced colours, into target/screenshots
    Screenshots {
        /// Only those whose name has one of these parts, for example `hinge` or `narrow-dark`
        #[arg(value_name = "PART")]
        only: Vec<String>,
        /// Of lesson 6's scene while it plays instead, one every 60 ms of its time
        #[arg(long, conflicts_with = "only")]
        frames: bool,
    },
    /// Run mixed traffic on thousands of connections for an hour, holding every byte that comes back against what was sent
    ///
    /// A viewer watches meanwhile. Fails when a byte is lost or wrong, or memory goes on growing.
    Soak {
        /// Passed on; try `cargo xtask soak -- --help`
        #[arg(last = true, value_name = "ARGS")]
        args: Vec<String>,
    },
    /// Measure the echo server beside libevent's, tokio's and the least that one does, into target/bench
    ///
    /// Builds them all as they are released. The server has one processor and the load another; nothing else should run.
    /// libevent-dev and strace are installed on Debian and Ubuntu; what cannot be had is left out, and named.
    Bench(bench::Wanted),
    /// Run the fuzz targets of core/fuzz, each for a minute
    ///
    /// They are built with the stable compiler; libFuzzer, which is in C++, is compiled with them.
    Fuzz {
        /// Only these; all without any
        #[arg(value_name = "TARGET")]
        targets: Vec<String>,
        /// How long each of them runs
        #[arg(long, value_name = "N", default_value_t = fuzz::SECONDS)]
        seconds: u32,
        /// Run a target on this file alone: what it failed on before
        #[arg(long, value_name = "FILE", requires = "targets", conflicts_with = "seconds")]
        input: Option<PathBuf>,
    },
    /// Run every check and test; stops at the first that fails
    ///
    /// Once that is mended, `--from` goes on with it; what passed before is named as left out, and only a whole run says all.
    /// Missing tools are installed where that is possible (the wasm target, Chromium on Debian and Ubuntu, npm
    /// packages); otherwise the command fails and says what to install. Nothing needed is ever skipped.
    Test {
        /// Also run the slow checks that a release wants: wasm-pack, unused dependencies
        #[arg(long)]
        all: bool,
        /// Go on at this step, by its name or number
        #[arg(long, value_name = "STEP")]
        from: Option<String>,
    },
    /// Compare the engine with a real libevent on random scenarios
    ///
    /// Ends with status 1 where the traces of a scenario differ; prints that scenario as JSON, shrunk to the smallest
    /// that still differs, and both traces. libevent-dev (2.1.12) and gcc are installed on Debian and Ubuntu; 1.4 is
    /// libevent 1.4.15 and 2.2 is 2.2.1-alpha, which you build and point the compiler to by CPATH and LIBRARY_PATH.
    Oracle(OracleArgs),
    /// Make what the checks of `test` wait for: it starts this itself
    #[command(hide = true)]
    Ahead,
    /// Compile scenarios as C programs, run them with the installed libevent and compare what they print with the traces
    ///
    /// Those of the lessons and random ones of both formats. The programs are left in target/as-c.
    AsC {
        /// How many random scenarios to try, half of them of format 2; those that no real kernel can play do not count
        #[arg(long, value_name = "N", default_value_t = as_c::COUNT)]
        count: usize,
        /// Where the random numbers start
        #[arg(long, value_name = "S", default_value_t = as_c::SEED)]
        seed: u64,
    },
    /// Check and pack lessons: folders with a lesson.json
    #[command(subcommand)]
    Lesson(LessonCommand),
}

#[derive(Debug, clap::Args)]
struct OracleArgs {
    /// Which libevent: 1.4, 2.1 or 2.2
    #[arg(long, value_name = "D", default_value_t = oracle::DIALECT)]
    dialect: Dialect,
    /// Only scenarios of this format: 1 or 2
    #[arg(long, value_name = "F", value_parser = value_parser!(u32).range(1..=2))]
    format: Option<u32>,
    /// How many scenarios of each format to run
    #[arg(long, value_name = "N", default_value_t = oracle::COUNT, value_parser = value_parser!(u64).range(1..))]
    count: u64,
    /// Where the random numbers start; the same seed gives the same scenarios
    #[arg(long, value_name = "S", default_value_t = oracle::SEED)]
    seed: u64,
    /// How many that differ to report before it ends
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = value_parser!(u64).range(1..))]
    differences: u64,
    /// Compare evbuffers instead, on random programs of their operations
    #[arg(long, conflicts_with_all = ["dialect", "format", "differences", "digests", "record", "from"])]
    evbuffer: bool,
    /// Only programs of timers, many of which have one time
    #[arg(long, conflicts_with_all = ["format", "evbuffer"])]
    timers: bool,
    /// Print a digest of each scenario and one of libevent's trace: xtask/oracle/2.2-seed-1.txt is made so
    #[arg(long)]
    digests: bool,
    /// Print each scenario with libevent's trace, a line of the core's recordings, and do not ask the engine
    #[arg(long, conflicts_with = "digests")]
    record: bool,
    /// Run the scenarios of this file instead, one a line, or its recordings
    #[arg(long, value_name = "FILE", conflicts_with_all = ["format", "timers", "count", "seed"])]
    from: Option<PathBuf>,
}

impl OracleArgs {
    fn run(self, workspace: &Workspace) -> anyhow::Result<()> {
        let Self { dialect, format, count, seed, differences, .. } = self;
        if self.evbuffer {
            return oracle::evbuffer::run(workspace, count, seed);
        }
        let mut formats = oracle::FORMATS.to_vec();
        formats.retain(|it| format.is_none_or(|format| it.number() == format));
        let source = match self.from {
            Some(file) => oracle::Source::File(file),
            None if self.timers => oracle::Source::Timers { count, seed },
            None => oracle::Source::Random { formats, count, seed },
        };
        let output = match (self.digests, self.record) {
            (true, _) => oracle::Output::Digests,
            (_, true) => oracle::Output::Recordings,
            _ => oracle::Output::Nothing,
        };
        oracle::run(workspace, &oracle::Request { dialect, source, output, differences })
    }
}

#[derive(Debug, Subcommand)]
enum LessonCommand {
    /// Run lessons in each of their libevents and say what is wrong with them, and which answers and numbers hold
    ///
    /// `docs/lessons.md` says how to write one.
    Check {
        /// Folders; every one of lessons/ if there is none
        #[arg(value_name = "DIR")]
        folders: Vec<PathBuf>,
    },
    /// Write a lesson as one file, with all that it names inline
    Pack {
        /// The folder
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// The file to write
        #[arg(value_name = "FILE")]
        to: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    let workspace = &Workspace::open()?;
    match command {
        Command::Serve { server_args } => return serve::serve(workspace, &server_args),
        Command::Bundle { force, single_file, url } => {
            bundle::build_at(workspace, url.as_ref(), force)?;
            if single_file {
                drop(single::build(workspace)?);
            }
        }
        Command::Program { is_static } => drop(program::build(workspace, is_static)?),
        Command::Release { programs, tag, from } => {
            version::check_tag(workspace, tag.as_deref())?;
            match programs {
                true => release::only_programs(workspace)?,
                false => release::release(workspace, from.as_deref())?,
            }
        }
        Command::Version { version } => version::set(workspace, &version)?,
        Command::Page => drop(page::put(workspace)?),
        Command::Packages => drop(packages::build(workspace)?),
        Command::Screenshots { frames: true, .. } => screenshots::frames(workspace)?,
        Command::Screenshots { only, .. } => screenshots::take(workspace, &only)?,
        Command::Soak { args } => soak::run(workspace, &args)?,
        Command::Bench(wanted) => bench::run(workspace, &wanted)?,
        Command::Fuzz { targets, seconds, input } => {
            fuzz::run(workspace, &targets, seconds, input.as_deref())?;
        }
        Command::Test { all, from } => checks::test(workspace, all, from.as_deref())?,
        Command::Oracle(args) => args.run(workspace)?,
        Command::Ahead => ahead::make(workspace)?,
        Command::AsC { count, seed } => as_c::run(workspace, count, seed)?,
        Command::Lesson(LessonCommand::Check { folders }) => lesson::check(workspace, &folders)?,
        Command::Lesson(LessonCommand::Pack { folder, to }) => lesson::pack(&folder, &to)?,
    }
    Ok(ExitCode::SUCCESS)
}
