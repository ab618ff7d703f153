#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::inet_diag;

fuzz_target!(|data: &[u8]| {
    let _ = inet_diag(data, |_, _| ());
});
