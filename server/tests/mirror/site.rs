//! A page from a folder: what of it is given, and which part.

use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use bufferevent_server::mirror::MirrorConfig;

use super::misuse::get;
use super::support::Lab;

/// A folder with a page in it and one beside it, gone with the test.
struct Site(PathBuf);

impl Site {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("bufferevent-site-{name}-{}", std::process::id()));
        let page = path.join("page");
        std::fs::create_dir_all(page.join("folder")).unwrap();
        for (file, text) in
            [("page/index.html", "the page"), ("page/a.txt", TEXT), ("page/empty", ""), ("secret", "secret")]
        {
            std::fs::write(path.join(file), text).unwrap();
        }
        symlink(path.join("secret"), page.join("out")).unwrap();
        symlink("../secret", page.join("folder/out")).unwrap();
        symlink(&path, page.join("up")).unwrap();
        symlink("a.txt", page.join("link.txt")).unwrap();
        symlink("loop", page.join("loop")).unwrap();
        assert!(Command::new("mkfifo").arg(page.join("pipe")).status().unwrap().success());
        Self(path)
    }

    fn lab(&self) -> Lab {
        Lab::start(|config| config.site = Some(self.0.join("page")))
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const TEXT: &str = "0123456789abcdefghijklmnopqrstuvwxyz";

/// The status and the body.
async fn answer(lab: &Lab, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let host = lab.http.to_string();
    let headers = [&[("Host", &*host)], headers].concat();
    let answer = get(lab, path, &headers).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

#[tokio::test]
async fn regular_files_that_are_in_the_folder_are_given_and_nothing_else() {
    let site = Site::new("files");
    let lab = site.lab();
    for (path, text) in [("/", "the page"), ("/a.txt", TEXT), ("/link.txt", TEXT), ("/empty", "")] {
        assert_eq!(answer(&lab, path, &[]).await, (200, text.into()), "{path}");
    }
    let long = format!("/{}", "x".repeat(256));
    let under_a_file = "/a.txt/b";
    for path in ["/out", "/folder/out", "/up/secret", "/loop", "/none", &long, under_a_file, "/../secret"] {
        assert_eq!(answer(&lab, path, &[]).await.0, 404, "{path}");
    }
    // Nobody is sent on to a folder without a page.
    for path in ["/folder", "/folder/"] {
        assert_eq!(answer(&lab, path, &[]).await.0, 404, "{path}");
    }
    std::fs::write(site.0.join("page/folder/index.html"), "inside").unwrap();
    assert_eq!(answer(&lab, "/folder", &[]).await.0, 307);
    assert_eq!(answer(&lab, "/folder/", &[]).await, (200, "inside".into()));
    // More of them than there are threads that wait for the disk.
    for _ in 0..10 {
        assert_eq!(answer(&lab, "/pipe", &[]).await.0, 404);
    }
    assert_eq!(answer(&lab, "/a.txt", &[]).await.1, TEXT);
}

#[test]
fn a_page_that_is_not_in_the_folder_is_said_at_the_start() {
    let site = Site::new("index");
    let config = MirrorConfig { site: Some(site.0.join("page")), ..MirrorConfig::default() };
    assert_eq!(config.check(), Ok(()));
    let index = site.0.join("page/index.html");
    std::fs::remove_file(&index).unwrap();
    symlink(site.0.join("secret"), index).unwrap();
    assert!(config.check().unwrap_err().ends_with(": there is no index.html in it"));
}

#[tokio::test]
async fn a_part_is_given_where_it_can_be_and_what_is_not_known_is_ignored() {
    let site = Site::new("parts");
    let lab = site.lab();
    for (range, status, text) in [
        ("bytes=0-9", 206, "0123456789"),
        ("bytes=30-", 206, "uvwxyz"),
        ("bytes=-3", 206, "xyz"),
        ("bytes=-1000", 200, TEXT),
        ("bytes=30-1000", 206, "uvwxyz"),
        ("bytes=30-99999999999999999999999", 206, "uvwxyz"),
        ("bytes=0-1,4-5", 200, TEXT),
        ("lines=0-1", 200, TEXT),
        ("bytes=5-1", 200, TEXT),
        ("bytes=36-", 416, ""),
        ("bytes=-0", 416, ""),
    ] {
        let given = answer(&lab, "/a.txt", &[("Range", range)]).await;
        assert_eq!((given.0, &*given.1), (status, text), "{range}");
    }
    let conditional = answer(&lab, "/a.txt", &[("Range", "bytes=0-9"), ("If-Range", "\"other\"")]).await;
    assert_eq!(conditional, (200, TEXT.into()));
    assert_eq!(answer(&lab, "/empty", &[("Range", "bytes=-5")]).await, (200, String::new()));
}

#[tokio::test]
async fn pages_of_the_origin_that_the_flag_names_have_the_pages_files_and_nothing_else() {
    let course = ("Origin", "https://course.example");
    let allowed = "access-control-allow-origin: https://course.example\r\n";
    let site = Site::new("embed");
    let start = |embed: &[&str]| {
        Lab::start(|config| {
            config.site = Some(site.0.join("page"));
            config.allow_embed = embed.iter().map(|&origin| origin.to_owned()).collect();
        })
    };
    let lab = start(&["https://course.example"]);
    let own = ("Host", &*lab.http.to_string());
    let response = get(&lab, "/index.html", &[own, course]).await;
    assert!(response.starts_with("HTTP/1.1 200 ") && response.contains(allowed), "{response}");
    assert!(response.contains("vary: origin"), "{response}");
    for (path, origin) in [
        ("/index.html", "https://evil.example"),
        ("/index.html", "null"),
        ("/metrics", course.1),
        ("/healthz", course.1),
        ("/ws", course.1),
    ] {
        let response = get(&lab, path, &[own, ("Origin", origin)]).await;
        assert!(response.starts_with("HTTP/1.1 403 "), "{path} {origin}: {response}");
        assert!(!response.contains("access-control"), "{path} {origin}: {response}");
    }
    let lab = start(&["*"]);
    let response = get(&lab, "/", &[("Host", &lab.http.to_string()), ("Origin", "null")]).await;
    assert!(response.contains("access-control-allow-origin: null\r\n"), "{response}");
    let lab = start(&[]);
    let response = get(&lab, "/", &[("Host", &lab.http.to_string()), course]).await;
    assert!(response.starts_with("HTTP/1.1 403 ") && !response.contains("access-control"), "{response}");
}
