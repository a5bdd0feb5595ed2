//! From files to a [`Dataset`]: which columns are kept, and what is odd about them.
//!
//! In: settings whose paths are resolved. Out: the data set, and warnings for all that a user may not expect: columns left
//! out, rows without a target, numbers taken for text. What cannot be right is an error.

use std::sync::OnceLock;

use ndarray::Array2;

use super::column::{ranked, ranks};
use super::dataset::{Column, ColumnKind, Dataset};
use super::error::{DataError, FileKey};
use super::header::{Header, unique_names};
use super::settings::DataSettings;
use super::slip;
use super::source::Source;
use super::table::Table;
use super::target::Target;
use super::wording::{list, plural, quoted};

/// More classes than these are a mistake: an output of the network each.
const MOST_CLASSES: usize = 1000;

/// Names shown in a warning.
const SHOWN: usize = 5;

/// A data set, and what is odd about it.
#[derive(Debug)]
pub struct Loaded {
    /// The data set.
    pub dataset: Dataset,
    /// Lowercase fragments, each of which names the file and the line or the column.
    pub warnings: Vec<String>,
}

/// Reads the data file and, where there is one, the test file. Paths must be resolved already.
///
/// # Errors
/// Where a file cannot be read, is not a table with a header, or does not have what the settings ask for.
pub fn read(settings: &DataSettings) -> Result<Loaded, DataError> {
    let mut warnings = vec![];
    let (source, names) = Source::open(FileKey::Path, &settings.path)?;
    let header = Header::new(unique_names(names, &settings.path, &mut warnings), settings)?;
    let mut table = Table::new(&header, &settings.missing);
    table.append(source, FileKey::Path, &settings.path, header.slots(), &header)?;
    if let Some(path) = &settings.test_path {
        let (source, names) = Source::open(FileKey::TestPath, path)?;
        let names = unique_names(names, path, &mut warnings);
        let slots = header.test_slots(&names, path, &settings.path)?;
        table.append(source, FileKey::TestPath, path, slots, &header)?;
    }
    table.complete()?;
    refuse_numbers_too_large(&table, &header)?;
    warn_of_rows_without_target(&table, &header, settings, &mut warnings);
    let kept = keep_columns(&table, &header, settings, &mut warnings)?;
    let target = target(&mut table, &header, settings)?;
    warnings.extend(slip::at_target(&table, &header));
    let dataset = assemble(table, &header, &kept, target, settings);
    warn_of_test_only_classes(&dataset, &mut warnings);
    Ok(Loaded { dataset, warnings })
}

fn refuse_numbers_too_large(table: &Table, header: &Header) -> Result<(), DataError> {
    let features = table.columns.iter().enumerate().map(|(feature, column)| (header.feature_name(feature), column));
    let all = features.chain([(header.names[header.target].as_str(), &table.target)]);
    for (name, column) in all {
        if let (false, Some((row, text))) = (column.is_text, &column.first_too_large) {
            return Err(DataError::TooLarge { place: table.place(*row), column: name.to_owned(), text: text.clone() });
        }
    }
    Ok(())
}

fn warn_of_rows_without_target(table: &Table, header: &Header, settings: &DataSettings, warnings: &mut Vec<String>) {
    let paths = [Some(&settings.path), settings.test_path.as_ref()];
    for (file, path) in table.files.iter().zip(paths.into_iter().flatten()) {
        if let Some((count, line)) = file.without_target {
            let (path, rows) = (path.display(), plural(count, "row"));
            let target = quoted(&header.names[header.target]);
            warnings.push(format!("{path}:{line}: {rows} without the target {target} left out, this is the first"));
        }
    }
}

/// The features that are neither empty nor look like names.
fn keep_columns(
    table: &Table,
    header: &Header,
    settings: &DataSettings,
    warnings: &mut Vec<String>,
) -> Result<Vec<usize>, DataError> {
    let path = settings.path.display();
    let before = warnings.len();
    let mut kept = vec![];
    let mut empty = vec![];
    for (feature, column) in table.columns.iter().enumerate() {
        let name = header.feature_name(feature);
        warnings.extend(slip::at_feature(table, header, feature));
        if column.is_empty() {
            empty.push(name);
        } else if column.looks_like_names() && !header.categorical.contains(&header.features[feature]) {
            warnings.push(format!(
                "{path}: column {} left out: {} different texts in {} rows look like names or ids \
                 (data.categorical keeps it)",
                quoted(name),
                column.levels.len(),
                column.numbers + column.texts
            ));
        } else {
            kept.push(feature);
        }
    }
    if !empty.is_empty() {
        let (columns, names) = (plural(empty.len(), "column"), list(empty.into_iter(), SHOWN));
        warnings.push(format!("{path}: {columns} left out, as every cell is missing: {names}"));
    }
    if kept.is_empty() {
        let target = header.names[header.target].clone();
        let why = warnings.get(before).map(|first| format!("; {first}")).unwrap_or_default();
        return Err(DataError::NoFeatures { path: settings.path.clone(), target, why });
    }
    Ok(kept)
}

fn target(table: &mut Table, header: &Header, settings: &DataSettings) -> Result<Target, DataError> {
    let column = header.names[header.target].clone();
    let path = settings.path.clone();
    let values = std::mem::take(&mut table.target_values);
    let target = Target::new(settings.task, &table.target, values).map_err(|(row, text)| DataError::TextTarget {
        place: table.place(row),
        column: column.clone(),
        text,
    })?;
    if let Target::Classes(_, names) = &target {
        if let [class] = names.as_slice() {
            return Err(DataError::OneClass { path, column, class: class.clone() });
        }
        if names.len() > MOST_CLASSES {
            let hint = slip::hint_at_target(table);
            return Err(DataError::TooManyClasses { path, column, found: names.len(), most: MOST_CLASSES, hint });
        }
        refuse_classes_of_one_row(table, settings, column, &target)?;
    }
    Ok(target)
}

/// Classes of one row each cannot be learned and tested: they are numbers with a slip in them, or names.
fn refuse_classes_of_one_row(
    table: &Table,
    settings: &DataSettings,
    column: String,
    target: &Target,
) -> Result<(), DataError> {
    /// Fewer rows than these say nothing about their classes.
    const FEW_ROWS: usize = 5;
    let Target::Classes(classes, names) = target else { return Ok(()) };
    let mut counts = vec![0; names.len()];
    classes.iter().for_each(|&class| counts[class as usize] += 1);
    let (rows, single) = (classes.len(), counts.iter().filter(|&&count| count == 1).count());
    if rows < FEW_ROWS || single * 10 < rows * 9 {
        return Ok(());
    }
    let (path, found, hint) = (settings.path.clone(), names.len(), slip::hint_at_target(table));
    Err(DataError::SingleRowClasses { path, column, found, rows, single, hint })
}

fn assemble(mut table: Table, header: &Header, kept: &[usize], target: Target, settings: &DataSettings) -> Dataset {
    let (rows, hash) = (table.lines.len(), table.hash());
    keep_in_place(&mut table.matrix, table.width, kept);
    let mut features = Array2::from_shape_vec((rows, kept.len()), table.matrix)
        .expect("every row has a cell for each column that is kept");
    let mut columns = Vec::with_capacity(kept.len());
    for (index, &feature) in kept.iter().enumerate() {
        let read = &table.columns[feature];
        let kind = if read.is_text {
            let ranks = ranks(&read.levels);
            let has_value = features.column_mut(index).into_iter().filter(|code| !code.is_nan());
            has_value.for_each(|code| *code = ranks[*code as usize] as f32);
            ColumnKind::Categorical { levels: ranked(&read.levels, &ranks) }
        } else {
            ColumnKind::Numeric
        };
        let (missing, first_missing) = (read.missing, read.first_missing);
        columns.push(Column {
            name: header.feature_name(feature).into(),
            kind,
            missing,
            first_missing,
            is_constant: false,
        });
    }
    find_constants(&features, &mut columns);
    let test_start = table.files.get(1).map(|file| file.start);
    Dataset {
        features,
        columns,
        target_name: header.names[header.target].clone(),
        target,
        test_start,
        roles: header.split.map(|_| table.roles),
        groups: header.group.map(|_| table.groups),
        firsts_alike: OnceLock::new(),
        lines: table.lines,
        path: settings.path.clone(),
        test_path: settings.test_path.clone(),
        hash,
    }
}

/// Drops all columns but `kept` from a matrix of `width` columns without a second matrix.
fn keep_in_place(matrix: &mut Vec<f32>, width: usize, kept: &[usize]) {
    if kept.len() < width {
        let rows = matrix.len() / width;
        for row in 0..rows {
            for (index, &feature) in kept.iter().enumerate() {
                matrix[row * kept.len() + index] = matrix[row * width + feature];
            }
        }
        matrix.truncate(rows * kept.len());
    }
    matrix.shrink_to_fit();
}

/// Marks the columns whose values never differ. Row by row, as the matrix lies in memory.
fn find_constants(features: &Array2<f32>, columns: &mut [Column]) {
    for column in columns.iter_mut() {
        // Missing text is a category of its own, missing numbers become what the others are.
        column.is_constant = column.kind == ColumnKind::Numeric || column.missing == 0;
    }
    let mut first = vec![f32::NAN; columns.len()];
    for row in features.rows() {
        for ((&x, first), column) in row.iter().zip(&mut first).zip(columns.iter_mut()) {
            if first.is_nan() {
                *first = x;
            } else if x != *first && !x.is_nan() {
                column.is_constant = false;
            }
        }
    }
}

fn warn_of_test_only_classes(dataset: &Dataset, warnings: &mut Vec<String>) {
    let (Some(start), Some(path)) = (dataset.test_start, &dataset.test_path) else { return };
    let counts = dataset.class_counts(0..start);
    let unseen: Vec<&str> = dataset
        .class_names()
        .iter()
        .zip(counts)
        .filter(|(_, count)| *count == 0)
        .map(|(name, _)| name.as_str())
        .collect();
    if !unseen.is_empty() {
        let (classes, first) = (list(unseen.into_iter(), SHOWN), dataset.path.display());
        let target = quoted(&dataset.target_name);
        warnings.push(format!("{}: classes of {target} that {first} has not: {classes}", path.display()));
    }
}

#[cfg(test)]
mod tests;
