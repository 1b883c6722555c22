//! What a print dialog is told before anything is chosen.

use crate::rig::Rig;
use fluxprint_domain::role::Role;
use serde_json::json;

#[tokio::test]
async fn a_dialog_learns_what_there_is_what_it_costs_and_what_is_chosen_at_first() {
    let rig = Rig::new().await;
    let (owner, (_, printer)) = (rig.token(Role::Owner), rig.printer(false).await);
    let petg = json!({ "material": "PETG" });
    let load = format!("PUT /v1/printers/{printer}/loaded");
    rig.post(&load, &owner, &petg).await.ok();
    let choices = rig.by(Role::Viewer, "GET /v1/choices").await.ok();
    let ids = |list: &str| {
        let all = choices[list].as_array().unwrap().iter();
        all.map(|one| one["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids("materials"), ["PLA", "PETG", "ABS", "TPU", "NYLON"]);
    assert_eq!(ids("qualities"), ["draft", "standard", "high", "ultra"]);
    assert_eq!(
        choices["materials"][1],
        json!({ "id": "PETG", "nozzle_c": 230.0, "bed_c": 80.0, "price_micros_per_g": 25_000, "loaded": true })
    );
    assert_eq!(choices["materials"][0]["loaded"], false);
    let standard = json!({ "id": "standard", "layer_mm": 0.2, "infill_pct": 20 });
    assert_eq!(choices["qualities"][1], standard);
    let defaults = json!({ "material": "PLA", "quality": "standard", "copies": 1, "supports": true, "infill_pct": 20 });
    assert_eq!(choices["defaults"], defaults);
    assert_eq!(choices["defaults"]["infill_pct"], standard["infill_pct"]);
    let mega = 1_000_000;
    let limits = json!({
        "copies_max": 10, "name_chars_max": 200, "notes_chars_max": 1_000,
        "model_bytes_max": 200 * mega, "gcode_bytes_max": 500 * mega, "other_bytes_max": 100 * mega,
    });
    assert_eq!(choices["limits"], limits);
    assert_eq!(choices["currency"], "USD");
}
