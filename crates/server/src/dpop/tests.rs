use proptest::prelude::*;
use serde_json::{Value, json};

use super::testing::ProofKey;
use super::*;

const NOW: UnixMillis = 1_800_000_000_000;
const TARGET: &str = "https://uc.example.com/oauth/token";

fn keys() -> Keys {
    Keys::for_tests()
}

fn claims() -> Value {
    let nonce = nonce(&keys(), NOW);
    json!({"jti": "1", "htm": "POST", "htu": TARGET, "iat": 1, "nonce": nonce})
}

fn check(proof: &str, now: UnixMillis) -> Result<Proof, ProofError> {
    let targets = ["https://192.0.2.1/uc/oauth/token".to_owned(), TARGET.to_owned()];
    verify(&keys(), proof, Subject { method: "POST", targets: &targets }, now)
}

#[test]
fn a_proof_holds_whatever_the_clients_clock_says() {
    let key = ProofKey::from_seed(1);
    for iat in [json!(0), json!(-5), json!(1.5), json!(4_000_000_000_u64)] {
        let mut claims = claims();
        claims["iat"] = iat;
        let proof = check(&key.proof(&claims), NOW).unwrap();
        assert_eq!((proof.jkt.len(), proof.expires_at), (43, NOW + 300_000));
    }
}

#[test]
fn the_thumbprint_is_that_of_rfc_7638() {
    // The key and the thumbprint of the examples in RFC 9449 §4.1 and §6.1.
    let jwk = json!({
        "kty": "EC",
        "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
        "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        "crv": "P-256",
    });
    let (_, jkt) = read_key(&serde_json::from_value(jwk).unwrap()).unwrap();
    assert_eq!(jkt, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
}

#[test]
fn a_proof_of_another_kind_is_refused() {
    let key = ProofKey::from_seed(1);
    let with = |member: &str, value: Value| {
        let mut header = key.header();
        header[member] = value;
        key.sign(&header, &claims())
    };
    let with_key = |member: &str, value: Value| {
        let mut jwk = key.jwk();
        jwk[member] = value;
        with("jwk", jwk)
    };
    let unsigned = {
        let signed = with("alg", json!("none"));
        format!("{}.", signed.rsplit_once('.').unwrap().0)
    };
    let x = key.jwk()["x"].as_str().unwrap().to_owned();
    for (what, proof) in [
        ("another type", with("typ", json!("JWT"))),
        ("no type", with("typ", Value::Null)),
        ("no algorithm, signed", with("alg", json!("none"))),
        ("no algorithm, unsigned", unsigned),
        ("a shared secret", with("alg", json!("HS256"))),
        ("another curve's algorithm", with("alg", json!("ES384"))),
        ("an extension", with("crit", json!(["exp"]))),
        ("no key", with("jwk", Value::Null)),
        ("another key", with("jwk", ProofKey::from_seed(2).jwk())),
        ("a private key", with_key("d", json!("AQ"))),
        ("another curve", with_key("crv", json!("secp256k1"))),
        ("a shared key", with_key("kty", json!("oct"))),
        ("a point off the curve", with_key("y", json!(x))),
        ("a padded coordinate", with_key("x", json!(format!("{x}=")))),
        ("a short coordinate", with_key("x", json!(&x[..42]))),
    ] {
        assert!(matches!(check(&proof, NOW), Err(ProofError::Invalid(_))), "{what}");
    }
}

#[test]
fn a_proof_about_something_else_is_refused() {
    let key = ProofKey::from_seed(1);
    for (member, value) in [
        ("htm", json!("GET")),
        ("htm", json!("post")),
        ("htu", json!("https://uc.example.com/oauth/revoke")),
        ("htu", json!("https://evil.example.org/oauth/token")),
        ("htu", json!("http://uc.example.com/oauth/token")),
        ("htu", json!("https://uc.example.com:8443/oauth/token")),
        ("htu", json!("https://a@uc.example.com/oauth/token")),
        ("htu", json!("/oauth/token")),
        ("jti", json!("")),
        ("jti", json!(1)),
        ("iat", json!("now")),
        ("jti", Value::Null),
        ("htm", Value::Null),
        ("htu", Value::Null),
        ("iat", Value::Null),
    ] {
        let mut claims = claims();
        claims[member] = value.clone();
        assert!(matches!(check(&key.proof(&claims), NOW), Err(ProofError::Invalid(_))), "{member} {value}");
    }
}

#[test]
fn every_spelling_of_the_address_is_the_address() {
    let key = ProofKey::from_seed(1);
    for htu in [
        "HTTPS://UC.example.com:443/oauth/token?a=b#c",
        "https://uc.example.com/oauth/../oauth/token",
        "https://192.0.2.1/uc/oauth/token",
    ] {
        let mut claims = claims();
        claims["htu"] = json!(htu);
        check(&key.proof(&claims), NOW).unwrap();
    }
}

#[test]
fn a_nonce_that_is_not_ours_or_too_old_asks_for_a_fresh_one() {
    let key = ProofKey::from_seed(1);
    let ours = nonce(&keys(), NOW);
    let moved = format!("{}.{}", NOW + 1, ours.split_once('.').unwrap().1);
    for value in [Value::Null, json!(""), json!("."), json!(moved), json!(&ours[..ours.len() - 1])] {
        let mut claims = claims();
        claims["nonce"] = value.clone();
        assert_eq!(check(&key.proof(&claims), NOW), Err(ProofError::Nonce), "{value}");
    }
    let proof = key.proof(&claims());
    check(&proof, NOW + 299_999).unwrap();
    assert_eq!(check(&proof, NOW + 300_000), Err(ProofError::Nonce));
}

#[test]
fn the_same_jti_of_another_key_is_another_proof() {
    let one = check(&ProofKey::from_seed(1).proof(&claims()), NOW).unwrap();
    let other = check(&ProofKey::from_seed(2).proof(&claims()), NOW).unwrap();
    assert_ne!((one.jkt, one.id), (other.jkt, other.id));
}

proptest! {
    #[test]
    fn a_proof_holds_where_every_claim_of_it_does(
        jti in prop_oneof!["[a-z]{0,3}".prop_map(Value::from), Just(Value::Null), any::<i32>().prop_map(Value::from)],
        htm in prop::sample::select(vec![json!("POST"), json!("GET"), json!("post"), Value::Null]),
        htu in prop::sample::select(vec![json!(TARGET), json!("https://192.0.2.1/uc/oauth/token?x"), json!("https://uc.example.com/"), json!(7)]),
        iat in prop::sample::select(vec![json!(0), json!(-1.5), json!("0"), Value::Null]),
        age in 0_i64..400_000,
        ath in prop::option::of("[a-z]{0,4}"),
    ) {
        let nonce = nonce(&keys(), NOW - age);
        let claims = json!({"jti": jti, "htm": htm, "htu": htu, "iat": iat, "nonce": nonce, "ath": ath});
        let is_about_this = htm == "POST" && (htu == TARGET || htu == "https://192.0.2.1/uc/oauth/token?x");
        let is_right = is_about_this && jti.as_str().is_some_and(|jti| !jti.is_empty()) && iat.is_number();
        match check(&ProofKey::from_seed(1).proof(&claims), NOW) {
            Ok(proof) => prop_assert!(is_right && age < 300_000 && proof.ath == ath && proof.expires_at > NOW),
            Err(ProofError::Nonce) => prop_assert!(is_right && age >= 300_000),
            Err(ProofError::Invalid(_)) => prop_assert!(!is_right),
        }
    }

    #[test]
    fn a_nonce_says_when_it_was_made_and_nothing_else_is_one(now in 0_i64..i64::MAX, text in "[0-9]{1,14}\\.[A-Za-z0-9_-]{0,43}") {
        prop_assert_eq!(nonce_issued_at(&keys(), &nonce(&keys(), now)), Some(now));
        prop_assert_eq!(nonce_issued_at(&keys(), &text), None);
    }

    #[test]
    fn no_text_makes_checking_panic(text in any::<String>()) {
        prop_assert!(check(&text, NOW).is_err());
    }

    #[test]
    fn no_change_of_a_byte_keeps_a_proof_good(at in 0_usize..400, byte in any::<u8>()) {
        let good = ProofKey::from_seed(1).proof(&claims());
        let mut bytes = good.clone().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte & 0x7f;
        let changed = String::from_utf8(bytes).unwrap();
        prop_assume!(changed != good);
        prop_assert!(check(&changed, NOW).is_err());
    }
}
