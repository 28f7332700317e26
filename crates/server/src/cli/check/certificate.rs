//! The server's own certificate: readable, with its key, in force, and for the names that people type.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::verify_server_name;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use x509_cert::der::Decode;

use crate::cli::user::moment;
use crate::clock::{UnixMillis, millis};
use crate::config::{Config, PublicAddresses, TlsConfig};

/// When it is time to renew.
const RENEW_BEFORE: Duration = Duration::from_hours(14 * 24);

pub(super) fn check(config: &Config, now: UnixMillis) -> Result<String, String> {
    match &config.tls {
        Some(tls) => examine(config, tls, now),
        None => Ok("none is configured; https is for a proxy in front to do".to_owned()),
    }
}

fn examine(config: &Config, tls: &TlsConfig, now: UnixMillis) -> Result<String, String> {
    let at_certificate = |problem: &dyn Display| format!("tls.certificate: {}: {problem}", tls.certificate.display());
    let at_key = |problem: &dyn Display| format!("tls.key: {}: {problem}", tls.key.display());

    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&tls.certificate)
        .and_then(Iterator::collect)
        .map_err(|error| at_certificate(&error))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|error| at_key(&error))?;
    let Some(first) = chain.first().cloned() else {
        return Err(at_certificate(&"holds no certificate in PEM form"));
    };
    CertifiedKey::from_der(chain, key, &Arc::new(default_provider()))
        .map_err(|error| at_key(&format!("does not go with the certificate: {error}")))?;

    let validity = x509_cert::Certificate::from_der(&first).map_err(|error| at_certificate(&error))?;
    let validity = validity.tbs_certificate.validity;
    let [from, until] = [validity.not_before, validity.not_after].map(|time| millis(time.to_unix_duration()));
    if now < from {
        return Err(at_certificate(&format!("is in force only from {}; check the clock too", moment(from))));
    }
    if until <= now {
        return Err(at_certificate(&format!("has ended on {}; renew it", moment(until))));
    }

    let parsed = ParsedCertificate::try_from(&first).map_err(|error| at_certificate(&error))?;
    if let PublicAddresses::List(issuers) = &config.public_addresses {
        for issuer in issuers.iter().filter(|issuer| issuer.is_https()) {
            let url = url::Url::parse(issuer.as_str()).map_err(|error| error.to_string())?;
            let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
            let is_for_it = ServerName::try_from(host).is_ok_and(|name| verify_server_name(&parsed, &name).is_ok());
            if !is_for_it {
                return Err(at_certificate(&format!("is not for {issuer}; get one for every public address")));
            }
        }
    }
    let soon = if until - now < millis(RENEW_BEFORE) { "; renew it soon" } else { "" };
    Ok(format!("{} ends on {}{soon}", tls.certificate.display(), moment(until)))
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    const MID_2026: UnixMillis = 1_783_000_000_000;

    /// What `check` says of a certificate for `name` that is in force during 2026, with its own key or another.
    fn finding(name: &str, addresses: &[&str], now: UnixMillis, has_its_key: bool) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2027, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let tls = TlsConfig { certificate: folder.path().join("c.pem"), key: folder.path().join("k.pem") };
        std::fs::write(&tls.certificate, certificate.pem()).unwrap();
        let key = if has_its_key { key } else { KeyPair::generate().unwrap() };
        std::fs::write(&tls.key, key.serialize_pem()).unwrap();
        let issuers = addresses.iter().map(|address| address.parse().unwrap()).collect();
        let config = Config { tls: Some(tls), public_addresses: PublicAddresses::List(issuers), ..Config::default() };
        check(&config, now).map_err(|text| text.replace(&format!("{}/", folder.path().display()), ""))
    }

    #[test]
    fn a_certificate_in_force_for_every_address_is_good() {
        let addresses = ["https://uc.example.com:8443/x", "http://localhost"];
        let found = finding("uc.example.com", &addresses, MID_2026, true).unwrap();
        assert!(found.ends_with("ends on 2027-01-01T00:00:00Z"), "{found}");
        let found = finding("192.0.2.1", &["https://192.0.2.1"], MID_2026 + 15_000_000_000, true).unwrap();
        assert!(found.ends_with("renew it soon"), "{found}");
    }

    #[test]
    fn what_is_wrong_with_a_certificate_is_told() {
        for (name, now, has_its_key, expected) in [
            (
                "uc.example.com",
                1_760_000_000_000,
                true,
                "tls.certificate: c.pem: is in force only from 2026-01-01T00:00:00Z",
            ),
            ("uc.example.com", 1_800_000_000_000, true, "tls.certificate: c.pem: has ended on 2027-01-01T00:00:00Z"),
            ("other.example.com", MID_2026, true, "tls.certificate: c.pem: is not for https://uc.example.com"),
            ("uc.example.com", MID_2026, false, "tls.key: k.pem: does not go with the certificate"),
        ] {
            let found = finding(name, &["https://uc.example.com"], now, has_its_key).unwrap_err();
            assert!(found.starts_with(expected), "{found}");
        }
    }

    #[test]
    fn files_that_are_not_there_are_told() {
        let tls = TlsConfig { certificate: "no/such/c.pem".into(), key: "no/such/k.pem".into() };
        let found = check(&Config { tls: Some(tls), ..Config::default() }, MID_2026).unwrap_err();
        assert!(found.starts_with("tls.certificate: no/such/c.pem: "), "{found}");
    }
}
