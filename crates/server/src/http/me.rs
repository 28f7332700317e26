//! The User tab and its two settings.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use vestibule_protocol::{
    Me, PreferredDevice, Problem, ProblemKind, SetPreferredDevice, SetRouteCallsToCell, UcConfiguration,
};

use super::body::Whole;
use super::problem::ProblemResponse;
use super::session::read_json;
use super::signed_in::SignedIn;
use crate::password::mask_email;
use crate::state::{Server, Shared};
use crate::store::accounts::Account;
use crate::store::sessions::Session;
use crate::store::{Lasts, in_transaction};

/// Who is signed in.
#[utoipa::path(
    get,
    path = "/api/me",
    tag = "user",
    responses(
        (status = 200, description = "The User tab", body = Me),
        (status = 401, description = "Not signed in", body = Problem),
        (status = 403, description = "A cookie without `X-Vestibule: 1`, or without the scope `profile`", body = Problem),
        (status = 503, description = "Not now", body = Problem),
    )
)]
pub(super) async fn get(State(server): State<Shared>, signed_in: SignedIn) -> Result<Json<Me>, ProblemResponse> {
    change(&server, &signed_in, &Method::GET, |_| true).await
}

/// Sets the preferred device.
#[utoipa::path(
    put,
    path = "/api/me/preferred-device",
    tag = "user",
    request_body = SetPreferredDevice,
    responses(
        (status = 200, description = "Set", body = Me),
        (status = 400, description = "Malformed", body = Problem),
        (status = 401, description = "Not signed in", body = Problem),
        (status = 403, description = "Not from the server's own page, or without the scope `profile`", body = Problem),
        (status = 409, description = "No such device here", body = Problem),
        (status = 503, description = "Not now", body = Problem),
    )
)]
pub(super) async fn put_preferred_device(
    State(server): State<Shared>,
    signed_in: SignedIn,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<Json<Me>, ProblemResponse> {
    let SetPreferredDevice { preferred_device } = read_json(&headers, &body)?;
    let configuration = server.config.configuration;
    change(&server, &signed_in, &Method::PUT, |session| {
        session.preferred_device = preferred_device;
        devices(configuration, session).contains(&preferred_device)
    })
    .await
}

/// Sets whether calls are routed to the cell number.
#[utoipa::path(
    put,
    path = "/api/me/route-calls-to-cell",
    tag = "user",
    request_body = SetRouteCallsToCell,
    responses(
        (status = 200, description = "Set", body = Me),
        (status = 400, description = "Malformed", body = Problem),
        (status = 401, description = "Not signed in", body = Problem),
        (status = 403, description = "Not from the server's own page, or without the scope `profile`", body = Problem),
        (status = 409, description = "Cannot be set here", body = Problem),
        (status = 503, description = "Not now", body = Problem),
    )
)]
pub(super) async fn put_route_calls_to_cell(
    State(server): State<Shared>,
    signed_in: SignedIn,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<Json<Me>, ProblemResponse> {
    let SetRouteCallsToCell { route_calls_to_cell } = read_json(&headers, &body)?;
    let configuration = server.config.configuration;
    change(&server, &signed_in, &Method::PUT, |session| {
        session.route_calls_to_cell = route_calls_to_cell;
        can_route_calls(configuration, session)
    })
    .await
}

/// Finds the session, notes its use, makes a change if it is allowed, and answers with the User tab.
async fn change(
    server: &Server,
    signed_in: &SignedIn,
    method: &Method,
    set: impl FnOnce(&mut Session) -> bool,
) -> Result<Json<Me>, ProblemResponse> {
    // That a session was used may be noted a little later.
    let lasts = if method == Method::PUT { Lasts::AtOnce } else { Lasts::Soon };
    let me = in_transaction!(lasts, server.store, |tx| {
        let (mut session, account) = signed_in.lock(server, &mut tx).await?;
        if !set(&mut session) {
            return Err(ProblemKind::NotAvailable.into());
        }
        if method == Method::PUT {
            session.save_settings(&mut tx).await?;
        }
        of(server, &session, &account)
    });
    Ok(Json(me))
}

/// The User tab of a session.
pub(super) fn of(server: &Server, session: &Session, account: &Account) -> Me {
    let configuration = server.config.configuration;
    let devices = devices(configuration, session);
    Me {
        name: account.name.clone(),
        username: account.username.clone(),
        email: account.email.as_deref().map(mask_email),
        configuration,
        server: session.issuer.clone(),
        cell_number: session.phone_number.clone(),
        preferred_device: devices.contains(&session.preferred_device).then_some(session.preferred_device),
        route_calls_to_cell: can_route_calls(configuration, session).then_some(session.route_calls_to_cell),
        devices,
    }
}

fn devices(configuration: UcConfiguration, session: &Session) -> Vec<PreferredDevice> {
    let mut devices = Vec::new();
    if configuration != UcConfiguration::VoiceOnly {
        devices.push(PreferredDevice::DeskPhone);
        if session.phone_number.is_some() {
            devices.push(PreferredDevice::MobilePhone);
        }
        if configuration == UcConfiguration::Integrated {
            devices.push(PreferredDevice::AutoPilot);
        }
    }
    devices
}

fn can_route_calls(configuration: UcConfiguration, session: &Session) -> bool {
    session.phone_number.is_some()
        && match configuration {
            UcConfiguration::Integrated => session.preferred_device == PreferredDevice::AutoPilot,
            UcConfiguration::UcOnly => false,
            UcConfiguration::VoiceOnly => true,
        }
}
