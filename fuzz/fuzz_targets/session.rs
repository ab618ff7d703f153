#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::session;

fuzz_target!(|data: &[u8]| {
    if let Ok(Some(session)) = session(data) {
        assert!(!session.user.is_empty());
    }
});
