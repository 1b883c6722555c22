//! What happened to a job, told to people.

use crate::rig::{Rig, on_both_engines, wanted};
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::id::JobId;
use fluxprint_domain::role::Role;
use fluxprint_store::service::reason::Reason;
use serde_json::{Value, json};

async fn past(rig: &Rig, job: JobId) -> Vec<Value> {
    let job = rig
        .by(Role::Viewer, &format!("GET /v1/jobs/{job}"))
        .await
        .ok();
    job["timeline"].as_array().unwrap().clone()
}

fn words(past: &[Value]) -> Vec<&str> {
    past.iter()
        .map(|one| one["what"].as_str().unwrap())
        .collect()
}

on_both_engines! {
    async fn a_print_tells_its_whole_story_in_order(rig) {
        let editor = rig.token(Role::Editor);
        let mut one = wanted(rig.model(1).await);
        one["copies"] = json!(1);
        let job = rig.job(&editor, &one).await;
        let (printer, attempt) = rig.printing(job).await;
        rig.clock.advance_ms(1_000);
        let pause = format!("PUT /v1/jobs/{job}/pause");
        // Its bridge takes no more in this rig, so that nothing is asked of it.
        assert_eq!(rig.call(&pause, &editor).await.code(), "PRINTER_OFFLINE");
        for phase in [Phase::Paused, Phase::Printing, Phase::Completed] {
            rig.phase(attempt, phase).await;
            rig.clock.advance_ms(1_000);
        }
        let past = past(&rig, job).await;
        assert_eq!(words(&past), [
            "MADE", "PREPARED", "PRINTER_FOUND", "STAGED", "BED_CLEARED", "START_SENT", "STARTED",
            "PAUSED", "RESUMED", "COMPLETED",
        ]);
        let person = rig.grant(Role::Editor).sub.to_string();
        assert_eq!((&past[0]["who"], &past[0]["copy"]), (&json!(person), &Value::Null));
        assert_eq!((&past[2]["who"], &past[2]["copy"]), (&Value::Null, &json!(1)));
        assert_eq!(past[2]["printer"], json!(printer));
        let owner = rig.grant(Role::Owner).sub.to_string();
        assert_eq!((&past[4]["who"], &past[4]["printer"]), (&json!(owner), &json!(printer)));
        for one in &past {
            assert!(one["sentence"].as_str().unwrap().ends_with('.'), "{one}");
            assert!(one["at"].as_str().unwrap().ends_with('Z'), "{one}");
        }
    }

    async fn what_people_do_to_a_waiting_print_is_told_with_who_did_it(rig) {
        let editor = rig.token(Role::Editor);
        let job = rig.job(&editor, &wanted(rig.model(1).await)).await;
        crate::queue::prepare(&rig, job).await;
        for call in ["PUT /v1/jobs/{job}/hold", "DELETE /v1/jobs/{job}/hold"] {
            rig.by(Role::Manager, &call.replace("{job}", &job.to_string())).await.ok();
        }
        rig.call(&format!("POST /v1/jobs/{job}/cancellation"), &editor).await.ok();
        let past = past(&rig, job).await;
        let told = ["MADE", "PREPARED", "HELD", "HELD", "RELEASED", "RELEASED", "CANCELED", "CANCELED"];
        assert_eq!(words(&past), told);
        let manager = rig.grant(Role::Manager).sub.to_string();
        assert_eq!((&past[2]["who"], &past[2]["copy"]), (&json!(manager), &json!(1)));
        assert_eq!(past[7]["copy"], 2);
    }

    async fn a_print_that_broke_off_says_why(rig) {
        let job = rig.job(&rig.token(Role::Editor), &wanted(rig.model(1).await)).await;
        let (_, attempt) = rig.printing(job).await;
        rig.clock.advance_ms(1_000);
        let reason = Reason {
            code: "PRINT_FAILED".into(),
            sentence: "The printer reported an error.".into(),
            remedy: "Look at the printer.".into(),
        };
        rig.phase_because(attempt, Phase::Failed, Some(reason)).await;
        let past = past(&rig, job).await;
        let last = past.last().unwrap();
        assert_eq!((&last["what"], &last["copy"]), (&json!("FAILED"), &json!(1)));
        assert_eq!(last["reason"]["sentence"], "The printer reported an error.");
    }

    async fn a_print_that_was_cancelled_at_its_printer_says_who_asked(rig) {
        let editor = rig.token(Role::Editor);
        let mut one = wanted(rig.model(1).await);
        one["copies"] = json!(1);
        let job = rig.job(&editor, &one).await;
        let (_, attempt) = rig.printing(job).await;
        rig.clock.advance_ms(1_000);
        rig.call(&format!("POST /v1/jobs/{job}/cancellation"), &editor).await.ok();
        rig.clock.advance_ms(1_000);
        rig.phase(attempt, Phase::Canceled).await;
        let past = past(&rig, job).await;
        assert_eq!(words(&past)[7..], ["CANCEL_ASKED", "CANCELED"]);
        let person = rig.grant(Role::Editor).sub.to_string();
        assert_eq!((&past[7]["who"], &past[8]["who"]), (&json!(person), &Value::Null));
    }
}
