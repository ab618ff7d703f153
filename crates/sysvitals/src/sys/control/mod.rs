//! Acting on a process. An OS provides: `send_signal`, `nice`, `set_nice`, `ionice`, `set_ionice`,
//! `rlimit`, `set_rlimit`, `cpu_affinity`, `set_cpu_affinity`.

mod linux;
pub(crate) use linux::{
    cpu_affinity, ionice, nice, pidfd, rlimit, send_signal, set_cpu_affinity, set_ionice, set_nice,
    set_rlimit,
};
