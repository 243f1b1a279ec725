//! `cargo xtask bundle --url`: where the site will be. Those who show a link to it with a picture follow no relative address.

use std::fmt;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, Error, Result, ensure};

/// The site's pages that have a picture for that.
const PAGES: &[&str] = &["index.html", "gallery.html"];
const PICTURE: &str = r#"<meta property="og:image" content="card.png" />"#;

/// The address of the site's folder, with a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address(String);

impl FromStr for Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let rest = rest.context("it begins with https:// or http://")?;
        ensure!(!rest.is_empty() && !rest.starts_with('/'), "there is no host in it");
        // It stands between quotation marks in HTML.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:@!$()*+,;=%[]".contains(&byte);
        ensure!(rest.bytes().all(plain), "it is that of a folder, in ASCII, without a query or a fragment");
        Ok(Self(format!("{}/", text.trim_end_matches('/'))))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Has the pages of the site in this folder say where they, and their picture, are.
pub(crate) fn write(site: &Path, Address(address): &Address) -> Result<()> {
    for page in PAGES {
        let file = site.join(page);
        let html = fs::read_to_string(&file)?;
        ensure!(html.contains(PICTURE), "{page} no longer has {PICTURE}");
        let place = if *page == "index.html" { "" } else { page };
        let named = format!(
            r#"<meta property="og:url" content="{address}{place}" />
    <meta property="og:image" content="{address}card.png" />"#
        );
        fs::write(&file, html.replace(PICTURE, &named))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Option<String> {
        Some(text.parse::<Address>().ok()?.to_string())
    }

    #[test]
    fn an_address_is_that_of_a_folder() {
        for text in ["https://example.org/lab", "https://example.org/lab/"] {
            assert_eq!(address(text).as_deref(), Some("https://example.org/lab/"));
        }
        assert_eq!(address("http://[::1]:8080").as_deref(), Some("http://[::1]:8080/"));
        for wrong in [
            "",
            "example.org",
            "ftp://example.org",
            "https://",
            "https:///lab",
            "https://a/?b",
            "https://a/\"",
            "https://a/#b",
        ] {
            assert_eq!(address(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn each_page_has_its_own_address_and_the_picture_s() {
        let folder = xshell::Shell::new().unwrap().create_temp_dir().unwrap();
        let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web");
        for page in PAGES {
            fs::copy(web.join(page), folder.path().join(page)).unwrap();
        }
        write(folder.path(), &"https://example.org/lab".parse().unwrap()).unwrap();
        for (page, own) in [("index.html", ""), ("gallery.html", "gallery.html")] {
            let html = fs::read_to_string(folder.path().join(page)).unwrap();
            assert!(html.contains(r#"="og:image" content="https://example.org/lab/card.png""#), "{html}");
            assert!(
                html.contains(&format!(r#"="og:url" content="https://example.org/lab/{own}""#)),
                "{html}"
            );
        }
    }
}
