//! Somebody who uses the pages' own API, as a browser does: a cookie, and a word against forged calls.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::http::{Answer, Call};

/// Somebody who is signed in.
pub struct Visitor<'a> {
    url: &'a str,
    cookie: String,
    csrf: String,
}

impl<'a> Visitor<'a> {
    /// Becomes the first owner by a one-time link.
    pub fn first_owner(url: &'a str, link: &str, email: &str, password: &str) -> Result<Self> {
        let secret = link.rsplit_once('#').map(|(_, secret)| secret);
        let secret = secret.context("the link has no secret")?;
        let body = json!({ "secret": secret, "name": "You", "email": email, "password": password });
        let body = body.to_string();
        let answer = Call {
            method: "POST",
            path: "/api/setup",
            headers: vec![same_origin(), json_type()],
            body: body.as_bytes(),
        }
        .succeed_whole(url)?;
        Ok(Self {
            url,
            cookie: cookie(&answer)?,
            csrf: text(&answer.json, "csrf")?,
        })
    }

    /// Makes a project; its id.
    pub fn make_project(&self, name: &str) -> Result<String> {
        let body = json!({ "name": name }).to_string();
        let made = self.change("POST", "/api/projects", vec![json_type()], body.as_bytes())?;
        text(&made.json, "id")
    }

    /// Uploads a file in one piece, by the protocol with which larger ones come in many; its id.
    pub fn upload(&self, project: &str, name: &str, bytes: &[u8]) -> Result<String> {
        let resumable = || "Tus-Resumable: 1.0.0".to_owned();
        let about = format!(
            "Upload-Metadata: filename {},project {}",
            base64(name.as_bytes()),
            base64(project.as_bytes())
        );
        let length = format!("Upload-Length: {}", bytes.len());
        let begun = self.change(
            "POST",
            "/api/uploads",
            vec![resumable(), about, length],
            b"",
        )?;
        let place = begun
            .header("location")
            .context("the upload has no place")?;
        let path = place
            .find("/api/")
            .and_then(|at| place.get(at..))
            .unwrap_or(place);
        let headers = vec![
            resumable(),
            "Upload-Offset: 0".to_owned(),
            "Content-Type: application/offset+octet-stream".to_owned(),
        ];
        let done = self.change("PATCH", path, headers, bytes)?;
        let file = done.header("x-fluxprint-file").map(str::to_owned);
        file.context("the upload has become no file")
    }

    /// Reads something.
    pub fn look(&self, path: &str) -> Result<Value> {
        let mut call = Call::get(path);
        call.headers
            .extend([same_origin(), format!("Cookie: {}", self.cookie)]);
        call.succeed(self.url)
    }

    /// Ends the session.
    pub fn leave(self) -> Result<()> {
        self.change("DELETE", "/api/session", Vec::new(), b"")
            .map(drop)
    }

    fn change(
        &self,
        method: &str,
        path: &str,
        mut headers: Vec<String>,
        body: &[u8],
    ) -> Result<Answer> {
        headers.extend([
            same_origin(),
            format!("Cookie: {}", self.cookie),
            format!("X-Csrf: {}", self.csrf),
        ]);
        Call {
            method,
            path,
            headers,
            body,
        }
        .succeed_whole(self.url)
    }
}

fn same_origin() -> String {
    "Sec-Fetch-Site: same-origin".to_owned()
}

fn json_type() -> String {
    "Content-Type: application/json".to_owned()
}

/// The cookie of a session, without its attributes.
fn cookie(answer: &Answer) -> Result<String> {
    let cookie = answer
        .header("set-cookie")
        .context("no session came back")?;
    Ok(cookie.split(';').next().unwrap_or(cookie).to_owned())
}

fn text(json: &Value, name: &str) -> Result<String> {
    let found = json.get(name).and_then(Value::as_str).map(str::to_owned);
    found.with_context(|| format!("the answer has no `{name}`"))
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let whole = group
            .iter()
            .fold(0_u32, |whole, byte| whole << 8 | u32::from(*byte));
        let whole = whole << (8 * (3 - group.len()));
        for digit in 0..4 {
            let index = (whole >> (18 - 6 * digit)) & 63;
            let letter = ALPHABET
                .get(index as usize)
                .map_or('=', |byte| char::from(*byte));
            text.push(if digit > group.len() { '=' } else { letter });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn bytes_are_written_as_the_standard_says() {
        let pairs = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, encoded) in pairs {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }
}
