//! The key of this browser: made by `WebCrypto`, never extractable, kept in `IndexedDB` for as long as the browser keeps
//! that. Its thumbprint is what servers know this device by.

use std::cell::OnceCell;

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use leptos::prelude::window;
use vestibule_flow::proof::PublicKey;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{CryptoKey, SubtleCrypto};

use crate::storage;

/// How long getting the key ready may take, in milliseconds: without it the sign-in goes on, bound to nothing.
const LIMIT: i32 = 4_000;

thread_local! {
    /// Made ready once for this page; a promise, since several requests may wait for it.
    static READY: OnceCell<Promise> = const { OnceCell::new() };
}

/// A key that signs and cannot be taken away.
pub(crate) struct Key {
    private: CryptoKey,
    pub(crate) public: PublicKey,
}

/// Begins to make the key ready.
pub(crate) fn prepare() {
    drop(ready());
}

/// The key, once it is ready. `None` where the browser can make none, or cannot keep it.
pub(crate) async fn get() -> Option<Key> {
    let parts: Array = JsFuture::from(ready()).await.ok()?.dyn_into().ok()?;
    let public = PublicKey { x: parts.get(1).as_string()?, y: parts.get(2).as_string()? };
    Some(Key { private: parts.get(0).dyn_into().ok()?, public })
}

impl Key {
    /// Signs with ES256 (RFC 7518 §3.4).
    pub(crate) async fn sign(&self, input: &str) -> Result<Vec<u8>, JsValue> {
        let algorithm = object(&[("name", "ECDSA".into()), ("hash", "SHA-256".into())])?;
        let subtle = subtle().ok_or(JsValue::NULL)?;
        let signing = subtle.sign_with_object_and_u8_array(&algorithm, &self.private, input.as_bytes())?;
        Ok(Uint8Array::new(&JsFuture::from(signing).await?).to_vec())
    }
}

fn ready() -> Promise {
    READY.with(|ready| {
        ready
            .get_or_init(|| {
                // Nobody may be waiting yet who could be told of a failure: without a key it is undefined.
                let key = future_to_promise(async { Ok(stored_or_new().await.map_or(JsValue::UNDEFINED, Into::into)) });
                let late = Promise::new(&mut |resolve, _| {
                    drop(window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, LIMIT));
                });
                Promise::race(&Array::of2(&key, &late))
            })
            .clone()
    })
}

/// The private key, and `x` and `y` of the public one.
async fn stored_or_new() -> Result<Array, JsValue> {
    let subtle = subtle().ok_or(JsValue::NULL)?;
    let mut pair = storage::read_key().await;
    if pair.is_none() {
        storage::add_key(&generate(&subtle).await?).await;
        // Another tab may have been quicker, and some browsers cannot store keys: what is stored is what counts.
        pair = storage::read_key().await;
    }
    let pair = pair.ok_or(JsValue::NULL)?;
    let private: CryptoKey = Reflect::get(&pair, &"privateKey".into())?.dyn_into()?;
    let public: CryptoKey = Reflect::get(&pair, &"publicKey".into())?.dyn_into()?;
    let jwk = JsFuture::from(subtle.export_key("jwk", &public)?).await?;
    Ok(Array::of3(&private, &Reflect::get(&jwk, &"x".into())?, &Reflect::get(&jwk, &"y".into())?))
}

async fn generate(subtle: &SubtleCrypto) -> Result<JsValue, JsValue> {
    let algorithm = object(&[("name", "ECDSA".into()), ("namedCurve", "P-256".into())])?;
    let is_extractable = false;
    let usages = Array::of2(&"sign".into(), &"verify".into());
    JsFuture::from(subtle.generate_key_with_object(&algorithm, is_extractable, &usages)?).await
}

/// Absent where the page is not encrypted.
fn subtle() -> Option<SubtleCrypto> {
    let subtle = Reflect::get(&window().crypto().ok()?.into(), &"subtle".into()).ok()?;
    subtle.dyn_into().ok()
}

fn object(members: &[(&str, JsValue)]) -> Result<Object, JsValue> {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &(*name).into(), value)?;
    }
    Ok(object)
}
