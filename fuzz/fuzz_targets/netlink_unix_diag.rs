#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::unix_diag;

fuzz_target!(|data: &[u8]| {
    let _ = unix_diag(data, |_| ());
});
