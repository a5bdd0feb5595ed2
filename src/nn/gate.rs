//! What stands between the output of one layer and the input of the next.
//!
//! A gate multiplies the values that flow into a layer; the gradient that flows back is multiplied alike. Dropout closes
//! gates at random in training, and scales at test where the paper's form is asked for.

/// The gate in front of one layer.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Gate {
    /// Lets everything through.
    #[default]
    Open,
    /// Multiplies everything by one number.
    Scale(f32),
    /// A factor for every unit and sample, in panels: [panels, units, 32].
    Mask(Vec<f32>),
}

impl Gate {
    /// Multiplies `values`, which begin at `offset` of the layer's input, by the gate's factors.
    pub(super) fn apply(&self, offset: usize, values: &mut [f32]) {
        match self {
            Gate::Open => {}
            Gate::Scale(factor) => values.iter_mut().for_each(|value| *value *= factor),
            Gate::Mask(factors) => {
                for (value, factor) in values.iter_mut().zip(&factors[offset..]) {
                    *value *= factor;
                }
            }
        }
    }
}
