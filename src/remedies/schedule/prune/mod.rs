//! Pruning: weights or neurons leave for good.
//!
//! [`settings`] are what a config says; [`plan`] turns them into cuts, each at its epoch; [`cut`] is the surgery that
//! carries them out: it asks a [`saliency`] what matters least, and [`choice`] for the exact number of it; or [`obs`], which
//! takes weights one at a time as long as the [`quotas`] allow.

mod choice;
mod cut;
mod obs;
mod plan;
mod quotas;
mod saliency;
mod settings;

use crate::recipe::{RateChange, Recipe};
use crate::remedies::{Context, Entry, Refusal, Remedy};
use crate::schema::Table;
use choice::originals;
use cut::Pruning;
use plan::{Cut, cuts};
use saliency::{Method, Norm, Saliency, Structure};
use settings::{FIELDS, Prune};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "prune",
    idea: "remove the least important weights or neurons for good",
    formula: "after the updates of an epoch the lowest scores go, in exact counts of what there was at epoch 0, ties by index. \
              magnitude: |w|, for a neuron the norm of its incoming weights; random: all alike; activation: a neuron's mean \
              |activation| over the training rows; snip: |w dL/dw| on one batch, for a neuron summed over its incoming weights; obd: w^2/2 d2L/dw2 over the \
              training rows, for a neuron summed likewise; obs: w^2 / (2 [H^-1]_ww), weights one at a time, after each of \
              which the others and the biases move to where the loss is lowest without it, H the outer-product Hessian + \
              1e-4 I over the training rows, taken anew when a fifth of the weights has gone. \
              one_shot: one cut. iterative: behind cut r of R the share (1 - ratio)^(r/R) is left. gradual: behind epoch t the \
              share ratio (1 - (1 - (t - t0) / (t1 - t0))^3) is gone, from t0 = at_epoch to t1 = three quarters of the epochs. \
              rewind: behind each cut what is left goes back to its value before training, and optimizer and schedule begin \
              anew.",
    touches: "weights of every layer, which stay exactly 0 under any optimizer; or neurons of hidden layers, which leave the \
              computation; a layer is never emptied; sees training rows only",
    source: "Han et al., Learning both weights and connections for efficient neural networks, NIPS 2015; Zhu and Gupta, To \
             prune, or not to prune, 2017 (gradual); Frankle and Carbin, The lottery ticket hypothesis, ICLR 2019 (rewind); \
             Lee et al., SNIP, ICLR 2019; LeCun, Denker and Solla, Optimal brain damage, NIPS 1989 (obd); Hassibi and Stork, \
             Second order derivatives for network pruning, NIPS 1992 (obs)",
    table: &Table { fields: FIELDS, short: Some("ratio") },
    make: |value| Box::new(crate::remedies::settings::<Prune>("prune", value)),
};

impl Remedy for Prune {
    fn is_off(&self) -> bool {
        self.ratio.is_zero()
    }

    fn check(&self, context: &Context) -> Result<(), Refusal> {
        let refuse = |key, reason: String| Err(Refusal { key, reason });
        let cuts = cuts(self, context.train.epochs)?;
        if self.structure == Structure::Neuron && context.model.hidden.is_empty() {
            return refuse("structure", "= \"neuron\" needs a hidden layer, found model.hidden = []".to_owned());
        }
        if self.structure == Structure::Weight && self.method == Method::Activation {
            let reason = "= \"activation\" scores neurons, found structure = \"weight\"".to_owned();
            return refuse("method", reason);
        }
        self.check_norms(context)?;
        if self.method == Method::Obs {
            self.check_obs(context)?;
        }
        if self.norm.is_some() && (self.structure, self.method) != (Structure::Neuron, Method::Magnitude) {
            let reason = "must be left out but with structure = \"neuron\" and method = \"magnitude\"".to_owned();
            return refuse("norm", reason);
        }
        let (layers, which) = match self.structure {
            Structure::Weight => (context.model.hidden.len() + 1, "layer"),
            Structure::Neuron => (context.model.hidden.len(), "hidden layer"),
        };
        if let Some(count) = self.ratio.count().filter(|&count| count != layers) {
            return refuse("ratio", format!("must have one value per {which}, {layers}, found {count}"));
        }
        if self.adjust_dropout && !context.remedies.contains(&"dropout") {
            return refuse("adjust_dropout", "= true needs remedies.dropout to adjust, found none".to_owned());
        }
        if self.rewind && context.remedies.contains(&"snapshots") {
            let reason =
                "= true does not go with remedies.snapshots, whose cycles of the learning rate it would cut short";
            return refuse("rewind", reason.to_owned());
        }
        if self.rewind {
            check_rewind(&cuts, context.train.epochs)?;
        }
        Ok(())
    }

    fn contribute(&self, context: &Context, recipe: &mut Recipe) {
        let cuts = cuts(self, context.train.epochs).expect("the check has made the same plan");
        if self.learning_rate_factor != 1.0 {
            recipe.rate_changes.push(RateChange { after_epoch: cuts[0].epoch, factor: self.learning_rate_factor });
        }
        recipe.dropout_follows_pruning |= self.adjust_dropout;
        let sizes = context.model.sizes(context.rows.inputs().len(), context.rows.outputs());
        recipe.surgeries.push(Box::new(Pruning {
            restarts: if self.rewind { cuts.iter().map(|cut| cut.epoch).collect() } else { Vec::new() },
            cuts,
            saliency: Saliency {
                method: self.method,
                structure: self.structure,
                norm: self.norm.unwrap_or(Norm::L2),
                batch_size: context.train.batch_size.of(context.rows.count()),
            },
            originals: originals(self.structure, &sizes),
            ratio: self.ratio.clone(),
            scope: self.scope,
        }));
    }
}

impl Prune {
    /// Refuses second derivatives through what is normalised. Batch norm is folded into the weights first, which obd can look at
    /// and obs could not move back.
    fn check_norms(&self, context: &Context) -> Result<(), Refusal> {
        let (method, norms): (_, &[&str]) = match self.method {
            Method::Obd => ("obd", &["layer_norm"]),
            Method::Obs => ("obs", &["batch_norm", "layer_norm"]),
            _ => return Ok(()),
        };
        let Some(norm) = norms.iter().find(|norm| context.remedies.contains(norm)) else { return Ok(()) };
        let reason = format!(
            "must not be {method:?} beside remedies.{norm}, whose second derivatives it does not know, found it"
        );
        Err(Refusal { key: "method", reason })
    }

    /// Refuses what the surgeon cannot do.
    fn check_obs(&self, context: &Context) -> Result<(), Refusal> {
        let refuse = |key, reason: String| Err(Refusal { key, reason });
        if self.structure == Structure::Neuron {
            let reason = "= \"obs\" removes weights one at a time, found structure = \"neuron\"".to_owned();
            return refuse("method", reason);
        }
        if context.remedies.contains(&"l0") {
            let reason = "= \"obs\" moves the weights, found remedies.l0, whose gates stand before them";
            return refuse("method", reason.to_owned());
        }
        if self.rewind {
            let reason = "= true throws away what obs has moved, found method = \"obs\"".to_owned();
            return refuse("rewind", reason);
        }
        let sizes = context.model.sizes(context.rows.inputs().len(), context.rows.outputs());
        obs::check(&sizes).or_else(|error| refuse("method", format!("= \"obs\" {error}")))
    }
}

/// Refuses to go back to the network before training from where it is, and from where nothing is trained any more.
fn check_rewind(cuts: &[Cut], epochs: usize) -> Result<(), Refusal> {
    let (first, last) = (cuts[0].epoch, cuts[cuts.len() - 1].epoch);
    let reason = if first == 0 {
        "= true needs training before the cut, found at_epoch = 0: there is nothing to go back from".to_owned()
    } else if last >= epochs {
        format!("= true needs training behind the cut, found a cut at the last epoch, {epochs}")
    } else {
        return Ok(());
    };
    Err(Refusal { key: "rewind", reason })
}

#[cfg(test)]
mod tests;
