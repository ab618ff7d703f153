//! `sysvitals`, `ps`, `info`, `--help`, `completions`, `man`, not at a terminal.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use common::{Sleeper, command, complaint, fixture, json, output, run, text};

#[test]
fn help_of_every_command_tells_the_exit_codes() {
    let commands = [
        "ps",
        "info",
        "free",
        "df",
        "netstat",
        "ifconfig",
        "iostat",
        "sensors",
        "who",
        "uptime",
        "cpu",
        "kill",
        "terminate",
        "suspend",
        "resume",
        "wait",
        "completions",
        "man",
    ];
    assert!(output(&["--help"]).contains("Exit codes:"));
    for name in commands {
        let help = output(&[name, "--help"]);
        assert!(help.contains("Exit codes:") && help.contains("Examples:"), "{name}: {help}");
        assert!(output(&["--help"]).contains(&format!("\n  {name} ")), "{name}");
    }
}

#[test]
fn completions_and_manual_pages_come_from_the_same_definition() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(output(&["completions", shell]).contains("terminate"), "{shell}");
    }
    assert!(output(&["man"]).starts_with(".ie"));
    let page = output(&["man", "ps"]);
    assert!(page.contains("sysvitals\\-ps") && page.contains(".nf\n") && page.contains(".fi\n"));
    assert!(complaint(&["man", "nope"], 2).contains("'nope'"));
}

#[test]
fn piped_output_is_plain_and_whole() {
    for args in [&[][..], &["ps"]] {
        let listing = output(args);
        assert!(!listing.contains('\x1b'));
        assert!(listing.starts_with("  ") || listing.starts_with("PID"), "{listing}");
        let me = std::process::id().to_string();
        assert!(listing.lines().any(|line| line.split_whitespace().next() == Some(&me)));
    }
    assert!(output(&["ps", "--color", "always"]).contains("\x1b["));
}

#[test]
fn no_color_is_honoured() {
    let output = command().arg("ps").env("NO_COLOR", "1").env("CLICOLOR_FORCE", "1").output();
    assert!(!text(&output.unwrap().stdout).contains('\x1b'));
}

#[test]
fn json_has_this_process_with_its_records() {
    let all = json(&["ps", "--columns", "all", "--json"]);
    let me = all.as_array().unwrap().iter().find(|p| p["pid"] == std::process::id()).unwrap();
    assert!(me["memory_info"]["rss"].as_u64().unwrap() > 0);
    assert!(me["cmdline"].as_array().unwrap()[0].is_string());
    assert!(me["environ"]["PATH"].is_string());
    assert_eq!(me["status"].as_str().map(|s| s.len() > 3), Some(true));
    assert!(me.as_object().unwrap().len() >= 32);
}

#[test]
fn only_what_was_asked_for_is_told() {
    let all = json(&["ps", "--columns", "pid,rss", "--sort", "cpu", "--json"]);
    for process in all.as_array().unwrap() {
        let names: Vec<_> = process.as_object().unwrap().keys().collect();
        assert_eq!(names, ["pid", "memory_info"]);
    }
}

#[test]
fn wrong_arguments_are_named() {
    let wrong: &[(&[&str], &str)] = &[
        (&["ps", "--columns", "nope"], "'nope'"),
        (&["ps", "--columns", "pid,commnd"], "did you mean 'command'"),
        (&["ps", "--sort", "-nope"], "'nope'"),
        (&["ps", "--filter", "rss>lots"], "'lots'"),
        (&["ps", "--filter", "name~("], "unclosed"),
        (&["ps", "--watch", "-1"], "-1"),
        (&["ps", "--interval", "0"], "'0'"),
        (&["ps", "--limit", "-3"], "-3"),
        (&["ps", "--tree", "--json"], "--json"),
        (&["ps", "--tree", "--columns", "pid"], "--tree"),
        (&["info", "0"], "'0'"),
        (&["info", "-5"], "'-5'"),
        (&["info", "99999999999"], "'99999999999'"),
        (&["info", "x"], "'x'"),
        (&["nope"], "'nope'"),
    ];
    for (args, named) in wrong {
        let said = complaint(args, 2);
        assert!(said.contains(named), "{args:?}: {said}");
    }
}

#[test]
fn sorting_really_sorts() {
    let numbers = |args: &[&str]| -> Vec<f64> {
        let listing = output(args);
        listing.lines().skip(1).map(|line| line.trim().parse().unwrap_or(-1.0)).collect()
    };
    let rss = numbers(&["ps", "--columns", "rss", "--csv", "--sort", "rss"]);
    assert!(rss.len() > 1 && rss.is_sorted_by(|a, b| a >= b), "{rss:?}");
    let rss = numbers(&["ps", "--columns", "rss", "--csv", "--sort", "+rss"]);
    assert!(rss.is_sorted());
    assert!(numbers(&["ps", "--columns", "pid", "--csv", "--sort", "pid"]).is_sorted());
    assert!(
        numbers(&["ps", "--columns", "pid", "--csv", "--sort", "-pid"]).is_sorted_by(|a, b| a >= b)
    );
    let cpu = numbers(&["ps", "--columns", "cpu", "--csv", "--interval", "0.1"]);
    assert!(cpu.is_sorted_by(|a, b| a >= b), "{cpu:?}");
    assert_eq!(numbers(&["ps", "--columns", "pid", "--csv", "--limit", "1"]).len(), 1);
}

#[test]
fn a_busy_process_comes_first() {
    let mut busy = Command::new("sh").args(["-c", "while :; do :; done"]).spawn().unwrap();
    let listing = json(&["ps", "--json", "--filter", &format!("pid={}", busy.id())]);
    busy.kill().unwrap();
    busy.wait().unwrap();
    assert!(listing[0]["cpu_percent"].as_f64().unwrap() > 10.0, "{listing}");
}

#[test]
fn filters_choose() {
    let sleeper = Sleeper::new();
    let pid = sleeper.pid();
    for filter in
        [format!("pid={pid}"), format!("name=sleep,pid={pid}"), format!("SLEEP,pid={pid}")]
    {
        let found = output(&["ps", "--filter", &filter, "--columns", "pid,command"]);
        assert_eq!(found.lines().count(), 2, "{filter}: {found}");
        assert!(found.contains("sleep 600"));
    }
    let none = run(&["ps", "--filter", "name=no-process-has-this-name", "--json"]);
    assert_eq!((none.status.code(), text(&none.stdout).trim()), (Some(1), "[]"));
    let mine = rustix::process::getuid().as_raw();
    let all = json(&["ps", "--user", &mine.to_string(), "--columns", "pid,uids", "--json"]);
    assert!(all.as_array().unwrap().iter().all(|p| p["uids"]["real"] == mine));
}

#[test]
fn a_closed_pipe_ends_quietly() {
    for args in [&["ps"][..], &["ps", "--watch", "0.05", "--columns", "pid"], &["--help"]] {
        let mut child =
            command().args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert_eq!(text(&output.stderr), "", "{args:?}");
    }
}

#[test]
fn watching_through_a_pipe_repeats() {
    let mut child = command()
        .args(["ps", "--watch", "0.05", "--json", "--columns", "pid"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in lines.take(3) {
        let pids: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        assert!(pids[0]["pid"].is_number());
    }
    assert!(child.wait().unwrap().success());
}

#[test]
fn another_proc_is_read() {
    let root = fixture();
    let proc = root.path().to_str().unwrap();
    let listing = output(&["ps", "--proc", proc, "--columns", "pid,user,rss,name,command"]);
    assert_eq!(listing.lines().count(), 4, "{listing}");
    assert!(listing.contains("[kthreadd]") && listing.contains("/sbin/init splash"), "{listing}");
    assert!(!listing.contains('\x1b'));
    assert!(listing.contains("ev\\x1b[31mil\\xff"), "{listing}");
    assert!(listing.contains("/opt/ev\\x1b[2Jil\\xff two\\nlines"), "{listing}");
    let by_env = command().args(["ps", "--csv"]).env("SYSVITALS_PROC", proc).output().unwrap();
    assert_eq!(text(&by_env.stdout).lines().count(), 4);

    let columns = "pid,ppid,name,memory_info,memory_percent,open_files";
    let all = json(&["ps", "--proc", proc, "--json", "--columns", columns, "--sort", "-pid"]);
    assert_eq!(all[0]["pid"], 42);
    assert_eq!(all[0]["name"], "ev\u{1b}[31mil\\xff");
    assert_eq!(all[0]["escaped"], serde_json::json!(["name"]));
    assert!(all[0]["memory_info"]["rss"].as_u64().unwrap() > 0);
    assert!(all[0]["open_files"].is_null(), "{all}");
    assert!(all[0]["errors"]["open_files"]["message"].is_string());

    let tree = output(&["ps", "--proc", proc, "--tree", "--columns", "pid,name"]);
    assert!(tree.contains("42 └─ ev"), "{tree}");
}

#[test]
fn a_missing_proc_is_an_error() {
    let said = complaint(&["ps", "--proc", "/nonexistent"], 1);
    assert!(said.contains("/nonexistent"), "{said}");
}

#[test]
fn info_on_this_process_and_on_init() {
    let me = std::process::id().to_string();
    for pid in [me.as_str(), "1"] {
        let told = output(&["info", pid]);
        for title in ["Identity", "Family", "Limits", "Memory maps", "Environment"] {
            assert!(told.contains(title), "{title}");
        }
        for name in ["cmdline", "memory_footprint", "net_connections", "RLIMIT_NOFILE", "children"]
        {
            assert!(told.contains(&format!("\n  {name} ")), "{name}: {told}");
        }
        let object = json(&["info", pid, "--json"]);
        assert_eq!(object["pid"].to_string(), pid);
        assert!(object["rlimits"]["RLIMIT_NOFILE"].is_object());
    }
    let object = json(&["info", &me, "--json"]);
    assert!(object["errors"].is_null(), "{}", object["errors"]);
    assert!(object["parents"].as_array().is_some_and(|parents| !parents.is_empty()));
}

#[test]
fn info_on_no_process() {
    let said = complaint(&["info", "4194304"], 1);
    assert!(said.contains("4194304"), "{said}");
}

#[test]
fn info_tells_why_something_was_denied() {
    if !rustix::process::getuid().is_root() {
        return;
    }
    use std::os::unix::process::CommandExt;
    // Nobody may not look into the folder of the build: it gets a copy.
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("sysvitals");
    std::fs::copy(env!("CARGO_BIN_EXE_sysvitals"), &copy).unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let mut command = Command::new(&copy);
    command.uid(65534).gid(65534).current_dir("/");
    let told = command.args(["info", "1"]).output().unwrap();
    assert!(told.status.success(), "{told:?}");
    let told = text(&told.stdout);
    assert!(told.contains("access denied: /proc/1/cwd: Permission denied"), "{told}");

    let mut kill = Command::new(&copy);
    let sleeper = Sleeper::new();
    let refused = kill.uid(65534).gid(65534).current_dir("/").args(["kill", &sleeper.pid()]);
    let refused = refused.output().unwrap();
    assert_eq!(refused.status.code(), Some(3), "{refused:?}");
}

/// procps as the judge, of the processes that live on both sides of its look.
#[test]
fn as_ps_says() {
    type Facts = BTreeMap<i64, (i64, String, i64, String)>;
    let ours = || -> Facts {
        let all = json(&["ps", "--json", "--columns", "pid,ppid,user,nice,name"]);
        let all = all.as_array().unwrap().iter();
        all.map(|p| {
            let number = |name: &str| p[name].as_i64().unwrap();
            let string = |name: &str| p[name].as_str().unwrap_or_default().to_owned();
            (number("pid"), (number("ppid"), string("username"), number("nice"), string("name")))
        })
        .collect()
    };
    let before = ours();
    let format = "pid=,ppid=,ruser:64=,nice=,comm:64=";
    let Ok(judge) = Command::new("ps").args(["-e", "-o", format]).output() else {
        return;
    };
    let after = ours();
    let listing = String::from_utf8_lossy(&judge.stdout).into_owned();
    let mut judged = BTreeSet::new();
    for line in listing.lines() {
        let mut words = line.split_whitespace();
        let mut word = || words.next().unwrap_or_default();
        let (pid, ppid, user, nice, comm) = (word(), word(), word(), word(), word());
        let (Ok(pid), Ok(ppid)) = (pid.parse(), ppid.parse::<i64>()) else { continue };
        judged.insert(pid);
        // What changed meanwhile cannot be judged.
        let Some(facts) = before.get(&pid).filter(|facts| after.get(&pid) == Some(*facts)) else {
            continue;
        };
        assert_eq!((facts.0, facts.1.as_str()), (ppid, user), "{line}");
        assert!(nice == "-" || facts.2.to_string() == nice, "{line}");
        // A kernel worker is called after its latest work.
        let comm = if comm.starts_with("kworker/") {
            comm.split(['-', '+']).next().unwrap_or_default()
        } else {
            comm
        };
        let start = comm.get(..comm.len().min(15)).unwrap_or_default();
        assert!(facts.3.starts_with(start) || comm.contains(['?', '<']), "{line}: {facts:?}");
    }
    let lasting: Vec<_> = before.keys().filter(|pid| after.contains_key(pid)).collect();
    assert!(lasting.iter().all(|pid| judged.contains(pid)), "{lasting:?} {judged:?}");
}
