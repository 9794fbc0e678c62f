//! Things that users choose by name.

use crate::Error;
use crate::attention::nearest;

/// The entry of `name` in a table of names.
///
/// # Errors
/// [`Error::Invalid`] where there is none; the message lists the names and suggests the nearest.
pub(crate) fn find<T: Clone>(what: &str, name: &str, table: &[(&str, T)]) -> Result<T, Error> {
    let found = table.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| value.clone()).ok_or_else(|| {
        let names: Vec<&str> = table.iter().map(|(known, _)| *known).collect();
        let remedy = format!("did you mean {}?", nearest(name, &names));
        Error::invalid(what, name, format!("one of {}", names.join(", ")), remedy)
    })
}
