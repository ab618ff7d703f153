//! Sets of attributes: as sets, and as text.
#![cfg(test)]
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use sysvitals::{Attr, Attrs, ErrorKind};

fn attrs() -> impl Strategy<Value = Vec<Attr>> {
    vec(select(Attr::ALL), 0..2 * Attr::ALL.len())
}

fn set(attrs: &[Attr]) -> Attrs {
    attrs.iter().copied().collect()
}

fn model(attrs: &[Attr]) -> BTreeSet<Attr> {
    attrs.iter().copied().collect()
}

fn unknown_name() -> impl Strategy<Value = String> {
    "[a-z_\"\\\\é]{1,12}".prop_filter("an attribute", |name| name.parse::<Attr>().is_err())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_set_is_a_set(a in attrs(), b in attrs(), one in select(Attr::ALL)) {
        let (left, right) = (model(&a), model(&b));
        let listed = |attrs: Attrs| attrs.iter().collect::<Vec<_>>();
        let expected = |model: BTreeSet<Attr>| model.into_iter().collect::<Vec<_>>();

        prop_assert_eq!(listed(set(&a)), expected(left.clone()));
        prop_assert_eq!(set(&a).len(), left.len());
        prop_assert_eq!(set(&a).is_empty(), left.is_empty());
        prop_assert_eq!(set(&a).contains(one), left.contains(&one));
        prop_assert_eq!(listed(set(&a) | set(&b)), expected(&left | &right));
        prop_assert_eq!(listed(set(&a) - set(&b)), expected(&left - &right));
        prop_assert_eq!(set(&a).with(one), set(&a) | Attrs::from([one]));
        prop_assert_eq!(set(&a) == set(&b), left == right);
        let names: BTreeSet<_> = left.iter().map(|attr| attr.as_str()).collect();
        prop_assert_eq!(format!("{:?}", set(&a)), format!("{names:?}"));
    }

    #[test]
    fn laws(a in attrs(), b in attrs(), c in attrs()) {
        let (a, b, c) = (set(&a), set(&b), set(&c));
        prop_assert_eq!(a | b, b | a);
        prop_assert_eq!((a | b) | c, a | (b | c));
        prop_assert_eq!(a | a, a);
        prop_assert_eq!(a | Attrs::NONE, a);
        prop_assert_eq!(a | Attrs::ALL, Attrs::ALL);
        prop_assert_eq!(a - Attrs::NONE, a);
        prop_assert_eq!(a - a, Attrs::NONE);
        prop_assert_eq!(a - Attrs::ALL, Attrs::NONE);
        prop_assert_eq!(a - (b | c), (a - b) - c);
        prop_assert_eq!((a - b) | b, a | b);
        prop_assert_eq!((a | b).len(), a.len() + (b - a).len());
        prop_assert_eq!(Attrs::ALL - (Attrs::ALL - a), a);
    }

    #[test]
    fn text_with_spaces_and_repeats(
        a in attrs(),
        gaps in vec(select(&["", " ", "\t", "\n ", ", ,"][..]), 2 * 2 * 40),
    ) {
        let text: Vec<_> = a
            .iter()
            .zip(gaps.chunks(2))
            .map(|(attr, gap)| format!("{}{attr}{}", gap[0], gap[1]))
            .collect();
        prop_assert_eq!(text.join(",").parse::<Attrs>().unwrap(), set(&a));
    }

    #[test]
    fn one_unknown_name(a in attrs(), name in unknown_name(), place in any::<prop::sample::Index>()) {
        let mut names: Vec<_> = a.iter().map(|attr| attr.as_str()).collect();
        names.insert(place.index(names.len() + 1), &name);
        let error = names.join(",").parse::<Attrs>().unwrap_err();
        prop_assert_eq!(error.kind(), ErrorKind::InvalidInput);
        prop_assert_eq!(error.to_string(), format!("invalid attr name '{}'", name.escape_debug()));
        prop_assert_eq!(name.parse::<Attr>().unwrap_err().to_string(), error.to_string());
    }

    #[test]
    fn several_unknown_names(a in attrs(), unknown in vec(unknown_name(), 2..5)) {
        let names = a.iter().map(|attr| attr.as_str()).chain(unknown.iter().map(String::as_str));
        let error = names.collect::<Vec<_>>().join(" , ").parse::<Attrs>().unwrap_err();
        prop_assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let quoted: Vec<_> =
            unknown.iter().map(|name| format!("'{}'", name.escape_debug())).collect();
        prop_assert_eq!(error.to_string(), format!("invalid attr names {}", quoted.join(", ")));
    }
}

#[test]
fn the_ends() {
    assert_eq!(Attrs::ALL, set(Attr::ALL));
    assert_eq!(Attrs::ALL.len(), Attr::ALL.len());
    assert_eq!(Attrs::default(), Attrs::NONE);
    assert_eq!("".parse::<Attrs>().unwrap(), Attrs::NONE);
    assert_eq!(" , ,\n".parse::<Attrs>().unwrap(), Attrs::NONE);
    assert_eq!("pid,pid, pid".parse::<Attrs>().unwrap(), Attrs::from([Attr::Pid]));
    for text in ["PID", "pid name", "memory_full_info", "rlimit", "connections", "parent", "p\0"] {
        assert_eq!(text.parse::<Attrs>().unwrap_err().kind(), ErrorKind::InvalidInput, "{text}");
    }
}
