use vestibule_protocol::{SignInMetadata, Theme, UcConfiguration};

use crate::{AddressError, Browser, ServerAddress};

/// The algorithm that the page signs its proofs with.
const ALGORITHM: &str = "ES256";

/// A server that was found, and what it says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its base address, which is its issuer too.
    pub address: ServerAddress,
    /// Name to show instead of the address.
    pub service_name: Option<String>,
    /// Which products stand behind.
    pub configuration: UcConfiguration,
    /// Region that national cell numbers are read in (ISO 3166-1 alpha-2).
    pub default_region: Option<String>,
    /// Picture to show beside the name.
    pub logo_uri: Option<String>,
    /// Colours of the service.
    pub theme: Option<Theme>,
    pub(crate) challenge_endpoint: String,
    pub(crate) token_endpoint: Option<String>,
    pub(crate) revocation_endpoint: Option<String>,
    /// Whether it takes DPoP proofs of the kind that browsers can make.
    pub(crate) takes_proofs: bool,
}

/// Why a discovery document is not the one of a sign-in server at this address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    NoSignIn,
    OtherIssuer(ServerAddress),
    ForeignEndpoint,
}

impl Server {
    /// Takes a document for the server at `address`: its issuer must be this address (RFC 8414 §3.3), and its
    /// endpoints must stay on the issuer's origin.
    pub(crate) fn read<U: Browser>(address: ServerAddress, metadata: SignInMetadata) -> Result<Self, Unfit> {
        let challenge_endpoint = metadata.authorization_challenge_endpoint.ok_or(Unfit::NoSignIn)?;
        let issuer = ServerAddress::parse::<U>(&metadata.issuer).map_err(|_: AddressError| Unfit::NoSignIn)?;
        let endpoints =
            [Some(&challenge_endpoint), metadata.token_endpoint.as_ref(), metadata.revocation_endpoint.as_ref()];
        let is_own = |url: &String| {
            U::parse(url)
                .is_some_and(|url| !url.has_user && format!("{}://{}", url.scheme, url.host) == issuer.origin())
        };
        if !endpoints.into_iter().flatten().all(is_own) {
            return Err(Unfit::ForeignEndpoint);
        }
        if issuer != address {
            return Err(Unfit::OtherIssuer(issuer));
        }
        Ok(Self {
            address,
            service_name: metadata.service_name.filter(|name| !name.trim().is_empty()),
            configuration: metadata.uc_configuration.unwrap_or_default(),
            default_region: metadata.default_region,
            logo_uri: metadata.logo_uri,
            theme: metadata.theme,
            challenge_endpoint,
            token_endpoint: metadata.token_endpoint,
            revocation_endpoint: metadata.revocation_endpoint,
            takes_proofs: metadata.dpop_signing_alg_values_supported.iter().any(|name| name == ALGORITHM),
        })
    }
}
