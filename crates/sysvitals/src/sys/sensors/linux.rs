use std::ffi::OsString;

use crate::env::Roots;
use crate::error::Result;
use crate::sensors::{Battery, Fan, Temperature};

pub(crate) fn temperatures(roots: &Roots) -> Result<Vec<(OsString, Vec<Temperature>)>> {
    todo!()
}

pub(crate) fn fans(roots: &Roots) -> Result<Vec<(OsString, Vec<Fan>)>> {
    todo!()
}

pub(crate) fn battery(roots: &Roots) -> Result<Option<Battery>> {
    todo!()
}
