//! What the programs offer beside serving: the page in a browser, manual pages and completions.

use std::io::{BufRead, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc::channel;
use std::thread;

use bufferevent::Dialect;

use super::child::{CLIENT, SERVER, ServerProcess};
use super::server::{GUARD, assert_serves};

const SCENARIO: &str = env!("CARGO_BIN_EXE_bufferevent-scenario");

/// A folder on the `PATH` with nothing in it but what opens addresses, gone with the test.
struct Desktop(PathBuf);

impl Desktop {
    /// With an `xdg-open` that runs this line.
    fn new(name: &str, line: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("bufferevent-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let opener = folder.join("xdg-open");
        std::fs::write(&opener, format!("#!/bin/sh\n{line}\n")).unwrap();
        std::fs::set_permissions(&opener, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self(folder)
    }

    fn server(&self) -> ServerProcess {
        let mut command = Command::new(SERVER);
        command.args(["--http", "127.0.0.1:0", "--open"]).env("PATH", &self.0).env_remove("WSL_DISTRO_NAME");
        ServerProcess::from(&mut command)
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The address in the line that says where the page is.
fn page(server: &mut ServerProcess) -> String {
    let mut line = String::new();
    server.stdout.read_line(&mut line).unwrap();
    line.trim_end().strip_prefix("page at ").unwrap().to_owned()
}

#[test]
fn open_hands_the_page_to_the_desktop() {
    let desktop = Desktop::new("open", "echo \"$1\" > \"${0%/*}/opened\"");
    let opened = desktop.0.join("opened");
    let made = Command::new("mkfifo").arg(&opened).status().unwrap();
    assert!(made.success());
    let mut server = desktop.server();
    let page = page(&mut server);
    // Whoever opens the pipe waits for the other side.
    let (heard, address) = channel();
    thread::spawn(move || heard.send(std::fs::read_to_string(opened).unwrap()));
    assert_eq!(address.recv_timeout(GUARD).unwrap().trim_end(), page);
    server.stop();
}

#[test]
fn without_a_browser_open_says_the_address_and_the_server_goes_on() {
    let desktop = Desktop::new("no-browser", "exit 3");
    let mut server = desktop.server();
    let page = page(&mut server);
    let mut said = String::new();
    server.stderr().read_line(&mut said).unwrap();
    assert!(said.starts_with("bufferevent-server: no browser opens the page"), "{said}");
    assert!(said.ends_with(&format!("open {page} by hand\n")), "{said}");
    assert_serves(server.address);
    server.stop();
}

#[test]
fn open_wants_a_page() {
    let output = Command::new(SERVER).args(["--no-http", "--open"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_server_that_has_no_page_says_how_to_get_one() {
    let mut command = Command::new(SERVER);
    let mut server =
        ServerProcess::from(command.args(["--http", "127.0.0.1:0"]).env_remove("BUFFEREVENT_SITE"));
    assert_serves(server.address);
    let page = page(&mut server);
    server.process.signal(rustix::process::Signal::TERM);
    let mut rest = String::new();
    server.stdout.read_to_string(&mut rest).unwrap();
    // A page that was built beside this program is shown.
    let is_beside =
        PathBuf::from(SERVER).parent().unwrap().parent().unwrap().join("site/index.html").is_file();
    let told = rest.contains("built without the page: --site FOLDER shows one");
    assert_eq!(told, !is_beside && !PathBuf::from("page/site").is_dir(), "{page} {rest}");
}

#[test]
fn each_program_prints_its_manual_page_and_its_completions() {
    for (program, name, flag, values) in [
        (SERVER, "bufferevent-server", "read-high", &["2.2", "full"][..]),
        (CLIENT, "bufferevent-client", "watch", &[]),
        (SCENARIO, "bufferevent-scenario", "max-records", &["2.1", "1.4,2.1"]),
    ] {
        let generated = |what: &str| {
            // Whatever else is set for the program: the flag stands alone.
            let mut command = Command::new(program);
            let output =
                command.args(["--generate", what]).env("BUFFEREVENT_SITE", "/nowhere").output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{name} {what}");
            String::from_utf8(output.stdout).unwrap()
        };
        let manual = generated("man");
        assert!(manual.contains(&format!(".TH {name} 1")), "{manual}");
        assert!(!manual.contains("<\\fB"), "no flag must be given: {manual}");
        for what in ["bash", "zsh", "fish", "powershell", "elvish"] {
            let script = generated(what);
            assert!(script.contains(name) && script.contains(flag), "{name} {what}");
            // The other two shells are told of flags alone.
            let offered = if ["bash", "zsh", "fish"].contains(&what) { values } else { &[] };
            for value in offered {
                assert!(script.contains(value), "{name} {what}: {value} is offered");
            }
        }
        let with_more = Command::new(program).args(["--generate", "man", "more"]).output().unwrap();
        assert_eq!(with_more.status.code(), Some(2), "{name}: nothing else goes with it");
    }
}

#[test]
fn a_host_that_is_served_is_one() {
    let server = ServerProcess::start(
        Dialect::V2_1,
        &["--http", "127.0.0.1:0", "--allow-host", "lab.example", "--allow-host", "[::1]:80"],
    );
    server.stop();
    for no_host in ["*", "http://x", "a b", ""] {
        let output = Command::new(SERVER).args(["--allow-host", no_host]).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), errors.contains("expected a host")), (Some(2), true), "{errors}");
    }
}

#[test]
fn an_origin_that_may_frame_the_page_is_one() {
    let server = ServerProcess::start(
        Dialect::V2_1,
        &["--http", "127.0.0.1:0", "--allow-frame", "https://course.example"],
    );
    server.stop();
    for no_origin in
        ["course.example", "https://", "https://a.example/path", "https://a.example; script-src *", "*"]
    {
        let output = Command::new(SERVER).args(["--allow-frame", no_origin]).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), errors.contains("expected an origin")),
            (Some(2), true),
            "{errors}"
        );
    }
}
