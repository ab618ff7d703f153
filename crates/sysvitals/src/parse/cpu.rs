use super::ParseError;
