//! The few shapes of a figure, as SVG elements with their own colours: programs that make PDF of it know no style sheets.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

/// What a figure is drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in super::super) enum Theme {
    /// A light page.
    #[default]
    Light,
    /// A dark one.
    Dark,
    /// Black ink on paper: what colours tell apart is hatched.
    Print,
}

/// The roles that colours have; those of the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Palette {
    pub(super) paper: &'static str,
    pub(super) ink: &'static str,
    pub(super) soft: &'static str,
    pub(super) line: &'static str,
    pub(super) input: &'static str,
    pub(super) output: &'static str,
    pub(super) kernel: &'static str,
}

impl Theme {
    pub(super) const fn palette(self) -> Palette {
        match self {
            Self::Light => Palette {
                paper: "#ffffff",
                ink: "#14181f",
                soft: "#4d5562",
                line: "#8b929c",
                input: "#123f7a",
                output: "#9a6a10",
                kernel: "#757b83",
            },
            Self::Dark => Palette {
                paper: "#11151c",
                ink: "#e9edf3",
                soft: "#a9b3c1",
                line: "#6a7482",
                input: "#3a97f7",
                output: "#ff974d",
                kernel: "#787e87",
            },
            Self::Print => Palette {
                paper: "#ffffff",
                ink: "#000000",
                soft: "#000000",
                line: "#000000",
                input: "url(#hatched-input)",
                output: "url(#hatched-output)",
                kernel: "url(#hatched-kernel)",
            },
        }
    }
}

/// How a text is set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Type {
    pub(super) size: u32,
    pub(super) bold: bool,
    pub(super) mono: bool,
    pub(super) anchor: &'static str,
    pub(super) fill: &'static str,
}

/// Where shapes go.
pub(super) struct Canvas<W: Write> {
    writer: Writer<W>,
    pub(super) palette: Palette,
}

impl<W: Write> Canvas<W> {
    /// Begins a figure of this size.
    pub(super) fn begin(out: W, theme: Theme, (width, height): (i64, i64), title: &str) -> io::Result<Self> {
        let mut canvas = Self { writer: Writer::new_with_indent(out, b' ', 1), palette: theme.palette() };
        canvas.start(
            "svg",
            &[
                ("xmlns", "http://www.w3.org/2000/svg".into()),
                ("viewBox", format!("0 0 {width} {height}")),
                ("width", width.to_string()),
                ("height", height.to_string()),
                ("role", "img".into()),
                ("font-family", "sans-serif".into()),
            ],
        )?;
        canvas.element("title", &[], title)?;
        if theme == Theme::Print {
            canvas.patterns()?;
        }
        canvas.rect((0, 0, width, height), canvas.palette.paper, "none")?;
        Ok(canvas)
    }

    /// Ends it.
    pub(super) fn end(mut self) -> io::Result<()> {
        self.stop("svg")?;
        let mut out = self.writer.into_inner();
        out.write_all(b"\n")?;
        out.flush()
    }

    /// What is drawn inside belongs together, and is called so.
    pub(super) fn group(&mut self, label: &str) -> io::Result<()> {
        self.start("g", &[("aria-label", label.into())])
    }

    pub(super) fn end_group(&mut self) -> io::Result<()> {
        self.stop("g")
    }

    /// At, width and height.
    pub(super) fn rect(
        &mut self,
        (x, y, w, h): (i64, i64, i64, i64),
        fill: &str,
        stroke: &str,
    ) -> io::Result<()> {
        let at = [("x", x), ("y", y), ("width", w), ("height", h)];
        let mut attributes: Vec<_> = at.map(|(name, value)| (name, value.to_string())).into();
        attributes.extend([("fill", fill.to_owned()), ("stroke", stroke.to_owned())]);
        self.empty("rect", &attributes)
    }

    /// Along these points.
    pub(super) fn line(
        &mut self,
        points: &[(i64, i64)],
        stroke: &str,
        width: &str,
        dash: &str,
    ) -> io::Result<()> {
        let points: Vec<_> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
        self.empty(
            "polyline",
            &[
                ("points", points.join(" ")),
                ("fill", "none".into()),
                ("stroke", stroke.into()),
                ("stroke-width", width.into()),
                ("stroke-dasharray", dash.into()),
            ],
        )
    }

    pub(super) fn polygon(&mut self, points: &[(i64, i64)], fill: &str, stroke: &str) -> io::Result<()> {
        let points: Vec<_> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
        self.empty(
            "polygon",
            &[("points", points.join(" ")), ("fill", fill.into()), ("stroke", stroke.into())],
        )
    }

    pub(super) fn circle(
        &mut self,
        (x, y): (i64, i64),
        radius: i64,
        fill: &str,
        stroke: &str,
    ) -> io::Result<()> {
        self.empty(
            "circle",
            &[
                ("cx", x.to_string()),
                ("cy", y.to_string()),
                ("r", radius.to_string()),
                ("fill", fill.into()),
                ("stroke", stroke.into()),
                ("stroke-width", "2".into()),
            ],
        )
    }

    pub(super) fn text(&mut self, (x, y): (i64, i64), as_type: Type, text: &str) -> io::Result<()> {
        let Type { size, bold, mono, anchor, fill } = as_type;
        let mut attributes = vec![
            ("x", x.to_string()),
            ("y", y.to_string()),
            ("font-size", size.to_string()),
            ("text-anchor", anchor.into()),
            ("fill", fill.into()),
        ];
        if bold {
            attributes.push(("font-weight", "bold".into()));
        }
        if mono {
            attributes.push(("font-family", "monospace".into()));
            // Bytes are shown with each of their spaces.
            attributes.push(("xml:space", "preserve".into()));
        }
        self.element("text", &attributes, text)
    }

    /// What stands for a colour on paper: lines one way, the other way, and upright.
    fn patterns(&mut self) -> io::Result<()> {
        let ink = self.palette.ink;
        self.start("defs", &[])?;
        for (id, angle) in [("hatched-input", 45), ("hatched-output", 135), ("hatched-kernel", 0)] {
            let size = |name: &'static str| (name, "5".to_owned());
            self.start(
                "pattern",
                &[
                    ("id", id.into()),
                    ("patternUnits", "userSpaceOnUse".into()),
                    size("width"),
                    size("height"),
                    ("patternTransform", format!("rotate({angle})")),
                ],
            )?;
            self.line(&[(1, 0), (1, 5)], ink, "1.2", "none")?;
            self.stop("pattern")?;
        }
        self.stop("defs")
    }

    fn start(&mut self, name: &str, attributes: &[(&str, String)]) -> io::Result<()> {
        self.writer.write_event(Event::Start(with(name, attributes)))
    }

    fn stop(&mut self, name: &str) -> io::Result<()> {
        self.writer.write_event(Event::End(BytesEnd::new(name)))
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, String)]) -> io::Result<()> {
        self.writer.write_event(Event::Empty(with(name, attributes)))
    }

    fn element(&mut self, name: &str, attributes: &[(&str, String)], text: &str) -> io::Result<()> {
        self.start(name, attributes)?;
        self.writer.write_event(Event::Text(BytesText::new(&legible(text))))?;
        self.stop(name)
    }
}

fn with<'a>(name: &'a str, attributes: &[(&str, String)]) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, &*legible(value)));
    }
    start
}

/// Control characters and the two that are no characters: XML has no place for them, escaped or not.
fn legible(text: &str) -> String {
    let no_place = |char: char| char.is_control() || matches!(char, '\u{fffe}' | '\u{ffff}');
    text.chars().map(|char| if no_place(char) { '\u{fffd}' } else { char }).collect()
}
