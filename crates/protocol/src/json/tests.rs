use proptest::{prelude::*, sample::Index};
use serde::de::IgnoredAny;
use serde_json::Value;

use super::*;

mod types;

/// What serde would have made of it; numbers that are not whole ones from 0 on are no numbers here.
fn value(json: Json<'_>) -> Value {
    if let Some(items) = json.list() {
        return items.into_iter().map(value).collect();
    }
    if let Some(members) = json.object() {
        return members.into_iter().map(|(name, member)| (name, value(member))).collect();
    }
    let text = json.text().map(Value::from);
    text.or(json.number().map(Value::from)).or(json.flag().map(Value::from)).unwrap_or_default()
}

/// Any value, without the numbers that nothing here reads.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// Something like JSON, and often it.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any_value().prop_map(|value| value.to_string()),
        (any_value(), any::<Index>(), "[\\PC\0-\x20]{0,2}").prop_map(|(value, at, other)| {
            let mut chars: Vec<char> = value.to_string().chars().collect();
            let at = at.index(chars.len());
            chars.splice(at..=at, other.chars());
            chars.into_iter().collect()
        }),
        "[\\[\\]{}\",:0-9eE+.trufalsn \\\\\n\0é-]{0,24}",
        "-?[0-9]{1,3}(\\.[0-9]{0,2})?([eE][+-]?[0-9]{0,2})?",
        "\"(\\\\(u[0-9a-fA-F]{3,4}|ud8[0-9a-f]{2}\\\\ud[cd][0-9a-f]{2}|.)|[a-z\0-\x20é😀]){0,4}\"",
        " ?\\[ ?([0-9]|null|\"\"|\\{\\})? ?(, ?true)? ?,? ?\\] ?",
    ]
}

proptest! {
    #[test]
    fn the_same_texts_are_json_as_for_serde(text in text()) {
        let is_json = serde_json::from_str::<IgnoredAny>(&text).is_ok();
        prop_assert_eq!(Json::parse(&text).is_some(), is_json, "{:?}", text);
    }

    #[test]
    fn the_same_is_read_as_by_serde(expected in any_value(), is_pretty in any::<bool>()) {
        let written = if is_pretty { serde_json::to_string_pretty(&expected) } else { serde_json::to_string(&expected) };
        prop_assert_eq!(value(Json::parse(&written.unwrap()).unwrap()), expected);
    }

    #[test]
    fn the_same_text_and_number_is_read_as_by_serde(text in text()) {
        if let Some(json) = Json::parse(&text) {
            prop_assert_eq!(json.text(), serde_json::from_str(&text).ok());
            prop_assert_eq!(json.number(), serde_json::from_str(&text).ok());
            prop_assert_eq!(json.flag(), serde_json::from_str(&text).ok());
        }
    }

    #[test]
    fn what_is_written_is_read_by_serde(texts in prop::collection::vec(any::<(String, String)>(), 0..6)) {
        let mut list = JsonWriter::list();
        let mut lists = JsonWriter::list();
        for (name, text) in &texts {
            let mut object = JsonWriter::object();
            object.member(name, text);
            object.optional("none", None);
            object.optional("some", Some(text));
            list.item(text);
            lists.item_json(&object.finish());
        }
        let mut whole = JsonWriter::object();
        whole.member_json("list", &list.finish());
        whole.member_json("lists", &lists.finish());
        let expected = serde_json::json!({
            "list": texts.iter().map(|(_, text)| text).collect::<Vec<_>>(),
            "lists": texts.iter().map(|(name, text)| serde_json::json!({ name: text, "none": null, "some": text })).collect::<Vec<_>>(),
        });
        prop_assert_eq!(serde_json::from_str::<Value>(&whole.finish()).unwrap(), expected);
    }
}

#[test]
fn nothing_is_nested_so_deep_that_the_stack_runs_out() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(Json::parse(&nested(64)).is_some());
    assert!(Json::parse(&nested(65)).is_none());
    assert!(Json::parse(&"[{\"a\":".repeat(1_000_000)).is_none());
}

#[test]
fn half_of_a_surrogate_pair_is_no_text() {
    for text in [r#""\ud83d""#, r#""\ude00""#, r#""\ud83d\u0041""#, r#""\ud83dxxxxxx""#] {
        assert_eq!(Json::parse(text).unwrap().text(), None, "{text}");
    }
    assert_eq!(Json::parse(r#""\uD83D\uDE00""#).unwrap().text().as_deref(), Some("😀"));
}
