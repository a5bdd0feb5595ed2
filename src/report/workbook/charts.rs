//! The sheet `charts`: native line charts of test and training figures, and of the gap, drawn from the sheet `curves_wide`.
//!
//! Colours are those of all charts. Of very many lines none can be followed: past [`MOST_CELLS`] only those are drawn that the
//! report shows first; the others are in `curves_wide`.

use rust_xlsxwriter::{
    Chart, ChartAxisLabelPosition, ChartFont, ChartLegendPosition, ChartLine, ChartLineDashType, ChartType, Color,
    Format as CellFormat, Worksheet, XlsxError,
};

use super::wide::NAME;
use crate::data::Task;
use crate::report::charts::Subject;
use crate::report::wide::{WideColumn, WideCurves};

/// The most variants (and points) of which all lines are drawn; twice as many lines are far from the 255 that a chart may have.
const MOST_CELLS: usize = 20;
/// About so many epochs are written below a chart.
const LABELS: usize = 10;
/// The size of a chart in pixels, and how many rows of a sheet it covers.
const SIZE: (u32, u32) = (1_040, 500);
const ROWS: u32 = 27;
/// The width of the lines of test and training figures, in points.
const WIDTHS: [f64; 2] = [2.25, 1.5];

/// Writes the sheet.
pub(super) fn write(sheet: &mut Worksheet, wide: &WideCurves<'_>, subject: &Subject<'_>) -> Result<(), XlsxError> {
    sheet.set_screen_gridlines(false).set_landscape().set_print_fit_to_pages(1, 0);
    let grey = CellFormat::new().set_font_color(Color::RGB(0x6B_72_80));
    for (row, line) in (0..).zip(caption(wide, subject)) {
        sheet.write_string_with_format(row, 0, line, &grey)?;
    }
    let metric = subject.results.usual_metric();
    let [test, train] = [format!("test_{metric}"), format!("train_{metric}")];
    let fit = format!("{metric} by epoch: test (full lines) and training (dashed)");
    let gap = format!("train minus test {metric}");
    let gaps = format!("overfitting gap by epoch: {gap}");
    let charts = [chart(wide, subject, &fit, metric, &[&test, &train]), chart(wide, subject, &gaps, &gap, &["gap"])];
    for (row, chart) in [3, 3 + ROWS].into_iter().zip(charts) {
        if let Some(chart) = chart {
            sheet.insert_chart(row, 0, &chart)?;
        }
    }
    Ok(())
}

/// What is drawn, in words.
fn caption(wide: &WideCurves<'_>, subject: &Subject<'_>) -> Vec<String> {
    if wide.columns().is_empty() {
        return vec!["No trial has a curve yet.".to_owned()];
    }
    let mut lines = vec![format!("Means over seeds and folds, drawn from the sheet {NAME}.")];
    let (all, drawn) = (subject.cells().count(), drawn(wide, subject).count());
    if drawn < all {
        lines.push(format!(
            "Drawn are {drawn} of {all} variants and points; to draw others choose their columns in {NAME}.{}",
            subject.omission()
        ));
    }
    lines
}

/// The test figures of what is drawn.
fn drawn<'w>(wide: &'w WideCurves<'_>, subject: &Subject<'_>) -> impl Iterator<Item = &'w WideColumn<'w>> {
    let all = subject.cells().count() <= MOST_CELLS;
    let shown: Vec<bool> = (0..subject.results.cells.len()).map(|cell| all || subject.is_shown(cell)).collect();
    wide.columns().iter().filter(move |column| column.figure.starts_with("test_") && shown[column.cell])
}

/// A chart of some figures; the lines of the first are full, those of the second dashed. `None` where there is no line: a
/// spreadsheet takes no chart without one.
fn chart(wide: &WideCurves<'_>, subject: &Subject<'_>, title: &str, axis: &str, figures: &[&str]) -> Option<Chart> {
    let mut chart = Chart::new(ChartType::Line);
    let mut has_lines = false;
    let last = wide.rows() as u32;
    let cells: Vec<usize> = drawn(wide, subject).map(|column| column.cell).collect();
    for cell in cells {
        for (place, figure) in figures.iter().enumerate() {
            let is_this = |column: &WideColumn<'_>| column.cell == cell && column.figure == *figure;
            let Some(column) = wide.columns().iter().position(is_this) else { continue };
            let column = column as u16 + 1;
            let [red, green, blue] = subject.colour(cell).rgb().map(u32::from);
            let mut line = ChartLine::new();
            line.set_color(Color::RGB(red << 16 | green << 8 | blue)).set_width(WIDTHS[place]);
            if place > 0 {
                line.set_dash_type(ChartLineDashType::Dash);
            }
            has_lines = true;
            chart
                .add_series()
                .set_name((NAME, 0, column))
                .set_categories((NAME, 1, 0, last, 0))
                .set_values((NAME, 1, column, last, column))
                .set_format(&mut line);
        }
    }
    let mut small = ChartFont::new();
    small.set_size(14);
    chart.title().set_name(title).set_font(&small);
    chart.x_axis().set_name("epoch").set_label_interval(interval(wide.rows())).set_position_between_ticks(false);
    // The gap may be negative: the epochs stand below all the same.
    chart.x_axis().set_label_position(ChartAxisLabelPosition::Low);
    chart.y_axis().set_name(axis);
    let is_share = subject.results.task == Task::Classification;
    chart.y_axis().set_num_format(if is_share { "0%" } else { "General" });
    if is_share && figures.len() > 1 {
        // Left alone, the axis ends at 120%.
        chart.y_axis().set_max(1.0);
    }
    chart.y_axis().set_major_gridlines_line(ChartLine::new().set_color(Color::RGB(0xD9_DC_E1)).set_width(0.75));
    chart.legend().set_position(ChartLegendPosition::Bottom);
    chart.set_width(SIZE.0).set_height(SIZE.1).set_alt_text(title);
    has_lines.then_some(chart)
}

/// So many epochs from one that is written to the next: 1, 2 or 5, and their tenfold.
fn interval(epochs: usize) -> u16 {
    let steps = (0..5).flat_map(|power| [1, 2, 5].map(|step| step * 10_usize.pow(power)));
    steps
        .filter_map(|step| u16::try_from(step).ok())
        .find(|&step| usize::from(step) * LABELS >= epochs)
        .unwrap_or(50_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_ten_epochs_are_written_whatever_their_number() {
        assert_eq!([2, 11, 61, 101, 1_001, 10_000_001].map(interval), [1, 2, 10, 20, 200, 50_000]);
    }
}
