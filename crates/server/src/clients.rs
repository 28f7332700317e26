//! First-party clients: the page itself, and those that the configuration lists.

use vestibule_protocol::{BUILT_IN_CLIENT, PROFILE_SCOPE};

use crate::config::Config;

/// Whether there is such a client.
#[must_use]
pub fn is_known(config: &Config, client_id: &str) -> bool {
    client_id == BUILT_IN_CLIENT || config.clients.iter().any(|client| client.id == client_id)
}

/// The scopes that are granted: those asked for, or all that the client has. `None` where it asks for more, or where
/// nothing would be granted: such a token would open nothing.
#[must_use]
pub fn granted_scope(config: &Config, client_id: &str, asked: Option<&str>) -> Option<String> {
    let mut allowed: Vec<&str> = Vec::new();
    if client_id == BUILT_IN_CLIENT {
        allowed.push(PROFILE_SCOPE);
    }
    let listed = config.clients.iter().filter(|client| client.id == client_id);
    allowed.extend(listed.flat_map(|client| client.scopes.iter().map(String::as_str)));
    let mut granted: Vec<&str> = match asked {
        None => allowed.clone(),
        Some(asked) => asked.split(' ').filter(|scope| !scope.is_empty()).collect(),
    };
    // Each once, however often it was asked for: what is granted is stored, and stands in every token.
    granted.sort_unstable();
    granted.dedup();
    let is_had = !granted.is_empty() && granted.iter().all(|scope| allowed.contains(scope));
    is_had.then(|| granted.join(" "))
}

/// Every scope that some client may ask for.
#[must_use]
pub fn all_scopes(config: &Config) -> Vec<String> {
    let listed = config.clients.iter().flat_map(|client| client.scopes.iter().cloned());
    let mut scopes: Vec<String> = listed.chain([PROFILE_SCOPE.to_owned()]).collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

/// Whether a session with these scopes may do what needs `scope`.
#[must_use]
pub fn allows(scopes: &str, scope: &str) -> bool {
    scopes.split(' ').any(|granted| granted == scope)
}

/// Whether a page of this origin, other than the server's own, may talk to the server.
#[must_use]
pub fn is_listed_origin(config: &Config, origin: &str) -> bool {
    config.clients.iter().flat_map(|client| &client.origins).any(|listed| listed.as_str() == origin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ClientConfig;

    #[test]
    fn scopes_are_granted_once_each_and_none_that_the_client_lacks() {
        let phone =
            ClientConfig { id: "phone".into(), origins: vec![], scopes: vec!["profile".into(), "calls".into()] };
        let config = Config { clients: vec![phone], ..Config::default() };
        for (client, asked, granted) in [
            ("phone", None, Some("calls profile")),
            ("phone", Some("profile"), Some("profile")),
            ("phone", Some(" profile  calls profile profile"), Some("calls profile")),
            ("phone", Some("profile admin"), None),
            ("phone", Some(" "), None),
            (BUILT_IN_CLIENT, None, Some("profile")),
            (BUILT_IN_CLIENT, Some("calls"), None),
            ("nobody", None, None),
        ] {
            assert_eq!(granted_scope(&config, client, asked).as_deref(), granted, "{client} {asked:?}");
        }
    }
}
