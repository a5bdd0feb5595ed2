//! Networks at work side by side: the same rows through each of them, in evaluation mode.
//!
//! In: rows, and the networks that are handed out. Out: the outputs of each row: those of the network, or where there are several
//! those of their vote. The buffers are kept from network to network.

use ndarray::ArrayView1;

use super::evaluate::evaluation_gates;
use crate::nn::{Gate, KeptBatch, Loss, Network, Pass, Team};
use crate::recipe::Recipe;

/// The buffers of some networks.
pub(super) struct Committee {
    /// Rows that go through at once, at most.
    rows: usize,
    seats: Vec<Seat>,
}

/// The buffers of one network.
pub(super) struct Seat {
    pub pass: Pass,
    pub gates: Vec<Gate>,
}

impl Committee {
    /// Buffers for up to `rows` rows, of no network yet.
    pub fn new(rows: usize) -> Self {
        Self { rows, seats: Vec::new() }
    }

    /// Makes the buffers and the gates those of these networks. A loaded batch is lost where their shapes are others.
    pub fn seat(&mut self, recipe: &Recipe, networks: &[&Network]) {
        self.seats.truncate(networks.len());
        for (index, network) in networks.iter().enumerate() {
            // Anew for every network: rates may follow pruning.
            let gates = evaluation_gates(recipe, network);
            match self.seats.get_mut(index) {
                Some(seat) if seat.pass.fits(network) => seat.gates = gates,
                Some(seat) => *seat = Seat { pass: Pass::new(network, self.rows), gates },
                None => self.seats.push(Seat { pass: Pass::new(network, self.rows), gates }),
            }
        }
    }

    /// Loads `rows` rows, each written by `fill(row, inputs)`.
    pub fn load(&mut self, team: &Team, rows: usize, fill: impl Fn(usize, &mut [f32]) + Sync) {
        self.seats[0].pass.load(team, rows, fill);
    }

    /// The loaded rows, for passes that see them again and again.
    pub fn keep(&mut self, team: &Team) -> KeptBatch {
        self.seats[0].pass.keep(team)
    }

    /// Runs the loaded rows through the networks that were seated.
    pub fn forward(&mut self, team: &Team, networks: &[&Network]) {
        let (first, others) = self.seats.split_first_mut().expect("an ensemble has at least one network");
        first.pass.forward(team, networks[0], &first.gates);
        if !others.is_empty() {
            let batch = first.pass.keep(team);
            for (seat, network) in others.iter_mut().zip(&networks[1..]) {
                seat.pass.forward_kept(team, network, &seat.gates, &batch);
            }
        }
    }

    /// As [`Self::forward`], of rows that were kept.
    pub fn forward_kept(&mut self, team: &Team, networks: &[&Network], batch: &KeptBatch) {
        for (seat, network) in self.seats.iter_mut().zip(networks) {
            seat.pass.forward_kept(team, network, &seat.gates, batch);
        }
    }

    /// Writes the outputs of a row: of the only network, or those of the vote.
    pub fn outputs(&self, loss: Loss, row: usize, joint: &mut [f64]) {
        match &self.seats[..] {
            [only] => joint.iter_mut().zip(only.pass.output(row)).for_each(|(joint, &z)| *joint = f64::from(z)),
            _ => self.vote(loss, row, |_| true, joint),
        }
    }

    /// Writes the outputs of the vote of some networks, at least one, for a row.
    pub fn vote(&self, loss: Loss, row: usize, votes: impl Fn(usize) -> bool + Copy, joint: &mut [f64]) {
        let voters = self.seats.iter().enumerate().filter(move |(member, _)| votes(*member));
        loss.vote(voters.map(|(_, seat)| -> ArrayView1<'_, f32> { seat.pass.output(row) }), joint);
    }

    /// The buffers of each network.
    pub fn seats(&self) -> &[Seat] {
        &self.seats
    }

    /// As [`Self::seats`], to be changed.
    pub fn seats_mut(&mut self) -> &mut [Seat] {
        &mut self.seats
    }
}
