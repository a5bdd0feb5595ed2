//! Curves as characters of a terminal: a small plot beside or below a table.
//!
//! In: a [`Chart`] of curves and what the terminal can show. Out: lines of text, with escape sequences where these are allowed.
//! Every curve has a letter, so that lines are told apart without colours too. Test rows are drawn, and training rows weaker.
//!
//! The dots are our own: the library that was tried loses those where lines cross, and has no letters at their ends.

mod beside;
mod canvas;
mod letters;

use textwrap::core::display_width;

pub use self::beside::beside;
use self::canvas::Canvas;
use self::letters::Letters;
use super::charts::{Chart, Curves, Plot, Rgb, Role, Scale, Series, Subject, Unit, charts};
use super::comparison::Style;
use super::harmless;
use super::ruler::{BEGINNING, Ruler, Tick, without_outliers};
use crate::analysis::Summary;
use crate::lab::{Results, StoreError};

/// Rows of characters that hold the curves.
const HEIGHT: usize = 12;

/// The narrowest field of curves that shows anything.
const LEAST_WIDTH: usize = 20;

/// Columns of a name in the legend.
const LONGEST_NAME: usize = 30;

/// The learning curves of the compared metric, or of the usual one where that is not measured in every epoch, in lines of at most
/// the style's width; none where there is nothing to draw or no room.
///
/// # Errors
/// If a record cannot be read.
pub fn learning_curves(results: &Results, summary: &Summary, style: Style) -> Result<Vec<String>, StoreError> {
    let metric = results.metric();
    let is_in_curves = results.metrics.iter().any(|name| name == metric);
    let name = format!("learning-curve-{}", if is_in_curves { metric } else { results.usual_metric() });
    let charts = charts(&Subject::of(results, summary)?);
    Ok(charts.iter().find(|chart| chart.name == name).map(|chart| lines(chart, style)).unwrap_or_default())
}

/// The chart in lines of at most the style's width; none where that is too little, there is nothing to draw, or the chart is of
/// another kind.
fn lines(chart: &Chart, style: Style) -> Vec<String> {
    let Plot::Curves(curves) = &chart.plot else { return Vec::new() };
    Drawing::of(curves, style).lines()
}

/// A line of the plot, with the one beside it that is drawn weaker.
struct Curve<'a> {
    test: &'a Series,
    train: Option<&'a Series>,
}

/// What is drawn, and how.
struct Drawing<'a> {
    axes: &'a Curves,
    curves: Vec<Curve<'a>>,
    style: Style,
}

/// How strong a character is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    Bold,
    Plain,
    Dim,
}

impl Weight {
    /// How its escape sequence begins.
    fn code(self) -> &'static str {
        match self {
            Weight::Bold => "1;",
            Weight::Plain => "",
            Weight::Dim => "2;",
        }
    }
}

impl<'a> Drawing<'a> {
    fn of(axes: &'a Curves, style: Style) -> Self {
        let shown = |role: Role| axes.series.iter().filter(move |series| series.is_shown && series.role == role);
        let beside = |test: &Series| shown(Role::Train).find(|train| train.name == test.name);
        Self { axes, curves: shown(Role::Test).map(|test| Curve { test, train: beside(test) }).collect(), style }
    }

    fn lines(&self) -> Vec<String> {
        let vertical = self.vertical();
        let ticks = by_row(vertical.ticks(4));
        let label = |tick: &Tick| format!("{}{}", tick.label, self.axes.y.unit.suffix());
        let margin = ticks.iter().flatten().map(|tick| display_width(&label(tick))).max().unwrap_or(0) + 2;
        let room = self.curves.len().min(letters::MOST_ABREAST);
        let width = usize::from(self.style.width).saturating_sub(margin + room);
        if width < LEAST_WIDTH || self.points().nth(1).is_none() {
            return Vec::new();
        }
        let horizontal = self.horizontal();
        let (canvas, letters) = self.draw(width, room, horizontal, vertical);
        let mut lines = vec![shortened(&self.title(), usize::from(self.style.width))];
        for (row, tick) in ticks.iter().enumerate() {
            let (text, mark) = tick.as_ref().map_or((String::new(), '│'), |tick| (label(tick), '┤'));
            let field = self.field(&canvas, &letters, row);
            lines.push(format!("{text:>label$} {mark}{field}", label = margin - 2).trim_end().to_owned());
        }
        lines.extend(self.below(width, margin, horizontal));
        lines.extend(self.legend());
        lines
    }

    fn title(&self) -> String {
        let all = self.axes.series.iter().filter(|series| series.role == Role::Test).count();
        let drawn = self.curves.len();
        let of_all = if drawn < all { format!("; {drawn} of {all} are drawn") } else { String::new() };
        let train = if self.curves.iter().any(|curve| curve.train.is_some()) { "; dotted: train" } else { "" };
        format!("{} on the test rows, means{train}{of_all}", self.axes.y.label)
    }

    fn points(&self) -> impl Iterator<Item = (f64, f64)> {
        let series = self.curves.iter().flat_map(|curve| [Some(curve.test), curve.train]).flatten();
        series.flat_map(|series| series.points.iter().map(|point| (point.x, point.y)))
    }

    fn horizontal(&self) -> Ruler {
        let ends =
            self.points().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (x, _)| (low.min(x), high.max(x)));
        let ruler = Ruler::around([ends.0, ends.1], false);
        if ends.0 < ends.1 { ruler.exactly(ends.0, ends.1) } else { ruler }
    }

    fn vertical(&self) -> Ruler {
        let horizontal = self.horizontal();
        let counts = |(x, _): &(f64, f64)| horizontal.at(*x).is_some_and(|at| at >= BEGINNING);
        let heights = self.points().filter(counts).map(|(_, y)| y).collect();
        let ruler = Ruler::around(without_outliers(heights), self.axes.y.scale == Scale::Log);
        if self.axes.y.unit == Unit::Percent { ruler.within(Some(0.0), Some(100.0)) } else { ruler }
    }

    /// The lines, the strong ones before the weak ones, and their letters.
    fn draw(&self, width: usize, room: usize, x: Ruler, y: Ruler) -> (Canvas, Letters) {
        let placed = |series: &Series| -> Vec<Option<(f64, f64)>> {
            series.points.iter().map(|point| Some((x.at(point.x)?, y.at(point.y)?))).collect()
        };
        let (mut canvas, mut letters) = (Canvas::new(width, HEIGHT), Letters::new(width + room, HEIGHT));
        for (number, curve) in self.curves.iter().enumerate() {
            let points = placed(curve.test);
            canvas.line(&points, 2 * number, false);
            let cells = passed(&points, width);
            letters.at_the_end(number, &cells);
            if !self.style.colour {
                letters.along(number, self.curves.len(), &cells);
            }
        }
        for (number, train) in self.curves.iter().enumerate().filter_map(|(number, curve)| Some((number, curve.train?)))
        {
            canvas.line(&placed(train), 2 * number + 1, true);
        }
        (canvas, letters)
    }

    /// A row of the field; neighbours of one look are painted together.
    fn field(&self, canvas: &Canvas, letters: &Letters, row: usize) -> String {
        let mut text = String::new();
        let mut run: (String, Option<(usize, Weight)>) = Default::default();
        for column in 0..letters.width() {
            let (c, look) = match (letters.at(column, row), canvas.character(column, row)) {
                (Some(curve), _) => (letters::letter(curve), Some((curve, Weight::Bold))),
                (None, (c, Some(owner))) if owner % 2 == 0 => (c, Some((owner / 2, Weight::Plain))),
                (None, (c, Some(owner))) => (c, Some((owner / 2, Weight::Dim))),
                (None, (c, None)) => (c, None),
            };
            if look != run.1 {
                text.push_str(&self.painted(&run.0, run.1));
                run = (String::new(), look);
            }
            run.0.push(c);
        }
        text.push_str(&self.painted(&run.0, run.1));
        text
    }

    fn painted(&self, text: &str, look: Option<(usize, Weight)>) -> String {
        match look {
            Some((curve, weight)) if self.style.colour => {
                format!("\u{1b}[{}38;5;{}m{text}\u{1b}[0m", weight.code(), of_256(self.curves[curve].test.colour.rgb()))
            }
            _ => text.to_owned(),
        }
    }

    /// The horizontal axis with its numbers and its title.
    fn below(&self, width: usize, margin: usize, horizontal: Ruler) -> [String; 2] {
        let mut axis: Vec<char> = vec!['─'; width];
        let mut numbers = vec![' '; width];
        // Numbers must not run into each other.
        let mut free = 0;
        for tick in horizontal.ticks((width / 10).clamp(2, 6)) {
            let column = (tick.at * (width - 1) as f64).round() as usize;
            let length = display_width(&tick.label);
            let start = column.saturating_sub(length / 2).min(width.saturating_sub(length));
            axis[column.min(width - 1)] = '┬';
            if start >= free {
                tick.label.chars().enumerate().for_each(|(place, c)| numbers[start + place] = c);
                free = start + length + 1;
            }
        }
        let numbers: String = numbers.into_iter().collect();
        let title = format!("{} {}", numbers.trim_end(), self.axes.x.label);
        let indent = " ".repeat(margin - 1);
        [format!("{indent}└{}", axis.into_iter().collect::<String>()), format!("{indent} {title}")]
    }

    /// The letters with their names, in as many lines as they need.
    fn legend(&self) -> Vec<String> {
        let most = usize::from(self.style.width);
        let mut lines: Vec<String> = Vec::new();
        let mut taken = most;
        for (number, curve) in self.curves.iter().enumerate() {
            let name = shortened(&harmless(&curve.test.name), most.saturating_sub(2).min(LONGEST_NAME));
            let length = 2 + display_width(&name);
            let letter = self.painted(&letters::letter(number).to_string(), Some((number, Weight::Bold)));
            if taken + 2 + length > most {
                lines.push(String::new());
                taken = 0;
            }
            let line = lines.last_mut().expect("the first name begins a line");
            if taken > 0 {
                line.push_str("  ");
                taken += 2;
            }
            line.push_str(&format!("{letter} {name}"));
            taken += length;
        }
        lines
    }
}

/// The characters that a curve passes, one for each column, each with its row.
fn passed(points: &[Option<(f64, f64)>], width: usize) -> Vec<(usize, i64)> {
    let points: Vec<(f64, f64)> = points.iter().flatten().copied().collect();
    let end = |&(x, _): &(f64, f64)| canvas::column(x, width);
    let (Some(first), Some(last)) = (points.first().map(end), points.last().map(end)) else { return Vec::new() };
    let height = |column: i64| {
        let x = (column as f64 + 0.5) / width as f64;
        let after = points.iter().position(|point| point.0 >= x).unwrap_or(points.len() - 1);
        let ((x0, y0), (x1, y1)) = (points[after.saturating_sub(1)], points[after]);
        if x1 > x0 { y0 + (y1 - y0) * ((x - x0) / (x1 - x0)).clamp(0.0, 1.0) } else { y1 }
    };
    (first..=last).map(|column| (column as usize, canvas::row(height(column), HEIGHT))).collect()
}

/// The tick of each row of characters, from above.
fn by_row(ticks: Vec<Tick>) -> Vec<Option<Tick>> {
    let mut rows = vec![None; HEIGHT];
    for tick in ticks {
        let row = canvas::row(tick.at, HEIGHT).clamp(0, HEIGHT as i64 - 1);
        rows[row as usize] = Some(tick);
    }
    rows
}

/// A text of at most so many columns.
fn shortened(text: &str, most: usize) -> String {
    if display_width(text) <= most {
        return text.to_owned();
    }
    let mut taken = 0;
    let fits = |c: &char| {
        taken += display_width(c.encode_utf8(&mut [0; 4]));
        taken < most
    };
    format!("{}…", text.chars().take_while(fits).collect::<String>())
}

/// The nearest of the 240 colours and greys that terminals of 256 colours agree on.
fn of_256(colour: Rgb) -> u8 {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let distance = |other: Rgb| -> u32 {
        colour.iter().zip(other).map(|(&part, other)| u32::from(part.abs_diff(other)).pow(2)).sum()
    };
    let in_cube = |code: u8| [code / 36, code / 6 % 6, code % 6].map(|level| LEVELS[usize::from(level)]);
    let cube = (0..216).map(|code| (16 + code, in_cube(code)));
    let greys = (0..24).map(|step| (232 + step, [8 + 10 * step; 3]));
    cube.chain(greys).min_by_key(|&(_, other)| distance(other)).map_or(0, |(code, _)| code)
}

#[cfg(test)]
mod tests;
