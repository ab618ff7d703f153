//! `free`, `df`, `netstat`, `ifconfig`, `iostat`, `sensors`, `who`, `uptime`, `cpu`.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

use serde_json::{Value as Json, json};

use common::{Machine, command, complaint, json, output, run, text};

const COMMANDS: [&str; 9] =
    ["free", "df", "netstat", "ifconfig", "iostat", "sensors", "who", "uptime", "cpu"];
/// Those that tell of sizes.
const SIZES: [&str; 4] = ["free", "df", "ifconfig", "iostat"];

#[test]
fn memory_and_swap() {
    let machine = Machine::new();
    assert_eq!(
        machine.output(&["free"]),
        "       TOTAL USED FREE SHARED BUFF/CACHE AVAILABLE USE%\n\
         memory 15.3G 3.8G 1.9G  48.8M       5.1G     11.4G 25.0\n\
         swap    3.8G 977M 2.9G      -          -         - 25.0\n"
    );
    assert_eq!(
        machine.output(&["free", "-b"]),
        "             TOTAL       USED       FREE   SHARED BUFF/CACHE   AVAILABLE USE%\n\
         memory 16384000000 4096000000 2048000000 51200000 5529600000 12288000000 25.0\n\
         swap    4096000000 1024000000 3072000000        -          -           - 25.0\n"
    );
    let all = machine.json(&["free", "--json"]);
    assert_eq!(all["virtual_memory"]["slab"], 409_600_000);
    assert_eq!(all["swap_memory"]["sout"].as_u64().map(|bytes| bytes % 4096), Some(0));
    assert_eq!(all["swap_memory"]["percent"], 25.0);
}

#[test]
fn a_field_that_the_kernel_does_not_tell_is_said_and_the_rest_is_shown() {
    let machine = Machine::new();
    machine.remove("proc/vmstat");
    let said = machine.run(&["free", "--json"]);
    assert_eq!(said.status.code(), Some(0), "{said:?}");
    assert!(text(&said.stderr).starts_with("sysvitals: "), "{said:?}");
    assert!(text(&said.stderr).contains("sin"), "{said:?}");
    let all: Json = serde_json::from_str(&text(&said.stdout)).unwrap();
    assert_eq!(all["swap_memory"]["sin"], 0);
}

#[test]
fn file_systems_and_one_that_is_gone() {
    let machine = Machine::new();
    machine.write(
        "proc/self/mounts",
        "proc /proc proc rw 0 0\n/dev/sda1 /no/such\\040folder ext4 rw,relatime 0 0\n",
    );
    let said = machine.run(&["df"]);
    assert_eq!(said.status.code(), Some(1), "{said:?}");
    assert_eq!(
        text(&said.stdout),
        "DEVICE    TYPE SIZE USED AVAIL USE% MOUNT\n\
         /dev/sda1 ext4    -    -     -    - /no/such folder\n"
    );
    let complaint = text(&said.stderr);
    assert_eq!(complaint.matches("/no/such folder").count(), 1, "{complaint}");
    assert!(complaint.contains("No such file"), "{complaint}");
    assert_eq!(complaint.lines().count(), 1, "{complaint}");

    let said = machine.run(&["df", "--all", "--json"]);
    assert_eq!(said.status.code(), Some(1), "{said:?}");
    let all: Json = serde_json::from_str(&text(&said.stdout)).unwrap();
    assert_eq!(all[0]["mountpoint"], "/proc");
    assert_eq!(all[0]["disk_usage"]["percent"], 0.0);
    assert_eq!(all[0]["opts"], "rw");
    assert!(all[1]["disk_usage"].is_null());
    assert!(all[1]["errors"]["disk_usage"]["message"].is_string(), "{all}");
}

#[test]
fn a_dead_mount_does_not_hang_df() {
    let machine = Machine::new();
    let folder = tempfile::tempdir().unwrap();
    let dead = folder.path().to_str().unwrap();
    machine
        .write("proc/self/mounts", &format!("/dev/x {dead} ext4 rw 0 0\n/dev/y / ext4 rw 0 0\n"));
    // Nobody answers at the other end of descriptor 9; the mount goes with its namespace.
    let script = "exec 9<>/dev/fuse && mount -i -t fuse \
                  -o fd=9,rootmode=40000,user_id=0,group_id=0 none \"$1\" || exit 77\n\
                  shift; exec \"$@\"";
    let said = Command::new("unshare")
        .args(["-m", "sh", "-c", script, "sh", dead, env!("CARGO_BIN_EXE_sysvitals")])
        .args(machine.args(&["df", "--timeout", "0.3"]))
        .output();
    let said = match said {
        Ok(said) if matches!(said.status.code(), Some(0 | 3 | 124)) => said,
        other => return eprintln!("skipped: no FUSE mount can be made here: {other:?}"),
    };
    assert_eq!(said.status.code(), Some(124), "{said:?}");
    let shown = text(&said.stdout);
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[1].contains(" - ") && lines[1].ends_with(dead), "{shown}");
    assert!(lines[2].ends_with(" /") && !lines[2].contains(" - "), "{shown}");
    assert_eq!(text(&said.stderr), format!("sysvitals: timeout after 0.3 seconds: {dead}\n"));
}

#[test]
fn sockets_and_their_holders() {
    let machine = Machine::new();
    assert_eq!(
        machine.output(&["netstat"]),
        "PROTO LOCAL           REMOTE         STATUS      PID NAME\n\
         tcp   127.0.0.1:8080  -              LISTEN       10 server\n\
         tcp   127.0.0.1:41394 127.0.0.1:8080 ESTABLISHED   - -\n\
         udp   0.0.0.0:68      -              -             - -\n"
    );
    let ports = |kind: &str| -> Vec<Json> {
        let all = machine.json(&["netstat", "--json", "--kind", kind]);
        all.as_array().unwrap().iter().map(|one| one["laddr"]["port"].clone()).collect()
    };
    assert_eq!(ports("udp"), [68]);
    assert_eq!(ports("tcp4"), [8080, 41394]);
    assert!(ports("tcp6").is_empty() && ports("unix").is_empty());
    let all = machine.json(&["netstat", "--json"]);
    assert_eq!(
        all[0],
        json!({
            "fd": 3, "family": "AF_INET", "type": "SOCK_STREAM",
            "laddr": {"ip": "127.0.0.1", "port": 8080}, "raddr": null,
            "status": "LISTEN", "pid": 10, "name": "server"
        })
    );
    assert!(all[1]["pid"].is_null() && all[1]["name"].is_null());
}

#[test]
fn interfaces_of_another_proc_have_counters_only() {
    let machine = Machine::new();
    assert_eq!(
        machine.output(&["ifconfig"]),
        "INTERFACE STATE MTU MBIT/S MAC   RX   TX ADDRESSES\n\
         lo        -       -      - -   1000 1000 -\n\
         eth0      -       -      - -   4.8M 293K -\n"
    );
    let all = machine.json(&["ifconfig", "--json"]);
    assert_eq!(all["net_io_counters"]["eth0"]["bytes_recv"], 5_000_000);
    assert_eq!(all["net_io_counters"]["eth0"]["dropout"], 4);
    assert_eq!(all["net_if_stats"], json!({}));
}

#[test]
fn what_disks_did() {
    let machine = Machine::new();
    assert_eq!(
        machine.output(&["iostat"]),
        "DISK READS WRITES READ WRITTEN    BUSY\n\
         sda    100    200 1.0M    2.0M 0:01.50\n\
         sda1    10     20 8.0K   16.0K 0:00.00\n"
    );
    assert!(machine.output(&["iostat", "--bytes"]).contains(" 1048576 2097152 "));
    assert_eq!(
        machine.output(&["iostat", "--watch", "0.05", "--count", "1"]),
        "DISK READS/S WRITES/S READ/S WRITTEN/S BUSY%\n\
         sda      0.0      0.0      0         0   0.0\n\
         sda1     0.0      0.0      0         0   0.0\n"
    );
    let all = machine.json(&["iostat", "--json", "--watch", "0.05", "--count", "1"]);
    assert_eq!(all["disk_io_counters"]["sda"]["read_merged_count"], 5);
    assert_eq!(all["per_second"]["sda"]["read_bytes"], 0.0);
    assert!(machine.json(&["iostat", "--json"]).get("per_second").is_none());
}

#[test]
fn rates_are_of_the_time_since_the_last_round() {
    let machine = Machine::new();
    let mut child = command()
        .args(machine.args(&["iostat", "--json", "--watch", "0.05"]))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.next().unwrap().unwrap();
    // As rename does it: the reader sees the old file or the new one.
    machine.write("new", "   8       0 sda 150 5 2048 300 200 10 4096 600 0 1500 900\n");
    machine.rename("new", "proc/diskstats");
    let reads = |line: String| {
        let all: Json = serde_json::from_str(&line).unwrap();
        let reads = all["per_second"]["sda"]["read_count"].as_f64().unwrap();
        (all["disk_io_counters"]["sda"]["read_count"] == 150).then_some(reads)
    };
    // The first round that knows of 50 more reads, after 0.05 s or, if the machine is busy, later.
    let rate = lines.by_ref().find_map(|line| reads(line.unwrap())).unwrap();
    assert!(rate > 0.0 && rate <= 50.0 / 0.05, "{rate}");
    let next = lines.next().unwrap().unwrap();
    assert_eq!(reads(next), Some(0.0));
    drop(lines);
    assert!(child.wait().unwrap().success());
}

#[test]
fn temperatures_fans_and_battery() {
    let machine = Machine::new();
    assert_eq!(
        machine.output(&["sensors"]),
        "CHIP     LABEL        CURRENT HIGH CRITICAL\n\
         coretemp Package id 0    55.0 80.0    100.0\n\
         \n\
         CHIP     FAN  RPM\n\
         thinkpad -   2400\n\
         \n        \
         CHARGE%    LEFT PLUGGED\n\
         battery    75.0 3:00:00 no\n"
    );
    assert!(machine.output(&["sensors", "--fahrenheit"]).contains(" 131.0 176.0 "));
    let all = machine.json(&["sensors", "--json"]);
    let temperature =
        json!({"label": "Package id 0", "current": 55.0, "high": 80.0, "critical": 100.0});
    assert_eq!(all["sensors_temperatures"], json!({"coretemp": [temperature]}));
    assert_eq!(all["sensors_fans"], json!({"thinkpad": [{"label": "", "current": 2400}]}));
    let battery = json!({"percent": 75.0, "secsleft": 10800, "power_plugged": false});
    assert_eq!(all["sensors_battery"], battery);

    machine.write("sys/class/power_supply/BAT0/status", "Charging\n");
    assert_eq!(machine.json(&["sensors", "--json"])["sensors_battery"]["secsleft"], -2);
}

#[test]
fn no_sensors_are_no_failure() {
    let empty = tempfile::tempdir().unwrap();
    let said = run(&["sensors", "--sys", empty.path().to_str().unwrap()]);
    assert_eq!(said.status.code(), Some(0));
    assert_eq!(text(&said.stdout), "");
    assert_eq!(text(&said.stderr), "sysvitals: the kernel tells of no sensors\n");
}

#[test]
fn processors() {
    let machine = Machine::new();
    assert_eq!(
        machine.output(&["cpu", "--interval", "0.01"]),
        "CPU %CPU USER SYSTEM NICE IOWAIT IRQ SOFTIRQ STEAL GUEST IDLE  MHZ\n\
         all  0.0  0.0    0.0  0.0    0.0 0.0     0.0   0.0   0.0  0.0 1800\n\
         0    0.0  0.0    0.0  0.0    0.0 0.0     0.0   0.0   0.0  0.0 2400\n\
         1    0.0  0.0    0.0  0.0    0.0 0.0     0.0   0.0   0.0  0.0 1200\n\
         2 CPUs, 2 cores; since boot 12345 context switches, 6789 interrupts, 1011 soft interrupts\n"
    );
    let all = machine.json(&["cpu", "--json", "--interval", "0.01"]);
    assert_eq!(all["cpu_percent_percpu"], json!([0.0, 0.0]));
    assert_eq!(all["cpu_count"], 2);
    assert_eq!(all["cpu_stats"]["ctx_switches"], 12345);
    assert_eq!(all["cpu_freq"]["current"], 1800.0);
    assert_eq!(all["cpu_times_percent_percpu"][1]["user"], 0.0);
}

#[test]
fn uptime_is_since_boot() {
    let machine = Machine::new();
    let line = machine.output(&["uptime"]);
    let (clock, rest) = line.split_once(" up ").unwrap();
    assert_eq!(clock.len(), 8, "{line}");
    let (up, rest) = rest.split_once(", ").unwrap();
    let (days, hours) = up.strip_suffix('h').unwrap().split_once('d').unwrap();
    assert!(days.parse::<u32>().unwrap() > 365 && hours.len() == 2, "{line}");
    let (users, load) = rest.split_once(", load ").unwrap();
    assert!(users.ends_with(" user") || users.ends_with(" users"), "{line}");
    assert_eq!(load.split_whitespace().filter(|word| word.parse::<f64>().is_ok()).count(), 3);
    let all = machine.json(&["uptime", "--json"]);
    assert_eq!(all["boot_time"], 1_700_000_000.0);
    let age = all["now"].as_f64().unwrap() - 1_700_000_000.0;
    // serde_json may read the last digit another way.
    assert!((all["uptime"].as_f64().unwrap() - age).abs() < 1e-3, "{all}");
    assert_eq!(all["getloadavg"].as_array().map(Vec::len), Some(3));
    assert!(all["users"].is_array());
}

/// What can be wrong with this machine, such as a mount that is not ours to look at.
fn is_fair(output: &Output) -> bool {
    matches!(output.status.code(), Some(0 | 1 | 3 | 124)) && !output.stdout.is_empty()
}

#[test]
fn every_command_in_every_form_on_this_machine() {
    for name in COMMANDS {
        let plain = run(&[name]);
        assert!(is_fair(&plain) || name == "sensors", "{name}: {plain:?}");
        assert!(!text(&plain.stdout).contains('\x1b'));

        let document = run(&[name, "--json"]);
        assert!(is_fair(&document), "{name}: {document:?}");
        let value: Json = serde_json::from_str(&text(&document.stdout)).unwrap();
        assert!(value.is_array() || value.is_object(), "{value}");

        let rounds = run(&[name, "--json", "--watch", "0.1", "--count", "2"]);
        assert!(is_fair(&rounds), "{name}: {rounds:?}");
        let rounds = text(&rounds.stdout);
        assert_eq!(rounds.lines().count(), 2, "{name}: {rounds}");
        rounds.lines().for_each(|line| drop(serde_json::from_str::<Json>(line).unwrap()));

        let rounds = run(&[name, "--watch", "0.1", "--count", "2"]);
        assert!(is_fair(&rounds) || name == "sensors", "{name}: {rounds:?}");
        let rounds = text(&rounds.stdout);
        assert!(rounds.contains("\n\n") || name == "sensors", "{name}: {rounds}");
    }
}

#[test]
fn bytes_where_there_are_sizes() {
    for name in COMMANDS {
        if SIZES.contains(&name) {
            for option in ["--bytes", "-b"] {
                let said = run(&[name, option]);
                assert!(is_fair(&said), "{name}: {said:?}");
                let units = |word: &str| word.ends_with(['K', 'M', 'G', 'T']);
                let numbers = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
                let said = text(&said.stdout);
                let sizes = said.split_whitespace().filter(|word| numbers(word));
                assert_eq!(sizes.filter(|word| units(word)).count(), 0, "{name}: {said}");
            }
        } else {
            complaint(&[name, "--bytes"], 2);
        }
    }
}

#[test]
fn colours_are_the_familys() {
    let machine = Machine::new();
    for name in COMMANDS {
        let coloured = text(&machine.run(&[name, "--color", "always"]).stdout);
        assert_eq!(coloured.contains("\x1b["), name != "uptime", "{name}: {coloured}");
    }
}

#[test]
fn rounds_are_apart_by_a_blank_line() {
    let machine = Machine::new();
    let once = machine.output(&["free"]);
    let twice = machine.output(&["free", "--watch", "0.05", "--count", "2"]);
    assert_eq!(twice, format!("{once}\n{once}"));
    let listing = output(&["ps", "--watch", "0.05", "--count", "2", "--json", "--columns", "pid"]);
    assert_eq!(listing.lines().count(), 2);
}

#[test]
fn wrong_arguments_are_named() {
    let wrong: &[(&[&str], &str)] = &[
        (&["free", "--watch", "0"], "'0'"),
        (&["free", "--watch", "-1"], "-1"),
        (&["free", "--watch", "1", "--count", "0"], "'0'"),
        (&["free", "--count", "2"], "--watch"),
        (&["free", "extra"], "'extra'"),
        (&["df", "--timeout", "0"], "'0'"),
        (&["df", "--timeout", "soon"], "'soon'"),
        (&["netstat", "--kind", "tcp5"], "'tcp5'"),
        (&["netstat", "--pid", "0"], "'0'"),
        (&["netstat", "--pid", "-1"], "'-1'"),
        (&["cpu", "--interval", "nan"], "'nan'"),
        (&["who", "--fahrenheit"], "--fahrenheit"),
    ];
    for (args, named) in wrong {
        let said = complaint(args, 2);
        assert!(said.contains(named), "{args:?}: {said}");
    }
    let said = complaint(&["netstat", "--pid", "4194304"], 1);
    assert!(said.contains("4194304"), "{said}");
}

#[test]
fn a_missing_proc_is_an_error() {
    for name in ["free", "df", "netstat", "ifconfig", "uptime", "cpu"] {
        let said = complaint(&[name, "--proc", "/nonexistent"], 1);
        assert!(said.contains("/nonexistent"), "{name}: {said}");
    }
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let machine = Machine::new();
    for name in COMMANDS {
        let child = command()
            .args(machine.args(&[name, "--watch", "0.05"]))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        assert!(!first.is_empty(), "{name}");
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{name}: {output:?}");
        assert_eq!(text(&output.stderr), "", "{name}");

        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command().args(machine.args(&[name, "--json"])).stdout(writer).output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(0), "{name}: {output:?}");
        assert_eq!(text(&output.stderr), "", "{name}");
    }
}

/// What another program says; None, told, where it is not there.
fn oracle(program: &str, args: &[&str]) -> Option<String> {
    match Command::new(program).args(args).env("LC_ALL", "C").output() {
        Ok(output) if output.status.success() => Some(text(&output.stdout)),
        other => {
            eprintln!("skipped: {program} {args:?}: {other:?}");
            None
        }
    }
}

/// Memory and disk space that others take or give back between two programs.
const COME_AND_GO: u64 = 4 << 30;

fn numbers(line: &str) -> Vec<u64> {
    line.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

#[test]
fn free_says_the_same() {
    let Some(free) = oracle("free", &["-b"]) else { return };
    let all = json(&["free", "--json"]);
    let line = |name| numbers(free.lines().find(|line| line.starts_with(name)).unwrap());
    let (memory, swap) = (line("Mem:"), line("Swap:"));
    assert_eq!(all["virtual_memory"]["total"], memory[0]);
    assert_eq!(all["swap_memory"]["total"], swap[0]);
    for (name, theirs) in [("free", memory[2]), ("available", memory[5])] {
        let ours = all["virtual_memory"][name].as_u64().unwrap();
        assert!(ours.abs_diff(theirs) <= COME_AND_GO, "{name}: {ours} {theirs}");
    }
}

#[test]
fn df_says_the_same() {
    let Some(df) = oracle("df", &["-B1", "--output=size,used,avail", "/"]) else { return };
    let theirs = numbers(df.lines().nth(1).unwrap());
    let said = run(&["df", "--all", "--json"]);
    let all: Json = serde_json::from_str(&text(&said.stdout)).unwrap();
    let root = all.as_array().unwrap().iter().rfind(|one| one["mountpoint"] == "/").unwrap();
    let ours = |name| root["disk_usage"][name].as_u64().unwrap();
    assert_eq!(ours("total"), theirs[0]);
    assert!(ours("used").abs_diff(theirs[1]) <= COME_AND_GO, "{root} {theirs:?}");
    assert!(ours("free").abs_diff(theirs[2]) <= COME_AND_GO, "{root} {theirs:?}");
}

#[test]
fn netstat_knows_our_socket_as_ss_does() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let me = std::process::id();
    let is_ours = |one: &&Json| one["laddr"]["port"] == address.port();
    for args in [
        &["netstat", "--json"][..],
        &["netstat", "--json", "--kind", "tcp4", "--pid", &me.to_string()],
    ] {
        let all = json(args);
        let ours = all.as_array().unwrap().iter().find(is_ours).unwrap();
        assert_eq!((&ours["status"], &ours["pid"]), (&json!("LISTEN"), &json!(me)), "{args:?}");
        let name = std::fs::read_to_string("/proc/self/comm").unwrap();
        assert!(ours["name"].as_str().unwrap().starts_with(name.trim()), "{ours}");
    }
    let Some(ss) = oracle("ss", &["-Htln"]) else { return };
    let theirs = ss.lines().filter(|line| line.contains(&address.to_string())).count();
    assert_eq!(theirs, 1, "{ss}");
}

/// A login as `struct utmp` of utmp(5) has it.
fn login(terminal: &str, user: &str, host: &str, started: u32) -> Vec<u8> {
    const USER_PROCESS: u32 = 7;
    let mut record = USER_PROCESS.to_le_bytes().to_vec();
    // `who` leaves out whose process has ended.
    record.extend(std::process::id().to_le_bytes());
    for (value, size) in [(terminal, 32), ("", 4), (user, 32), (host, 256)] {
        let end = record.len() + size;
        record.extend(value.bytes());
        record.resize(end, 0);
    }
    record.resize(340, 0);
    record.extend(started.to_le_bytes());
    record.resize(384, 0);
    record
}

#[test]
fn who_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let utmp = folder.path().join("utmp");
    let records = [
        login("tty1", "ann", "", 1_700_000_000),
        login("pts/0", "bob", "192.0.2.7", 1_700_003_600),
    ];
    std::fs::write(&utmp, records.concat()).unwrap();
    // In a /run of their own.
    let script = "mount -t tmpfs none /run && cp \"$1\" /run/utmp && who && echo and && \"$2\" who \
                  && \"$2\" who --json";
    let args = [utmp.to_str().unwrap(), env!("CARGO_BIN_EXE_sysvitals")];
    let all = ["-m", "sh", "-c", script, "sh"].into_iter().chain(args);
    let Some(said) = oracle("unshare", &all.collect::<Vec<_>>()) else { return };
    let (theirs, ours) = said.split_once("and\n").unwrap();
    let (table, document) = ours.split_at(ours.find("[\n").unwrap());
    let names = |lines: &str| -> Vec<String> {
        let lines = lines.lines().filter(|line| !line.starts_with("NAME "));
        lines.map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ")).collect()
    };
    assert_eq!(names(theirs), ["ann tty1", "bob pts/0"], "{said}");
    assert_eq!(names(table), names(theirs), "{said}");
    let all: Json = serde_json::from_str(document).unwrap();
    let expected = json!({
        "name": "bob", "terminal": "pts/0", "host": "192.0.2.7", "started": 1_700_003_600.0,
        "pid": std::process::id()
    });
    assert_eq!(all[1], expected);
    assert_eq!(all[0]["host"], "localhost");
}

#[test]
fn a_busy_machine_is_busy() {
    let mut busy = Command::new("sh").args(["-c", "while :; do :; done"]).spawn().unwrap();
    let all = json(&["cpu", "--json"]);
    busy.kill().unwrap();
    busy.wait().unwrap();
    assert!(all["cpu_percent"].as_f64().unwrap() > 0.0, "{all}");
    assert!(all["cpu_times_percent"]["idle"].as_f64().unwrap() < 100.0, "{all}");
    let cpus = all["cpu_percent_percpu"].as_array().unwrap().len();
    assert_eq!(all["cpu_count"].as_u64(), u64::try_from(cpus).ok());
}
