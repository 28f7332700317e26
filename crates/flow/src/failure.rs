use vestibule_protocol::ErrorCode;

/// Why a request had no useful answer, whichever stage it came from; one variant per thing a person can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The device has no network: get one.
    Offline,
    /// Nothing came back: check the network, and try again.
    NoAnswer,
    /// Nothing came back in time: try again.
    TooSlow,
    /// The server has a fault of its own: try again later.
    Ill,
    /// Too many tries: wait until this moment (milliseconds of the monotonic clock).
    Wait(u64),
    /// This page is not one that may sign in there: the system administrator can tell.
    NotAllowed,
    /// Page and server do not understand each other: reload, or ask the system administrator.
    Misunderstood,
}

/// Why a request had no answer that can be read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The device says that it has no network.
    Offline,
    /// The browser does not tell why.
    NoAnswer,
    /// The proof that the request needs could not be made, and it was not sent without.
    Unproven,
    /// Something ill answered: a status of 500 or more without a body of ours, or a body cut off.
    Ill,
}

impl From<Lost> for Failure {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Offline => Self::Offline,
            Lost::NoAnswer => Self::NoAnswer,
            Lost::Unproven => Self::Misunderstood,
            Lost::Ill => Self::Ill,
        }
    }
}

impl Failure {
    /// What an error means that no stage has a meaning of its own for. `retry_after` is in seconds.
    pub(crate) fn of(error: &ErrorCode, retry_after: Option<u64>, now: u64) -> Self {
        match error {
            ErrorCode::RateLimited => Self::Wait(now.saturating_add(retry_after.unwrap_or(1).saturating_mul(1000))),
            ErrorCode::TemporarilyUnavailable | ErrorCode::ServerError | ErrorCode::OtpDeliveryFailed => Self::Ill,
            ErrorCode::AccessDenied | ErrorCode::InvalidClient | ErrorCode::UnauthorizedClient => Self::NotAllowed,
            _ => Self::Misunderstood,
        }
    }
}
