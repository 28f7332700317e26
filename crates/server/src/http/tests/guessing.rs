//! Thirty days of guessing from a thousand networks, and its owner all the while.
//!
//! The guesser wastes no moment: after each failure it asks again at once and comes back when it is told to, until it
//! knows the longest wait; from then on it comes back after that.

use std::net::Ipv6Addr;
use std::time::Duration;

use super::browser::Browser;
use super::harness::{Harness, PASSWORD};
use crate::clock::millis;
use crate::serve::keep;

const DAYS: u64 = 30;
const DAY: Duration = Duration::from_hours(24);
const NETWORKS: u16 = 1_000;

struct Guesser<'a> {
    harness: &'a Harness,
    requests: u16,
    /// Tries that were told to be wrong.
    tried: u32,
}

impl<'a> Guesser<'a> {
    fn of(harness: &'a Harness) -> Self {
        Self { harness, requests: 0, tried: 0 }
    }

    /// The next request comes from another network.
    fn next(&mut self) -> Browser<'a> {
        self.requests = (self.requests + 1) % NETWORKS;
        let network = Ipv6Addr::new(0x2001, 0xdb8, 0, self.requests, 0, 0, 0, 1);
        Browser::at(self.harness, &network.to_string())
    }
}

/// What somebody who has not the password does in a day: guesses it under both names of the account.
async fn guess_passwords(guesser: &mut Guesser<'_>) {
    let (clock, ends_at) = (guesser.harness.server.clock.clone(), guesser.harness.server.clock.now() + millis(DAY));
    let names = ["grace", "grace@example.com"];
    let mut signins = ["none yet".to_owned(), "none yet".to_owned()];
    let mut free_at = [clock.now(); 2];
    let longest = millis(guesser.harness.server.config.throttle.longest_wait);
    let mut knows_longest = [false; 2];
    loop {
        let which = usize::from(free_at[1] < free_at[0]);
        if free_at[which] >= ends_at {
            break advance_to(guesser.harness, ends_at);
        }
        advance_to(guesser.harness, free_at[which]);
        let reply =
            guesser.next().credentials(&signins[which], names[which], &format!("guess {}", guesser.tried)).await;
        match reply.error() {
            "invalid_session" => signins[which] = guesser.next().account(names[which]).await.text("auth_session"),
            "invalid_credentials" => {
                guesser.tried += 1;
                free_at[which] = clock.now() + if knows_longest[which] { longest } else { 0 };
            }
            "rate_limited" => {
                free_at[which] = clock.now() + retry_after(&reply);
                knows_longest[which] = retry_after(&reply) == longest;
            }
            error => panic!("{error}"),
        }
    }
}

/// What somebody who has the password does in a day: begins sign-in after sign-in, and guesses their codes.
async fn guess_codes(guesser: &mut Guesser<'_>) {
    let (clock, ends_at) = (guesser.harness.server.clock.clone(), guesser.harness.server.clock.now() + millis(DAY));
    let longest = millis(guesser.harness.server.config.throttle.longest_wait);
    let mut session = "none yet".to_owned();
    let (mut number, mut pause) = (0, 0);
    while clock.now() < ends_at {
        number += 1;
        // Any six digits are as good as any others; never the right ones, so that the days can be counted to the end.
        let guess = format!("{:06}", number % 5 + 1);
        let reply = guesser.next().code(&session, &guess).await;
        let wait = match reply.error() {
            "invalid_otp" => {
                guesser.tried += 1;
                pause
            }
            "rate_limited" => {
                number -= 1;
                pause = if retry_after(&reply) == longest { longest } else { 0 };
                retry_after(&reply)
            }
            "invalid_session" => {
                number = 0;
                let begun = guesser.next().try_password("grace", PASSWORD).await;
                session = begun.text("auth_session");
                if begun.error() == "rate_limited" { retry_after(&begun) } else { 0 }
            }
            "otp_attempts_exhausted" => {
                guesser.tried += 1;
                "none yet".clone_into(&mut session);
                pause
            }
            error => panic!("{error}: {reply:?}"),
        };
        advance_to(guesser.harness, (clock.now() + wait).min(ends_at));
    }
}

fn retry_after(reply: &super::harness::Reply) -> i64 {
    reply.headers["retry-after"].to_str().unwrap().parse::<i64>().unwrap() * 1_000
}

fn advance_to(harness: &Harness, moment: i64) {
    let by = u64::try_from(moment - harness.server.clock.now()).unwrap();
    harness.server.clock.advance(Duration::from_millis(by));
}

/// The end of a day: the server tidies up, and the owner signs in from the known device, on the first try.
async fn end_day(harness: &Harness, owner: &Browser<'_>) {
    harness.server.store.tidy(harness.server.clock.now(), keep(&harness.server.config)).await.unwrap();
    owner.sign_in("grace").await;
}

#[tokio::test]
async fn thirty_days_of_guessing_passwords() {
    let harness = Harness::new().await;
    let owner = Browser::at(&harness, "192.0.2.1");
    owner.sign_in("grace").await;
    let mut guesser = Guesser::of(&harness);
    for _ in 0..DAYS {
        guess_passwords(&mut guesser).await;
        end_day(&harness, &owner).await;
    }
    let tried = guesser.tried;
    let of_a_million = f64::from(tried) / 1e6;
    println!("{DAYS} days, {NETWORKS} networks: {tried} passwords tried; {of_a_million:.4} for one of a million");
    assert!((1_000..6_000).contains(&tried), "{tried}");
}

#[tokio::test]
async fn thirty_days_of_guessing_codes_with_the_right_password() {
    let harness = Harness::new().await;
    let owner = Browser::at(&harness, "192.0.2.1");
    owner.sign_in("grace").await;
    let mut guesser = Guesser::of(&harness);
    for _ in 0..DAYS {
        guess_codes(&mut guesser).await;
        end_day(&harness, &owner).await;
    }
    let entries = harness.server.store.audit(Some("grace"), 0).await.unwrap();
    let mails = entries.iter().filter(|entry| entry.event == "code-sent" && entry.outcome == "success").count();
    let tried = guesser.tried;
    let success = 1.0 - (1.0 - 1e-6_f64).powi(i32::try_from(tried).unwrap());
    println!(
        "{DAYS} days, {NETWORKS} networks: {tried} codes tried, probability {success:.4}; {mails} mails to the owner"
    );
    assert!((1_000..3_000).contains(&tried), "{tried}");
    assert!(mails > 500, "the owner is told of each sign-in by its code: {mails}");
}
