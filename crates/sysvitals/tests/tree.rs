//! Families: children, descendants, parents and orphans.
#![cfg(test)]
#![cfg(target_os = "linux")]

mod common;
#[path = "common/tree.rs"]
mod files;

use std::ffi::CStr;
use std::fmt::Debug;
use std::time::Duration;

use common::ns::{self, Forked};
use files::{Tree, stat_line};
use rustix::process::getppid;
use sysvitals::{ErrorKind, Pid, Process, ProcessStatus, Result};

fn own_pid() -> Pid {
    std::process::id().cast_signed()
}

fn pids(processes: &[Process]) -> Vec<Pid> {
    processes.iter().map(Process::pid).collect()
}

fn names(processes: &[Process]) -> Vec<String> {
    processes.iter().map(|p| p.name().unwrap().into_string().unwrap()).collect()
}

fn kind<T: Debug>(answer: Result<T>) -> ErrorKind {
    answer.unwrap_err().kind()
}

fn named(name: &CStr, begin: impl FnOnce()) -> i32 {
    ns::name_thread(name);
    begin();
    ns::pause()
}

/// A→B,C,D; B→X; X→Y; C→W, each named by its letter.
fn family() -> Forked {
    Forked::new(|| {
        named(c"A", || {
            ns::fork(|| {
                named(c"B", || {
                    ns::fork(|| {
                        named(c"X", || {
                            ns::fork(|| named(c"Y", || ()));
                        })
                    });
                })
            });
            ns::fork(|| {
                named(c"C", || {
                    ns::fork(|| named(c"W", || ()));
                })
            });
            ns::fork(|| named(c"D", || ()));
        })
    })
}

fn sorted(mut names: Vec<String>) -> String {
    names.sort();
    names.concat()
}

fn letters(process: &Process) -> Option<String> {
    let all = process.children(true).ok()?;
    let names: Result<Vec<_>> = all.iter().map(Process::name).collect();
    Some(sorted(names.ok()?.into_iter().map(|name| name.into_string().unwrap()).collect()))
}

#[test]
fn descendants_in_order() {
    loop {
        let family = family();
        let a = Process::new(family.0).unwrap();
        ns::until("the family is whole", || letters(&a).as_deref() == Some("BCDWXY"));
        let children = a.children(false).unwrap();
        assert!(children.is_sorted_by_key(Process::pid));
        if names(&children) != ["B", "C", "D"] {
            // PIDs began anew from the bottom.
            assert_eq!(sorted(names(&children)), "BCD");
            continue;
        }
        let all = a.children(true).unwrap();
        assert_eq!(names(&all), ["B", "C", "D", "W", "X", "Y"]);

        let [b, c, d, w, x, y] = all.as_slice() else { panic!("{all:?}") };
        for (child, parent) in [(b, &a), (c, &a), (d, &a), (w, c), (x, b), (y, x)] {
            assert_eq!(child.ppid().unwrap(), parent.pid());
            assert_eq!(child.parent().unwrap().as_ref(), Some(parent));
        }
        assert_eq!(a.parent().unwrap(), Some(Process::current()));
        let parents = y.parents().unwrap();
        assert_eq!(&parents[..3], &[x.clone(), b.clone(), a.clone()]);
        assert_eq!(parents[3], Process::current());
        assert_eq!(names(&b.children(true).unwrap()), ["X", "Y"]);
        assert!(d.children(true).unwrap().is_empty());
        assert!(Process::current().children(false).unwrap().contains(&a));
        return;
    }
}

/// The order hangs on PIDs and parents alone, whoever is older.
#[test]
fn order_of_a_tree_of_files() {
    let tree = Tree::new();
    let (a, b, c, d, w, x, y) = (50, 70, 80, 90, 60, 100, 55);
    for (pid, ppid, start) in
        [(a, 1, 9), (b, a, 30), (c, a, 20), (d, a, 9), (x, b, 10), (y, x, 12), (w, c, 99)]
    {
        tree.process(pid, ppid, b"x", start);
    }
    tree.process(1, 0, b"init", 1);
    // Older than A: no child of it, whatever it says.
    tree.process(95, a, b"x", 8);
    tree.process(96, 95, b"x", 40);
    // A grandchild that is older than its parent but not than A.
    tree.process(110, d, b"x", 9);
    let process = |pid| tree.roots().process(pid).unwrap();
    assert_eq!(pids(&process(a).children(false).unwrap()), [b, c, d]);
    assert_eq!(pids(&process(a).children(true).unwrap()), [b, c, d, 110, w, x, y]);
    // B is younger than X, which says to be its child.
    assert_eq!(pids(&process(y).parents().unwrap()), [x]);
    tree.process(y, x, b"x", 30);
    tree.process(x, b, b"x", 30);
    assert_eq!(pids(&process(y).parents().unwrap()), [x, b, a, 1]);
    assert_eq!(process(95).parent().unwrap(), None);
    assert_eq!(pids(&process(1).children(false).unwrap()), [a]);
    assert_eq!(process(1).parent().unwrap(), None);
    assert!(process(1).parents().unwrap().is_empty());
}

#[test]
fn zombies_among_files() {
    let tree = Tree::new();
    tree.process(1, 0, b"init", 1);
    tree.write("7/stat", stat_line(7, b"x", b'Z', 1, 5));
    let children = tree.roots().process(1).unwrap().children(false).unwrap();
    assert_eq!(pids(&children), [7]);
    assert_eq!(children[0].status().unwrap(), ProcessStatus::Zombie);
    assert_eq!(pids(&children[0].parents().unwrap()), [1]);
}

#[test]
fn parents_end_where_there_is_none() {
    let me = Process::current();
    let parents = me.parents().unwrap();
    let mut child = me;
    for parent in &parents {
        assert_eq!(child.ppid().unwrap(), parent.pid());
        assert_eq!(child.parent().unwrap().as_ref(), Some(parent));
        assert!(parent.create_time().unwrap() <= child.create_time().unwrap());
        child = parent.clone();
    }
    // In a container the parent of its processes may be out of sight.
    assert_eq!(child.ppid().unwrap(), 0);
    assert_eq!(child.parent().unwrap(), None);
    let init = Process::new(1).unwrap();
    assert_eq!(init.parent().unwrap(), None);
    assert!(init.parents().unwrap().is_empty());
    assert!(!init.children(false).unwrap().contains(&init));
}

#[test]
fn parents_up_to_init() {
    let test = "parents_up_to_init";
    if !ns::in_role("ns") {
        ns::rerun_in_namespaces(test, "ns", ns::PID_NS);
        return;
    }
    let family = family();
    let a = Process::new(family.0).unwrap();
    ns::until("the family is whole", || letters(&a).as_deref() == Some("BCDWXY"));
    let all = a.children(true).unwrap();
    let parents = all.last().unwrap().parents().unwrap();
    assert_eq!(own_pid(), 1);
    assert_eq!(pids(&parents), [all[4].pid(), all[0].pid(), a.pid(), 1]);
    let init = parents.last().unwrap();
    assert_eq!((init.pid(), init.ppid().unwrap()), (1, 0));
    let below = Process::new(1).unwrap().children(true).unwrap();
    assert!(all.iter().all(|process| below.contains(process)));
}

#[test]
fn orphans_go_to_the_reaper() {
    ns::adopt_orphans();
    let tester = Some(rustix::process::getpid());
    let parent = ns::fork(|| {
        ns::fork(|| {
            if rustix::process::set_parent_process_death_signal(None).is_err() {
                return 1;
            }
            ns::name_thread(c"orphan");
            // Ends with the test program at the latest.
            let parent = getppid();
            while [parent, tester].contains(&getppid()) {
                std::thread::sleep(Duration::from_millis(10));
            }
            0
        });
        ns::pause()
    });
    let handle = Process::new(parent).unwrap();
    ns::until("the orphan to be is there", || letters(&handle).as_deref() == Some("orphan"));
    let orphan = handle.children(false).unwrap().remove(0);
    assert_eq!(orphan.parent().unwrap().as_ref(), Some(&handle));
    ns::end(parent);
    assert_eq!(orphan.ppid().unwrap(), own_pid());
    assert_eq!(orphan.parent().unwrap(), Some(Process::current()));
    assert!(Process::current().children(false).unwrap().contains(&orphan));
    assert_eq!(orphan.parents().unwrap()[1..], Process::current().parents().unwrap());
    ns::end(orphan.pid());
    assert_eq!(kind(orphan.parent()), ErrorKind::NoSuchProcess);
}

#[test]
fn a_dead_process_has_no_family() {
    let handle = {
        let child = Forked::new(ns::pause);
        let handle = Process::new(child.0).unwrap();
        assert!(handle.children(true).unwrap().is_empty());
        handle
    };
    for recursive in [false, true] {
        let error = handle.children(recursive).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{error}");
        assert_eq!(error.pid(), Some(handle.pid()));
        assert!(!error.to_string().contains("reused"), "{error}");
    }
    assert_eq!(kind(handle.ppid()), ErrorKind::NoSuchProcess);
    assert_eq!(kind(handle.parent()), ErrorKind::NoSuchProcess);
    assert_eq!(kind(handle.parents()), ErrorKind::NoSuchProcess);
}

#[test]
fn zombies_stay_among_the_children() {
    let parent = Forked::new(|| {
        ns::fork(|| 0);
        ns::pause()
    });
    let handle = Process::new(parent.0).unwrap();
    let zombie = || {
        let children = handle.children(true).unwrap();
        children.into_iter().find(|child| child.status().ok() == Some(ProcessStatus::Zombie))
    };
    ns::until("the grandchild ends", || zombie().is_some());
    let zombie = zombie().unwrap();
    assert_eq!(handle.children(false).unwrap(), std::slice::from_ref(&zombie));
    assert!(zombie.is_running());
    assert_eq!(zombie.parent().unwrap(), Some(handle));
    assert!(zombie.children(true).unwrap().is_empty());
}
