//! The few steps most tests begin with.

use super::World;
use fluxprint_domain::Sha256;
use fluxprint_domain::attempt::{Event, Phase};
use fluxprint_domain::bed::Witness;
use fluxprint_domain::id::{
    AttemptId, BedTokenId, BridgeId, CopyId, JobId, PrinterId, SessionId, SliceId,
};
use fluxprint_domain::printer::{Build, PrinterState};
use fluxprint_domain::tags::Tags;
use fluxprint_domain::units::SizeMm;
use fluxprint_store::Result;
use fluxprint_store::service::attempt::{Applied, Issued, NewAttempt, Observed};
use fluxprint_store::service::bridge::NewBridge;
use fluxprint_store::service::job::{Created, JobLimits, NewJob};
use fluxprint_store::service::model::NewModel;
use fluxprint_store::service::printer::NewPrinter;
use fluxprint_store::service::slice::{SliceResult, WantedSlice};
use fluxprint_store::service::task::{NewTask, TaskKind};

impl World {
    pub async fn bridge(&self) -> BridgeId {
        let id = self.id();
        let new = NewBridge {
            id,
            name: "Workshop bridge",
            code_sha256: self.hash(),
            code_expires_at: self.now().plus_s(600),
        };
        self.store
            .bridges(self.org)
            .create_with_code(&new, "ada", self.now())
            .await
            .unwrap();
        id
    }

    /// A printer that is ready.
    pub async fn printer_called(&self, local_name: &str, is_virtual: bool) -> PrinterId {
        let bridge = self.bridge().await;
        let new = NewPrinter {
            id: self.id(),
            bridge,
            local_name,
            is_virtual,
            build: &Build::DESKTOP,
        };
        let printers = self.store.printers(self.org);
        let id = printers.upsert_from_bridge(&new, self.now()).await.unwrap();
        printers
            .observe(id, PrinterState::Ready, None, self.now())
            .await
            .unwrap();
        id
    }

    pub async fn printer(&self) -> PrinterId {
        self.printer_called("mk4-07", false).await
    }

    /// A model that was checked.
    pub async fn model(&self) -> Sha256 {
        let sha256 = self.hash();
        let new = NewModel {
            sha256,
            size_bytes: 684,
            kind: "stl",
            name: "bracket.stl",
        };
        let task = NewTask {
            id: self.id(),
            kind: TaskKind::CheckModel,
            subject: sha256.to_string(),
            payload: "{}".to_owned(),
        };
        let models = self.store.models(self.org);
        let (_, added) = models.insert(&new, &task, "ada", self.now()).await.unwrap();
        assert!(added);
        let task = self
            .store
            .tasks(self.org)
            .claim("worker", 60, self.now())
            .await
            .unwrap();
        let size = SizeMm {
            x_mm: 20.0,
            y_mm: 20.0,
            z_mm: 10.0,
        };
        models
            .mark_checked(sha256, Some(size), "{}", &task.unwrap(), self.now())
            .await
            .unwrap();
        sha256
    }

    pub async fn slice(&self, model_sha256: Sha256) -> SliceId {
        let wanted = WantedSlice {
            id: self.id(),
            model_sha256,
            profile_hash: self.hash(),
            slicer_version: "2.5.0",
        };
        let slices = self.store.slices(self.org);
        let slice = slices.want(&wanted, None, self.now()).await.unwrap();
        slices.finish(slice.id, &gcode(), None).await.unwrap();
        slice.id
    }

    pub async fn create(&self, copies: usize, key: &str) -> Created {
        let model_sha256 = self.model().await;
        self.create_of(model_sha256, copies, key, Sha256([1; 32]))
            .await
    }

    pub async fn create_of(
        &self,
        model: Sha256,
        copies: usize,
        key: &str,
        body: Sha256,
    ) -> Created {
        let ids: Vec<CopyId> = (0..copies).map(|_| self.id()).collect();
        let new = new_job(self.id(), &ids, model, key, body);
        self.store
            .jobs(self.org)
            .create(&new, LIMITS, self.now())
            .await
            .unwrap()
    }

    /// A job whose copies wait for a printer.
    pub async fn queued_job(&self, copies: usize) -> JobId {
        let model = self.model().await;
        let key = self.hash().to_string();
        let Created::Made(job) = self.create_of(model, copies, &key, Sha256([1; 32])).await else {
            panic!("the job was not made");
        };
        let job = job.id;
        let slice = self.slice(model).await;
        self.store
            .jobs(self.org)
            .prepared(job, slice, None, "worker", self.now())
            .await
            .unwrap();
        job
    }

    pub async fn queued_copy(&self) -> CopyId {
        let job = self.queued_job(1).await;
        self.store.jobs(self.org).get(job).await.unwrap().0.copies[0].id
    }

    pub async fn assign(&self, copy: CopyId, printer: PrinterId) -> Result<AttemptId> {
        let SliceResult {
            gcode_sha256,
            size_bytes,
            ..
        } = gcode();
        let new = NewAttempt {
            id: self.id(),
            copy,
            printer,
            gcode_sha256,
            gcode_bytes: size_bytes,
        };
        Ok(self
            .store
            .attempts(self.org)
            .assign(new, "dispatcher", self.now())
            .await?
            .id)
    }

    pub async fn seen(&self, attempt: AttemptId, phase: Phase) -> Applied {
        self.apply(attempt, Event::Seen(phase)).await.unwrap()
    }

    pub async fn apply(&self, attempt: AttemptId, event: Event) -> Result<Applied> {
        let attempts = self.store.attempts(self.org);
        attempts
            .apply(attempt, event, &Observed::default(), "bridge", self.now())
            .await
    }

    /// A try whose file lies in the printer's program.
    pub async fn staged(&self, printer: PrinterId) -> AttemptId {
        let copy = self.queued_copy().await;
        let attempt = self.assign(copy, printer).await.unwrap();
        let attempts = self.store.attempts(self.org);
        attempts
            .mark_staging(attempt, "dispatcher", self.now())
            .await
            .unwrap();
        self.seen(attempt, Phase::Staged).await;
        attempt
    }

    pub async fn clear(&self, printer: PrinterId) -> BedTokenId {
        let beds = self.store.beds(self.org);
        let given = beds
            .clear(printer, self.id(), &Witness::Person, "olu", self.now())
            .await;
        given.unwrap().id
    }

    /// A session of the bridge that has this try's printer.
    pub async fn session(&self, attempt: AttemptId) -> SessionId {
        let session: SessionId = self.id();
        let attempt = self.store.attempts(self.org).get(attempt).await.unwrap();
        let printer = self
            .store
            .printers(self.org)
            .get(attempt.printer)
            .await
            .unwrap();
        let bridges = self.store.bridges(self.org);
        bridges
            .open_session(printer.bridge, session, "0.1.0", self.now())
            .await
            .unwrap();
        session
    }

    pub async fn issue(&self, attempt: AttemptId) -> Result<Issued> {
        self.issue_in(self.session(attempt).await, attempt).await
    }

    pub async fn issue_in(&self, session: SessionId, attempt: AttemptId) -> Result<Issued> {
        let attempts = self.store.attempts(self.org);
        attempts
            .issue_start(attempt, session, "dispatcher", self.now())
            .await
    }

    /// A try whose start was issued.
    pub async fn started(&self, printer: PrinterId) -> AttemptId {
        let attempt = self.staged(printer).await;
        self.clear(printer).await;
        self.issue(attempt).await.unwrap();
        attempt
    }
}

pub const LIMITS: JobLimits = JobLimits {
    per_hour: 10,
    open_max: 50,
};

static NO_TAGS: Tags = Tags::NONE;

pub fn new_job<'a>(
    id: JobId,
    copies: &'a [CopyId],
    model_sha256: Sha256,
    key: &'a str,
    body_sha256: Sha256,
) -> NewJob<'a> {
    NewJob {
        id,
        copies,
        project: None,
        person: "ada",
        name: "Bracket",
        model_sha256,
        choice: "{}",
        material: None,
        printer: None,
        colour: None,
        tags: &NO_TAGS,
        notes: "",
        estimate: None,
        reference: None,
        key,
        body_sha256,
    }
}

/// The approved bytes of every slice here.
pub fn gcode() -> SliceResult {
    SliceResult {
        gcode_sha256: Sha256([9; 32]),
        size_bytes: 4_096,
        facts: "{}".to_owned(),
        nozzle_c_max: 215.0,
        bed_c_max: 60.0,
    }
}
