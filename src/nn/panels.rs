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

    /// Where panel `index` begins among all values.
    pub fn offset(&self, index: usize) -> usize {
        index * self.units * PANEL
    }

    /// One panel: [units, 32].
    pub fn panel(&self, index: usize) -> &[f32] {
        &self.values[self.offset(index)..][..self.units * PANEL]
    }

    /// One panel, to be written: [units, 32].
    pub fn panel_mut(&mut self, index: usize) -> &mut [f32] {
        let offset = self.offset(index);
        &mut self.values[offset..][..self.units * PANEL]
    }

    /// Turns rows into panels: `flat` is [rows, `width`], of which the first columns are the units. Lanes without a row
    /// become 0.
    pub fn turn_from(&mut self, flat: &[f32], width: usize, rows: usize) {
        let units = self.units;
        for index in 0..rows.div_ceil(PANEL) {
            let lanes = (rows - index * PANEL).min(PANEL);
            let panel = self.panel_mut(index);
            if lanes < PANEL {
                panel.fill(0.0);
            }
            for lane in 0..lanes {
                let row = &flat[(index * PANEL + lane) * width..][..units];
                for (unit, &value) in row.iter().enumerate() {
                    panel[unit * PANEL + lane] = value;
                }
            }
        }
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
