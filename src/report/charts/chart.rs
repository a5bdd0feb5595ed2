//! A chart as a plain description, which knows nothing of how it is drawn: the page, SVG, the terminal and the workbook draw
//! the same.
//!
//! Numbers are in the unit of their axis: of an accuracy on an axis in percent 87.5, not 0.875. Texts are names and sentences as
//! they are: whoever draws escapes them.

use super::palette::Colour;

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What its files are called: lower-case words with hyphens, each chart of an experiment another.
    pub name: String,
    /// What it shows, in a few words.
    pub title: String,
    /// How to read it, in sentences.
    pub caption: String,
    /// What is drawn.
    pub plot: Plot,
    /// The numbers behind it.
    pub table: Table,
}

/// The kinds of charts.
#[derive(Debug, Clone, PartialEq)]
pub enum Plot {
    /// Lines or points over numbers.
    Curves(Curves),
    /// Bars for names, best drawn lengthwise, with the names on the left.
    Bars(Bars),
    /// A figure by two swept values.
    HeatMap(HeatMap),
    /// Average ranks on a line, with those joined that do not differ (Demšar 2006).
    Ranks(Ranks),
}

/// A table: titles, and rows of as many short texts. The first column is text, the others are numbers.
#[derive(Debug, Clone, PartialEq, Default)]
#[expect(missing_docs, reason = "the parts of a table")]
pub struct Table {
    pub titles: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// An axis with numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// What it is.
    pub label: String,
    /// How the numbers are spread over it.
    pub scale: Scale,
    /// What stands behind a number.
    pub unit: Unit,
}

/// How numbers are spread over an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Scale {
    #[default]
    Linear,
    /// All numbers are above 0.
    Log,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// Whatever the label says.
    #[default]
    Plain,
    /// Percent: from 0 to 100.
    Percent,
    /// Percentage points.
    Points,
}

impl Unit {
    /// What stands behind a number on the axis.
    pub fn suffix(self) -> &'static str {
        match self {
            Unit::Percent => "%",
            Unit::Plain | Unit::Points => "",
        }
    }
}

/// Which rows a series is of; it decides between full, dashed and dotted lines, full and light bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Training rows: dashed, light.
    Train,
    /// Validation rows: dotted.
    Validation,
    /// Test rows, or a difference: a full line, a full bar.
    Test,
    /// Rows of the data themselves: points without a line.
    Rows,
    /// What the others are to be seen beside: a thin line.
    Reference,
}

impl Role {
    /// The word in a legend.
    pub fn name(self) -> &'static str {
        match self {
            Role::Train => "train",
            Role::Validation => "validation",
            Role::Test => "test",
            Role::Rows => "rows",
            Role::Reference => "for comparison",
        }
    }
}

/// Lines or points over numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Curves {
    /// What runs from left to right.
    pub x: Axis,
    /// What is drawn over it.
    pub y: Axis,
    /// What is drawn.
    pub series: Vec<Series>,
    /// Heights at which a thin line runs across: 0 of a difference.
    pub rules: Vec<f64>,
}

/// A line.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Whose it is: those of one name belong together, and are switched together.
    pub name: String,
    /// The colour of that name, the same in every chart.
    pub colour: Colour,
    /// Of which rows.
    pub role: Role,
    /// Whether each point gets a mark: where there are few, and between them nothing was tried.
    pub has_marks: bool,
    /// Whether it is drawn before anyone asks for it. Where there are very many, not all are.
    pub is_shown: bool,
    /// In the order of x.
    pub points: Vec<Point>,
    /// Points of the line that mean something.
    pub events: Vec<Event>,
}

/// A point of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the coordinates")]
pub struct Point {
    pub x: f64,
    pub y: f64,
    /// The band around it.
    pub band: Option<(f64, f64)>,
}

/// A point that means something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Event {
    /// What it is.
    pub kind: EventKind,
    /// Where; it need not be a point of the line.
    pub x: f64,
    /// How high the line is there.
    pub y: f64,
}

/// What an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// The epoch of the lowest monitored validation value.
    Best,
    /// The epoch after which the validation loss rises.
    Onset,
}

impl EventKind {
    /// The word in a legend.
    pub fn name(self) -> &'static str {
        match self {
            EventKind::Best => "best epoch",
            EventKind::Onset => "onset of overfitting",
        }
    }
}

/// Bars for names.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    /// What the lengths are.
    pub value: Axis,
    /// The names, the first one at the top.
    pub names: Vec<Name>,
    /// One or two bars for each name, one group after the other.
    pub groups: Vec<Group>,
    /// Whether lengths begin at 0. Otherwise only the ends are drawn, as points on an axis that need not have 0.
    pub is_from_zero: bool,
    /// Lengths at which a thin line runs across.
    pub rules: Vec<f64>,
}

/// A name that bars stand for.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the words say it")]
pub struct Name {
    pub name: String,
    pub colour: Colour,
}

/// A bar for each name.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Of which rows.
    pub role: Role,
    /// One per name; `None` where there is no figure.
    pub bars: Vec<Option<Bar>>,
}

/// A bar from 0 to its value.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the words say it")]
pub struct Bar {
    pub value: f64,
    /// Where the true value is, with 95% confidence.
    pub interval: Option<(f64, f64)>,
}

/// A figure by two swept values.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatMap {
    /// What runs from left to right.
    pub x: String,
    /// Its values, as a config writes them.
    pub columns: Vec<String>,
    /// What runs from bottom to top.
    pub y: String,
    /// Its values.
    pub rows: Vec<String>,
    /// What the colours are.
    pub value: Axis,
    /// For each value of y one figure per value of x.
    pub cells: Vec<Vec<Option<f64>>>,
}

/// Average ranks.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranks {
    /// Each name with its average rank, 1 for the best.
    pub names: Vec<(Name, f64)>,
    /// The difference of ranks from which on two differ.
    pub critical_difference: f64,
    /// Places among the names that do not differ.
    pub groups: Vec<Vec<usize>>,
}
