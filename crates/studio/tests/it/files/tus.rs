//! tus as its clients speak it.

use super::shop::{Shop, header};
use crate::rig::{Answer, Seat};
use axum::body::Body;
use axum::http::request::Builder;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

pub const PIECE: &str = "application/offset+octet-stream";

impl Shop {
    pub fn tus(&self, call: &str, seat: &Seat) -> Builder {
        self.rig
            .request(call, seat)
            .header("tus-resumable", "1.0.0")
    }

    /// A call of Ada's without a body.
    pub async fn ask(&self, call: &str) -> Answer {
        self.ask_as(call, &self.ada).await
    }

    pub async fn ask_as(&self, call: &str, seat: &Seat) -> Answer {
        let request = self.tus(call, seat).body(Body::empty()).unwrap();
        self.rig.send(request).await
    }

    /// Announces a file.
    pub async fn announce(&self, name: &str, size_bytes: usize, seat: &Seat) -> Answer {
        let project = STANDARD.encode(self.project.to_string());
        let metadata = format!("filename {},project {project}", STANDARD.encode(name));
        let request = self
            .tus("POST /api/uploads", seat)
            .header("upload-length", size_bytes)
            .header("upload-metadata", metadata);
        self.rig.send(request.body(Body::empty()).unwrap()).await
    }

    /// Announces a file of Ada's; the address of the upload.
    pub async fn begin(&self, name: &str, size_bytes: usize) -> String {
        let answer = self.announce(name, size_bytes, &self.ada).await;
        let text = String::from_utf8_lossy(&answer.bytes);
        assert_eq!(answer.status, 201, "{text}");
        header(&answer, "location").to_owned()
    }

    pub fn piece(&self, at: &str, offset_bytes: usize, seat: &Seat) -> Builder {
        self.tus(&format!("PATCH {at}"), seat)
            .header("content-type", PIECE)
            .header("upload-offset", offset_bytes)
    }

    /// Sends a piece of Ada's.
    pub async fn patch(&self, at: &str, offset_bytes: usize, bytes: &[u8]) -> Answer {
        let request = self
            .piece(at, offset_bytes, &self.ada)
            .header("content-length", bytes.len());
        let body = Body::from(bytes.to_vec());
        self.rig.send(request.body(body).unwrap()).await
    }

    /// How far Ada's upload is, as told.
    pub async fn offset(&self, at: &str) -> usize {
        let answer = self.ask(&format!("HEAD {at}")).await;
        assert_eq!(answer.status, 200);
        header(&answer, "upload-offset").parse().unwrap()
    }

    /// Uploads a file of Ada's in one piece; the last answer.
    pub async fn upload(&self, name: &str, bytes: &[u8]) -> Answer {
        let at = self.begin(name, bytes.len()).await;
        self.patch(&at, 0, bytes).await
    }

    /// A file of Ada's.
    pub async fn file(&self, name: &str, bytes: &[u8]) -> String {
        let answer = self.upload(name, bytes).await;
        let text = String::from_utf8_lossy(&answer.bytes);
        assert_eq!(answer.status, 204, "{text}");
        header(&answer, "x-fluxprint-file").to_owned()
    }
}
