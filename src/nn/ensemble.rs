//! Networks that are handed out together.

use super::{InitializationError, ModelSettings, Network};

/// Networks whose vote is what a trial hands out; a single one in most trials. How they vote: [`Loss::vote`](super::Loss::vote).
#[derive(Debug, Clone, PartialEq)]
pub struct Ensemble {
    /// At least one; all take the same inputs and give as many outputs.
    pub members: Vec<Network>,
}

impl Ensemble {
    /// So many networks that `settings` describe, as training finds them at epoch 0. Each draws from streams of its own; weights
    /// from a file are the same for all.
    ///
    /// # Errors
    /// As [`Network::initialized`].
    ///
    /// # Panics
    /// If there are to be none.
    pub fn initialized(
        settings: &ModelSettings,
        inputs: usize,
        outputs: usize,
        seed: u64,
        members: usize,
    ) -> Result<Ensemble, InitializationError> {
        assert!(members > 0, "an ensemble has at least one network");
        let network = |member| Network::member_initialized(settings, inputs, outputs, seed, member as u32);
        Ok(Self { members: (0..members).map(network).collect::<Result<_, _>>()? })
    }

    /// Weights and biases of all networks.
    pub fn parameters(&self) -> usize {
        self.members.iter().map(Network::parameters).sum()
    }
}

impl From<Network> for Ensemble {
    fn from(network: Network) -> Self {
        Self { members: vec![network] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{Activation, Initialization, InitializationRule};

    #[test]
    fn the_first_member_is_the_single_network_and_a_member_is_the_same_in_a_larger_company() {
        let init = Initialization::Rule(InitializationRule::KaimingUniform);
        let settings = ModelSettings { hidden: vec![4], activation: Activation::Relu, init };
        let make = |members| Ensemble::initialized(&settings, 3, 2, 7, members).expect("no file is read").members;
        let five = make(5);
        assert_eq!(make(3), five[..3]);
        assert_eq!(five[0], Network::initialized(&settings, 3, 2, 7).expect("no file is read"));
        assert!((1..5).all(|member| five[..member].iter().all(|other| *other != five[member])));
        assert_eq!(Ensemble { members: five }.parameters(), 5 * (3 * 4 + 4 + 4 * 2 + 2));
    }
}
