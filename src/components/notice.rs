//! Something that happened, said above the fields.

use crate::signals::*;
use vestibule_flow::{Failure, State};

use crate::{
    components::{announcer::use_announcer, clock::use_clock},
    dom::{El, classed, el, follow},
    i18n::{failure, fill, minutes, use_messages},
    runner::use_flow,
};

/// How much it matters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Something went wrong, or was ended.
    Alert,
    /// Something is as wanted.
    Status,
}

/// What happened to a request, where something did.
pub(crate) type Failed = fn(&State) -> Option<Failure>;

/// A message. What went wrong is said at once when it appears; what is as wanted is for whoever shows it to announce, as
/// readers do not notice a polite message that arrives with its box. What else is in the box is not said by itself.
pub(crate) fn notice(tone: Tone, message: impl Fn() -> String + 'static) -> El {
    let message = el("p").says(message);
    match tone {
        Tone::Alert => classed("div", "notice alert").with(message.attr("role", "alert")),
        Tone::Status => classed("div", "notice").with(message),
    }
}

/// What happened to a request, where no field is to blame; a wait is counted down beside the live region.
pub(crate) fn failure_notice(place: El, failed: Failed) -> El {
    let (flow, messages) = (use_flow(), use_messages());
    place.each(
        move || flow.see(failed).map(name).into_iter().collect(),
        move |_| {
            let Some(what) = flow.now(failed) else { return classed("div", "notice") };
            let said = notice(Tone::Alert, move || failure(messages.get(), what).to_owned());
            if let Failure::Wait(until) = what { said.with(wait(until)) } else { said }
        },
    )
}

/// A name for each that is shown anew.
fn name(what: Failure) -> String {
    let number = match what {
        Failure::Offline => 0,
        Failure::NoAnswer => 1,
        Failure::TooSlow => 2,
        Failure::Ill => 3,
        Failure::NotAllowed => 4,
        Failure::Misunderstood => 5,
        Failure::Wait(until) => until.max(6),
    };
    number.to_string()
}

/// Counts down to a moment of the monotonic clock, in milliseconds.
fn wait(until: u64) -> El {
    let messages = use_messages();
    let announcer = use_announcer();
    let clock = use_clock();
    let left = move || until.saturating_sub(clock.get()).div_ceil(1000);
    // What was said of an earlier wait is over.
    announcer.say("");
    let mut before = 0;
    follow(move || {
        let left = left();
        if left == 0 && before > 0 {
            announcer.say(messages.now().try_again_now);
        }
        before = left;
    });
    classed("p", "wait").says(move || match left() {
        0 => messages.get().try_again_now.to_owned(),
        seconds => fill(messages.get().try_again_in, &minutes(seconds)),
    })
}
