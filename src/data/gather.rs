//! Columns laid out one behind the other.
//!
//! In: a data set, some of its rows and columns. Out: the cells of one column after the other. Alone, a column is scattered over
//! the whole matrix, a cell in every cache line or rarer: gathered many at a time, the rows are walked once for all of them.

use super::dataset::Dataset;

/// Columns that are gathered at a time: four cache lines of a row.
const MOST_COLUMNS: usize = 64;
/// Cells that are gathered at a time, 16 MB, unless a single column has more.
const MOST_CELLS: usize = 1 << 22;

/// What `of_column` makes of each of `columns`; it is given the column and its cells in `rows`, in their order.
pub(super) fn gathered<T>(
    dataset: &Dataset,
    rows: &[usize],
    columns: &[usize],
    mut of_column: impl FnMut(usize, &mut [f32]) -> T,
) -> Vec<T> {
    let count = rows.len();
    let at_once = (MOST_CELLS / count.max(1)).clamp(1, MOST_COLUMNS);
    let mut cells = vec![0.0; at_once.min(columns.len()) * count];
    let mut made = Vec::with_capacity(columns.len());
    for columns in columns.chunks(at_once) {
        for (place, &row) in rows.iter().enumerate() {
            let row = dataset.row(row);
            for (index, &column) in columns.iter().enumerate() {
                cells[index * count + place] = row[column];
            }
        }
        let each = columns.iter().enumerate();
        made.extend(each.map(|(index, &column)| of_column(column, &mut cells[index * count..(index + 1) * count])));
    }
    made
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::dataset;
    use super::*;

    #[test]
    fn cells_come_column_by_column_in_the_order_of_the_rows() {
        let wide = MOST_COLUMNS + 2;
        let line = |row: usize| (0..wide).map(|column| format!("{},", 1000 * row + column)).collect::<String>();
        let names: String = (0..wide).map(|column| format!("c{column},")).collect();
        let data = dataset(&format!("{names}y\n{}p\n{}q\n{}p\n", line(1), line(2), line(3)));
        let columns: Vec<usize> = (0..wide).rev().collect();
        let found = gathered(&data, &[2, 0], &columns, |column, cells| (column, cells.to_vec()));
        let wanted: Vec<(usize, Vec<f32>)> =
            columns.iter().map(|&column| (column, vec![(3000 + column) as f32, (1000 + column) as f32])).collect();
        assert_eq!(found, wanted);
        assert_eq!(gathered(&data, &[], &columns, |_, cells| cells.len()), vec![0; wide]);
    }
}
