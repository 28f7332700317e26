use vestibule_flow::Failure;

use super::Messages;

/// The words for what can happen to every request.
pub(crate) fn failure(messages: &Messages, failure: Failure) -> &'static str {
    let words = &messages.failure;
    match failure {
        Failure::Offline => words.offline,
        Failure::NoAnswer => words.no_answer,
        Failure::TooSlow => words.too_slow,
        Failure::Ill => words.ill,
        Failure::Wait(_) => words.wait,
        Failure::NotAllowed => words.not_allowed,
        Failure::Misunderstood => words.misunderstood,
    }
}
