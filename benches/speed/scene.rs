//! Which processes are looked at.

use crate::load::{Load, Size};

#[derive(Clone, Copy)]
pub struct Scene {
    /// A process with 4 threads, 3 files, a few sockets and 32 MiB.
    pub ordinary: i32,
    /// The one with many mappings.
    pub mapped: i32,
    /// One with 50 sockets.
    pub owner: i32,
    /// The parent of all sleepers.
    pub parent: i32,
    /// How many children `wait_procs` waits for.
    pub waited: usize,
}

impl Scene {
    pub fn of(load: &Load, size: Size) -> Self {
        Self {
            ordinary: load.ordinary(),
            mapped: load.mapped(),
            owner: load.owner(),
            parent: load.parent(),
            waited: size.sleepers,
        }
    }

    /// For what looks at all processes alike.
    pub fn nothing() -> Self {
        let own = std::process::id().cast_signed();
        Self { ordinary: own, mapped: own, owner: own, parent: own, waited: 0 }
    }

    /// For the Python side.
    pub fn words(&self) -> Vec<String> {
        let Self { ordinary, mapped, owner, parent, waited, .. } = self;
        vec![
            format!("ordinary={ordinary}"),
            format!("mapped={mapped}"),
            format!("owner={owner}"),
            format!("parent={parent}"),
            format!("waited={waited}"),
        ]
    }
}
