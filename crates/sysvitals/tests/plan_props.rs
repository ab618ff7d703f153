//! A plan decides which files are read, never what the answers are.
#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use proptest::prelude::*;
use sysvitals::{Attr, Attrs, Process};

fn set() -> impl Strategy<Value = BTreeSet<Attr>> {
    prop::collection::btree_set(prop::sample::select(Attr::ALL), 0..=Attr::ALL.len())
}

fn attrs(set: &BTreeSet<Attr>) -> Attrs {
    set.iter().copied().collect()
}

proptest! {
    #[test]
    fn what_was_asked_is_answered(a in set()) {
        let info = Process::current().as_dict(attrs(&a)).unwrap();
        let answered: Vec<Attr> = info.iter().map(|(attr, _)| attr).collect();
        prop_assert_eq!(answered, a.iter().copied().collect::<Vec<_>>());
        for &attr in Attr::ALL {
            prop_assert_eq!(info.get(attr).is_some(), a.contains(&attr));
        }
    }

    #[test]
    fn a_plan_changes_no_answer(a in set()) {
        // What does not change from call to call is the same from whichever file it came.
        let steady = Attrs::from([
            Attr::Cmdline, Attr::CreateTime, Attr::Cwd, Attr::Environ, Attr::Exe, Attr::Gids,
            Attr::Ionice, Attr::Name, Attr::Nice, Attr::Pid, Attr::Ppid, Attr::Terminal,
            Attr::Uids, Attr::Username,
        ]);
        let me = Process::current();
        let info = me.as_dict(attrs(&a)).unwrap();
        for (attr, answer) in info.iter().filter(|(attr, _)| steady.contains(*attr)) {
            prop_assert_eq!(answer.as_ref().unwrap(), &me.oneshot().get(attr).unwrap());
        }
    }
}
