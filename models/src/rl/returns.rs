//! From rewards to what a value should have said.

/// `R_k = r_k + gamma R_(k+1)`, with `after` for what follows the last reward.
///
/// ```
/// assert_eq!(models::rl::discounted(&[0.0, 1.0], 4.0, 0.5), [1.5, 3.0]);
/// ```
pub fn discounted(rewards: &[f64], after: f64, gamma: f64) -> Vec<f64> {
    let mut returns = vec![0.0; rewards.len()];
    let mut next = after;
    for (r, reward) in returns.iter_mut().zip(rewards).rev() {
        next = reward + gamma * next;
        *r = next;
    }
    returns
}

/// `A_k = d_k + gamma lambda A_(k+1)` with `d_k = r_k + gamma V_(k+1) - V_k`, where `after` is the value behind the last
/// step.
///
/// Reference: Schulman et al., arXiv:1506.02438.
///
/// ```
/// let rewards = [0.0, 1.0];
/// let one = models::rl::advantages(&rewards, &[0.5, 0.25], 4.0, 0.5, 1.0);
/// assert_eq!(one, [1.5 - 0.5, 3.0 - 0.25]); // lambda = 1: discounted returns less values
/// ```
pub fn advantages(rewards: &[f64], values: &[f64], after: f64, gamma: f64, lambda: f64) -> Vec<f64> {
    let mut advantages = vec![0.0; rewards.len()];
    let (mut next, mut next_value) = (0.0, after);
    for k in (0..rewards.len()).rev() {
        next = rewards[k] + gamma * next_value - values[k] + gamma * lambda * next;
        next_value = values[k];
        advantages[k] = next;
    }
    advantages
}
