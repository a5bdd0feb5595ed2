//! Label smoothing.

use serde::Deserialize;

use crate::recipe::Recipe;
use crate::remedies::{Context, Entry, Refusal, Remedy, needs_classes, settings};
use crate::schema::{Default, Field, Interval, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "label_smoothing",
    idea: "spread a share of every label evenly over all classes",
    formula: "y <- (1 - epsilon) y + epsilon / K for K classes, y one-hot or mixed. The same shares are the targets of the K \
              sigmoids under binary_cross_entropy.",
    touches: "the targets of every training batch, behind mixup; the losses that are reported have hard labels",
    source: "Szegedy et al., Rethinking the inception architecture for computer vision, CVPR 2016",
    table: &Table {
        fields: &[Field {
            name: "epsilon",
            kind: Kind::Number(Interval::RATE),
            default: Default::Required,
            doc: "share of a label that is spread; usual 0.05 to 0.2",
        }],
        short: Some("epsilon"),
    },
    make: |value| Box::new(settings::<LabelSmoothing>("label_smoothing", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelSmoothing {
    epsilon: f64,
}

impl Remedy for LabelSmoothing {
    fn is_off(&self) -> bool {
        self.epsilon == 0.0
    }

    fn check(&self, context: &Context) -> Result<(), Refusal> {
        needs_classes(context)
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        recipe.label_smoothing = self.epsilon;
    }
}
