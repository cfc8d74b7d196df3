//! Medians and ratios of what took turns.

/// Returns the value below which the given part of the values lies.
pub fn quantile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get((values.len() as f64 * part) as usize).or(values.last()).copied().unwrap_or(f64::NAN)
}

pub fn median(values: &mut [f64]) -> f64 {
    quantile(values, 0.5)
}

/// Returns the median of the rounds' ratios, and between which the middle half of them lies.
pub fn ratio(values: &[f64], base: &[f64]) -> String {
    let mut ratios: Vec<f64> = values.iter().zip(base).map(|(value, base)| value / base).collect();
    let [lower, median, upper] = [0.25, 0.5, 0.75].map(|part| quantile(&mut ratios, part));
    format!("{median:.2} ({lower:.2}-{upper:.2})")
}
