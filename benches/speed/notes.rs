//! What the figures do not say by themselves.

use crate::apis::{FLOOR, PROCFS, PSUTIL, PYTHON, RUST, SYSINFO};
use crate::sweep::{PYTHON_ONE, RUST_ONE, SNAPSHOT};

/// APIs without a row, and why.
pub const WITHOUT_ROW: &[(&str, &str)] = &[
    ("Process.attrs", "a constant"),
    ("Process.returncode", "a plain attribute, which wait_procs() sets"),
    ("_set_debug", "sets a flag"),
];

/// Rows in which sysvitals' Python is slower than psutil's, and why.
pub const SLOWER: &[(&str, &str)] = &[
    (
        "Process.info",
        "psutil 8.0 deprecates it: each access issues a warning and copies, where 7.2 has a plain \
         attribute",
    ),
    ("Process.pid", "the same property of the same attribute"),
    (
        "Process.create_time()",
        "both give back what they keep; where it is not kept yet, see *new Process*",
    ),
    ("Process.exe()", "both give back what they keep; where it is not kept yet, see *new Process*"),
    (
        "Process.__eq__()",
        "besides comparing start times it asks whether one of both has turned out to be another",
    ),
    ("Process.nice()", "one system call, around which the GIL is released"),
    ("Process.ionice()", "one system call, around which the GIL is released"),
    ("Process.rlimit()", "one system call, around which the GIL is released"),
    ("Process.cpu_affinity()", "one system call, around which the GIL is released"),
    (
        "Process.cpu_affinity(cpus)",
        "the process is proved to be the same before and after the call, psutil's only before",
    ),
    (
        "Process.wait()",
        "the start time is read first: a child of ours that has got the PID of another must not be \
         waited for in its place",
    ),
    ("wait_procs()", "as Process.wait()"),
    (
        "wait_procs(), ending meanwhile",
        "both take as long as the children take to end, which varies by half from round to round",
    ),
    ("cpu_count()", "sysconf(3) in both"),
    ("getloadavg()", "the same call of `os`, in a function that has psutil 8.0's annotations"),
    ("users()", "there is no utmp here: psutil is done, sysvitals looks for systemd's sessions"),
    ("cpu_freq()", "the kernel's making of `/proc/cpuinfo`, in both"),
    ("cpu_freq(percpu=True)", "the kernel's making of `/proc/cpuinfo`, in both"),
];

/// Rows in which psutil 7.2 does something else than psutil 8.0, and what.
pub const DIFFERENT: &[(&str, &str)] = &[
    (
        "Process.memory_footprint()",
        "7.2 has it as memory_full_info(), with memory_info()'s fields too",
    ),
    ("Process.memory_info()", "7.2 has two more fields, which are always 0"),
];

/// A line of the summary: what a user waits for.
pub struct Headline {
    pub what: &'static str,
    pub figure: Figure,
    pub goal: Goal,
    /// What bounds it, told where the goal is not reached.
    pub bound: &'static str,
}

pub enum Figure {
    /// Of the sweep: the second's time as a multiple of the first's.
    Sweep(&'static str, &'static str),
    /// Of a row of the APIs: psutil's time as a multiple of Python's.
    Api(&'static str),
    Import,
    GeometricMean,
    /// A process among the most as a multiple of a process among about 1,000.
    Growth(&'static str),
    /// The peak of a pass over the most processes, MiB.
    Peak(&'static str),
}

/// What was set out to be reached.
pub enum Goal {
    AtLeast(f64),
    AtMost(f64),
    /// To be known, without a number to reach.
    Known,
}

const fn known(what: &'static str, figure: Figure) -> Headline {
    Headline { what, figure, goal: Goal::Known, bound: "" }
}

pub const HEADLINES: &[Headline] = &[
    Headline {
        what: "12 attributes, Python: × as fast as psutil",
        figure: Figure::Sweep(PYTHON, PSUTIL),
        goal: Goal::AtLeast(5.0),
        bound: "",
    },
    Headline {
        what: "12 attributes, Python, one thread: × as fast as psutil",
        figure: Figure::Sweep(PYTHON_ONE, PSUTIL),
        goal: Goal::AtLeast(3.0),
        bound: "",
    },
    Headline {
        what: "12 attributes, snapshot in Python: × as fast as psutil",
        figure: Figure::Sweep(SNAPSHOT, PSUTIL),
        goal: Goal::AtLeast(8.0),
        bound: "",
    },
    Headline {
        what: "12 attributes, Rust, one thread: × the kernel's own price",
        figure: Figure::Sweep(FLOOR, RUST_ONE),
        goal: Goal::AtMost(1.3),
        bound: "",
    },
    Headline {
        what: "12 attributes, Rust, one thread: × as fast as procfs",
        figure: Figure::Sweep(RUST_ONE, PROCFS),
        goal: Goal::AtLeast(2.0),
        bound: "",
    },
    Headline {
        what: "12 attributes, Rust, one thread: × as fast as sysinfo",
        figure: Figure::Sweep(RUST_ONE, SYSINFO),
        goal: Goal::AtLeast(2.0),
        bound: "sysinfo takes about 2.2 times the floor, so at the floor itself it would be 2.2; \
                on two threads it is beyond 2 (`sysvitals, Rust`)",
    },
    Headline {
        what: "children() of many: × as fast as psutil",
        figure: Figure::Api("Process.children(), of many"),
        goal: Goal::AtLeast(50.0),
        bound: "two readings of the kernel's list, which prove it complete, and as many Python \
                objects",
    },
    Headline {
        what: "process_iter(['net_connections']): × as fast as psutil",
        figure: Figure::Api("process_iter(['net_connections'])"),
        goal: Goal::AtLeast(30.0),
        bound: "",
    },
    Headline {
        what: "net_connections('all'): × as fast as psutil",
        figure: Figure::Api("net_connections('all')"),
        goal: Goal::AtLeast(5.0),
        bound: "the kernel takes some 4 µs for the link of a descriptor, and there are 13,000; two CPUs \
                cannot do it in less than half the floor, and there it is. In use: one dump for TCP \
                of both families, links without a listing. No gain: statx(2) instead of the links",
    },
    Headline {
        what: "net_connections('tcp'): × as fast as psutil",
        figure: Figure::Api("net_connections('tcp')"),
        goal: Goal::AtLeast(5.0),
        bound: "as for all",
    },
    Headline {
        what: "net_connections('unix'): × as fast as psutil",
        figure: Figure::Api("net_connections('unix')"),
        goal: Goal::AtLeast(5.0),
        bound: "as for all",
    },
    Headline {
        what: "memory_maps(grouped=False) of many: × as fast as psutil",
        figure: Figure::Api("Process.memory_maps(grouped=False), of many"),
        goal: Goal::AtLeast(4.0),
        bound: "",
    },
    Headline {
        what: "wait_procs(), all have ended: × as fast as psutil",
        figure: Figure::Api("wait_procs()"),
        goal: Goal::AtLeast(1.0),
        bound: "the start time of each is read first: a child of ours that has got the PID of \
                another must not be waited for in its place",
    },
    Headline {
        what: "wait_procs(), ending meanwhile: × as fast as psutil",
        figure: Figure::Api("wait_procs(), ending meanwhile"),
        goal: Goal::AtLeast(1.0),
        bound: "both take as long as the children take to end, which varies by half from round to \
                round",
    },
    Headline {
        what: "import: × as fast as psutil",
        figure: Figure::Import,
        goal: Goal::AtLeast(3.0),
        bound: "",
    },
    Headline {
        what: "All APIs, geometric mean: × as fast as psutil",
        figure: Figure::GeometricMean,
        goal: Goal::AtLeast(4.0),
        bound: "most rows are one small file or one system call: at the floor itself psutil \
                would be 2 to 4 times behind, and 1 where it makes the same call",
    },
    Headline {
        what: "Growth, Python: a process among the most ÷ among 1,000",
        figure: Figure::Growth(PYTHON),
        goal: Goal::AtMost(1.25),
        bound: "",
    },
    Headline {
        what: "Growth, Rust: a process among the most ÷ among 1,000",
        figure: Figure::Growth(RUST),
        goal: Goal::AtMost(1.25),
        bound: "",
    },
    known("Peak memory of a pass over the most processes, Python: MiB", Figure::Peak(PYTHON)),
    known("Peak memory of a pass over the most processes, Rust: MiB", Figure::Peak(RUST)),
];
