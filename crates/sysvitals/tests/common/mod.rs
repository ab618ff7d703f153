pub(crate) mod ns;
