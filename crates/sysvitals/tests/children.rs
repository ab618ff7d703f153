//! Children by the kernel's lists: complete, nobody else's, and never mistaken for a successor.
#![cfg(test)]
#![cfg(target_os = "linux")]

mod common;

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use common::ns::{self, Forked};
use sysvitals::{ErrorKind, Pid, Process, ProcessStatus, Roots};

fn pids(processes: &[Process]) -> Vec<Pid> {
    processes.iter().map(Process::pid).collect()
}

/// The same `/proc` by another name, which is read process by process.
fn scanned(pid: Pid, recursive: bool) -> Vec<Pid> {
    let roots = Roots::new("/proc/../proc", "/sys");
    pids(&roots.process(pid).unwrap().children(recursive).unwrap())
}

fn listed(pid: Pid, recursive: bool) -> Vec<Pid> {
    pids(&Process::new(pid).unwrap().children(recursive).unwrap())
}

/// Alone with its `/proc`: other tests of this binary would fork meanwhile.
fn alone(test: &str) -> bool {
    if !ns::in_role("ns") {
        ns::rerun_in_namespaces(test, "ns", ns::PID_NS);
        return false;
    }
    true
}

#[test]
fn as_by_a_scan() {
    if !alone("as_by_a_scan") {
        return;
    }
    let family = Forked::new(|| {
        for depth in 0..4 {
            ns::fork(|| {
                for _ in 0..depth {
                    ns::fork(|| {
                        ns::fork(ns::pause);
                        ns::pause()
                    });
                }
                // A zombie.
                ns::fork(|| 0);
                ns::pause()
            });
        }
        ns::pause()
    });
    ns::until("the family is whole", || scanned(family.0, true).len() == 4 + 2 * 6 + 4);
    for recursive in [false, true] {
        let all = listed(family.0, recursive);
        assert_eq!(all, scanned(family.0, recursive));
        for pid in all {
            assert_eq!(listed(pid, recursive), scanned(pid, recursive));
        }
        assert_eq!(listed(1, recursive), scanned(1, recursive));
    }
    assert!(listed(1, true).len() > 20);
}

/// A child belongs to the thread that forked it, and to another once that has ended.
#[test]
fn children_of_threads() {
    if !alone("children_of_threads") {
        return;
    }
    let mine = ns::fork_idle();
    let (send, forked) = mpsc::channel();
    let (leave, left) = mpsc::channel::<()>();
    let worker = thread::spawn(move || {
        // Without the signal on the end of the parent thread that `ns::fork` asks for.
        let pid = ns::fork(|| {
            let _ = rustix::process::set_parent_process_death_signal(None);
            ns::pause()
        });
        send.send((ns::gettid(), pid)).unwrap();
        let _ = left.recv();
    });
    let (tid, theirs) = forked.recv().unwrap();
    ns::until("it outlives its thread", || ns::stat_field(theirs, 3).as_deref() == Some("S"));
    let me = Process::current();
    assert_eq!(pids(&me.children(false).unwrap()), [mine, theirs]);
    // A thread's ID is nobody's parent.
    assert_eq!(listed(tid, false), scanned(tid, false));
    drop(leave);
    worker.join().unwrap();
    assert_eq!(pids(&me.children(true).unwrap()), [mine, theirs]);
    assert_eq!([mine, theirs].map(ns::end), [-libc::SIGKILL; 2]);
    assert!(me.children(true).unwrap().is_empty());
}

/// Whoever is a child throughout a call is in the answer, and nobody is who never was.
#[test]
fn complete_while_children_come_and_go() {
    if !alone("complete_while_children_come_and_go") {
        return;
    }
    let stop = AtomicBool::new(false);
    let ever = Mutex::new(HashSet::new());
    let lasting = Mutex::new(Vec::new());
    let outlive = || {
        let _ = rustix::process::set_parent_process_death_signal(None);
        ns::pause()
    };
    let (mut calls, mut seen) = (0, HashSet::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(SeqCst) {
                    // In any order: those that end are amid those that stay.
                    let pids: Vec<_> = (0..5).map(|_| ns::fork(|| 0)).collect();
                    ever.lock().unwrap().extend(pids.iter().copied());
                    for pid in pids {
                        assert_eq!(ns::reap(pid), 0);
                    }
                }
            });
        }
        // Threads that leave a child behind.
        scope.spawn(|| {
            while !stop.load(SeqCst) && lasting.lock().unwrap().len() < 150 {
                thread::scope(|inner| {
                    inner.spawn(|| {
                        let pid = ns::fork(outlive);
                        ever.lock().unwrap().insert(pid);
                        lasting.lock().unwrap().push(pid);
                    });
                });
                thread::sleep(Duration::from_millis(5));
            }
        });
        let me = Process::current();
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(3) {
            let before = lasting.lock().unwrap().clone();
            let children = me.children(calls % 4 == 3).unwrap();
            let found: HashSet<_> = children.iter().map(Process::pid).collect();
            let missed: Vec<_> = before.iter().filter(|pid| !found.contains(pid)).collect();
            assert!(missed.is_empty(), "call {calls} missed {missed:?} of {}", before.len());
            assert!(pids(&children).is_sorted());
            for child in children.iter().filter(|child| before.contains(&child.pid())) {
                assert!(child.is_running(), "call {calls}: {child}");
            }
            seen.extend(found);
            calls += 1;
        }
        stop.store(true, SeqCst);
    });
    assert!(calls > 20 && lasting.lock().unwrap().len() > 10, "{calls} calls");
    let ever = ever.into_inner().unwrap();
    let foreign: Vec<_> = seen.difference(&ever).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
    lasting.into_inner().unwrap().iter().for_each(|&pid| assert_eq!(ns::end(pid), -libc::SIGKILL));
}

/// Orphans are listed behind children that are younger.
#[test]
fn adopted_children() {
    if !alone("adopted_children") {
        return;
    }
    ns::adopt_orphans();
    for round in 0..20 {
        let parent = ns::fork(|| {
            ns::fork(|| {
                let _ = rustix::process::set_parent_process_death_signal(None);
                ns::name_thread(c"orphan");
                ns::pause()
            });
            ns::pause()
        });
        let handle = Process::new(parent).unwrap();
        let mut orphan = None;
        ns::until("the orphan to be is there", || {
            orphan = handle.children(false).unwrap().pop();
            orphan.as_ref().is_some_and(|orphan| orphan.name().is_ok_and(|name| name == "orphan"))
        });
        let orphan = orphan.unwrap();
        if round % 2 == 0 {
            ns::next_tick();
        }
        let young = ns::fork_idle();
        ns::end(parent);
        let children = Process::current().children(false).unwrap();
        assert_eq!(pids(&children), [orphan.pid(), young]);
        for child in &children {
            assert!(child.is_running(), "{child}");
            assert_eq!(*child, Process::new(child.pid()).unwrap());
        }
        assert_eq!(children[0], orphan);
        ns::end(young);
        ns::end(orphan.pid());
        assert!(children.iter().all(|child| !child.is_running()));
    }
}

/// The PID of a listed child goes to another, before anything was asked of the child.
#[test]
fn a_listed_child_is_not_its_successor() {
    if !alone("a_listed_child_is_not_its_successor") {
        return;
    }
    let me = Process::current();
    let (mut rounds, mut lost) = (0, 0);
    for round in 0..400 {
        let victim = ns::fork_idle();
        // Young and old ones, looked at again at once and later.
        if round % 2 == 0 {
            ns::next_tick();
        }
        let lists: Vec<_> = (0..4).map(|_| me.children(false).unwrap().remove(0)).collect();
        let [running, killed, equal, shown] = <[Process; 4]>::try_from(lists).unwrap();
        assert_eq!(running.pid(), victim);
        ns::end(victim);
        if round % 8 > 3 {
            ns::next_tick();
        }
        let Some(bystander) = ns::fork_as(victim, ns::pause) else {
            lost += 1;
            continue;
        };
        let successor = Process::new(bystander).unwrap();
        assert!(!running.is_running());
        assert!(running.is_pid_reused());
        let error = killed.kill().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoSuchProcess);
        assert!(error.to_string().contains("reused"), "{error}");
        assert_ne!(equal, successor);
        assert_ne!(successor, equal);
        assert_eq!(shown.wait(Some(Duration::ZERO)).unwrap(), None);
        let listed = me.children(false).unwrap();
        assert_eq!(listed, [successor]);
        assert_ne!(listed[0], running);
        ns::kill(bystander, libc::SIGUSR2);
        assert_eq!(ns::reap(bystander), -libc::SIGUSR2);
        rounds += 1;
    }
    assert!(rounds > 200, "{rounds} rounds, {lost} PIDs lost");
}

#[test]
fn what_became_of_a_listed_child() {
    let child = Forked::new(|| {
        let first = ns::fork(ns::pause);
        ns::fork(|| 0);
        ns::reap(first);
        ns::pause()
    });
    let parent = Process::new(child.0).unwrap();
    ns::until("both are there", || parent.children(false).unwrap().len() == 2);
    ns::next_tick();
    let list = || parent.children(false).unwrap();
    let [a, b] = <[Process; 2]>::try_from(list()).unwrap();
    let [a2, b2] = <[Process; 2]>::try_from(list()).unwrap();
    assert!(a == a2 && b == b2 && a != b);
    assert_eq!(a, Process::new(a.pid()).unwrap());
    assert_eq!(b.status().unwrap(), ProcessStatus::Zombie);
    assert!(a.create_time().unwrap() <= a2.create_time().unwrap());
    assert_eq!(a.parent().unwrap(), Some(parent.clone()));
    let (unasked, later) = (list().remove(0), list().remove(0));
    ns::kill(a.pid(), libc::SIGKILL);
    ns::until("it has ended", || !a.is_running());
    // It was never asked for its start time; its PID is all that is known of it.
    assert_eq!(unasked, a);
    assert_eq!(unasked, later);
    assert!(!unasked.is_running());
    assert_eq!(unasked.kill().unwrap_err().kind(), ErrorKind::NoSuchProcess);
    assert_eq!(later.wait(Some(Duration::ZERO)).unwrap(), None);
    drop(child);
    assert_eq!(parent.children(true).unwrap_err().kind(), ErrorKind::NoSuchProcess);
}
