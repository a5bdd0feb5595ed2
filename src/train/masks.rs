//! Dropout drawn: the gates of a step.
//!
//! In: the rule of dropout, the network, the moment. Out: a gate in front of every layer.

use crate::nn::{Gate, Network, PANEL};
use crate::random::{Purpose, StreamKey};
use crate::recipe::{Dropout, MaskScope, Moment, Rescale};

/// Sets every gate that drops: a mask with a draw for each row, or, where hidden units leave for the whole batch, the scale of
/// those that stay. Inputs are masked either way.
pub(super) fn draw_gates(dropout: &Dropout, network: &Network, rows: usize, moment: Moment, gates: &mut [Gate]) {
    for (index, (gate, &rate)) in gates.iter_mut().zip(&dropout.rates).enumerate() {
        if rate == 0.0 {
            continue;
        }
        let kept = if dropout.rescale == Rescale::Train { (1.0 / (1.0 - rate)) as f32 } else { 1.0 };
        let key = moment.key(Purpose::Dropout).layer(index);
        let units = network.layers[index].inputs();
        let panels = rows.div_ceil(PANEL);
        match (dropout.mask, index) {
            (MaskScope::Row, _) => gate.draw(key, rate, kept, panels * units * PANEL),
            (MaskScope::Batch, 0) => *gate = Gate::Mask(same_for_all(key, rate, kept, units).repeat(panels)),
            (MaskScope::Batch, _) => *gate = Gate::Scale(kept),
        }
    }
}

/// A panel of factors that are the same for every row: [units, 32].
fn same_for_all(key: StreamKey, rate: f64, kept: f32, units: usize) -> Vec<f32> {
    let mut stream = key.open();
    (0..units).flat_map(|_| [if stream.uniform() < rate { 0.0 } else { kept }; PANEL]).collect()
}
