//! The key of this browser: made by `WebCrypto`, never extractable, kept in `IndexedDB` for as long as the browser keeps
//! that, and in memory where it cannot be stored. Its thumbprint is what servers know this device by.

use std::cell::OnceCell;

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use leptos::prelude::window;
use vestibule_flow::{BrowserKey, proof::PublicKey};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{CryptoKey, SubtleCrypto};

use crate::storage;

/// How long the storage may take to give a key, and to take one, in milliseconds: then the page has one of its own.
const LIMIT: i32 = 2_000;

thread_local! {
    /// Made ready once for this page; a promise, since several requests may wait for it.
    static READY: OnceCell<Promise> = const { OnceCell::new() };
}

/// A key that signs and cannot be taken away.
pub(crate) struct Key {
    private: CryptoKey,
    pub(crate) public: PublicKey,
    is_kept: bool,
}

/// The key, once it is ready. `None` where the browser can make none.
pub(crate) async fn get() -> Option<Key> {
    let parts: Array = JsFuture::from(ready()).await.ok()?.dyn_into().ok()?;
    let public = PublicKey { x: parts.get(1).as_string()?, y: parts.get(2).as_string()? };
    Some(Key { private: parts.get(0).dyn_into().ok()?, public, is_kept: parts.get(3).is_truthy() })
}

impl Key {
    /// How long it lives.
    pub(crate) fn custody(&self) -> BrowserKey {
        if self.is_kept { BrowserKey::Kept } else { BrowserKey::OfThePage }
    }

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
                future_to_promise(async { Ok(stored_or_new().await.map_or(JsValue::UNDEFINED, Into::into)) })
            })
            .clone()
    })
}

/// The private key, `x` and `y` of the public one, and whether they are stored.
async fn stored_or_new() -> Result<Array, JsValue> {
    let subtle = subtle().ok_or(JsValue::NULL)?;
    let (pair, is_kept) = match within_limit(storage::read_key()).await {
        Some(pair) => (pair, true),
        None => add(generate(&subtle).await?).await,
    };
    let private: CryptoKey = Reflect::get(&pair, &"privateKey".into())?.dyn_into()?;
    let public: CryptoKey = Reflect::get(&pair, &"publicKey".into())?.dyn_into()?;
    let jwk = JsFuture::from(subtle.export_key("jwk", &public)?).await?;
    Ok(Array::of4(&private, &Reflect::get(&jwk, &"x".into())?, &Reflect::get(&jwk, &"y".into())?, &is_kept.into()))
}

/// Stores a new pair. What is to be used then, and whether it is stored.
async fn add(new: JsValue) -> (JsValue, bool) {
    let pair = new.clone();
    let stored = within_limit(async move {
        storage::add_key(&pair).await;
        // Another tab may have been quicker, and some browsers cannot store keys: what is stored is what counts.
        storage::read_key().await
    })
    .await;
    let is_kept = stored.is_some();
    (stored.unwrap_or(new), is_kept)
}

/// What the storage gives, unless that takes too long. Some browsers never answer where storage is switched off.
async fn within_limit(work: impl Future<Output = Option<JsValue>> + 'static) -> Option<JsValue> {
    let work = future_to_promise(async { Ok(work.await.unwrap_or_default()) });
    let late = Promise::new(&mut |resolve, _| {
        drop(window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, LIMIT));
    });
    JsFuture::from(Promise::race(&Array::of2(&work, &late))).await.ok().filter(JsValue::is_object)
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
