use crate::env::Roots;
use crate::error::Result;
use crate::net::{ConnectionKind, SystemConnection};

pub(crate) fn connections(roots: &Roots, kind: ConnectionKind) -> Result<Vec<SystemConnection>> {
    todo!()
}
