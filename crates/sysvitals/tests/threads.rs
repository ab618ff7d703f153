//! One process, one table, many threads.
#![cfg(test)]
#![cfg(target_os = "linux")]

use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread;

use sysvitals::{
    Attr, Attrs, Error, ErrorKind, OneShot, Pid, Process, ProcessInfo, ProcessTable, Roots, Value,
};

const fn send<T: Send>() {}
const fn send_and_sync<T: Send + Sync>() {}

const _: () = {
    send_and_sync::<Process>();
    send_and_sync::<ProcessTable>();
    send_and_sync::<ProcessInfo>();
    send_and_sync::<Roots>();
    send_and_sync::<Error>();
    send_and_sync::<Value>();
    send::<OneShot<'static>>();
};

const THREADS: usize = 8;
const ROUNDS: usize = 100;

fn sleep() -> Child {
    Command::new("sleep").arg("100000").stdin(Stdio::null()).spawn().unwrap()
}

fn pid_of(child: &Child) -> Pid {
    child.id().cast_signed()
}

fn end(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Fails on what a process may not answer.
fn check<T>(what: &str, answer: &Result<T, Error>) {
    if let Err(error) = answer {
        let kinds = [ErrorKind::NoSuchProcess, ErrorKind::ZombieProcess, ErrorKind::AccessDenied];
        assert!(kinds.contains(&error.kind()), "{what}: {error:?}");
    }
}

fn look(process: &Process) {
    let view = process.oneshot();
    for &attr in Attr::ALL {
        check(attr.as_str(), &view.get(attr));
    }
    check("as_dict", &process.as_dict(Attrs::ALL));
    check("cpu_percent", &process.cpu_percent(None));
    let _ = (process.to_string(), process.known_name());
}

#[test]
fn many_threads_look_at_a_process_that_dies() {
    let mut child = sleep();
    let process = Process::new(pid_of(&child)).unwrap();
    let gone = AtomicBool::new(false);
    let looked = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..ROUNDS {
                    let was_gone = gone.load(Relaxed);
                    look(&process);
                    let running = process.is_running();
                    assert!(!(was_gone && running), "it came back");
                    if looked.fetch_add(1, Relaxed) > ROUNDS && was_gone {
                        break;
                    }
                }
            });
        }
        while looked.load(Relaxed) < THREADS {
            thread::yield_now();
        }
        end(&mut child);
        gone.store(true, Relaxed);
    });
    assert!(!process.is_running());
    assert_eq!(process.cmdline().unwrap_err().kind(), ErrorKind::NoSuchProcess);
}

#[test]
fn many_threads_wait_for_one_child() {
    let child = sleep();
    // The status is collected by whoever waits first, and told to all.
    let process = Process::new(pid_of(&child)).unwrap();
    let other = Process::new(pid_of(&child)).unwrap();
    thread::scope(|scope| {
        let waits: Vec<_> =
            (0..THREADS).map(|_| scope.spawn(|| process.wait(None).unwrap())).collect();
        process.terminate().unwrap();
        for wait in waits {
            let status = wait.join().unwrap().unwrap();
            assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(15));
        }
    });
    assert!(!process.is_running() && !other.is_running());
    drop(child);
}

#[test]
fn many_threads_read_one_table_while_processes_die() {
    let table = ProcessTable::new();
    let mut kept = sleep();
    let own = Process::current();
    let (over, kept_pid) = (AtomicBool::new(false), pid_of(&kept));
    thread::scope(|scope| {
        let readers: Vec<_> = (0..THREADS)
            .map(|place| {
                let (table, own) = (&table, &own);
                scope.spawn(move || {
                    for round in 0..ROUNDS / 10 {
                        if place == 0 && round % 3 == 0 {
                            table.cache_clear();
                        }
                        read(table, own, kept_pid);
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            while !over.load(Relaxed) {
                let mut children: Vec<_> = (0..4).map(|_| sleep()).collect();
                thread::yield_now();
                children.iter_mut().for_each(end);
            }
        });
        let results: Vec<_> = readers.into_iter().map(|reader| reader.join()).collect();
        over.store(true, Relaxed);
        assert!(results.iter().all(Result::is_ok));
    });
    end(&mut kept);
    assert!(table.iter().unwrap().all(|process| process.pid() != kept_pid));
}

fn read(table: &ProcessTable, own: &Process, kept: Pid) {
    let attrs = Attrs::from([Attr::Name, Attr::Ppid, Attr::Username, Attr::CpuPercent]);
    let mut pids = Vec::new();
    for info in table.read(attrs).unwrap() {
        let pid = info.process().pid();
        for (attr, answer) in info.iter() {
            check(attr.as_str(), answer);
        }
        pids.push(pid);
    }
    assert!(pids.is_sorted());
    assert!(pids.contains(&own.pid()) && pids.contains(&kept));
    let processes: Vec<_> = table.iter().unwrap().collect();
    assert!(processes.iter().any(|process| process == own));
}
