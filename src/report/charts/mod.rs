//! What is drawn of an experiment, described once for every drawer: page, SVG, terminal, workbook.
//!
//! In: [`Results`](crate::lab::Results) and what [`analysis`](crate::analysis) says of them, gathered in a [`Subject`]. Out: [`Chart`]s. Each builder is a
//! file of its own and returns nothing where the experiment has nothing for it.

mod axes;
mod chart;
mod comparison;
mod heat_map;
mod learning_curves;
mod measured;
mod palette;
mod ranks;
mod sparsity;
mod subject;
mod swept;
mod thinning;

pub use chart::{
    Axis, Bar, Bars, Chart, Curves, Event, EventKind, Group, HeatMap, Name, Plot, Point, Ranks, Role, Scale, Series,
    Table, Unit,
};
pub use palette::{Colour, Marker, Rgb};
pub use ranks::rank_chart;
pub use subject::Subject;
pub use thinning::thinned;

/// Every chart of an experiment, in the order in which they are best read.
pub fn charts(subject: &Subject<'_>) -> Vec<Chart> {
    let builders: [fn(&Subject<'_>) -> Vec<Chart>; 7] = [
        comparison::charts,
        learning_curves::charts,
        swept::charts,
        heat_map::charts,
        sparsity::charts,
        measured::charts,
        measured::fits,
    ];
    builders.iter().flat_map(|build| build(subject)).collect()
}
