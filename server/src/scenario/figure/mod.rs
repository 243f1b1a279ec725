//! The scene at one step as a figure for a paper: SVG, drawn from the picture, with no script, style sheet or font in it.
//!
//! A panel for each bufferevent, the four queues with their marks and bytes, the two valves with their reasons, what its
//! events wait for; below all of them the loop, and a caption. `draw` has the shapes, `words` the texts.

mod draw;
mod words;

use std::io::{self, Write};

use bufferevent::recording::{ConnectionView, Content, PictureView, Valve};
use bufferevent::{Direction, Time};

pub(super) use draw::Theme;
use draw::{Canvas, Type};

const WIDTH: i64 = 800;
const MARGIN: i64 = 16;
/// A panel's height, with the space below it.
const PANEL: i64 = 336;
/// What stands below the panels: the loop and the caption.
const FOOT: i64 = 64;
/// A figure of more is none that anybody reads.
const MOST_PANELS: usize = 12;

/// A vessel's height; both lanes have the same.
const VESSEL: i64 = 80;
const KERNEL_X: i64 = 36;
const KERNEL_W: i64 = 130;
const VALVE_X: i64 = 240;
const BUFFER_X: i64 = 316;
const BUFFER_W: i64 = 270;
const CODE_X: i64 = 690;

/// Draws the picture at this position of so many.
pub(super) fn draw(
    picture: &PictureView<'_>,
    caption: &Caption<'_>,
    theme: Theme,
    out: impl Write,
) -> io::Result<()> {
    let panels = picture.connections.len().clamp(1, MOST_PANELS);
    let left = picture.connections.len().saturating_sub(MOST_PANELS);
    let height = MARGIN + PANEL * panels as i64 + FOOT;
    let said = words::caption(picture, caption);
    let mut canvas = Canvas::begin(out, theme, (WIDTH, height), &said.join(". "))?;
    for (index, view) in picture.connections.iter().take(MOST_PANELS).enumerate() {
        Panel { picture, view, top: MARGIN + PANEL * index as i64 }.draw(&mut canvas)?;
    }
    if picture.connections.is_empty() {
        let soft = canvas.palette.soft;
        canvas.text(
            (WIDTH / 2, MARGIN + PANEL / 2),
            Type { fill: soft, anchor: "middle", ..plain(soft) },
            "there is no bufferevent yet",
        )?;
    }
    let foot = MARGIN + PANEL * panels as i64;
    let (ink, soft) = (canvas.palette.ink, canvas.palette.soft);
    let mut event_loop = words::event_loop(picture);
    if left > 0 {
        event_loop = format!("{event_loop}; {left} more bufferevents are not drawn");
    }
    canvas.text((MARGIN, foot + 10), plain(soft), &event_loop)?;
    canvas.text((MARGIN, foot + 32), Type { size: 14, bold: true, ..plain(ink) }, &said[0])?;
    canvas.text((MARGIN, foot + 50), plain(soft), &said[1])?;
    canvas.end()
}

/// What a figure is of.
#[derive(Debug)]
pub(super) struct Caption<'a> {
    pub(super) title: &'a str,
    pub(super) position: u64,
    pub(super) end: u64,
    /// When the run of an engine that is shown began: times are told from there on, as the page tells them.
    pub(super) began: Time,
}

const fn plain(fill: &'static str) -> Type {
    Type { size: 12, bold: false, mono: false, anchor: "start", fill }
}

/// One bufferevent.
struct Panel<'a> {
    picture: &'a PictureView<'a>,
    view: &'a ConnectionView<'a>,
    top: i64,
}

/// One of its four queues.
struct Vessel<'a> {
    at: (i64, i64),
    width: i64,
    name: &'a str,
    /// None where it is not known.
    len: Option<usize>,
    fill: &'static str,
    bytes: String,
}

impl Panel<'_> {
    fn draw<W: Write>(&self, canvas: &mut Canvas<W>) -> io::Result<()> {
        let connection = self.view.connection;
        let name = words::name(self.view);
        canvas.group(&name)?;
        let (line, ink, soft) = (canvas.palette.line, canvas.palette.ink, canvas.palette.soft);
        canvas.rect((MARGIN, self.top, WIDTH - 2 * MARGIN, PANEL - 16), "none", line)?;
        canvas.text((MARGIN + 12, self.top + 20), Type { size: 14, bold: true, ..plain(ink) }, &name)?;
        canvas.text(
            (WIDTH - MARGIN - 12, self.top + 20),
            Type { anchor: "end", ..plain(soft) },
            &words::about(connection),
        )?;
        for (direction, top) in [(Direction::Read, self.top + 52), (Direction::Write, self.top + 182)] {
            self.lane(canvas, direction, top)?;
        }
        for (direction, x) in [(Direction::Read, MARGIN + 12), (Direction::Write, WIDTH / 2)] {
            let text = words::event(self.picture, connection, direction);
            canvas.text((x, self.top + PANEL - 26), plain(ink), &text)?;
        }
        canvas.end_group()
    }

    /// One direction: the kernel's queue, the valve, the buffer with its marks, the application.
    fn lane<W: Write>(&self, canvas: &mut Canvas<W>, direction: Direction, top: i64) -> io::Result<()> {
        let (connection, palette) = (self.view.connection, canvas.palette);
        let reads = direction == Direction::Read;
        let tanks = connection.kernel.tanks.as_ref();
        let (content, buffer, fill, side) = if reads {
            (&connection.input, "input", palette.input, &connection.read)
        } else {
            (&connection.output, "output", palette.output, &connection.write)
        };
        let most = self.most();
        let middle = top + VESSEL - 14;
        let ends =
            if reads { (KERNEL_X + KERNEL_W, CODE_X - 14) } else { (CODE_X - 14, KERNEL_X + KERNEL_W) };
        pipe(canvas, (KERNEL_X + KERNEL_W, BUFFER_X), middle, ends.0 < ends.1)?;
        pipe(canvas, (BUFFER_X + BUFFER_W, CODE_X - 6), middle, ends.0 < ends.1)?;
        let kernel = Vessel {
            at: (KERNEL_X, top),
            width: KERNEL_W,
            name: if reads { "kernel rx" } else { "kernel tx" },
            len: tanks.map(|tanks| if reads { tanks.rx } else { tanks.tx }),
            fill: palette.kernel,
            bytes: match tanks {
                Some(tanks) if reads && tanks.backlog > 0 => {
                    format!("and {} B wait at the peer", tanks.backlog)
                }
                _ => String::new(),
            },
        };
        vessel(canvas, &kernel, most)?;
        let own = Vessel {
            at: (BUFFER_X, top),
            width: BUFFER_W,
            name: buffer,
            len: Some(content.len),
            fill,
            bytes: shown(content),
        };
        vessel(canvas, &own, most)?;
        for (name, value) in [("low", side.low), ("high", side.high)] {
            // A write's high mark does nothing, and a low mark of nothing is always met.
            if value > 0 && (reads || name == "low") {
                mark(canvas, top, (name, value), most)?;
            }
        }
        let valve = if reads { self.view.valves.read } else { self.view.valves.write };
        self.valve(canvas, valve, (VALVE_X, middle), direction)?;
        let callback = words::callback(connection, direction);
        canvas.text((CODE_X, middle - 10), plain(palette.soft), "your code")?;
        let mono = callback != words::NO_CALLBACK;
        canvas.text((CODE_X, middle + 6), Type { mono, ..plain(palette.ink) }, callback)
    }

    fn valve<W: Write>(
        &self,
        canvas: &mut Canvas<W>,
        valve: Valve,
        (x, y): (i64, i64),
        direction: Direction,
    ) -> io::Result<()> {
        let (ink, paper) = (canvas.palette.ink, canvas.palette.paper);
        let reason = words::valve(valve, direction);
        match valve {
            // Open: along the pipe. At rest: across it, and light. Shut: across it, and dark.
            Valve::Open => {
                canvas.circle((x, y), 13, paper, ink)?;
                canvas.line(&[(x - 8, y), (x + 8, y)], ink, "4", "none")?;
            }
            Valve::Idle => {
                canvas.circle((x, y), 13, paper, ink)?;
                canvas.line(&[(x, y - 8), (x, y + 8)], ink, "4", "none")?;
            }
            _ => {
                canvas.circle((x, y), 13, ink, ink)?;
                canvas.line(&[(x, y - 8), (x, y + 8)], paper, "4", "none")?;
            }
        }
        let centred = Type { anchor: "middle", ..plain(ink) };
        let (state, why) = reason;
        let above = if why.is_empty() { y - 22 } else { y - 38 };
        canvas.text((x, above), Type { bold: true, ..centred }, state)?;
        if why.is_empty() { Ok(()) } else { canvas.text((x, y - 22), centred, why) }
    }

    /// What the vessels of the panel are as high as, so that their levels can be compared.
    fn most(&self) -> usize {
        let connection = self.view.connection;
        let tanks = connection.kernel.tanks.unwrap_or_default();
        let marks = [connection.read.low, connection.read.high, connection.write.low];
        let longest = [connection.input.len, connection.output.len, tanks.rx, tanks.tx];
        let mark = marks.into_iter().max().unwrap_or_default();
        longest.into_iter().max().unwrap_or_default().max(mark.saturating_add(mark / 4)).max(1)
    }
}

/// How far above the ground a length stands: something always shows.
fn level(len: usize, most: usize) -> i64 {
    let height = (len as u128 * VESSEL as u128 / most as u128) as i64;
    if len > 0 { height.clamp(2, VESSEL) } else { 0 }
}

fn vessel<W: Write>(canvas: &mut Canvas<W>, vessel: &Vessel<'_>, most: usize) -> io::Result<()> {
    let ((x, y), palette) = (vessel.at, canvas.palette);
    let (right, ground) = (x + vessel.width, y + VESSEL);
    let label = vessel.len.map_or_else(|| "not known".into(), |len| format!("{len} B"));
    canvas.text((x, y - 8), Type { bold: true, ..plain(palette.ink) }, vessel.name)?;
    canvas.text((right, y - 8), Type { anchor: "end", ..plain(palette.ink) }, &label)?;
    canvas.rect((x, y, vessel.width, VESSEL), palette.paper, "none")?;
    match vessel.len {
        Some(len) => {
            let height = level(len, most);
            canvas.rect((x, ground - height, vessel.width, height), vessel.fill, "none")?;
            canvas.line(&[(x, y), (x, ground), (right, ground), (right, y)], palette.ink, "2", "none")?;
        }
        None => canvas.line(&[(x, y), (x, ground), (right, ground), (right, y)], palette.line, "2", "4 3")?,
    }
    canvas.text(
        (x, ground + 16),
        Type { size: 11, mono: !vessel.bytes.starts_with("and"), ..plain(palette.ink) },
        &vessel.bytes,
    )
}

/// A watermark: a line across the buffer, and its name beside it.
fn mark<W: Write>(
    canvas: &mut Canvas<W>,
    top: i64,
    (name, value): (&str, usize),
    most: usize,
) -> io::Result<()> {
    let (y, ink, paper) = (top + VESSEL - level(value, most), canvas.palette.ink, canvas.palette.paper);
    let right = BUFFER_X + BUFFER_W;
    // Between the walls.
    canvas.line(&[(BUFFER_X + 1, y), (right - 1, y)], paper, "4", "none")?;
    canvas.line(
        &[(BUFFER_X - 4, y), (right + 4, y)],
        ink,
        "2",
        if name == "high" { "none" } else { "5 3" },
    )?;
    canvas.polygon(&[(right + 4, y), (right + 12, y - 5), (right + 12, y + 5)], ink, ink)?;
    // Not on the pipe.
    let text = if y > top + VESSEL - 28 { top + VESSEL - 20 } else { y + 4 };
    canvas.text((right + 16, text), plain(ink), &format!("{name} {value}"))
}

fn pipe<W: Write>(canvas: &mut Canvas<W>, (from, to): (i64, i64), y: i64, right: bool) -> io::Result<()> {
    let line = canvas.palette.line;
    canvas.line(&[(from, y), (to, y)], line, "3", "none")?;
    let (tip, back) = if right { (to - 6, to - 14) } else { (from + 6, from + 14) };
    canvas.polygon(&[(tip, y), (back, y - 5), (back, y + 5)], line, line)
}

/// What of a buffer's bytes has room below it, from its front.
fn shown(content: &Content) -> String {
    words::bytes(content, 32)
}

#[cfg(test)]
mod tests {
    use bufferevent::recording::{Picture, Recording};
    use bufferevent::sim::{Experiment, Scenario};
    use roxmltree::Document;

    use super::*;

    fn drawn(picture: &Picture, title: &str, theme: Theme) -> String {
        let mut out = Vec::new();
        let caption = Caption { title, position: picture.seq, end: 99, began: Time::default() };
        draw(&picture.view(), &caption, theme, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn texts(svg: &str) -> Vec<String> {
        let document = Document::parse(svg).unwrap();
        let texts = document.descendants().filter(|node| node.has_tag_name("text"));
        texts.filter_map(|node| node.text()).map(str::to_owned).collect()
    }

    fn played(scenario: &str) -> Recording {
        Experiment::new(Scenario::from_json(scenario).unwrap()).recording().clone()
    }

    const FULL: &str = r#"{"format":1,"dialect":"2.1","bufferevent":{"read":{"high":10}},
        "script":[{"peer_send":"hello <&\u0001> world"},{"turn":1}]}"#;

    #[test]
    fn every_step_in_every_theme_is_xml_with_nothing_outside_the_figure() {
        let mut recording = played(FULL);
        for position in 0..=recording.end_position() {
            for theme in [Theme::Light, Theme::Dark, Theme::Print] {
                let svg = drawn(recording.seek(position), "a \"title\" <with> & \u{1}", theme);
                let document = Document::parse(&svg).unwrap();
                for node in document.descendants().filter(|node| node.has_tag_name("rect")) {
                    let number = |name| node.attribute(name).unwrap().parse::<i64>().unwrap();
                    let (width, height) = (number("x") + number("width"), number("y") + number("height"));
                    let root = document.root_element();
                    assert!(width <= WIDTH && number("height") >= 0, "{svg}");
                    assert!(height <= root.attribute("height").unwrap().parse().unwrap(), "{svg}");
                }
            }
        }
    }

    #[test]
    fn on_paper_there_is_black_and_white_alone() {
        let svg = drawn(played(FULL).end(), "title", Theme::Print);
        let document = Document::parse(&svg).unwrap();
        for node in document.descendants() {
            for name in ["fill", "stroke"] {
                let colour = node.attribute(name).unwrap_or("none");
                let known = ["none", "#000000", "#ffffff"].contains(&colour) || colour.starts_with("url(#");
                assert!(known, "{colour}");
            }
        }
    }

    #[test]
    fn a_buffer_at_its_mark_says_so_with_its_bytes() {
        let texts = texts(&drawn(played(FULL).end(), "title", Theme::Light));
        for wanted in ["stopped", "high mark", "high 10", "10 B", r"hello <&\u{1}"] {
            assert!(texts.iter().any(|text| text.starts_with(wanted)), "{wanted}: {texts:?}");
        }
        assert!(texts.iter().any(|text| text.contains("step ") && text.ends_with("of 99")), "{texts:?}");
    }

    #[test]
    fn the_last_word_of_a_valve_stands_right_above_it() {
        let mut recording = played(FULL);
        let mut seen = Vec::new();
        for position in 1..=recording.end_position() {
            let svg = drawn(recording.seek(position), "title", Theme::Light);
            let document = Document::parse(&svg).unwrap();
            for valve in document.descendants().filter(|node| node.has_tag_name("circle")) {
                let above = valve.attribute("cy").unwrap().parse::<i64>().unwrap() - 22;
                let above = above.to_string();
                let word = document.descendants().find(|node| {
                    node.attribute("text-anchor") == Some("middle") && node.attribute("y") == Some(&*above)
                });
                seen.extend(word.expect("a word").text().map(str::to_owned));
            }
        }
        for wanted in ["open", "high mark", "no output"] {
            assert!(seen.iter().any(|word| word == wanted), "{wanted}: {seen:?}");
        }
    }

    #[test]
    fn each_bufferevent_has_its_panel_and_a_crowd_is_counted() {
        let mut picture = Picture::of_simulation();
        for number in 1..=20 {
            let connection = bufferevent::recording::ConnectionPicture { number, ..Default::default() };
            picture.connections.insert(number, connection);
        }
        let texts = texts(&drawn(&picture, "title", Theme::Light));
        assert!(
            texts.contains(&"bufferevent 12".to_owned()) && !texts.contains(&"bufferevent 13".to_owned())
        );
        assert!(texts.iter().any(|text| text.contains("8 more bufferevents")), "{texts:?}");
        assert!(texts.contains(&"not known".to_owned()), "no kernel is seen");
    }

    #[test]
    fn a_level_shows_something_and_never_spills() {
        assert_eq!(
            [level(0, 100), level(1, usize::MAX), level(50, 100), level(200, 100)],
            [0, 2, 40, VESSEL]
        );
    }
}
