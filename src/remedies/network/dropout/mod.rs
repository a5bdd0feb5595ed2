//! Dropout of inputs, hidden units, or the connections that leave them.

mod settings;

use crate::nn::ModelSettings;
use crate::recipe::{Dropout as Rule, DropoutKind, DropoutSchedule, MaskScope, Recipe, Rescale};
use crate::remedies::{Context, Entry, Refusal, Remedy, settings as read};
use crate::schema::{Default, Field, Interval, Kind, Table};
use settings::{Dropout, Inference, KindOf, Rates, ScheduleOf};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "dropout",
    idea: "drop units at random in training, bring all back at test",
    formula: "bernoulli: in training h <- h * m / (1 - rate), m ~ Bernoulli(1 - rate) for every unit and row; at test h. With \
              rescale = \"test\": h * m in training and (1 - rate) * h at test, as in the paper; with \"none\" neither, to \
              show the mismatch. gaussian: h <- h * N(1, rate / (1 - rate)) in training, h at test. connect (DropConnect): \
              u = (M * W) v + b in training, M ~ Bernoulli(1 - rate) for every weight and row, kept weights divided by \
              1 - rate; at test the mean weights, or the mean of f(u) over draws of u ~ N(mean, variance of the masked sum). \
              annealed: rate(t) = rate * max(0, 1 - t/N), t epochs before this one. curriculum: keep(t) = (1 - k) e^(-10 t/T) \
              + k with k = 1 - rate, t of T steps. A rewind begins either schedule anew. The rate is the probability to \
              drop; the paper's p is 1 - rate.",
    touches: "the outputs of hidden layers and, with `input`, the inputs, in training only; with kind = \"connect\" the weights \
              that leave them, biases exempt; never the output layer. A saved network of inference = \"sampled\" is that of \
              \"mean\".",
    source: "Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, JMLR 15, 2014; Wan et al., \
             Regularization of neural networks using DropConnect, ICML 2013; Rennie et al., Annealed dropout training of deep \
             networks, SLT 2014; Morerio et al., Curriculum dropout, ICCV 2017",
    table: &Table {
        fields: &[
            Field {
                name: "hidden",
                kind: Kind::OneOf(&[Kind::Number(Interval::RATE), Kind::List(&Kind::Number(Interval::RATE))]),
                default: Default::Toml("0.0"),
                doc: "rate behind each hidden layer, or a list with a rate for each; usual 0.3 to 0.5",
            },
            Field {
                name: "input",
                kind: Kind::Number(Interval::RATE),
                default: Default::Toml("0.0"),
                doc: "rate on the inputs; usual 0.2",
            },
            Field {
                name: "kind",
                kind: Kind::Choice(&["bernoulli", "gaussian", "connect"]),
                default: Default::Toml("\"bernoulli\""),
                doc: "bernoulli: units are dropped; gaussian: they are multiplied by noise of the same variance; connect: \
                      single connections are dropped, several times slower",
            },
            Field {
                name: "rescale",
                kind: Kind::Choice(&["train", "test", "none"]),
                default: Default::Toml("\"train\""),
                doc: "where the loss of units is made up for",
            },
            Field {
                name: "mask",
                kind: Kind::Choice(&["row", "batch"]),
                default: Default::Toml("\"row\""),
                doc: "row: a draw for every row, as in the paper; batch: one for the whole batch, which is faster and not \
                      the paper's dropout (bernoulli only)",
            },
            Field {
                name: "schedule",
                kind: Kind::Choice(&["constant", "annealed", "curriculum"]),
                default: Default::Toml("\"constant\""),
                doc: "annealed: the rates fall to 0; curriculum: they rise from 0",
            },
            Field {
                name: "anneal_epochs",
                kind: Kind::Integer { least: 1, most: i64::MAX },
                default: Default::Absent,
                doc: "epochs in which annealed rates reach 0; train.epochs, or those up to a rewind, where not given",
            },
            Field {
                name: "inference",
                kind: Kind::Choice(&["mean", "sampled"]),
                default: Default::Toml("\"mean\""),
                doc: "connect at test: mean: one pass with the mean weights; sampled: every hidden unit gives the mean over \
                      draws of its sum",
            },
            Field {
                name: "samples",
                kind: Kind::Integer { least: 1, most: 100_000 },
                default: Default::Toml("100"),
                doc: "draws per unit and row with inference = \"sampled\"",
            },
        ],
        short: Some("hidden"),
    },
    make: |value| Box::new(read::<Dropout>("dropout", value)),
};

impl Remedy for Dropout {
    fn is_off(&self) -> bool {
        self.input == 0.0 && self.hidden.are_zero()
    }

    fn check(&self, context: &Context) -> Result<(), Refusal> {
        self.check_layers(context.model)?;
        self.check_together()?;
        if self.inference == Inference::Sampled && context.remedies.contains(&"layer_norm") {
            let rule = "must be \"mean\" beside remedies.layer_norm, which makes of the sums of a row what is not normal any more";
            return refuse("inference", format!("{rule}, found \"sampled\""));
        }
        Ok(())
    }

    fn contribute(&self, context: &Context, recipe: &mut Recipe) {
        let rows = context.rows;
        let sizes = context.model.sizes(rows.inputs().len(), rows.classes().len().max(1));
        recipe.dropout = Some(Rule {
            rates: std::iter::once(self.input).chain(self.hidden.of_layers(context.model.hidden.len())).collect(),
            kind: match self.kind {
                KindOf::Bernoulli => DropoutKind::Bernoulli,
                KindOf::Gaussian => DropoutKind::Gaussian,
                KindOf::Connect => {
                    DropoutKind::Connect { samples: (self.inference == Inference::Sampled).then_some(self.samples) }
                }
            },
            rescale: self.rescale,
            mask: self.mask,
            schedule: match self.schedule {
                ScheduleOf::Constant => DropoutSchedule::Constant,
                ScheduleOf::Annealed => DropoutSchedule::Annealed { epochs: self.anneal_epochs },
                ScheduleOf::Curriculum => DropoutSchedule::Curriculum,
            },
            connections: sizes.windows(2).map(|pair| pair[0] * pair[1]).collect(),
        });
    }
}

impl Dropout {
    /// Refuses rates for hidden layers that are not there.
    fn check_layers(&self, model: &ModelSettings) -> Result<(), Refusal> {
        let layers = model.hidden.len();
        match &self.hidden {
            Rates::Each(rates) if rates.len() != layers => {
                let plural = if layers == 1 { "" } else { "s" };
                let rule = format!("must hold one rate for each of the {layers} hidden layer{plural} of model.hidden");
                refuse("hidden", format!("{rule}, found {}", rates.len()))
            }
            Rates::All(rate) if *rate > 0.0 && layers == 0 => refuse(
                "hidden",
                "needs a hidden layer, found model.hidden = [] (dropout.input drops inputs)".to_owned(),
            ),
            _ => Ok(()),
        }
    }

    /// Refuses settings that contradict each other.
    fn check_together(&self) -> Result<(), Refusal> {
        let (kind, schedule) = (self.kind.word(), self.schedule.word());
        let changes = self.schedule != ScheduleOf::Constant;
        let sampled = self.inference == Inference::Sampled;
        if self.kind == KindOf::Gaussian && self.rescale != Rescale::Train {
            let rule =
                "must be \"train\" with kind = \"gaussian\", whose noise has mean 1 and leaves nothing to make up for";
            let found = if self.rescale == Rescale::Test { "test" } else { "none" };
            return refuse("rescale", format!("{rule}, found {found:?}"));
        }
        if self.kind != KindOf::Bernoulli && self.mask == MaskScope::Batch {
            let rule = "must be \"row\" unless kind = \"bernoulli\": only whole units can leave the computation";
            return refuse("mask", format!("{rule}, found \"batch\" with kind = {kind:?}"));
        }
        if changes && self.rescale == Rescale::Test {
            let rule =
                "must be \"train\" or \"none\" where a schedule changes the rates, since a test knows one rate only";
            return refuse("rescale", format!("{rule}, found \"test\" with schedule = {schedule:?}"));
        }
        if self.anneal_epochs.is_some() && self.schedule != ScheduleOf::Annealed {
            let rule = "must be left out unless schedule = \"annealed\"";
            return refuse("anneal_epochs", format!("{rule}, found it with schedule = {schedule:?}"));
        }
        if sampled && self.kind != KindOf::Connect {
            let rule = "must be \"mean\" unless kind = \"connect\"";
            return refuse("inference", format!("{rule}, found \"sampled\" with kind = {kind:?}"));
        }
        if sampled && changes {
            let rule =
                "must be \"mean\" where a schedule changes the rates, since the variance of a sum needs one rate";
            return refuse("inference", format!("{rule}, found \"sampled\" with schedule = {schedule:?}"));
        }
        if sampled && self.rescale == Rescale::None {
            let rule = "must be \"mean\" with rescale = \"none\", which is to show the mismatch of a test that knows nothing \
                        of dropping";
            return refuse("inference", format!("{rule}, found \"sampled\""));
        }
        Ok(())
    }
}

fn refuse(key: &'static str, reason: String) -> Result<(), Refusal> {
    Err(Refusal { key, reason })
}
