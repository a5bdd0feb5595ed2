//! Charts as SVG: for papers, slides, and the page where no script runs.
//!
//! In: a [`Chart`]. Out: an SVG on a light ground, with letters that can be read at a width of 8 cm. Its title and caption are
//! in it for those who do not see it. Nothing in it depends on the machine: the same chart gives the same bytes.
//!
//! The drawing is our own: of the libraries that were tried, none had ranks, all let long names squeeze the plot or run into
//! each other, and what they save is less than what it takes to mend their output.

mod bars;
mod curves;
mod files;
mod frame;
mod heat_map;
mod legend;
mod lettering;
mod marks;
#[cfg(feature = "png")]
mod png;
mod ranks;
mod sheet;
mod svg;

pub use self::files::{PlotFormat, write_plots};
use self::sheet::Sheet;
use super::charts::{Chart, Plot};

/// The chart as SVG.
pub fn svg(chart: &Chart) -> String {
    let mut sheet = Sheet::titled(&chart.name, &chart.title);
    match &chart.plot {
        Plot::Curves(curves) => curves::draw(curves, &mut sheet),
        Plot::Bars(bars) => bars::draw(bars, &mut sheet),
        Plot::HeatMap(map) => heat_map::draw(map, &mut sheet),
        Plot::Ranks(ranks) => ranks::draw(ranks, &mut sheet),
    }
    sheet.finish(&chart.title, &chart.caption)
}

#[cfg(test)]
mod tests;
