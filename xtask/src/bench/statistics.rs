//! What figures say.

/// The middle of some values; the mean of the two in the middle where there is none.
pub(super) fn median(values: &[f64]) -> f64 {
    let sorted = sorted(values);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// The value that `share` of all are not above (nearest rank).
pub(super) fn quantile(values: &[f64], share: f64) -> f64 {
    let sorted = sorted(values);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a rank is no larger than the number of values, which is far below 2^52"
    )]
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or(f64::NAN)
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// How probable it is that two samples of one distribution differ at least as much as these: the two-sided
/// Mann-Whitney U test in its normal approximation, with the corrections for ties and for continuity. Good from some
/// twenty values on.
pub(super) fn mann_whitney(one: &[f64], other: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> = one.iter().map(|value| (*value, true)).collect();
    all.extend(other.iter().map(|value| (*value, false)));
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut rank_sum, mut ties, mut before) = (0.0, 0.0, 0.0);
    for group in all.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let count = length(group);
        // Equal values share the mean of their ranks.
        rank_sum += (before + f64::midpoint(count, 1.0)) * length_of(group.iter().filter(|(_, is_one)| *is_one));
        ties += count.powi(3) - count;
        before += count;
    }
    let (n, m) = (length(one), length(other));
    let u = rank_sum - n * (n + 1.0) / 2.0;
    let (mean, total) = (n * m / 2.0, n + m);
    let variance = n * m / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)));
    if variance <= 0.0 {
        return 1.0;
    }
    let z = ((u - mean).abs() - 0.5).max(0.0) / variance.sqrt();
    erfc(z / std::f64::consts::SQRT_2)
}

#[expect(clippy::cast_precision_loss, reason = "samples are far smaller than 2^52")]
fn length<T>(values: &[T]) -> f64 {
    values.len() as f64
}

#[expect(clippy::cast_precision_loss, reason = "samples are far smaller than 2^52")]
fn length_of(values: impl Iterator) -> f64 {
    values.count() as f64
}

/// The complementary error function for values from 0 on: by its series near 0, else by its continued fraction.
fn erfc(x: f64) -> f64 {
    let scale = (-x * x).exp() / std::f64::consts::PI.sqrt();
    if x < 2.5 {
        // erf(x) = 2/√π · e^(-x²) · Σ 2ⁿ x^(2n+1) / (1·3·5…(2n+1)), all of whose terms are positive.
        let (mut term, mut sum) = (x, x);
        for n in 1..100 {
            term *= 2.0 * x * x / (2.0 * f64::from(n) + 1.0);
            sum += term;
        }
        return 1.0 - 2.0 * scale * sum;
    }
    // erfc(x) = e^(-x²)/√π · 1/(x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …))))
    let tail = (1..=60).rev().fold(x, |tail, n| x + f64::from(n) / 2.0 / tail);
    scale / tail
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_near(value: f64, expected: f64) {
        assert!((value - expected).abs() <= expected.abs() * 1e-6, "{value} is not {expected}");
    }

    #[test]
    fn medians_and_quantiles_are_of_the_sorted_values() {
        is_near(median(&[9.0, 1.0, 5.0]), 5.0);
        is_near(median(&[9.0, 1.0, 5.0, 6.0]), 5.5);
        let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
        is_near(quantile(&hundred, 0.95), 95.0);
        is_near(quantile(&hundred, 1.0), 100.0);
        is_near(quantile(&[7.0], 0.01), 7.0);
    }

    #[test]
    fn the_error_function_is_that_of_the_tables() {
        for (x, expected) in [
            (0.0, 1.0),
            (0.5, 0.479_500_122_186_953_5),
            (1.0, 0.157_299_207_050_285_1),
            (2.0, 0.004_677_734_981_047_266),
            (3.0, 2.209_049_699_858_544e-5),
            (4.0, 1.541_725_790_028_002e-8),
        ] {
            is_near(erfc(x), expected);
        }
    }

    #[test]
    fn samples_of_one_distribution_are_told_from_samples_of_two() {
        let even: Vec<f64> = (0..200).map(|n| f64::from(n * 37 % 200)).collect();
        let shifted: Vec<f64> = even.iter().map(|value| value + 30.0).collect();
        is_near(mann_whitney(&even, &even), 1.0);
        assert!(mann_whitney(&even, &shifted) < 1e-5);
        is_near(mann_whitney(&even, &shifted), mann_whitney(&shifted, &even));
        is_near(mann_whitney(&[3.0; 50], &[3.0; 50]), 1.0);
    }

    #[test]
    fn the_probability_is_the_one_worked_out_by_hand() {
        // U = 4 of 25, mean 12.5, variance 25·11/12: z = 8/√(275/12) = 1.67115.
        let (one, other) = ([1.0, 2.0, 3.0, 4.0, 9.0], [5.0, 6.0, 7.0, 8.0, 10.0]);
        assert!((mann_whitney(&one, &other) - 0.094_69).abs() < 1e-4, "{}", mann_whitney(&one, &other));
    }
}
