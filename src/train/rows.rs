//! The rows of a part as inputs of a network, batch after batch.
//!
//! In: a trial's data, the rows of one of its parts. Out: encoded rows. A small part is encoded once, a large one again
//! whenever it is looked at: then all trials of a sweep share the one matrix of the data set.

use crate::data::{Part, TrialData};

/// Numbers that are kept of a part at most, 4 MB: about what one core finds in its caches again. Beyond that, copying costs
/// as much as encoding, and each of many trials that train at once would hold a copy.
pub(super) const MOST_KEPT: usize = 1 << 20;

/// The rows of a part.
pub(super) struct Rows<'a> {
    data: &'a TrialData,
    rows: &'a [usize],
    /// [rows, inputs], where they are few.
    kept: Option<Vec<f32>>,
}

impl<'a> Rows<'a> {
    pub fn new(data: &'a TrialData, part: &'a Part) -> Self {
        let (rows, inputs) = (&part.rows, data.inputs());
        let kept = (rows.len() * inputs <= MOST_KEPT).then(|| {
            let mut values = vec![0.0; rows.len() * inputs];
            rows.iter().zip(values.chunks_exact_mut(inputs.max(1))).for_each(|(&row, out)| data.encode(row, out));
            values
        });
        Self { data, rows, kept }
    }

    /// Writes the inputs of the row at this position into `out`.
    pub fn write(&self, position: usize, out: &mut [f32]) {
        match &self.kept {
            Some(values) => out.copy_from_slice(&values[position * out.len()..][..out.len()]),
            None => self.data.encode(self.rows[position], out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::fixtures::trial;

    #[test]
    fn kept_rows_are_those_that_would_be_encoded_anew() {
        let lines: String = (0..20).map(|i| format!("{},{},{}\n", i * i, ["p", "q"][i % 2], i % 3)).collect();
        let data = trial(&format!("a,b,y\n{lines}"), 1);
        let kept = Rows::new(&data, &data.train);
        assert!(kept.kept.is_some(), "so few rows are kept");
        let anew = Rows { data: &data, rows: &data.train.rows, kept: None };
        let row = |rows: &Rows<'_>, position: usize| {
            let mut out = vec![f32::NAN; data.inputs()];
            rows.write(position, &mut out);
            out
        };
        (0..data.train.rows.len()).for_each(|position| assert_eq!(row(&kept, position), row(&anew, position)));
    }
}
