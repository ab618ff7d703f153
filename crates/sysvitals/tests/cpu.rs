//! CPUs: times, percentages, counts and frequencies, on machines of many kinds and on this one.
#![cfg(test)]
#![cfg(target_os = "linux")]

#[path = "common/machines.rs"]
mod machines;
#[path = "common/ns.rs"]
mod ns;
#[path = "common/tree.rs"]
mod tree;

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use machines::{arm_board, container, laptop, old_kernel, policy, put, server, stat};
use ns::{has_program, needs, output, until};
use sysvitals::cpu::{CpuFreq, CpuStats, CpuTimes};
use sysvitals::{ErrorKind, Roots};
use tree::Tree;

fn seconds(ticks: u64) -> f64 {
    ticks as f64 / rustix::param::clock_ticks_per_second() as f64
}

#[test]
fn times_by_columns() {
    assert_eq!(Tree::new().roots().cpu_times().unwrap_err().kind(), ErrorKind::Os);
    let tree = laptop();
    let expected = CpuTimes {
        user: seconds(10),
        nice: seconds(20),
        system: seconds(30),
        idle: seconds(40),
        iowait: seconds(5),
        irq: seconds(6),
        softirq: seconds(7),
        steal: seconds(8),
        guest: seconds(9),
        guest_nice: seconds(1),
    };
    assert_eq!(tree.roots().cpu_times_percpu().unwrap(), [expected; 4]);
    assert_eq!(tree.roots().cpu_times().unwrap().user, seconds(40));
    assert_eq!(tree.roots().cpu_times().unwrap().guest_nice, seconds(4));
}

#[test]
fn columns_that_an_old_kernel_lacks() {
    let tree = old_kernel();
    let four = |user, nice, system, idle| CpuTimes {
        user: seconds(user),
        nice: seconds(nice),
        system: seconds(system),
        idle: seconds(idle),
        ..CpuTimes::default()
    };
    let total = tree.roots().cpu_times().unwrap();
    let (iowait, irq, softirq) = (seconds(1), seconds(2), seconds(3));
    assert_eq!(total, CpuTimes { iowait, irq, softirq, ..four(6, 8, 10, 12) });
    assert_eq!(tree.roots().cpu_times_percpu().unwrap(), [four(1, 2, 3, 4), four(5, 6, 7, 8)]);
    assert_eq!(tree.roots().cpu_percent_percpu(None).unwrap(), [0.0, 0.0]);
}

#[test]
fn counters() {
    let tree = laptop();
    let expected = CpuStats {
        ctx_switches: 313_174,
        interrupts: 300_805,
        soft_interrupts: 153_614,
        syscalls: 0,
    };
    assert_eq!(tree.roots().cpu_stats().unwrap(), expected);
    for key in ["ctxt", "intr", "softirq"] {
        let text = machines::even_stat(1);
        let lines = text.lines().filter(|line| !line.starts_with(key));
        tree.write("stat", lines.collect::<Vec<_>>().join("\n"));
        let error = tree.roots().cpu_stats().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Parse);
        assert!(error.to_string().ends_with(&format!("line '{key}' not found")), "{error}");
        assert_eq!(error.path(), Some(&*tree.at("stat")));
    }
}

#[test]
fn unreadable_rows() {
    let tree = Tree::new();
    for text in ["", "cpu0 1 2 3 4\n", "cpu  1 2 three 4\n", "cpu  18446744073709551616\n"] {
        tree.write("stat", text);
        assert_eq!(tree.roots().cpu_times().unwrap_err().kind(), ErrorKind::Parse, "{text:?}");
    }
    // A broken row is its own: the sum is there.
    tree.write("stat", "cpu  1 2 3 4\ncpu0 1 2 3 4\ncpu1 1 -2 3 4\n");
    assert_eq!(tree.roots().cpu_times().unwrap().idle, seconds(4));
    let error = tree.roots().cpu_times_percpu().unwrap_err();
    assert!(error.to_string().ends_with("invalid row 'cpu1 1 -2 3 4' (line 3)"), "{error}");
}

/// A machine of one CPU whose ticks are set by the test.
fn ticks(tree: &Tree, row: [u64; 10]) {
    tree.write("stat", stat(&row, &[(0, &row)]));
}

#[test]
fn percent_since_the_last_call() {
    let tree = Tree::new();
    let roots = tree.roots();
    ticks(&tree, [100, 0, 100, 800, 0, 0, 0, 0, 0, 0]);
    assert_eq!(roots.cpu_percent(None).unwrap(), 0.0, "two readings at once");
    // 30 busy of 100: idle and iowait are not. The guest's 20 are in the user's.
    ticks(&tree, [120, 1, 102, 865, 5, 3, 3, 1, 20, 0]);
    assert_eq!(roots.cpu_percent(None).unwrap(), 30.0);
    assert_eq!(roots.cpu_percent(None).unwrap(), 0.0, "no time went by");
    assert_eq!(roots.cpu_percent(Some(Duration::ZERO)).unwrap(), 0.0);
    // One decimal.
    ticks(&tree, [121, 1, 102, 867, 5, 3, 3, 1, 20, 0]);
    assert_eq!(roots.cpu_percent(None).unwrap(), 33.3);
}

#[test]
fn percent_keeps_its_readings_apart() {
    let tree = Tree::new();
    let roots = tree.roots();
    ticks(&tree, [0, 0, 0, 100, 0, 0, 0, 0, 0, 0]);
    roots.cpu_percent(None).unwrap();
    ticks(&tree, [100, 0, 0, 200, 0, 0, 0, 0, 0, 0]);
    roots.cpu_percent_percpu(None).unwrap();
    ticks(&tree, [200, 0, 0, 300, 0, 0, 0, 0, 0, 0]);
    roots.cpu_times_percent(None).unwrap();
    ticks(&tree, [300, 0, 0, 400, 0, 0, 0, 0, 0, 0]);
    roots.cpu_times_percent_percpu(None).unwrap();
    ticks(&tree, [300, 0, 0, 500, 0, 0, 0, 0, 0, 0]);
    assert_eq!(roots.cpu_percent(None).unwrap(), 42.9, "300 of 700");
    assert_eq!(roots.cpu_percent_percpu(None).unwrap(), [40.0], "200 of 500");
    assert_eq!(roots.cpu_times_percent(None).unwrap().user, 33.3, "100 of 300");
    assert_eq!(roots.cpu_times_percent_percpu(None).unwrap()[0].user, 0.0, "0 of 100");
    // Another /proc has its own.
    let other = Tree::new();
    ticks(&other, [500, 0, 0, 500, 0, 0, 0, 0, 0, 0]);
    assert_eq!(other.roots().cpu_percent(None).unwrap(), 0.0);
    ticks(&tree, [400, 0, 0, 500, 0, 0, 0, 0, 0, 0]);
    assert_eq!(roots.cpu_percent(None).unwrap(), 100.0);
}

#[test]
fn percent_is_a_threads_own() {
    let tree = Tree::new();
    let roots = tree.roots();
    ticks(&tree, [0, 0, 0, 100, 0, 0, 0, 0, 0, 0]);
    roots.cpu_percent(None).unwrap();
    ticks(&tree, [100, 0, 0, 200, 0, 0, 0, 0, 0, 0]);
    let there = {
        let roots = roots.clone();
        thread::spawn(move || roots.cpu_percent(None).unwrap()).join().unwrap()
    };
    assert_eq!(there, 0.0, "the first call of a thread");
    assert_eq!(roots.cpu_percent(None).unwrap(), 50.0, "not disturbed by the other thread");
}

#[test]
fn percent_from_a_start() {
    let tree = Tree::new();
    let roots = tree.roots();
    // Nothing to read yet.
    roots.start_cpu_percent();
    ticks(&tree, [0, 0, 0, 100, 0, 0, 0, 0, 0, 0]);
    assert_eq!(roots.cpu_percent(None).unwrap(), 0.0);
    roots.start_cpu_percent();
    ticks(&tree, [100, 0, 0, 200, 0, 0, 0, 0, 0, 0]);
    assert_eq!(roots.cpu_percent(None).unwrap(), 50.0);
    assert_eq!(roots.cpu_percent_percpu(None).unwrap(), [50.0]);
    assert_eq!(roots.cpu_times_percent(None).unwrap().user, 50.0);
    assert_eq!(roots.cpu_times_percent_percpu(None).unwrap()[0].user, 50.0);
    sysvitals::start_cpu_percent();
}

#[test]
fn percent_survives_a_failure() {
    let tree = Tree::new();
    let roots = tree.roots();
    ticks(&tree, [0, 0, 0, 100, 0, 0, 0, 0, 0, 0]);
    roots.cpu_percent(None).unwrap();
    tree.remove("stat");
    assert_eq!(roots.cpu_percent(None).unwrap_err().kind(), ErrorKind::Os);
    ticks(&tree, [100, 0, 0, 200, 0, 0, 0, 0, 0, 0]);
    assert_eq!(roots.cpu_percent(None).unwrap(), 50.0, "since the last reading there was");
}

#[test]
fn percent_of_an_interval() {
    let tree = Tree::new();
    let roots = tree.roots();
    ticks(&tree, [0, 0, 0, 100, 0, 0, 0, 0, 0, 0]);
    roots.cpu_percent(None).unwrap();
    ticks(&tree, [100, 0, 0, 100, 0, 0, 0, 0, 0, 0]);
    let wait = Duration::from_millis(30);
    let before = Instant::now();
    assert_eq!(roots.cpu_percent(Some(wait)).unwrap(), 0.0, "nothing happened in the interval");
    assert!(before.elapsed() >= wait);
    ticks(&tree, [100, 0, 0, 200, 0, 0, 0, 0, 0, 0]);
    assert_eq!(roots.cpu_percent(None).unwrap(), 0.0, "compared with the end of the interval");
}

#[test]
fn counters_that_go_back() {
    let tree = Tree::new();
    let roots = tree.roots();
    ticks(&tree, [100, 0, 0, 100, 500, 0, 0, 0, 0, 0]);
    roots.cpu_percent(None).unwrap();
    roots.cpu_times_percent(None).unwrap();
    // iowait may decrease; what it lost is no time of anything else.
    ticks(&tree, [125, 0, 0, 175, 400, 0, 0, 0, 0, 0]);
    assert_eq!(roots.cpu_percent(None).unwrap(), 25.0);
    let shares = roots.cpu_times_percent(None).unwrap();
    assert_eq!((shares.user, shares.idle, shares.iowait), (25.0, 75.0, 0.0));
    ticks(&tree, [0; 10]);
    assert_eq!(roots.cpu_percent(None).unwrap(), 0.0);
    assert_eq!(roots.cpu_times_percent(None).unwrap(), CpuTimes::default());
}

#[test]
fn shares_of_a_short_time_add_up() {
    let tree = Tree::new();
    let roots = tree.roots();
    ticks(&tree, [0; 10]);
    roots.cpu_times_percent(None).unwrap();
    // 20 ticks in all, less than a second.
    ticks(&tree, [4, 2, 2, 8, 1, 1, 1, 1, 3, 30]);
    let expected = CpuTimes {
        user: 20.0,
        nice: 10.0,
        system: 10.0,
        idle: 40.0,
        iowait: 5.0,
        irq: 5.0,
        softirq: 5.0,
        steal: 5.0,
        guest: 15.0,
        // More than there was time: the kernel reads the columns one after the other.
        guest_nice: 100.0,
    };
    assert_eq!(roots.cpu_times_percent(None).unwrap(), expected);
}

#[test]
fn a_cpu_comes_and_goes() {
    let tree = Tree::new();
    let roots = tree.roots();
    let write = |rows: &[(usize, &[u64])]| tree.write("stat", stat(&[0; 10], rows));
    write(&[(0, &[0, 0, 0, 0]), (1, &[0, 0, 0, 0])]);
    assert_eq!(roots.cpu_percent_percpu(None).unwrap(), [0.0, 0.0]);
    assert_eq!(roots.cpu_times_percent_percpu(None).unwrap().len(), 2);
    write(&[(0, &[1, 0, 0, 1]), (1, &[3, 0, 0, 1]), (2, &[9, 0, 0, 1])]);
    assert_eq!(roots.cpu_percent_percpu(None).unwrap(), [50.0, 75.0]);
    assert_eq!(roots.cpu_times_percent_percpu(None).unwrap().len(), 2);
    write(&[(0, &[2, 0, 0, 1])]);
    assert_eq!(roots.cpu_percent_percpu(None).unwrap(), [100.0]);
}

#[test]
fn differences_of_times() {
    let earlier = CpuTimes { user: 1.0, idle: 5.0, iowait: 3.0, ..CpuTimes::default() };
    let now = CpuTimes { user: 2.0, idle: 8.0, iowait: 2.0, guest: 0.5, ..CpuTimes::default() };
    let expected = CpuTimes { user: 1.0, idle: 3.0, guest: 0.5, ..CpuTimes::default() };
    assert_eq!(now.since(&earlier), expected);
    assert_eq!(now.percent_since(&earlier), 25.0);
    let shares = now.times_percent_since(&earlier);
    assert_eq!((shares.user, shares.idle, shares.guest, shares.iowait), (25.0, 75.0, 12.5, 0.0));
}

#[test]
fn counts() {
    for (tree, logical, cores) in [
        (laptop(), Some(4), Some(2)),
        (server(), Some(256), Some(128)),
        (arm_board(), Some(4), Some(4)),
        (container(), Some(1), Some(1)),
        (old_kernel(), Some(2), Some(1)),
        (Tree::new(), None, None),
    ] {
        let roots = tree.roots();
        assert_eq!((roots.cpu_count(), roots.cpu_count_cores()), (logical, cores));
    }
}

#[test]
fn counts_without_sys() {
    let tree = server();
    tree.remove(tree.root().join("sys"));
    assert_eq!(tree.roots().cpu_count_cores(), Some(128));
    tree.remove("cpuinfo");
    assert_eq!((tree.roots().cpu_count(), tree.roots().cpu_count_cores()), (Some(256), None));
    tree.write("cpuinfo", "no such line\n");
    assert_eq!((tree.roots().cpu_count(), tree.roots().cpu_count_cores()), (Some(256), None));
    // Boards without packages have cores that nothing tells of.
    let tree = arm_board();
    tree.remove(tree.root().join("sys"));
    assert_eq!((tree.roots().cpu_count(), tree.roots().cpu_count_cores()), (Some(4), None));
}

#[test]
fn cores_with_cpus_offline() {
    let tree = laptop();
    for cpu in [1, 3] {
        tree.remove(tree.root().join(format!("sys/devices/system/cpu/cpu{cpu}/topology")));
        put(&tree, &format!("cpu{}/topology/core_cpus_list", cpu - 1), format!("{}\n", cpu - 1));
    }
    assert_eq!(tree.roots().cpu_count_cores(), Some(2));
    // Folders that are no CPUs.
    put(&tree, "cpuidle/topology/core_cpus_list", "9\n");
    put(&tree, "cpu/topology/core_cpus_list", "10\n");
    assert_eq!(tree.roots().cpu_count_cores(), Some(2));
}

fn freq(current: f64, min: f64, max: f64) -> CpuFreq {
    CpuFreq { current, min: Some(min), max: Some(max) }
}

fn current(roots: &Roots) -> Vec<f64> {
    roots.cpu_freq_percpu().unwrap().iter().map(|freq| freq.current).collect()
}

#[test]
fn frequencies_as_measured() {
    let tree = laptop();
    let all = tree.roots().cpu_freq_percpu().unwrap();
    let expected = [2400.25, 2401.25, 2402.25, 2403.25].map(|mhz| freq(mhz, 400.0, 3000.0));
    assert_eq!(all, expected);
    assert_eq!(tree.roots().cpu_freq().unwrap(), Some(freq(2401.75, 400.0, 3000.0)));
    let all = current(&server().roots());
    assert!((0..256).eq(all.iter().map(|mhz| *mhz as i32 - 2000)), "ascending: {all:?}");
}

#[test]
fn frequencies_of_the_policies() {
    let tree = arm_board();
    assert_eq!(tree.roots().cpu_freq_percpu().unwrap(), [freq(1800.0, 600.0, 1800.0); 4]);
    // Big and little cores, CPUs not in the order of the policies.
    policy(&tree, "cpufreq/policy0", "0 3", 1_000_000, (600_000, 1_200_000));
    policy(&tree, "cpufreq/policy10", "1", 1_500_000, (600_000, 2_000_000));
    policy(&tree, "cpufreq/policy2", "2", 2_000_500, (700_000, 2_400_000));
    let expected = [
        freq(1000.0, 600.0, 1200.0),
        freq(1500.0, 600.0, 2000.0),
        freq(2000.5, 700.0, 2400.0),
        freq(1000.0, 600.0, 1200.0),
    ];
    assert_eq!(tree.roots().cpu_freq_percpu().unwrap(), expected);
    assert_eq!(tree.roots().cpu_freq().unwrap(), Some(freq(1375.125, 625.0, 1700.0)));
}

#[test]
fn frequencies_where_cpuinfo_tells_of_other_cpus() {
    let tree = laptop();
    tree.write("cpuinfo", machines::x86_cpuinfo(0, 0, 1, 2400.0));
    policy(&tree, "cpufreq/policy2", "2", 1_234_567, (1, 2));
    assert_eq!(current(&tree.roots()), [0.001, 0.001, 1234.567, 0.001]);
    // A CPU whose frequency the kernel does not know.
    tree.write("cpuinfo", "processor\t: 0\ncpu MHz\t\t: Unknown\n\n");
    assert_eq!(current(&tree.roots()).len(), 4);
    tree.remove("cpuinfo");
    assert_eq!(current(&tree.roots()).len(), 4);
}

#[test]
fn frequencies_without_affected_cpus() {
    let tree = arm_board();
    tree.remove(tree.root().join("sys/devices/system/cpu/cpufreq/policy0/affected_cpus"));
    assert_eq!(current(&tree.roots()), [1800.0]);
    // Folders of the CPUs', where an old kernel has no policies.
    let tree = old_kernel();
    policy(&tree, "cpu0/cpufreq", "0", 1_000_000, (500_000, 2_000_000));
    policy(&tree, "cpu1/cpufreq", "1", 1_100_000, (500_000, 2_000_000));
    tree.remove(tree.root().join("sys/devices/system/cpu/cpu1/cpufreq/affected_cpus"));
    let expected = [freq(1000.0, 500.0, 2000.0), freq(1100.0, 500.0, 2000.0)];
    assert_eq!(tree.roots().cpu_freq_percpu().unwrap(), expected);
}

#[test]
fn frequencies_with_cpus_offline() {
    let tree = arm_board();
    let folder = tree.root().join("sys/devices/system/cpu/cpufreq");
    policy(&tree, "cpufreq/policy0", "0 1", 1_000_000, (500_000, 2_000_000));
    policy(&tree, "cpufreq/policy2", "2 3", 1_000_000, (500_000, 2_000_000));
    tree.remove(folder.join("policy2/scaling_cur_freq"));
    put(&tree, "cpufreq/policy2/cpuinfo_cur_freq", "1100000\n");
    assert_eq!(current(&tree.roots()), [1000.0, 1000.0, 1100.0, 1100.0]);
    put(&tree, "cpufreq/policy2/cpuinfo_cur_freq", "<unknown>\n");
    let error = tree.roots().cpu_freq_percpu().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(error.message(), "can't find current frequency file");
    tree.remove(folder.join("policy2/cpuinfo_cur_freq"));
    put(&tree, "cpu2/online", "0\n");
    assert_eq!(tree.roots().cpu_freq().unwrap_err().kind(), ErrorKind::Unsupported);
    put(&tree, "cpu3/online", "0\n");
    assert_eq!(current(&tree.roots()), [1000.0, 1000.0]);
    // A policy without a CPU that is online.
    put(&tree, "cpufreq/policy2/affected_cpus", "\n");
    assert_eq!(current(&tree.roots()), [1000.0, 1000.0]);
}

#[test]
fn frequencies_of_cpuinfo_alone() {
    let tree = container();
    assert_eq!(tree.roots().cpu_freq_percpu().unwrap(), [freq(2999.998, 0.0, 0.0)]);
    let power = "processor\t: 0\nclock\t\t: 3425.000000MHz\n\n\
                 processor\t: 8\nclock\t\t: 3425.500000MHz\n\n";
    tree.write("cpuinfo", power);
    assert_eq!(tree.roots().cpu_freq().unwrap(), Some(freq(3425.25, 0.0, 0.0)));
    let mainframe = "processor 0: version = FF\n\ncpu number      : 0\n\
                     cpu MHz dynamic : 5200\ncpu MHz static  : 5100\n\n";
    tree.write("cpuinfo", mainframe);
    assert_eq!(tree.roots().cpu_freq().unwrap(), Some(freq(5200.0, 0.0, 0.0)));
    tree.write("cpuinfo", "processor\t: 0\n\n");
    assert_eq!(tree.roots().cpu_freq().unwrap(), None);
    assert!(tree.roots().cpu_freq_percpu().unwrap().is_empty());
    tree.remove("cpuinfo");
    assert_eq!(tree.roots().cpu_freq().unwrap_err().kind(), ErrorKind::Os);
}

#[test]
fn the_source_of_frequencies_is_chosen_anew() {
    let tree = container();
    let roots = tree.roots();
    assert_eq!(roots.cpu_freq().unwrap(), Some(freq(2999.998, 0.0, 0.0)));
    policy(&tree, "cpufreq/policy0", "0", 1, (1_000_000, 4_000_000));
    assert_eq!(roots.cpu_freq().unwrap(), Some(freq(2999.998, 1000.0, 4000.0)));
}

#[test]
fn unreadable_frequencies() {
    let tree = arm_board();
    let folder = tree.root().join("sys/devices/system/cpu/cpufreq/policy0");
    for (file, text) in [
        ("scaling_cur_freq", "fast\n"),
        ("scaling_min_freq", "-1\n"),
        ("scaling_max_freq", ""),
        ("affected_cpus", "0 one\n"),
    ] {
        let path = folder.join(file);
        let good = fs::read(&path).unwrap();
        tree.write(&path, text);
        let error = tree.roots().cpu_freq_percpu().unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Parse, Some(&*path)));
        tree.write(&path, good);
    }
    tree.remove(folder.join("scaling_max_freq"));
    let error = tree.roots().cpu_freq_percpu().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Os);
    assert_eq!(error.path(), Some(&*folder.join("scaling_max_freq")));
}

#[test]
fn live_times() {
    let earlier = sysvitals::cpu_times().unwrap();
    let each = sysvitals::cpu_times_percpu().unwrap();
    let later = sysvitals::cpu_times().unwrap();
    assert!(earlier.user > 0.0 && earlier.system > 0.0, "{earlier:?}");
    // A tick for each CPU is lost where the kernel rounds each.
    let slack = seconds(2 * each.len() as u64 + 2);
    let user = each.iter().map(|cpu| cpu.user).sum::<f64>();
    assert!((earlier.user - slack..=later.user + slack).contains(&user), "{user} {later:?}");
    until("this machine does something", || {
        sysvitals::cpu_percent(None).unwrap() > 0.0
            && sysvitals::cpu_times_percent(None).unwrap() != CpuTimes::default()
    });
    let stats = sysvitals::cpu_stats().unwrap();
    until("more context switches", || {
        sysvitals::cpu_stats().unwrap().ctx_switches > stats.ctx_switches
    });
}

#[test]
fn live_counts() {
    if needs(has_program("getconf"), "getconf") {
        let online = output("getconf", &["_NPROCESSORS_ONLN"]);
        assert_eq!(sysvitals::cpu_count().unwrap().to_string(), online);
        assert_eq!(sysvitals::cpu_times_percpu().unwrap().len().to_string(), online);
    }
    if needs(has_program("lscpu"), "lscpu") {
        let listed = output("lscpu", &["-p=CPU,CORE,SOCKET"]);
        let rows = listed.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>();
        assert_eq!(sysvitals::cpu_count(), Some(rows.len()));
        let cores = rows.iter().filter_map(|row| row.split_once(',')).map(|(_, core)| core);
        let cores = cores.collect::<std::collections::HashSet<_>>();
        assert_eq!(sysvitals::cpu_count_cores(), Some(cores.len()), "{listed}");
    }
}

#[test]
fn live_frequencies() {
    let all = sysvitals::cpu_freq_percpu().unwrap();
    assert!(all.len() <= sysvitals::cpu_count().unwrap());
    for freq in &all {
        assert!((0.0..100_000.0).contains(&freq.current), "{freq:?}");
    }
    assert_eq!(sysvitals::cpu_freq().unwrap().is_some(), !all.is_empty());
}

#[test]
fn live_load() {
    let (one, five, fifteen) = sysvitals::getloadavg().unwrap();
    for load in [one, five, fifteen] {
        assert!((0.0..1e6).contains(&load), "{load}");
    }
    // They change every five seconds: one of two readings around ours is the same.
    let text = || fs::read_to_string("/proc/loadavg").unwrap();
    until("the load as in /proc/loadavg", || {
        let loads = sysvitals::getloadavg().unwrap();
        let theirs = text();
        let words = theirs.split(' ').take(3).map(|word| word.parse::<f64>().unwrap());
        words.zip([loads.0, loads.1, loads.2]).all(|(a, b)| (a - b).abs() < 0.011)
    });
}
