//! Colours of filament: few enough that two people mean the same by a word.

use serde::{Deserialize, Serialize};

macro_rules! colours {
    ($($name:ident $word:literal $doc:literal;)*) => {
        /// The colour of a filament.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Colour {
            $(#[doc = $doc] $name,)*
        }

        impl Colour {
            /// Every colour.
            pub const ALL: [Self; [$($word),*].len()] = [$(Self::$name),*];

            /// The word the databases and the API use.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

colours! {
    Black "black" "Black.";
    White "white" "White.";
    Grey "grey" "Grey.";
    Silver "silver" "Silver.";
    Red "red" "Red.";
    Orange "orange" "Orange.";
    Yellow "yellow" "Yellow.";
    Green "green" "Green.";
    Blue "blue" "Blue.";
    Purple "purple" "Purple.";
    Pink "pink" "Pink.";
    Brown "brown" "Brown.";
    Gold "gold" "Gold.";
    Natural "natural" "Not dyed.";
    Clear "clear" "Light shines through.";
}

impl Colour {
    /// The colour that [`Self::word`] names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_names_its_colour() {
        for colour in Colour::ALL {
            assert_eq!(Colour::from_word(colour.word()), Some(colour));
        }
    }
}
