#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::diskstats;

fuzz_target!(|data: &[u8]| match diskstats(data) {
    Ok(rows) => assert!(rows.iter().all(|(name, _)| !name.is_empty())),
    Err(error) => assert!(error.line().is_some()),
});
