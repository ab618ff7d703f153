//! Machines as their `/proc` and `/sys` tell of them.
#![allow(dead_code)]

use std::fmt::Write;

use crate::tree::Tree;

/// `PROC/stat` of a kernel that writes these columns, the sum first.
pub(crate) fn stat(total: &[u64], cpus: &[(usize, &[u64])]) -> String {
    let columns = |row: &[u64]| row.iter().map(|n| format!(" {n}")).collect::<String>();
    let mut text = format!("cpu {}\n", columns(total));
    for (cpu, row) in cpus {
        writeln!(text, "cpu{cpu}{}", columns(row)).unwrap();
    }
    text + "intr 300805 0 1 2\nctxt 313174\nbtime 1700000000\nprocesses 10006\nsoftirq 153614 0 7\n"
}

/// A stat whose CPUs have all done the same.
pub(crate) fn even_stat(count: usize) -> String {
    let row = [10, 20, 30, 40, 5, 6, 7, 8, 9, 1];
    let total = row.map(|n| n * count as u64);
    stat(&total, &(0..count).map(|cpu| (cpu, &row[..])).collect::<Vec<_>>())
}

pub(crate) fn x86_cpuinfo(cpu: usize, package: usize, cores: usize, mhz: f64) -> String {
    format!(
        "processor\t: {cpu}\nvendor_id\t: GenuineIntel\nmodel name\t: A CPU @ 2.40GHz\n\
         cpu MHz\t\t: {mhz:.3}\ncache size\t: 512 KB\nphysical id\t: {package}\nsiblings\t: 2\n\
         core id\t\t: 0\ncpu cores\t: {cores}\npower management:\n\n"
    )
}

pub(crate) fn put(tree: &Tree, file: &str, text: impl AsRef<[u8]>) {
    tree.write(tree.root().join("sys/devices/system/cpu").join(file), text);
}

/// A cpufreq policy, or a CPU's own `cpufreq`; kHz.
pub(crate) fn policy(tree: &Tree, folder: &str, cpus: &str, now: u64, limits: (u64, u64)) {
    put(tree, &format!("{folder}/affected_cpus"), format!("{cpus}\n"));
    put(tree, &format!("{folder}/scaling_cur_freq"), format!("{now}\n"));
    put(tree, &format!("{folder}/scaling_min_freq"), format!("{}\n", limits.0));
    put(tree, &format!("{folder}/scaling_max_freq"), format!("{}\n", limits.1));
}

/// Two cores of two threads each, a policy for each thread.
pub(crate) fn laptop() -> Tree {
    let tree = Tree::new();
    tree.write("stat", even_stat(4));
    let mut cpuinfo = String::new();
    for cpu in 0..4 {
        cpuinfo += &x86_cpuinfo(cpu, 0, 2, 2400.25 + cpu as f64);
        let core = cpu / 2 * 2;
        put(&tree, &format!("cpu{cpu}/topology/core_cpus_list"), format!("{core}-{}\n", core + 1));
        policy(&tree, &format!("cpufreq/policy{cpu}"), &cpu.to_string(), 1, (400_000, 3_000_000));
    }
    tree.write("cpuinfo", cpuinfo);
    tree
}

/// Two sockets of 64 cores of two threads each.
pub(crate) fn server() -> Tree {
    let tree = Tree::new();
    tree.write("stat", even_stat(256));
    let mut cpuinfo = String::new();
    for cpu in 0..256 {
        cpuinfo += &x86_cpuinfo(cpu, cpu % 128 / 64, 64, 2000.0 + cpu as f64);
        let siblings = format!("{},{}\n", cpu % 128, cpu % 128 + 128);
        put(&tree, &format!("cpu{cpu}/topology/core_cpus_list"), siblings);
        let folder = format!("cpufreq/policy{cpu}");
        policy(&tree, &folder, &cpu.to_string(), 1, (1_500_000, 3_500_000));
    }
    tree.write("cpuinfo", cpuinfo);
    tree
}

/// Four cores that share a clock, whose `cpuinfo` knows of no packages and of no frequency.
pub(crate) fn arm_board() -> Tree {
    let tree = Tree::new();
    tree.write("stat", even_stat(4));
    let mut cpuinfo = String::new();
    for cpu in 0..4 {
        cpuinfo += &format!("processor\t: {cpu}\nBogoMIPS\t: 108.00\nCPU part\t: 0xd08\n\n");
        put(&tree, &format!("cpu{cpu}/topology/core_cpus_list"), format!("{cpu}\n"));
    }
    tree.write("cpuinfo", cpuinfo + "Hardware\t: BCM2835\nModel\t\t: A Pi 4\n");
    policy(&tree, "cpufreq/policy0", "0 1 2 3", 1_800_000, (600_000, 1_800_000));
    tree
}

/// One CPU, no `/sys`.
pub(crate) fn container() -> Tree {
    let tree = Tree::new();
    tree.write("stat", even_stat(1));
    tree.write("cpuinfo", x86_cpuinfo(0, 0, 1, 2999.998));
    tree
}

/// Linux 2.6: the sum has 7 columns, the CPUs but 4; threads in the older file.
pub(crate) fn old_kernel() -> Tree {
    let tree = Tree::new();
    let rows: [(usize, &[u64]); 2] = [(0, &[1, 2, 3, 4]), (1, &[5, 6, 7, 8])];
    tree.write("stat", stat(&[6, 8, 10, 12, 1, 2, 3], &rows));
    tree.write("cpuinfo", "processor\t: 0\n\nprocessor\t: 1\n\n");
    for cpu in 0..2 {
        put(&tree, &format!("cpu{cpu}/topology/thread_siblings_list"), "0-1\n");
    }
    tree
}
