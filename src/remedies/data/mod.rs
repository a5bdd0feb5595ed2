//! Remedies that change the rows that training sees.
//!
//! `smote` makes up rows before training. All others write a batch transform, and they act in the order of the registry, which
//! is that of a photograph: what the camera does comes first, what the darkroom does last.
//!
//! 1. `image` moves pixels: it knows where the picture is blank, and noise in the blank would move along.
//! 2. `noise` is added to the inputs as they are after that, so that every input has its own, fresh.
//! 3. `feature_mask` takes values away: noise behind it would be on the mean that stands for "not known".
//! 4. `mixup` mixes whole rows with their targets: both rows of a mixture have had all of the above, each its own draw, as
//!    where batches are augmented row by row before they are mixed.

pub mod feature_mask;
mod features;
pub mod image;
pub mod mixup;
pub mod noise;
pub mod smote;

#[cfg(test)]
mod tests;
