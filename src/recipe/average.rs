//! The average of the networks that training goes through.

use super::Stretch;

/// The network that is handed out in place of the one that is trained: the average of the networks that training goes through.
///
/// It begins anew, as the network itself, behind whatever changes the structure and behind every restart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Average {
    /// The mean of the networks behind the epochs that come after this share of a stretch of training.
    OfEpochs {
        /// In (0, 1]; at 1 no epoch is left.
        start: f64,
    },
    /// a ← decay·a + (1 − decay)·w behind every step.
    OfSteps {
        /// In [0, 1); at 0 the average is the network itself.
        decay: f64,
    },
}

impl Average {
    /// Whether the network behind `epoch` (from 1), which is in this stretch, is one of those whose mean is taken.
    pub fn takes(self, epoch: usize, stretch: Stretch) -> bool {
        match self {
            // Rounded, so that 0.7 of 10 epochs are 7 whatever the product is in binary.
            Average::OfEpochs { start } => {
                epoch - stretch.start > (start * stretch.epochs as f64).round_ties_even() as usize
            }
            Average::OfSteps { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(start: f64, stretch: Stretch) -> Vec<usize> {
        let epochs = stretch.start + 1..=stretch.start + stretch.epochs;
        epochs.filter(|&epoch| Average::OfEpochs { start }.takes(epoch, stretch)).collect()
    }

    #[test]
    fn the_last_quarter_of_a_stretch_is_taken() {
        assert_eq!(taken(0.75, Stretch { start: 0, epochs: 8 }), [7, 8]);
        assert_eq!(taken(0.75, Stretch { start: 10, epochs: 12 }), [20, 21, 22]);
        assert_eq!(taken(0.7, Stretch { start: 0, epochs: 10 }), [8, 9, 10]);
    }

    #[test]
    fn a_share_of_one_takes_nothing_and_a_tiny_one_everything() {
        assert!(taken(1.0, Stretch { start: 3, epochs: 7 }).is_empty());
        assert_eq!(taken(1e-9, Stretch { start: 3, epochs: 3 }), [4, 5, 6]);
    }
}
