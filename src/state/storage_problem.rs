//! What the reader is told where the reading state can't be stored.

/// Something that the reader should know about storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Nothing can be stored here.
    Blocked,
    /// There is no room for more, and nothing that may go.
    Full,
    /// A newer version of this app writes here; this one only reads.
    Newer,
    /// Something was damaged, and is in quarantine.
    Damaged,
}

impl Problem {
    /// What the reader is told.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Blocked => {
                "Not kept on this device: this browser does not allow it. Everything works until you close this tab."
            }
            Self::Full => {
                "Not kept on this device: its room for this site is full. You can free some in the settings."
            }
            Self::Newer => {
                "Not kept on this device: a newer version of this app wrote here. Reload to get it."
            }
            Self::Damaged => "Something kept on this device was damaged. It was set aside; the rest is here.",
        }
    }
}
