//! The surgery that carries the cuts out.

use super::choice::{Candidates, Ratio, Scope, choose};
use super::obs;
use super::plan::Cut;
use super::quotas::Quotas;
use super::saliency::{Method, Saliency, Structure};
use crate::nn::Network;
use crate::recipe::{Operation, Surgery};

/// Planned cuts.
#[derive(Debug)]
pub(super) struct Pruning {
    /// Ascending by epoch, at least one.
    pub cuts: Vec<Cut>,
    pub saliency: Saliency,
    /// The number of weights of each layer, or of neurons of each hidden layer, at epoch 0.
    pub originals: Vec<usize>,
    pub ratio: Ratio,
    pub scope: Scope,
    /// The epochs behind which training begins anew from the values before training: those of all cuts, or none.
    pub restarts: Vec<usize>,
}

impl Surgery for Pruning {
    fn is_due(&self, epoch: usize) -> bool {
        self.cut_behind(epoch).is_some()
    }

    fn last_epoch(&self) -> usize {
        self.cuts[self.cuts.len() - 1].epoch
    }

    fn restarts(&self) -> &[usize] {
        &self.restarts
    }

    fn operate(&self, operation: &mut Operation<'_>) {
        let epoch = operation.epoch();
        let Some(cut) = self.cut_behind(epoch) else { return };
        let removed = self.ratio.map(|ratio| cut.stage.removed(ratio));
        match self.saliency.method {
            Method::Obs => obs::operate(operation, self.quotas(operation.network, &removed)),
            _ => self.remove_lowest(operation, &removed),
        }
        if !self.restarts.is_empty() {
            operation.rewind();
        }
    }

    fn bytes(&self, network: &Network) -> usize {
        if self.saliency.method == Method::Obs { obs::bytes(&network.sizes()) } else { 0 }
    }

    fn work(&self, network: &Network, rows: usize) -> f64 {
        match self.saliency.method {
            Method::Obs => self.cuts.len() as f64 * obs::work(&network.sizes(), rows),
            _ => 0.0,
        }
    }
}

impl Pruning {
    fn cut_behind(&self, epoch: usize) -> Option<&Cut> {
        self.cuts.binary_search_by_key(&epoch, |cut| cut.epoch).ok().map(|index| &self.cuts[index])
    }

    /// Removes what scores lowest, all at once.
    fn remove_lowest(&self, operation: &mut Operation<'_>, removed: &Ratio) {
        let candidates = self.candidates(operation);
        for (layer, places) in choose(&candidates, removed, self.scope).into_iter().enumerate() {
            match self.saliency.structure {
                _ if places.is_empty() => {}
                Structure::Weight => operation.network.layers[layer].prune_weights(&places),
                Structure::Neuron => operation.remove_units(layer, &places),
            }
        }
    }

    /// How many weights of each layer may go one at a time.
    fn quotas(&self, network: &Network, removed: &Ratio) -> Quotas {
        let there = |layer: usize| {
            (0..network.layers[layer].weights.len()).filter(|&place| is_there(network, layer, place)).count()
        };
        let there = (0..network.layers.len()).map(there).collect();
        Quotas::new(&self.originals, there, removed, self.scope)
    }

    /// What of each layer is still there, with its scores.
    fn candidates(&self, operation: &Operation<'_>) -> Vec<Candidates> {
        let scores = match operation.network.gated() {
            // What a weight is worth is what it does behind its learnt gate.
            Some(mut network) => {
                self.saliency.scores(&Operation { network: &mut network, initial: None, ..*operation })
            }
            None => self.saliency.scores(operation),
        };
        let layers = scores.into_iter().zip(&self.originals).enumerate();
        let candidates = layers.map(|(index, (scores, &original))| {
            let there = |&place: &usize| {
                self.saliency.structure == Structure::Neuron || is_there(operation.network, index, place)
            };
            let places: Vec<usize> = (0..scores.len()).filter(there).collect();
            let scores = places.iter().map(|&place| scores[place]).collect();
            Candidates { original, places, scores }
        });
        candidates.collect()
    }
}

/// Whether a weight is not pruned yet.
fn is_there(network: &Network, layer: usize, place: usize) -> bool {
    let Some(mask) = &network.layers[layer].mask else { return true };
    mask[[place / mask.ncols(), place % mask.ncols()]] != 0.0
}
