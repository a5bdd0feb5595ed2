//! The values of some units for the samples of a batch, laid out in panels.
//!
//! Sample s is lane s mod 32 of panel s / 32; within a panel the units lie one behind the other: [panels, units, 32].

use super::kernels::PANEL;

/// Values of `units` units for up to `panels · 32` samples.
#[derive(Debug, Clone)]
pub(super) struct Panels {
    units: usize,
    values: Vec<f32>,
}

impl Panels {
    /// Zeros for `units` units and at least `rows` samples.
    pub fn new(units: usize, rows: usize) -> Self {
        Self { units, values: vec![0.0; rows.div_ceil(PANEL) * units * PANEL] }
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

    /// Turns one panel into rows: `flat` becomes [lanes, `width`], columns behind the units 0.
    pub fn turn_into(&self, index: usize, lanes: usize, flat: &mut [f32], width: usize) {
        let panel = self.panel(index);
        for (lane, row) in flat.chunks_exact_mut(width).take(lanes).enumerate() {
            for (unit, value) in row[..self.units].iter_mut().enumerate() {
                *value = panel[unit * PANEL + lane];
            }
            row[self.units..].fill(0.0);
        }
    }
}

/// Turns up to 32 rows into a panel [units, 32]: `flat` is [rows, `width`], of which the first columns are the units. Lanes
/// without a row become 0.
pub(super) fn turn_from(flat: &[f32], width: usize, panel: &mut [f32]) {
    let units = panel.len() / PANEL;
    if flat.len() < PANEL * width {
        panel.fill(0.0);
    }
    for (lane, row) in flat.chunks_exact(width).enumerate() {
        for (unit, &value) in row[..units].iter().enumerate() {
            panel[unit * PANEL + lane] = value;
        }
    }
}
