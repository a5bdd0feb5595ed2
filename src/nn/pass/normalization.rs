//! Normalisation within a pass: of a layer's sums on the way forward, of their deltas on the way back.
//!
//! In: z = W·x + b of a batch, and later ∂J/∂y of y = γ·ẑ + β. Out: y in the place of z, and ∂J/∂z in the place of ∂J/∂y, back
//! through means and variances; beside them the gradient of γ and β, and the figures of the batch. The rows of the batch count
//! and no other lane; sums run in f64, panel after panel, whoever adds them up.
//!
//! A batch of a single row has no variance: batch norm gives β to it, nothing flows back through ẑ, and the running figures
//! stay. (PyTorch raises an error.)

use super::super::kernels::{self, PANEL};
use super::super::layer::slice;
use super::super::panels::Panels;
use super::super::{Network, Norm, NormGradient, NormKind, Team};
use super::{Pass, lanes};

/// What a pass keeps of the normalisation of a layer. Statistics are by unit for batch norm, by row for layer norm.
#[derive(Debug, Default)]
pub(super) struct Normalization {
    /// ẑ
    values: Panels,
    means: Vec<f64>,
    /// Biased.
    variances: Vec<f64>,
    /// 1/√(variance + ε)
    inverses: Vec<f64>,
    /// Σδ over the rows: ∂J/∂β. `[units]`
    shifts: Vec<f64>,
    /// Σδẑ over the rows: ∂J/∂γ. `[units]`
    gains: Vec<f64>,
}

/// Units whose sums over the rows are one piece of work.
const UNITS: usize = 48;

impl Pass {
    /// y ← γ·ẑ + β in the sums of layer `index`.
    pub(super) fn normalize(&mut self, team: &Team, index: usize, norm: &Norm) {
        let (rows, panels) = (self.rows, self.rows.div_ceil(PANEL));
        let Normalization { values, means, variances, inverses, .. } = &mut self.normalizations[index];
        let sums = &mut self.sums[index];
        let (units, length) = (sums.units(), sums.length());
        values.reshape(units, rows);
        let (count, piece, number) = match norm.kind {
            NormKind::BatchNorm { .. } => (units, UNITS, rows as f64),
            NormKind::LayerNorm { .. } => (panels * PANEL, PANEL, units as f64),
        };
        means.resize(count, 0.0);
        variances.resize(count, 0.0);
        team.pairs((means, piece), (variances, piece), |piece, means, variances| match norm.kind {
            NormKind::BatchNorm { .. } => {
                let part = |panel: usize| &sums.panel(panel)[piece * UNITS * PANEL..][..means.len() * PANEL];
                let part: Vec<&[f32]> = (0..panels).map(part).collect();
                mean(means, number, |sums| {
                    part.iter().enumerate().for_each(|(panel, z)| kernels::add_unit_sums(z, lanes(rows, panel), sums));
                });
                mean(variances, number, |sums| {
                    for (panel, z) in part.iter().enumerate() {
                        kernels::add_unit_squares(z, lanes(rows, panel), means, sums);
                    }
                });
            }
            NormKind::LayerNorm { .. } => {
                mean(means, number, |row_sums| kernels::add_lane_sums(sums.panel(piece), row_sums));
                mean(variances, number, |row_sums| kernels::add_lane_squares(sums.panel(piece), means, row_sums));
            }
        });
        inverses.clear();
        let has_spread = rows > 1 || !norm.kind.is_batch();
        inverses.extend(variances.iter().map(|&v| if has_spread { norm.kind.inverse(v) } else { 0.0 }));
        let affine = [slice(&norm.gain), slice(&norm.shift)];
        let (z, normalized) = (sums.first_mut(panels), values.first_mut(panels));
        team.pairs((z, length), (normalized, length), |panel, z, normalized| match norm.kind {
            NormKind::BatchNorm { .. } => {
                kernels::normalize_units(z, normalized, lanes(rows, panel), [means, inverses], affine);
            }
            NormKind::LayerNorm { .. } => {
                let statistics = [&*means, inverses].map(|figures| &figures[panel * PANEL..][..PANEL]);
                kernels::normalize_lanes(z, normalized, lanes(rows, panel), statistics, affine);
            }
        });
    }

    /// ∂J/∂z ← ∂J/∂y in the deltas of layer `index`. By unit, batch norm: δ ← γ/√(v + ε)·(δ − mean(δ) − ẑ·mean(δẑ)), means over
    /// the rows; by row, layer norm: δ ← (γδ − mean(γδ) − ẑ·mean(γδẑ))/√(v + ε), means over the units.
    pub(super) fn normalized_deltas(&mut self, team: &Team, index: usize, norm: &Norm) {
        let (rows, panels) = (self.rows, self.rows.div_ceil(PANEL));
        let Normalization { values, inverses, shifts, gains, .. } = &mut self.normalizations[index];
        let deltas = &mut self.deltas[index];
        let (units, length) = (deltas.units(), deltas.length());
        shifts.clear();
        shifts.resize(units, 0.0);
        gains.clear();
        gains.resize(units, 0.0);
        team.pairs((shifts, UNITS), (gains, UNITS), |piece, shifts, gains| {
            for panel in 0..panels {
                let [delta, normalized] = [&*deltas, values]
                    .map(|panels| &panels.panel(panel)[piece * UNITS * PANEL..][..shifts.len() * PANEL]);
                kernels::add_unit_sums(delta, lanes(rows, panel), shifts);
                kernels::add_unit_products(delta, normalized, lanes(rows, panel), gains);
            }
        });
        let gain = slice(&norm.gain);
        let number = if norm.kind.is_batch() { rows } else { units } as f64;
        let means = [&*shifts, gains].map(|sums| sums.iter().map(|sum| sum / number).collect::<Vec<_>>());
        let factors: Vec<f64> = match norm.kind {
            NormKind::BatchNorm { .. } => gain.iter().zip(&*inverses).map(|(&g, i)| f64::from(g) * i).collect(),
            NormKind::LayerNorm { .. } => Vec::new(),
        };
        team.pieces(deltas.first_mut(panels), length, |panel, delta| {
            let (normalized, lanes) = (values.panel(panel), lanes(rows, panel));
            match norm.kind {
                NormKind::BatchNorm { .. } => {
                    kernels::unit_deltas(delta, normalized, lanes, &factors, [&means[0], &means[1]]);
                }
                NormKind::LayerNorm { .. } => {
                    let mut means = [0.0; 2 * PANEL];
                    mean(&mut means, number, |sums| kernels::add_lane_products(delta, normalized, gain, sums));
                    let inverses = &inverses[panel * PANEL..][..PANEL];
                    kernels::lane_deltas(delta, normalized, lanes, gain, inverses, &means);
                }
            }
        });
    }

    /// The gradient of γ and β of layer `index`, whose deltas have gone back through the normalisation.
    pub(super) fn norm_gradient(&self, index: usize, gradient: &mut NormGradient) {
        let Normalization { shifts, gains, .. } = &self.normalizations[index];
        gradient.shift.iter_mut().zip(shifts).for_each(|(gradient, &sum)| *gradient = sum as f32);
        gradient.gain.iter_mut().zip(gains).for_each(|(gradient, &sum)| *gradient = sum as f32);
    }

    /// Takes the running figures of a network's batch norm this share of the way to those of the last forward pass, as far as
    /// its momentum says where no share is given. A single row has no variance, and changes nothing.
    pub fn update_running_figures(&self, network: &mut Network, share: Option<f64>) {
        for (layer, figures) in network.layers.iter_mut().zip(&self.normalizations) {
            let Some(norm) = &mut layer.norm else { continue };
            if let NormKind::BatchNorm { momentum, .. } = norm.kind
                && self.rows > 1
            {
                norm.approach(share.unwrap_or(momentum), self.rows, &figures.means, &figures.variances);
            }
        }
    }
}

/// Figures ← the sums that `add` adds to zeros, divided by a number.
fn mean(figures: &mut [f64], number: f64, add: impl FnOnce(&mut [f64])) {
    figures.fill(0.0);
    add(figures);
    figures.iter_mut().for_each(|figure| *figure /= number);
}
