//! The sheet that a chart is drawn on: its width is given, its height grows with what is drawn.
//!
//! In: what is drawn from top to bottom. Out: an SVG document with what programs and readers of screens want to know of it.

use super::lettering::{FONTS, lines, shortened};
use super::svg::{At, Svg};

/// Width of every drawing. At 8 cm a unit is 0.17 mm, and letters of [`TEXT`] have 7 points.
pub(super) const WIDTH: f64 = 480.0;
/// Size of letters.
pub(super) const TEXT: f64 = 15.0;
/// Size of the title's letters.
const TITLE: f64 = 17.0;
/// Size of the letters of a remark.
const SMALL: f64 = 13.0;
/// Free space around everything.
pub(super) const MARGIN: f64 = 8.0;
/// From line to line of text.
pub(super) const LINE: f64 = 20.0;

/// The colours of text, of lines that frame, and of lines that only guide the eye.
pub(super) const INK: &str = "#1f2328";
pub(super) const FRAME: &str = "#6e7781";
pub(super) const GUIDE: &str = "#e4e7eb";
/// The ground.
pub(super) const GROUND: &str = "#ffffff";

/// Which end of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A drawing in progress.
pub(super) struct Sheet {
    /// What is drawn.
    pub svg: Svg,
    /// Down to where it is drawn.
    pub below: f64,
    /// What is to be known of the drawing beside the chart's caption, in sentences.
    pub notes: Vec<String>,
    /// A word that no other chart of an experiment has: several drawings may stand on one page.
    pub name: String,
}

impl Sheet {
    /// A sheet with a title at its top.
    pub fn titled(name: &str, title: &str) -> Self {
        let mut sheet = Self { svg: Svg::default(), below: MARGIN, notes: Vec::new(), name: name.to_owned() };
        for line in lines(title, TITLE, WIDTH - 2.0 * MARGIN, 3) {
            sheet.below += TITLE + 4.0;
            let place: [(&str, &dyn std::fmt::Display); 4] =
                [("x", &At(MARGIN)), ("y", &At(sheet.below - 5.0)), ("font-size", &TITLE), ("font-weight", &"bold")];
            sheet.svg.text("text", &place, &line);
        }
        sheet.below += 4.0;
        sheet
    }

    /// A line of text whose letters stand on y.
    pub fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        self.svg.text("text", &[("x", &At(x)), ("y", &At(y)), ("text-anchor", &anchor)], text);
    }

    /// A small line below all that is drawn, for what must not be overlooked.
    pub fn remark(&mut self, text: &str) {
        self.below += LINE;
        let text = shortened(text, SMALL, WIDTH - 2.0 * MARGIN);
        let place: [(&str, &dyn std::fmt::Display); 4] =
            [("x", &At(MARGIN)), ("y", &At(self.below)), ("font-size", &SMALL), ("fill", &FRAME)];
        self.svg.text("text", &place, &text);
    }

    /// A straight line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, width: f64) {
        let ends: [(&str, &dyn std::fmt::Display); 6] = [
            ("x1", &At(from.0)),
            ("y1", &At(from.1)),
            ("x2", &At(to.0)),
            ("y2", &At(to.1)),
            ("stroke", &colour),
            ("stroke-width", &At(width)),
        ];
        self.svg.empty("line", &ends);
    }

    /// The document.
    pub fn finish(self, title: &str, caption: &str) -> String {
        let (name, height) = (&self.name, At(self.below + MARGIN));
        let mut head = Svg::default();
        head.open(
            "svg",
            &[
                ("xmlns", &"http://www.w3.org/2000/svg"),
                ("width", &At(WIDTH)),
                ("height", &height),
                ("viewBox", &format!("0 0 {} {height}", At(WIDTH))),
                ("role", &"img"),
                ("aria-labelledby", &format!("{name}-title {name}-desc")),
                ("font-family", &FONTS),
                ("font-size", &TEXT),
                ("fill", &INK),
            ],
        );
        head.text("title", &[("id", &format!("{name}-title"))], title);
        let caption = [&[caption.to_owned()], self.notes.as_slice()].concat().join(" ");
        head.text("desc", &[("id", &format!("{name}-desc"))], &caption);
        head.empty("rect", &[("width", &At(WIDTH)), ("height", &height), ("fill", &GROUND)]);
        head.take(self.svg);
        head.close();
        head.finish()
    }
}
