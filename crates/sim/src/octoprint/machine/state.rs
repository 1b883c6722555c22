//! The states a connection to a printer goes through, in OctoPrint's own words.

/// What OctoPrint says about its printer. The words are those of `/api/job` and of the push socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// No connection, nothing wrong.
    Offline,
    /// No connection because something went wrong.
    OfflineAfterError,
    /// The serial port is being opened.
    OpenSerial,
    /// The port is open, the printer has not yet said hello.
    Connecting,
    /// Connected and idle.
    Operational,
    /// A print has been asked for and its first line is not yet out.
    Starting,
    /// A print runs.
    Printing,
    /// A pause was asked for, the printer drains what it holds.
    Pausing,
    /// The print stands still.
    Paused,
    /// The print is about to go on.
    Resuming,
    /// A cancel was asked for, the printer drains what it holds.
    Cancelling,
    /// The last line is out, the printer drains what it holds.
    Finishing,
    /// The firmware reported a fatal error (for a moment, then `OfflineAfterError`).
    Error,
}

impl State {
    /// The word in `state.text`.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Offline => "Offline",
            Self::OfflineAfterError => "Offline after error",
            Self::OpenSerial => "Opening serial connection",
            Self::Connecting => "Connecting",
            Self::Operational => "Operational",
            Self::Starting => "Starting",
            Self::Printing => "Printing",
            Self::Pausing => "Pausing",
            Self::Paused => "Paused",
            Self::Resuming => "Resuming",
            Self::Cancelling => "Cancelling",
            Self::Finishing => "Finishing",
            Self::Error => "Error",
        }
    }

    /// The id in the event `PrinterStateChanged`, with the string that goes with it.
    ///
    /// OctoPrint announces `OFFLINE`/`Offline` also when the state text becomes
    /// `Offline after error` (seen in every recorded fault run).
    #[must_use]
    pub fn announced(self) -> (&'static str, &'static str) {
        let id = match self {
            Self::Offline | Self::OfflineAfterError => return ("OFFLINE", "Offline"),
            Self::OpenSerial => "OPEN_SERIAL",
            Self::Connecting => "CONNECTING",
            Self::Operational => "OPERATIONAL",
            Self::Starting => "STARTING",
            Self::Printing => "PRINTING",
            Self::Pausing => "PAUSING",
            Self::Paused => "PAUSED",
            Self::Resuming => "RESUMING",
            Self::Cancelling => "CANCELLING",
            Self::Finishing => "FINISHING",
            Self::Error => "ERROR",
        };
        (id, self.text())
    }

    /// The printer answers.
    #[must_use]
    pub fn is_operational(self) -> bool {
        self == Self::Operational || self == Self::Paused || self.is_printing()
    }

    /// A print runs, starts, ends or changes its pace; `Paused` is not among them.
    #[must_use]
    pub fn is_printing(self) -> bool {
        matches!(
            self,
            Self::Starting
                | Self::Printing
                | Self::Pausing
                | Self::Resuming
                | Self::Cancelling
                | Self::Finishing
        )
    }

    /// A print holds the printer, paused or not.
    #[must_use]
    pub fn holds_a_print(self) -> bool {
        self == Self::Paused || self.is_printing()
    }
}
