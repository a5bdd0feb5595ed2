//! The files of the plots: one SVG for each chart, and a PNG beside it where that is wanted.
//!
//! In: [`Chart`]s. Out: files in the folder `plots`. Those of an earlier plan go, but only what was written here: their names
//! stand in a list beside them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::svg;
use crate::lab::PLOTS;
use crate::report::charts::Chart;
use crate::report::{Files, ReportError};

/// The list of the files that were written here, one a line.
const LIST: &str = ".written";

/// As what charts are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PlotFormat {
    /// As SVG.
    #[default]
    Svg,
    /// As SVG, and as PNG beside it.
    #[cfg(feature = "png")]
    Png,
    /// Not at all.
    None,
}

/// Writes every chart; those that were written before and are not any more go with them.
///
/// # Errors
/// If the disk fails, naming the path.
pub fn write_plots(charts: &[Chart], format: PlotFormat, files: &mut Files<'_>) -> Result<(), ReportError> {
    let before = listed(files.folder());
    let now = match format {
        PlotFormat::None => BTreeSet::new(),
        _ => drawn(charts, format, files)?,
    };
    before.difference(&now).for_each(|stale| files.replace(&format!("{PLOTS}/{stale}")));
    if now.is_empty() {
        files.replace(&format!("{PLOTS}/{LIST}"));
        return Ok(());
    }
    let list: String = now.iter().map(|name| format!("{name}\n")).collect();
    files.write(&format!("{PLOTS}/{LIST}"), |out| Ok(out.write_all(list.as_bytes())?))
}

/// Writes the charts; returns the names of the files.
fn drawn(charts: &[Chart], format: PlotFormat, files: &mut Files<'_>) -> Result<BTreeSet<String>, ReportError> {
    let mut names = BTreeSet::new();
    #[cfg(feature = "png")]
    let mut painter = (format == PlotFormat::Png).then(super::png::Painter::new);
    #[cfg(not(feature = "png"))]
    let _ = format;
    let mut write = |name: String, bytes: &[u8]| {
        files.write(&format!("{PLOTS}/{name}"), |out| Ok(out.write_all(bytes)?))?;
        names.insert(name);
        Ok::<(), ReportError>(())
    };
    for chart in charts {
        let drawing = svg(chart);
        write(format!("{}.svg", chart.name), drawing.as_bytes())?;
        #[cfg(feature = "png")]
        if let Some(painter) = &mut painter {
            write(format!("{}.png", chart.name), &painter.paint(&drawing))?;
        }
    }
    #[cfg(feature = "png")]
    files.warnings.extend(painter.and_then(super::png::Painter::into_warning));
    Ok(names)
}

/// What the list says; of its lines only those that can be names of ours.
fn listed(results: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(results.join(PLOTS).join(LIST)).unwrap_or_default();
    let is_ours = |line: &&str| {
        let name = line.strip_suffix(".svg").or_else(|| line.strip_suffix(".png")).unwrap_or_default();
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    text.lines().filter(is_ours).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::charts::{Plot, Ranks, Table};

    fn chart(name: &str) -> Chart {
        Chart {
            name: name.to_owned(),
            title: "ranks".to_owned(),
            caption: String::new(),
            plot: Plot::Ranks(Ranks { names: Vec::new(), critical_difference: 1.0, groups: Vec::new() }),
            table: Table::default(),
        }
    }

    fn write(folder: &Path, charts: &[&str], format: PlotFormat) -> Vec<String> {
        let charts: Vec<Chart> = charts.iter().map(|name| chart(name)).collect();
        let mut files = Files::new(folder);
        write_plots(&charts, format, &mut files).unwrap();
        files.appear().unwrap();
        let entries = fs::read_dir(folder.join(PLOTS)).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_not_drawn_any_more_goes_and_what_others_put_there_stays() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(write(root.path(), &["a", "b"], PlotFormat::Svg), [".written", "a.svg", "b.svg"]);
        fs::write(root.path().join("plots/mine.svg"), "mine").unwrap();
        assert_eq!(write(root.path(), &["b", "c"], PlotFormat::Svg), [".written", "b.svg", "c.svg", "mine.svg"]);
        assert_eq!(write(root.path(), &["b"], PlotFormat::None), ["mine.svg"]);
    }

    #[test]
    fn a_list_that_names_other_places_is_not_believed() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), &["a"], PlotFormat::Svg);
        for name in ["kept.svg", "plots/notes.txt"] {
            fs::write(root.path().join(name), "mine").unwrap();
        }
        fs::write(root.path().join("plots/.written"), "../kept.svg\nnotes.txt\na.svg\n.svg\n").unwrap();
        assert_eq!(write(root.path(), &["b"], PlotFormat::Svg), [".written", "b.svg", "notes.txt"]);
        assert!(root.path().join("kept.svg").exists());
    }
}
