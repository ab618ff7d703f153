//! No action reaches a process that merely got the PID of the one that was looked at.
//!
//! In a PID namespace of its own, `ns_last_pid` hands the victim's PID to a bystander right after
//! the victim was reaped.
#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering::SeqCst};
use std::sync::{Barrier, Mutex};
use std::time::{Duration, Instant};

use common::ns;
use sysvitals::process::{IoPriorityClass, Resource};
use sysvitals::{ErrorKind, Process, ProcessTable, Result, Roots};

type Action = (&'static str, fn(&Process) -> Result<()>);

const ACTIONS: &[Action] = &[
    ("kill", Process::kill),
    ("terminate", Process::terminate),
    ("suspend", Process::suspend),
    ("send_signal", |p| p.send_signal(libc::SIGUSR1)),
    ("set_nice", |p| p.set_nice(7)),
    ("set_rlimit", |p| p.set_rlimit(Resource::Nofile, 11, 12)),
    ("set_ionice", |p| p.set_ionice(IoPriorityClass::Idle, 0)),
    ("set_cpu_affinity", |p| p.set_cpu_affinity(&[0])),
];

/// What an action would have changed.
#[derive(Debug, PartialEq)]
struct Facts {
    nice: String,
    nofile: (u64, u64),
    ionice: (u32, u32),
    cpus: Vec<usize>,
}

fn facts(pid: i32) -> Facts {
    let process = Process::new(pid).unwrap();
    let ionice = process.ionice().unwrap();
    Facts {
        nice: ns::stat_field(pid, 19).unwrap(),
        nofile: process.rlimit(Resource::Nofile).unwrap(),
        ionice: (ionice.ioclass.as_raw(), ionice.value),
        cpus: process.cpu_affinity().unwrap(),
    }
}

fn assert_untouched(bystander: i32, before: &Facts) {
    assert!(["S", "R"].contains(&ns::state(bystander).as_str()), "{}", ns::state(bystander));
    assert_eq!(facts(bystander), *before);
    // Ends of our signal and no other's.
    ns::kill(bystander, libc::SIGUSR2);
    assert_eq!(ns::reap(bystander), -libc::SIGUSR2);
}

fn assert_refused(name: &str, handle: &Process, result: Result<()>) {
    let error = result.expect_err(name);
    assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{name}: {error}");
    assert_eq!(error.pid(), Some(handle.pid()));
    assert!(error.to_string().contains("reused"), "{name}: {error}");
    assert!(!handle.is_running());
}

#[test]
fn every_action_within_one_tick() {
    if !ns::in_role("ns") {
        ns::rerun_in_namespaces("every_action_within_one_tick", "ns", ns::PID_NS);
        return;
    }
    let probe = ns::fork_idle();
    let before = facts(probe);
    let has_pidfs = pidfs(probe);
    ns::end(probe);
    if !ns::needs(has_pidfs, "pidfs (Linux 6.9) to tell processes of one clock tick apart") {
        return;
    }
    let (mut rounds, mut equal, mut actions, mut lost) = (0u64, 0u64, 0u64, 0u64);
    let start = Instant::now();
    while rounds < 5_000 && start.elapsed() < Duration::from_secs(120) {
        let victim = ns::fork_idle();
        let old_start = ns::start_ticks(victim);
        let handles: Vec<_> = ACTIONS.iter().map(|_| Process::new(victim).unwrap()).collect();
        ns::end(victim);
        let Some(bystander) = ns::fork_as(victim, ns::pause) else {
            lost += 1;
            continue;
        };
        for (i, handle) in handles.iter().enumerate() {
            let (name, act) = ACTIONS[(i + rounds as usize) % ACTIONS.len()];
            assert_refused(name, handle, act(handle));
            actions += 1;
        }
        rounds += 1;
        equal += u64::from(ns::start_ticks(bystander) == old_start);
        assert_untouched(bystander, &before);
    }
    eprintln!(
        "{rounds} rounds in {:.1?}, {equal} with equal start ticks, {lost} PIDs lost: \
         {actions} actions, none hit",
        start.elapsed()
    );
    assert!(rounds >= 1_000, "the machine is too slow to tell: {rounds} rounds");
    assert!(equal >= rounds / 4, "the hard case was hardly met: {equal} of {rounds}");
}

fn pidfs(pid: i32) -> bool {
    use sysvitals::os::linux::ProcessExt;
    let fd = Process::new(pid).unwrap().pidfd().unwrap();
    let facts = rustix::fs::fstatfs(fd).unwrap();
    facts.f_type as u64 == 0x5049_4446
}

/// As before Linux 5.3: the start time decides, which differs as soon as a tick has passed.
#[test]
fn every_action_without_pidfd() {
    if !ns::in_role("ns") {
        ns::rerun_in_namespaces("every_action_without_pidfd", "ns", ns::PID_NS);
        return;
    }
    let roots = Roots::default().without_pidfd();
    let probe = ns::fork_idle();
    let before = facts(probe);
    ns::end(probe);
    let (mut rounds, mut lost) = (0, 0);
    for _ in 0..50 {
        let victims: Vec<_> = (0..100).map(|_| ns::fork_idle()).collect();
        let handles: Vec<Vec<_>> = victims
            .iter()
            .map(|&pid| ACTIONS.iter().map(|_| roots.process(pid).unwrap()).collect())
            .collect();
        for &victim in &victims {
            ns::end(victim);
        }
        ns::next_tick();
        for (handles, &victim) in handles.iter().zip(&victims) {
            let Some(bystander) = ns::fork_as(victim, ns::pause) else {
                lost += 1;
                continue;
            };
            for (handle, (name, act)) in handles.iter().zip(ACTIONS) {
                assert_refused(name, handle, act(handle));
            }
            assert_untouched(bystander, &before);
            rounds += 1;
        }
    }
    eprintln!("{rounds} rounds without pidfd, {lost} PIDs lost: none hit");
    assert!(rounds >= 2_500);
}

/// Kills while another thread lets the victim end and gives its PID away.
#[test]
fn racing_kill() {
    if !ns::in_role("ns") {
        ns::rerun_in_namespaces("racing_kill", "ns", ns::PID_NS);
        return;
    }
    let stats = race(Duration::from_secs(6), |handle| handle.kill());
    eprintln!("{stats:?}");
    assert_eq!(stats.bystanders_hit, 0);
    assert!(stats.rounds > 500 && stats.recycled > 100, "{stats:?}");
}

/// Setters take PIDs: when the process ends in the instant between the proof and the call, the
/// caller at least learns that it was not the process.
#[test]
fn racing_setter() {
    if !ns::in_role("ns") {
        ns::rerun_in_namespaces("racing_setter", "ns", ns::PID_NS);
        return;
    }
    let stats = race(Duration::from_secs(4), |handle| handle.set_nice(7));
    eprintln!("{stats:?}");
    assert_eq!(stats.hit_unnoticed, 0);
    assert!(stats.rounds > 500 && stats.recycled > 100, "{stats:?}");
}

#[derive(Debug, Default)]
struct Race {
    rounds: u64,
    /// The bystander got the PID.
    recycled: u64,
    /// The victim was reached in time.
    reached: u64,
    bystanders_hit: u64,
    hit_unnoticed: u64,
}

fn race(time: Duration, act: impl Fn(&Process) -> Result<()> + Sync) -> Race {
    let deadline = Instant::now() + time;
    let pid = AtomicI32::new(0);
    let over = AtomicBool::new(false);
    let pauses = AtomicU64::new(1);
    let (looked, acted) = (Barrier::new(2), Barrier::new(2));
    let answer = Mutex::new(None);
    let mut stats = Race::default();
    let usual = ns::stat_field(std::process::id().cast_signed(), 19);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            loop {
                looked.wait();
                if over.load(SeqCst) {
                    return;
                }
                let handle = Process::new(pid.load(SeqCst)).unwrap();
                looked.wait();
                for _ in 0..pauses.load(SeqCst) {
                    std::hint::spin_loop();
                }
                *answer.lock().unwrap() = Some(act(&handle));
                acted.wait();
            }
        });
        let mut seed = 1u64;
        // A busy machine takes longer for as many rounds.
        while Instant::now() < deadline || stats.rounds <= 500 {
            stats.rounds += 1;
            let victim = ns::fork_idle();
            pid.store(victim, SeqCst);
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            pauses.store((seed >> 33) % 20_000, SeqCst);
            looked.wait();
            looked.wait();
            ns::kill(victim, libc::SIGUSR2);
            let end = ns::reap(victim);
            let bystander = ns::fork_as(victim, ns::pause);
            acted.wait();
            let result = answer.lock().unwrap().take().unwrap();
            stats.reached += u64::from(end == -libc::SIGKILL);
            if let Err(error) = &result {
                assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{error}");
            }
            let Some(bystander) = bystander else { continue };
            stats.recycled += 1;
            let nice = ns::stat_field(bystander, 19);
            // A bystander that was hit is a zombie by now, which no signal touches.
            ns::kill(bystander, libc::SIGUSR2);
            let hit = ns::reap(bystander) != -libc::SIGUSR2 || nice != usual;
            stats.bystanders_hit += u64::from(hit);
            stats.hit_unnoticed += u64::from(hit && result.is_ok());
        }
        over.store(true, SeqCst);
        looked.wait();
    });
    stats
}

/// Handles from a table and from a family tree are as sure as those from a PID.
#[test]
fn handles_of_tables_and_trees() {
    if !ns::in_role("ns") {
        ns::rerun_in_namespaces("handles_of_tables_and_trees", "ns", ns::PID_NS);
        return;
    }
    let (mut rounds, mut equal) = (0, 0);
    for _ in 0..1_000 {
        let victim = ns::fork_idle();
        let old_start = ns::start_ticks(victim);
        let table = ProcessTable::new();
        let listed = table.iter().unwrap().find(|p| p.pid() == victim).unwrap();
        let read = ProcessTable::new()
            .read([sysvitals::Attr::Name].into())
            .unwrap()
            .find(|info| info.process().pid() == victim)
            .unwrap()
            .process()
            .clone();
        let children = Process::current().children(false).unwrap();
        let child = children.into_iter().find(|p| p.pid() == victim).unwrap();
        let asked = Process::new(victim).unwrap();
        ns::end(victim);
        let Some(bystander) = ns::fork_as(victim, ns::pause) else { continue };
        let same_tick = ns::start_ticks(bystander) == old_start;
        if same_tick && !pidfs(bystander) {
            ns::end(bystander);
            continue;
        }
        rounds += 1;
        equal += u64::from(same_tick);
        let error = asked.ppid().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoSuchProcess);
        for handle in [listed, read, child] {
            assert_refused("kill", &handle, handle.kill());
            assert!(handle.children(false).is_err());
            assert!(handle.ppid().is_err());
            assert!(handle.parent().is_err());
            assert_ne!(handle, Process::new(bystander).unwrap());
            assert!(handle.to_string().contains("status='terminated + PID reused'"), "{handle}");
        }
        assert_eq!(ns::end(bystander), -libc::SIGKILL);
    }
    eprintln!("{rounds} rounds, {equal} with equal start ticks");
    assert!(rounds > 0);
}

/// A wait for a process does not end with, or collect, a child that got its PID.
#[test]
fn wait_is_not_for_the_successor() {
    if !ns::in_role("ns") {
        ns::rerun_in_namespaces("wait_is_not_for_the_successor", "ns", ns::PID_NS);
        return;
    }
    let probe = ns::fork_idle();
    let has_pidfs = pidfs(probe);
    ns::end(probe);
    for (roots, can_tell) in
        [(Roots::default(), has_pidfs), (Roots::default().without_pidfd(), false)]
    {
        for _ in 0..100 {
            let victim = ns::fork_idle();
            let handle = roots.process(victim).unwrap();
            ns::end(victim);
            if !can_tell {
                ns::next_tick();
            }
            let Some(bystander) = ns::fork_as(victim, || 7) else { continue };
            ns::until("the bystander ends", || ns::state(bystander) == "Z");
            assert_eq!(handle.wait(Some(ns::LONG)).unwrap(), None);
            assert_eq!(ns::reap(bystander), 7);
        }
    }
}

/// `/proc` of another PID namespace: its PIDs are not those that system calls mean.
#[test]
fn proc_of_the_parent_namespace() {
    if ns::in_role("ns") {
        // Our PIDs here are small; the same numbers are others' in the `/proc` that we see.
        let mut refused = 0;
        for _ in 0..300 {
            let bystander = ns::fork_idle();
            if let Ok(other) = Process::new(bystander) {
                for (name, act) in ACTIONS {
                    let error = act(&other).expect_err(name);
                    assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{name}: {error}");
                    refused += 1;
                }
            }
            ns::kill(bystander, libc::SIGUSR2);
            assert_eq!(ns::reap(bystander), -libc::SIGUSR2);
        }
        eprintln!("{refused} actions refused");
        return;
    }
    ns::rerun_in_namespaces(
        "proc_of_the_parent_namespace",
        "ns",
        &["--pid", "--fork", "--kill-child"],
    );
}

/// How often psutil hits the bystander: `PSUTIL_PYTHON=venv/bin/python cargo test --test reuse --
/// --ignored --nocapture`.
#[test]
#[ignore = "needs a Python with psutil in PSUTIL_PYTHON"]
fn psutil_beside() {
    let Some(python) = std::env::var_os("PSUTIL_PYTHON") else {
        eprintln!("skipped: needs PSUTIL_PYTHON");
        return;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/psutil_reuse.py");
    let status = Command::new("unshare")
        .args(ns::PID_NS)
        .arg(python)
        .args([script, "5000"])
        .status()
        .unwrap();
    assert!(status.success());
}
