//! Limits of this room.

/// Seconds a token of the seam may live.
pub const TTL_S_MAX: i64 = 120;
/// Seconds by which two clocks may disagree.
pub const LEEWAY_S: i64 = 30;
/// Bytes of a token of the seam; a claim over some hundred projects fits.
pub const TOKEN_BYTES_MAX: usize = 32 * 1024;
/// Characters of a key's name.
pub const KID_CHARS_MAX: usize = 64;
/// Keys of one published document that are looked at.
pub const JWKS_KEYS_MAX: usize = 16;
/// Bytes of a published document.
pub const JWKS_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a shared secret, at least (RFC 7518, 3.2: as long as the hash).
pub const SECRET_BYTES_MIN: usize = 32;
/// Shared secrets that hold at the same time: the current one and the one before or after it.
pub const SECRETS_MAX: usize = 2;
/// Characters of a token's own name (`jti`) and of issuer and audience.
pub const WORD_CHARS_MAX: usize = 200;
/// Projects named in one token.
pub const PROJECTS_MAX: usize = 500;
