//! How the rows that were read become a data set.
//!
//! In: the table, and the features that are kept. Out: a matrix of those alone, their categories in natural order, or as ranks
//! where they have an order. The matrix is made smaller in place: there is never a second one.

use std::sync::OnceLock;

use ndarray::{Array2, ArrayView1};
use rayon::prelude::*;

use super::categories::{ranked, ranks};
use super::dataset::{Column, ColumnKind, Dataset};
use super::error::DataError;
use super::header::Header;
use super::order::{natural_order, ranks_in};
use super::settings::DataSettings;
use super::table::Table;
use super::target::Target;

/// # Errors
/// Where a column with an order has a category that the order does not list.
pub(super) fn assemble(
    mut table: Table,
    header: &Header,
    kept: &[usize],
    target: Target,
    settings: &DataSettings,
) -> Result<Dataset, DataError> {
    let (rows, hash) = (table.lines.len(), table.hash());
    let matrix = keep_in_place(std::mem::take(&mut table.matrix), table.width, kept);
    let mut features =
        Array2::from_shape_vec((rows, kept.len()), matrix).expect("every row has a cell for each column that is kept");
    let mut columns = Vec::with_capacity(kept.len());
    let mut recoded = Vec::new();
    for (index, &feature) in kept.iter().enumerate() {
        let (known, ranks) = column(&table, header, feature, features.column(index))?;
        columns.push(known);
        // Ranks that are the codes already change nothing.
        recoded.extend(ranks.filter(|ranks| !ranks.iter().copied().eq(0..)).map(|ranks| (index, ranks)));
    }
    recode(&mut features, &recoded);
    let test_start = table.files.get(1).map(|file| file.start);
    Ok(Dataset {
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
    })
}

/// What is known of a feature, and which rank each code of a category among its `values` has, where these are codes.
fn column(
    table: &Table,
    header: &Header,
    feature: usize,
    values: ArrayView1<'_, f32>,
) -> Result<(Column, Option<Vec<u32>>), DataError> {
    let (read, name) = (&table.columns[feature], header.feature_name(feature));
    let mut known = Column {
        name: name.into(),
        kind: ColumnKind::Numeric,
        ranks: None,
        missing: read.missing,
        first_missing: read.first_missing,
        percents: if read.is_text { 0 } else { read.percents },
        is_constant: read.is_constant(),
    };
    if !read.is_text {
        return Ok((known, None));
    }
    let ranks = match header.order(header.features[feature]) {
        None => {
            let ranks = ranks(read.levels());
            known.kind = ColumnKind::Categorical { levels: ranked(read.levels(), &ranks) };
            known.is_constant &= read.missing == 0; // missing text is a category of its own
            ranks
        }
        Some(order) => {
            let order = if order.is_empty() { natural_order(read.levels()).0 } else { order.to_vec() };
            let ranks = ranks_in(&order, read.levels()).map_err(|level| {
                let is_first = |&row: &usize| values[row] == level as f32;
                let row = (0..values.len()).find(is_first).expect("a category comes from a row");
                let (text, column) = (read.levels()[level].clone(), name.to_owned());
                DataError::NotInOrder { place: table.place(row), column, text, order: order.clone() }
            })?;
            known.ranks = Some(order);
            ranks
        }
    };
    Ok((known, Some(ranks)))
}

/// Puts ranks in the place of codes, in the columns that are listed with theirs: all in one pass over the rows.
fn recode(features: &mut Array2<f32>, columns: &[(usize, Vec<u32>)]) {
    if columns.is_empty() {
        return;
    }
    /// Rows that one thread takes at a time.
    const ROWS: usize = 1 << 12;
    let width = features.ncols();
    let cells = features.as_slice_mut().expect("features are made row by row and never turned");
    cells.par_chunks_mut(ROWS * width).for_each(|rows| {
        for row in rows.chunks_exact_mut(width) {
            for (column, ranks) in columns {
                let code = &mut row[*column];
                if !code.is_nan() {
                    *code = ranks[*code as usize] as f32;
                }
            }
        }
    });
}

/// Drops all columns but `kept` from a matrix of `width` columns without a second matrix.
fn keep_in_place(mut matrix: Vec<f32>, width: usize, kept: &[usize]) -> Vec<f32> {
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
    matrix
}
