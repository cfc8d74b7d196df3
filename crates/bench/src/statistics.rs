//! Statistics over the rounds of a measurement.

/// The figure of the server and that of the limit, in one round.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    pub ours: f64,
    pub limit: f64,
}

/// A ratio over all rounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    pub median: f64,
    pub lowest: f64,
    pub highest: f64,
}

/// Returns the median of the rounds' ratios, which a disturbance of one round does not change, and their range.
#[must_use]
pub fn ratio(pairs: &[Pair]) -> Ratio {
    let ratios: Vec<f64> = pairs.iter().map(|pair| pair.ours / pair.limit).collect();
    Ratio {
        median: median(ratios.iter().copied()),
        lowest: ratios.iter().copied().fold(f64::NAN, f64::min),
        highest: ratios.iter().copied().fold(f64::NAN, f64::max),
    }
}

/// Returns the median; NaN if there are no values.
#[must_use]
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    match (values.len(), values.len() / 2) {
        (0, _) => f64::NAN,
        (count, middle) if count.is_multiple_of(2) => f64::midpoint(values[middle - 1], values[middle]),
        (_, middle) => values[middle],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_value() {
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median([]).is_nan());
    }

    #[test]
    fn an_outlier_changes_the_range_and_not_the_ratio() {
        let pairs = [(8.0, 10.0), (9.0, 10.0), (1.0, 10.0), (16.0, 20.0), (90.0, 100.0)];
        let results = ratio(&pairs.map(|(ours, limit)| Pair { ours, limit }));
        assert_eq!(results, Ratio { median: 0.8, lowest: 0.1, highest: 0.9 });
    }

    #[test]
    fn the_ratio_is_the_median_of_ratios() {
        let pairs = [(1.0, 1.0), (10.0, 20.0), (100.0, 1000.0)];
        assert_eq!(ratio(&pairs.map(|(ours, limit)| Pair { ours, limit })).median, 0.5);
    }
}
