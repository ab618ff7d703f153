#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::status;

fuzz_target!(|data: &[u8]| {
    let _ = status(data);
});
