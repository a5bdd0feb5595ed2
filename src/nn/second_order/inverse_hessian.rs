//! The inverse of a Hessian that is a sum of outer products, for Optimal Brain Surgeon (Hassibi and Stork, NIPS 1992).
//!
//! In: gradients X. Out: the inverse of H = αI + 1/P·Σ X·Xᵀ, what the removal of a weight costs, and how the others move:
//!
//! ```text
//! H⁻¹ ← H⁻¹ − H⁻¹X·XᵀH⁻¹ / (P + XᵀH⁻¹X), from α⁻¹I on
//! L_q = w_q² / (2[H⁻¹]_qq),   δw = −w_q/[H⁻¹]_qq · H⁻¹e_q
//! ```
//!
//! After a removal the row and column q are eliminated, `H⁻¹ ← H⁻¹ − H⁻¹e_q·e_qᵀH⁻¹/[H⁻¹]_qq`, which leaves the inverse of the
//! Hessian of the weights that are still free: what was removed stays where it is when others go.
//!
//! The matrix is kept in double precision: it begins with α⁻¹, and what is asked for is what is left after differences.
//! Both rules are applied to some vectors at once, which is the same in exact arithmetic and takes less traffic.

use ndarray::{Array2, ArrayView2, s};
use thiserror::Error;

use super::product::add_product;

/// The most parameters whose inverse Hessian is made: 200 MB. The time grows with their square, too.
pub const MOST_PARAMETERS: usize = 5000;

/// Vectors by which the matrix is changed at once.
pub(super) const BLOCK: usize = 64;

/// Bytes of the inverse Hessian of so many parameters.
pub fn memory_needed(parameters: usize) -> u64 {
    let parameters = parameters as u64;
    parameters.saturating_mul(parameters).saturating_mul(size_of::<f64>() as u64)
}

/// A network that is too large for its inverse Hessian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "needs at most {MOST_PARAMETERS} weights and biases, found {parameters}, whose inverse Hessian takes {:.1} GB",
    memory_needed(*.parameters) as f64 / 1e9
)]
pub struct HessianTooLarge {
    /// How many weights and biases it has.
    pub parameters: usize,
}

/// H⁻¹ of the parameters that are free to move, beside those that are held.
#[derive(Debug, Clone)]
pub struct InverseHessian {
    /// H⁻¹ + Σ z·zᵀ over what is pending: [parameters, parameters]. Rows and columns of what is held mean nothing.
    matrix: Array2<f64>,
    /// The diagonal of H⁻¹; 0 where held.
    diagonal: Vec<f64>,
    /// What is still to be taken from the matrix: vectors z.
    pending: Vec<Vec<f64>>,
    held: Vec<bool>,
}

impl InverseHessian {
    /// Whether so many parameters are few enough.
    pub fn check(parameters: usize) -> Result<(), HessianTooLarge> {
        if parameters > MOST_PARAMETERS { Err(HessianTooLarge { parameters }) } else { Ok(()) }
    }

    /// α⁻¹I: nothing is known but that H is at least αI.
    pub fn new(parameters: usize, alpha: f64) -> Result<Self, HessianTooLarge> {
        Self::check(parameters)?;
        let mut matrix = Array2::zeros((parameters, parameters));
        matrix.diag_mut().fill(alpha.recip());
        let diagonal = vec![alpha.recip(); parameters];
        Ok(Self { matrix, diagonal, pending: Vec::new(), held: vec![false; parameters] })
    }

    /// Adds Σ X·Xᵀ / `rows` to the Hessian, for the X in `gradients`: [vectors, parameters].
    pub fn observe(&mut self, gradients: ArrayView2<'_, f64>, rows: usize) {
        self.settle();
        let mut through = Array2::zeros(gradients.dim());
        add_product(&mut through, gradients, self.matrix.view());
        let mut inner = Array2::eye(gradients.nrows()) * rows as f64;
        add_product(&mut inner, through.view(), gradients.t());
        solve_root(&mut inner, &mut through);
        self.subtract_squares(&through);
    }

    /// What the removal of parameter q, now at `weight`, adds to the loss; infinite where rounding has left no trace of
    /// `[H⁻¹]_qq`.
    pub fn saliency(&self, q: usize, weight: f64) -> f64 {
        if self.diagonal[q] > 0.0 { weight * weight / (2.0 * self.diagonal[q]) } else { f64::INFINITY }
    }

    /// Takes parameter q to 0 for good, and the free ones to where the loss is lowest without it.
    pub fn remove(&mut self, q: usize, weights: &mut [f64]) {
        let column = self.column(q);
        if column[q] > 0.0 {
            let step = weights[q] / column[q];
            weights.iter_mut().zip(&column).for_each(|(weight, value)| *weight -= step * value);
        }
        weights[q] = 0.0;
        self.eliminate(q, column);
    }

    /// Keeps parameter q where it is whatever else is removed.
    pub fn hold(&mut self, q: usize) {
        let column = self.column(q);
        self.eliminate(q, column);
    }

    /// H⁻¹e_q, exactly 0 for what is held.
    fn column(&self, q: usize) -> Vec<f64> {
        let mut column = self.matrix.row(q).to_vec();
        for z in &self.pending {
            let factor = z[q];
            column.iter_mut().zip(z).for_each(|(value, z)| *value -= factor * z);
        }
        column[q] = self.diagonal[q];
        column.iter_mut().zip(&self.held).filter(|(_, held)| **held).for_each(|(value, _)| *value = 0.0);
        column
    }

    /// Takes `H⁻¹e_q·e_qᵀH⁻¹/[H⁻¹]_qq` from the matrix: at once from the diagonal, later from the rest.
    fn eliminate(&mut self, q: usize, mut column: Vec<f64>) {
        self.held[q] = true;
        if column[q] > 0.0 {
            let root = column[q].sqrt();
            column.iter_mut().for_each(|value| *value /= root);
            self.diagonal.iter_mut().zip(&column).for_each(|(diagonal, z)| *diagonal -= z * z);
            self.pending.push(column);
        }
        self.diagonal[q] = 0.0;
        if self.pending.len() == BLOCK {
            self.settle();
        }
    }

    /// Takes what is pending from the matrix.
    fn settle(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let flat: Vec<f64> = self.pending.concat();
        let vectors = Array2::from_shape_vec((self.pending.len(), self.diagonal.len()), flat)
            .expect("what is pending are vectors of the length of the diagonal");
        self.pending.clear();
        self.subtract_squares(&vectors);
    }

    /// H⁻¹ ← H⁻¹ − Σ z·zᵀ for the rows z of `vectors`.
    fn subtract_squares(&mut self, vectors: &Array2<f64>) {
        add_product(&mut self.matrix, (-vectors).t(), vectors.view());
        let diagonal = self.matrix.diag();
        self.diagonal = diagonal.iter().zip(&self.held).map(|(&value, &held)| if held { 0.0 } else { value }).collect();
    }
}

/// `values` ← L⁻¹·`values`, where L·Lᵀ is the positive definite `matrix` (Cholesky's factor, which takes its place).
fn solve_root(matrix: &mut Array2<f64>, values: &mut Array2<f64>) {
    for i in 0..matrix.nrows() {
        for j in 0..=i {
            let sum = (0..j).fold(matrix[[i, j]], |sum, k| sum - matrix[[i, k]] * matrix[[j, k]]);
            matrix[[i, j]] = if i == j { sum.sqrt() } else { sum / matrix[[j, j]] };
        }
        let (solved, mut rest) = values.multi_slice_mut((s![..i, ..], s![i.., ..]));
        let mut row = rest.row_mut(0);
        for (k, solved) in solved.outer_iter().enumerate() {
            row.scaled_add(-matrix[[i, k]], &solved);
        }
        row /= matrix[[i, i]];
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{ArrayView1, array};
    use proptest::prelude::*;

    use super::*;
    use crate::random::{Purpose, StreamKey};

    const ALPHA: f64 = 1e-3;

    fn gradients(vectors: usize, parameters: usize) -> Array2<f64> {
        let mut stream = StreamKey::new(2, Purpose::InputNoise).step(vectors as u64).open();
        Array2::from_shape_simple_fn((vectors, parameters), || stream.normal())
    }

    fn observed(gradients: &Array2<f64>, rows: usize) -> InverseHessian {
        let mut inverse = InverseHessian::new(gradients.ncols(), ALPHA).expect("few parameters");
        inverse.observe(gradients.view(), rows);
        inverse
    }

    /// αI + 1/P·Σ X·Xᵀ of the parameters that are kept.
    fn hessian(gradients: &Array2<f64>, rows: usize, kept: &[usize]) -> Array2<f64> {
        Array2::from_shape_fn((kept.len(), kept.len()), |(i, j)| {
            let products =
                gradients.column(kept[i]).iter().zip(gradients.column(kept[j])).map(|(a, b)| a * b).sum::<f64>();
            products / rows as f64 + if i == j { ALPHA } else { 0.0 }
        })
    }

    /// H⁻¹ of all parameters.
    fn matrix(inverse: &InverseHessian) -> Array2<f64> {
        let columns: Vec<f64> = (0..inverse.held.len()).flat_map(|q| inverse.column(q)).collect();
        Array2::from_shape_vec(inverse.matrix.dim(), columns).expect("as many columns as rows")
    }

    /// Whether H·H⁻¹ = I for the parameters that are kept.
    #[track_caller]
    fn inverts(inverse: &Array2<f64>, hessian: &Array2<f64>, kept: &[usize], tolerance: f64) {
        for (i, row) in hessian.outer_iter().enumerate() {
            for (j, &column) in kept.iter().enumerate() {
                let product: f64 = row.iter().zip(kept).map(|(h, &k)| h * inverse[[k, column]]).sum();
                let wanted = if i == j { 1.0 } else { 0.0 };
                assert!((product - wanted).abs() < tolerance, "{i}, {j}: {product}");
            }
        }
    }

    /// ½δᵀHδ of the way from one place to another.
    fn cost(hessian: &Array2<f64>, from: &[f64], to: &[f64]) -> f64 {
        let moved: Vec<f64> = to.iter().zip(from).map(|(to, from)| to - from).collect();
        let bent = |row: ArrayView1<'_, f64>| row.iter().zip(&moved).map(|(h, d)| h * d).sum::<f64>();
        hessian.outer_iter().zip(&moved).map(|(row, d)| 0.5 * d * bent(row)).sum()
    }

    #[test]
    fn the_worked_example_loses_either_weight_at_its_price() {
        let gradients = array![[1.0, 0.9], [1.0, 1.1], [2.0, 2.1], [3.0, 2.8]];
        let mut inverse = InverseHessian::new(2, 1e-8).unwrap();
        inverse.observe(gradients.view(), 4);
        inverts(&matrix(&inverse), &array![[3.75, 3.65], [3.65, 3.5675]], &[0, 1], 1e-5);
        for (q, price, wanted) in [(1, 0.000_667_5, [1.292, 0.0]), (0, 0.007_796_08, [0.0, 1.323_125])] {
            let (mut inverse, mut weights) = (inverse.clone(), [1.0, 0.3]);
            assert!((inverse.saliency(q, weights[q]) - price).abs() < 2e-8, "{}", inverse.saliency(q, weights[q]));
            inverse.remove(q, &mut weights);
            assert!(weights.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-5), "{weights:?}");
            assert_eq!(weights[q], 0.0);
        }
    }

    #[test]
    fn blocks_give_what_the_recursion_gives_vector_by_vector() {
        let (gradients, rows) = (gradients(30, 8), 10);
        let mut wanted = Array2::<f64>::eye(8) / ALPHA;
        for x in gradients.outer_iter() {
            let through = wanted.dot(&x);
            let scale = rows as f64 + x.dot(&through);
            wanted = Array2::from_shape_fn((8, 8), |(i, j)| wanted[[i, j]] - through[i] * through[j] / scale);
        }
        let mut in_blocks = InverseHessian::new(8, ALPHA).unwrap();
        for block in [0..1, 1..13, 13..30] {
            in_blocks.observe(gradients.slice(s![block, ..]), rows);
        }
        assert!(matrix(&in_blocks).iter().zip(&wanted).all(|(a, b)| (a - b).abs() < 1e-9 * (1.0 + b.abs())));
    }

    #[test]
    fn fewer_vectors_than_parameters_leave_alpha_where_nothing_was_seen() {
        let gradients = gradients(3, 7);
        let kept: Vec<usize> = (0..7).collect();
        inverts(&matrix(&observed(&gradients, 3)), &hessian(&gradients, 3, &kept), &kept, 1e-9);
    }

    #[test]
    fn the_matrix_is_symmetric_to_the_last_bit() {
        let inverse = observed(&gradients(90, 20), 50);
        assert_eq!(inverse.matrix, inverse.matrix.t());
    }

    #[test]
    fn after_more_removals_than_are_kept_pending_it_is_the_inverse_of_what_is_left() {
        let parameters = 2 * BLOCK + 20;
        let gradients = gradients(2 * parameters, parameters);
        let mut inverse = observed(&gradients, 100);
        let start: Vec<f64> = gradients.row(0).to_vec();
        let mut weights = start.clone();
        let removed: Vec<usize> = (0..2 * BLOCK + 5).map(|i| i * 7 % parameters).collect();
        let (mut price, mut last) = (0.0, vec![0.0; parameters]);
        for &q in &removed {
            price += inverse.saliency(q, weights[q]);
            inverse.remove(q, &mut weights);
            last.clone_from(&weights);
            assert_eq!(inverse.saliency(q, 1.0), f64::INFINITY, "it cannot go twice");
        }
        assert!(removed.iter().all(|&q| weights[q] == 0.0), "what went before stays exactly 0");
        let kept: Vec<usize> = (0..parameters).filter(|q| !removed.contains(q)).collect();
        inverts(&matrix(&inverse), &hessian(&gradients, 100, &kept), &kept, 1e-8);
        // ½δᵀHδ of the whole way is the sum of the prices: each step is the best that is left.
        let all: Vec<usize> = (0..parameters).collect();
        let paid = cost(&hessian(&gradients, 100, &all), &start, &weights);
        assert!((paid - price).abs() < 1e-8 * price, "{paid} {price}");
    }

    #[test]
    fn a_held_parameter_does_not_move() {
        let mut inverse = observed(&gradients(30, 5), 10);
        let mut weights = [1.0, -2.0, 3.0, -4.0, 5.0];
        inverse.hold(3);
        inverse.remove(1, &mut weights);
        assert_eq!((weights[1], weights[3]), (0.0, -4.0));
        assert_ne!(weights[0], 1.0, "the others do");
    }

    #[test]
    fn a_parameter_of_which_rounding_left_nothing_goes_last_and_moves_no_other() {
        let mut inverse = InverseHessian::new(2, 1e-8).unwrap();
        inverse.diagonal[0] = -1e-9;
        let mut weights = [1.0, 2.0];
        assert_eq!(inverse.saliency(0, 1.0), f64::INFINITY);
        inverse.remove(0, &mut weights);
        assert_eq!(weights, [0.0, 2.0]);
    }

    #[test]
    fn a_network_that_is_too_large_is_refused_with_the_size() {
        assert_eq!(memory_needed(5000), 200_000_000);
        assert!(InverseHessian::check(5000).is_ok());
        let refusal = InverseHessian::new(84_746, ALPHA).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "needs at most 5000 weights and biases, found 84746, whose inverse Hessian takes 57.5 GB"
        );
        assert_eq!(memory_needed(usize::MAX), u64::MAX);
    }

    proptest! {
        #[test]
        fn no_removal_is_cheaper_than_any_other_way_to_lose_the_weight(
            q in 0..6usize,
            weights in proptest::array::uniform6(-3.0..3.0f64),
            other in proptest::array::uniform6(-1.0..1.0f64),
        ) {
            let gradients = gradients(9, 6);
            let mut inverse = observed(&gradients, 9);
            let price = inverse.saliency(q, weights[q]);
            let mut best = weights;
            inverse.remove(q, &mut best);
            let bent = hessian(&gradients, 9, &[0, 1, 2, 3, 4, 5]);
            prop_assert!((cost(&bent, &weights, &best) - price).abs() < 1e-8 * (1.0 + price));
            let mut another: Vec<f64> = best.iter().zip(&other).map(|(a, b)| a + b).collect();
            another[q] = 0.0;
            prop_assert!(cost(&bent, &weights, &another) >= price - 1e-9);
        }
    }
}
