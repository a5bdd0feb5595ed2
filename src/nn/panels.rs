//! The values of some units for the samples of a batch, laid out in panels.
//!
//! Sample s is lane s mod 32 of panel s / 32; within a panel the units lie one behind the other: [panels, units, 32].

use super::kernels::{PANEL, transpose};

/// Values of `units` units for up to `panels · 32` samples.
#[derive(Debug, Clone, Default)]
pub(super) struct Panels {
    units: usize,
    values: Vec<f32>,
}

impl Panels {
    /// Zeros for `units` units and at least `rows` samples.
    pub fn new(units: usize, rows: usize) -> Self {
        Self { units, values: vec![0.0; rows.div_ceil(PANEL) * units * PANEL] }
    }

    /// Makes it values of `units` units, for at least `rows` samples, whatever they are. Memory is kept.
    pub fn reshape(&mut self, units: usize, rows: usize) {
        self.units = units;
        self.values.resize(rows.div_ceil(PANEL) * units * PANEL, 0.0);
    }

    pub fn units(&self) -> usize {
        self.units
    }

    /// Length of a panel.
    pub fn length(&self) -> usize {
        self.units * PANEL
    }

    /// One panel: [units, 32].
    pub fn panel(&self, index: usize) -> &[f32] {
        &self.values[index * self.length()..][..self.length()]
    }

    /// The first `count` panels, each [units, 32].
    pub fn first_mut(&mut self, count: usize) -> &mut [f32] {
        let length = count * self.length();
        &mut self.values[..length]
    }

    /// Turns one panel into rows: `flat`, [32, `width`], gets the units in its first columns.
    pub fn turn_into(&self, index: usize, flat: &mut [f32], width: usize) {
        transpose(self.panel(index), PANEL, self.units, PANEL, flat, width);
    }
}

/// Turns up to 32 rows into a panel [units, 32]: `flat` is [rows, `width`], of which the first columns are the units. Lanes
/// without a row become 0.
pub(super) fn turn_from(flat: &[f32], width: usize, panel: &mut [f32]) {
    let (rows, units) = (flat.len() / width, panel.len() / PANEL);
    if rows < PANEL {
        panel.fill(0.0);
    }
    transpose(flat, width, rows, units, panel, PANEL);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_turned_into_a_panel_and_back_are_the_same_rows() {
        for (units, rows) in [(1, 1), (63, 32), (64, 5), (150, 31)] {
            let width = units + 3;
            let flat: Vec<f32> = (0..rows * width).map(|i| i as f32 + 1.0).collect();
            let mut panels = Panels::new(units, rows);
            turn_from(&flat, width, panels.first_mut(1));
            for (unit, lanes) in panels.panel(0).chunks(PANEL).enumerate() {
                for (lane, &value) in lanes.iter().enumerate() {
                    let wanted = if lane < rows { flat[lane * width + unit] } else { 0.0 };
                    assert_eq!(value, wanted, "{units} units, {rows} rows");
                }
            }
            let mut back = vec![0.0; PANEL * width];
            panels.turn_into(0, &mut back, width);
            for (found, wanted) in back.chunks(width).zip(flat.chunks(width)) {
                assert_eq!(found[..units], wanted[..units]);
            }
        }
    }
}
