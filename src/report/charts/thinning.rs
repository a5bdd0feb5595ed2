//! Fewer points for drawing: a line of a thousand epochs looks the same with two hundred.
//!
//! In: the points of a line. Out: some of them. The ends stay, and of each stretch the lowest and the highest, so that no peak is
//! lost. Numbers in tables and CSV files are never thinned.

use super::chart::Point;

/// At most `most` of the points, in their order.
pub fn thinned(points: &[Point], most: usize) -> Vec<Point> {
    if points.len() <= most.max(4) {
        return points.to_vec();
    }
    let (first, last) = (points[0], points[points.len() - 1]);
    let inner = &points[1..points.len() - 1];
    let stretches = (most.max(4) - 2) / 2;
    let stretch = |number: usize| &inner[number * inner.len() / stretches..(number + 1) * inner.len() / stretches];
    let kept = (0..stretches).flat_map(|number| extremes(stretch(number)));
    std::iter::once(first).chain(kept).chain([last]).collect()
}

/// The lowest and the highest, in their order; one where they are the same.
fn extremes(points: &[Point]) -> impl Iterator<Item = Point> {
    let by_height = |&a: &usize, &b: &usize| points[a].y.total_cmp(&points[b].y);
    let lowest = (0..points.len()).min_by(by_height);
    let highest = (0..points.len()).max_by(by_height);
    let (a, b) = (lowest.min(highest), lowest.max(highest));
    a.into_iter().chain(b.filter(|_| a != b)).map(|place| points[place])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(length: usize, height: impl Fn(usize) -> f64) -> Vec<Point> {
        (0..length).map(|x| Point { x: x as f64, y: height(x), band: None }).collect()
    }

    #[test]
    fn ends_and_peaks_stay() {
        let points = line(1000, |x| if x == 417 { 9.0 } else { x as f64 / 1000.0 });
        let kept = thinned(&points, 100);
        assert!(kept.len() <= 100 && kept.len() > 90, "{}", kept.len());
        assert!([0, 417, 999].iter().all(|&x| kept.contains(&points[x])));
        assert!(kept.windows(2).all(|pair| pair[0].x < pair[1].x));
    }

    #[test]
    fn a_short_line_stays_as_it_is() {
        let points = line(50, |x| x as f64);
        assert_eq!(thinned(&points, 50), points);
        assert_eq!(thinned(&points, 49).len(), 48);
        assert_eq!(thinned(&[], 10), []);
    }
}
