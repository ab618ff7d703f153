//! `kill`, `terminate`, `suspend`, `resume` and `wait`.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::process::Command;
use std::time::{Duration, Instant};

use common::{Sleeper, complaint, json, output, run, text};

const SIGKILL: i32 = 9;
const SIGTERM: i32 = 15;

fn status(pid: &str) -> String {
    let all = json(&["ps", "--json", "--columns", "pid,status", "--filter", &format!("pid={pid}")]);
    all[0]["status"].as_str().unwrap().to_owned()
}

#[test]
fn kill_and_terminate_a_child() {
    for (verb, signal) in [("kill", SIGKILL), ("terminate", SIGTERM)] {
        let mut child = Sleeper::new();
        let said = output(&[verb, &child.pid()]);
        assert!(said.starts_with(&format!("{} sleep: SIG", child.pid())), "{said}");
        assert_eq!(child.signal(), Some(signal));
    }
}

#[test]
fn suspend_and_resume_a_child() {
    let child = Sleeper::new();
    output(&["suspend", &child.pid()]);
    let until = Instant::now() + Duration::from_secs(5);
    while status(&child.pid()) != "stopped" {
        assert!(Instant::now() < until);
    }
    output(&["resume", &child.pid()]);
    while status(&child.pid()) == "stopped" {
        assert!(Instant::now() < until);
    }
}

#[test]
fn several_by_name_need_a_yes() {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("sv-many-{}", std::process::id());
    let mut children = [Sleeper::named(folder.path(), &name), Sleeper::named(folder.path(), &name)];
    let pattern = format!("^{}$", &name[..name.len().min(15)]);
    let said = complaint(&["terminate", "--name", &pattern], 2);
    assert!(said.contains("2 processes to terminate"), "{said}");
    assert!(children.iter_mut().all(Sleeper::is_running));
    let said = output(&["terminate", "--name", &pattern, "--yes"]);
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(children.iter_mut().all(|child| child.signal() == Some(SIGTERM)));
}

#[test]
fn several_by_pid_need_a_yes() {
    let mut children = [Sleeper::new(), Sleeper::new()];
    let pids = children.each_ref().map(Sleeper::pid);
    complaint(&["kill", &pids[0], &pids[1]], 2);
    assert!(children.iter_mut().all(Sleeper::is_running));
    output(&["kill", &pids[0], &pids[1], &pids[0], "--yes"]);
    assert!(children.iter_mut().all(|child| child.signal() == Some(SIGKILL)));
}

#[test]
fn one_by_name_needs_none_and_user_narrows() {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("sv-one-{}", std::process::id());
    let mut child = Sleeper::named(folder.path(), &name);
    let pattern = format!("^{}$", &name[..name.len().min(15)]);
    let said = complaint(&["kill", "--name", &pattern, "--user", "no-such-user"], 1);
    assert!(said.contains("no-such-user"), "{said}");
    assert!(child.is_running());
    let uid = rustix::process::getuid().as_raw().to_string();
    output(&["kill", "--name", &pattern, "--user", &uid]);
    assert_eq!(child.signal(), Some(SIGKILL));
}

#[test]
fn a_pattern_never_means_the_command_itself() {
    let folder = tempfile::tempdir().unwrap();
    // A link names the process as a copy would, and nobody holds a link open for writing when it is
    // executed: a child that another test forks in the meantime would hold a copy.
    let link = folder.path().join(format!("sv-{}", std::process::id()));
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_sysvitals"), &link).unwrap();
    // The test is an ancestor of the command.
    let parent = std::fs::read_to_string("/proc/self/comm").unwrap();
    let pattern = format!("^({}|sv-{})$", parent.trim(), std::process::id());
    let said = Command::new(link).args(["wait", "--timeout", "0", "--name", &pattern]).output();
    let said = said.unwrap();
    assert_eq!(said.status.code(), Some(1), "{said:?}");
    assert!(text(&said.stderr).contains("no process matches"), "{said:?}");
}

#[test]
fn nothing_is_touched_if_an_argument_is_wrong() {
    let mut child = Sleeper::new();
    for bad in ["0", "-1", "-9", "99999999999", "1.5", "x"] {
        let said = complaint(&["kill", "--yes", &child.pid(), bad], 2);
        assert!(said.contains(&format!("'{bad}'")), "{bad}: {said}");
    }
    let wrong: &[(&[&str], &str)] = &[
        (&["kill"], "PID"),
        (&["kill", "--name", "("], "unclosed"),
        (&["kill", &child.pid(), "--name", "x"], "--name"),
        (&["kill", &child.pid(), "--user", "root"], "--user"),
        (&["kill", &child.pid(), "--wait", "-1"], "-1"),
        (&["wait", &child.pid(), "--timeout", "nan"], "nan"),
    ];
    for (args, named) in wrong {
        let said = complaint(args, 2);
        assert!(said.contains(named), "{args:?}: {said}");
    }
    assert!(child.is_running());
}

#[test]
fn one_that_is_gone_is_told_and_the_others_are_reached() {
    let mut child = Sleeper::new();
    let said = run(&["kill", "--yes", "4194304", &child.pid()]);
    assert_eq!(said.status.code(), Some(1));
    assert!(text(&said.stderr).contains("4194304: process PID not found"), "{said:?}");
    assert_eq!(child.signal(), Some(SIGKILL));
}

#[test]
fn waiting_gives_up_at_the_timeout() {
    let child = Sleeper::new();
    let began = Instant::now();
    let said = complaint(&["wait", &child.pid(), "--timeout", "0.2"], 124);
    assert!(said.contains("has not ended"), "{said}");
    assert!(began.elapsed() >= Duration::from_millis(200));
}

#[test]
fn waiting_ends_with_the_process() {
    let child = Sleeper::new();
    let pid = child.pid();
    let waiting = std::thread::spawn({
        let pid = pid.clone();
        move || output(&["wait", &pid, "--timeout", "20"])
    });
    std::thread::sleep(Duration::from_millis(300));
    drop(child);
    assert_eq!(waiting.join().unwrap(), format!("{pid} sleep: ended\n"));
    complaint(&["wait", "4194304"], 1);
}

#[test]
fn terminate_can_wait() {
    let mut child = Sleeper::new();
    let pid = child.pid();
    let told = std::thread::spawn(move || output(&["terminate", &pid, "--wait", "20"]));
    assert_eq!(child.signal(), Some(SIGTERM));
    assert!(told.join().unwrap().ends_with("ended\n"));
}
