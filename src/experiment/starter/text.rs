//! How is all this written down?
//!
//! In: what was found out. Out: a config with comments of at most 100 columns.

use std::path::Path;

use super::LeftOut;
use super::budget::{HIDDEN, Plan};
use super::target::Candidate;
use crate::data::{FileReading, Finding, Profile, TargetProfile};
use crate::schema::harmless;

/// All that stands in a config.
pub(super) struct Described<'a> {
    /// The path of the data as the config has it.
    pub(super) data: &'a str,
    pub(super) config: &'a Path,
    pub(super) candidate: &'a Candidate,
    pub(super) profile: &'a Profile,
    /// A line for each feature.
    pub(super) columns: Vec<String>,
    /// Columns that are excluded.
    pub(super) left_out: &'a [LeftOut],
    pub(super) files: &'a [FileReading],
    pub(super) warnings: &'a [String],
    pub(super) findings: &'a [Finding],
    pub(super) plan: Plan,
}

/// Columns of a comment.
const WIDTH: usize = 100;

/// The config of no more than a data file, and perhaps its target: what is needed to read it.
pub(super) fn minimal(data: &str, target: Option<&str>, left_out: &[LeftOut]) -> String {
    let target = target.map(|name| format!("target = {}\n", quoted(name))).unwrap_or_default();
    format!("[data]\npath = {}\n{target}{}", quoted(data), exclude(left_out))
}

/// The whole config.
pub(super) fn config(described: &Described) -> String {
    let Described { profile, plan, .. } = described;
    let [first, second] = HIDDEN;
    let Plan { seeds, epochs, batch_size } = plan;
    let patience = (epochs / 5).clamp(2, 10);
    let loss_of_large_weights = "large weights shrink a little in every step";
    format!(
        "{head}\
         seeds = {seeds:<22} # every variant is trained so often: other rows, other initial weights\n\
         baseline = \"none\"              # the variant that all others are compared with\n\
         {metric}\n\
         [data]\n\
         path = {path}\n\
         target = {target}\n\
         task = \"{task}\"\n\
         {exclude}\
         split = {{ test = 0.2, validation = 0.2{grouped} }}   # shares of all rows; each seed splits anew\n\n\
         [model]\n\
         hidden = [{first}, {second}]              # units of the hidden layers\n\n\
         [train]\n\
         epochs = {epochs:<21} # passes over the training rows\n\
         batch_size = {batch_size}\n\n\
         # Each [[variants]] block is the experiment above with some keys changed; `overfit remedies` lists all that there are.\n\n\
         [[variants]]\n\
         name = \"none\"                  # no remedy\n\n\
         [[variants]]\n\
         name = \"dropout\"\n\
         remedies.dropout = 0.5         # a hidden unit sits out every second step\n\n\
         [[variants]]\n\
         name = \"weight decay\"\n\
         remedies.weight_decay = 0.1    # {loss_of_large_weights}\n\n\
         [[variants]]\n\
         name = \"early stopping\"\n\
         remedies.early_stopping = {patience:<4} # stop after so many epochs without a better validation loss, go back to the best\n\n\
         [[variants]]\n\
         name = \"cocktail\"              # two together, each a little weaker\n\
         remedies.dropout = 0.3\n\
         remedies.weight_decay = 0.03\n\n\
         # To sweep a value instead of guessing it, validation choosing the best within each seed:\n\
         # [variants.sweep]               # below the variant that it belongs to\n\
         # \"remedies.dropout.hidden\" = [0.1, 0.3, 0.5, 0.7]\n",
        head = head(described),
        metric = metric(described.findings),
        grouped = grouped(described.findings),
        path = quoted(described.data),
        target = quoted(&profile.target_name),
        exclude = exclude(described.left_out),
        task = match profile.target {
            TargetProfile::Classes(_) => "classification",
            TargetProfile::Range(..) => "regression",
        },
    )
}

/// The line that leaves columns out, where there are any.
fn exclude(left_out: &[LeftOut]) -> String {
    let names: Vec<String> = left_out.iter().map(|column| quoted(&column.name)).collect();
    if names.is_empty() { String::new() } else { format!("exclude = [{}]\n", names.join(", ")) }
}

/// What was seen in the file and what was guessed, as comments.
fn head(described: &Described) -> String {
    let Described { profile, candidate, .. } = described;
    let name = |path: &Path| harmless(&path.file_name().unwrap_or_default().to_string_lossy());
    let (data, config) = (name(Path::new(described.data)), name(described.config));
    let mut text = comment(&format!("Which usual remedy closes the gap between training and test on {data}?"));
    text.push_str(&format!(
        "#\n#     overfit check {config}     what will be trained, and how long it takes\n\
         #     overfit run {config}       train, write the results, print the comparison\n#\n"
    ));
    text.push_str(&comment(&format!("{profile}.")));
    let target = harmless(&candidate.name);
    text.push_str(&comment(&format!("The target is '{target}', {}: {}.", candidate.reason, profile.target)));
    for reading in described.files.iter().flat_map(|file| &file.readings) {
        text.push_str(&comment(&format!("Read as: {}.", harmless(&reading.text))));
    }
    let findings = described.findings.iter().map(ToString::to_string);
    for noticed in described.warnings.iter().cloned().chain(findings) {
        text.push_str(&comment(&format!("Noticed: {}.", harmless(&noticed))));
    }
    text.push_str("#\n# Columns:\n");
    described.columns.iter().for_each(|line| text.push_str(&format!("#   {}\n", line.trim_end())));
    text + "\n"
}

/// The line that chooses a metric, where accuracy says little.
fn metric(findings: &[Finding]) -> &'static str {
    match findings.iter().any(|finding| matches!(finding, Finding::Imbalance { .. })) {
        true => "metric = \"balanced_accuracy\"   # always saying the largest class would be right in most rows\n",
        false => "",
    }
}

/// What keeps copies of a row on one side, where there are any.
fn grouped(findings: &[Finding]) -> &'static str {
    let can_be = |finding: &Finding| matches!(finding, Finding::Duplicates { can_be_grouped: true, .. });
    if findings.iter().any(can_be) { ", group_duplicates = true" } else { "" }
}

fn comment(text: &str) -> String {
    let options = textwrap::Options::new(WIDTH).initial_indent("# ").subsequent_indent("#   ");
    textwrap::fill(text, options.word_splitter(textwrap::WordSplitter::NoHyphenation)) + "\n"
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
