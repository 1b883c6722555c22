//! "Why does my job wait?" is answered by what decides: in worlds made by chance, a copy that is said
//! to wait for nothing is given a printer in the next turn of the dispatcher, and no other copy is.

use crate::queue::prepare;
use crate::rig::{Engine, Rig, wanted};
use fluxprint_domain::Clock;
use fluxprint_domain::id::PrinterId;
use fluxprint_domain::printer::{Build, PrinterState};
use fluxprint_domain::role::Role;
use fluxprint_service::Settings;
use fluxprint_service::dispatcher::{Memory, turn};
use fluxprint_service::hub::Entrance;
use fluxprint_store::service::printer::NewPrinter;
use serde_json::{Value, json};
use std::cell::Cell;

/// Worlds that are tried.
const WORLDS: u64 = 40;

/// Chance from a seed (splitmix64).
struct Chance(Cell<u64>);

impl Chance {
    fn one_of<'a, T>(&self, all: &'a [T]) -> &'a T {
        self.0.set(self.0.get().wrapping_add(0x9E37_79B9_7F4A_7C15));
        let mixed = (self.0.get() ^ (self.0.get() >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        &all[usize::try_from((mixed ^ (mixed >> 31)) % all.len() as u64).unwrap()]
    }
}

async fn some_printer(
    rig: &Rig,
    chance: &Chance,
    owner: &str,
    n: usize,
) -> (PrinterId, Option<Entrance>) {
    let (bridge, _) = rig.bridge().await;
    let new = NewPrinter {
        id: rig.id(),
        bridge,
        local_name: &format!("printer {n}"),
        is_virtual: false,
        build: &Build::DESKTOP,
    };
    let (printers, now) = (rig.service.store.printers(rig.org), rig.clock.now());
    let id = printers.upsert_from_bridge(&new, now).await.unwrap();
    let states = [
        PrinterState::Ready,
        PrinterState::Ready,
        PrinterState::Ready,
        PrinterState::Busy,
        PrinterState::Error,
    ];
    printers
        .observe(id, *chance.one_of(&states), None, now)
        .await
        .unwrap();
    let loaded = json!({ "material": chance.one_of(&["PLA", "PETG"]), "colour": chance.one_of(&["red", "blue"]) });
    rig.post(&format!("PUT /v1/printers/{id}/loaded"), owner, &loaded)
        .await
        .ok();
    let tags = json!({ "tags": chance.one_of(&[vec![], vec!["large"], vec!["large", "fast"]]) });
    rig.post(&format!("PUT /v1/printers/{id}/tags"), owner, &tags)
        .await
        .ok();
    let entrance = (*chance.one_of(&[true, true, true, false])).then(|| rig.connect(bridge, id));
    (id, entrance)
}

/// The copies of the queue: their state, and whether they are said to wait for something.
fn copies(queue: &Value) -> Vec<(String, bool)> {
    let entries = queue["entries"].as_array().unwrap();
    let copies = entries
        .iter()
        .flat_map(|entry| entry["copies"].as_array().unwrap());
    let read = |copy: &Value| {
        (
            copy["state"].as_str().unwrap().to_owned(),
            !copy["waits_for"].is_null(),
        )
    };
    copies.map(read).collect()
}

async fn world(seed: u64) {
    let chance = Chance(Cell::new(seed));
    let mut settings = Settings::default();
    settings.limits.jobs_per_hour = u32::MAX;
    let rig = Rig::with(Engine::Sqlite, settings, None).await;
    let owner = rig.token(Role::Owner);
    let mut reachable = Vec::new();
    let mut printers = Vec::new();
    for n in 0..*chance.one_of(&[0, 1, 2, 3, 4]) {
        let (id, entrance) = some_printer(&rig, &chance, &owner, n).await;
        printers.push(id);
        reachable.push(entrance);
    }
    let model = rig.model(1).await;
    for _ in 0..*chance.one_of(&[1, 3, 5]) {
        let mut body = wanted(model);
        body["copies"] = json!(chance.one_of(&[1, 1, 2]));
        body["material"] = json!(chance.one_of(&["PLA", "PETG"]));
        body["colour"] = chance
            .one_of(&[Value::Null, Value::Null, json!("red")])
            .clone();
        body["tags"] = json!(chance.one_of(&[vec![], vec![], vec!["large"], vec!["fast"]]));
        let mut asked: Vec<Value> = printers.iter().map(|id| json!(id)).collect();
        asked.extend([Value::Null, Value::Null, Value::Null]);
        body["printer"] = chance.one_of(&asked).clone();
        let job = rig.job(&owner, &body).await;
        prepare(&rig, job).await;
    }
    if *chance.one_of(&[true, false, false, false, false]) {
        rig.by(Role::Owner, "PUT /v1/hold").await.ok();
    }
    let said = rig.by(Role::Owner, "GET /v1/queue").await.ok();
    turn(&rig.service, &mut Memory::default()).await.unwrap();
    let done = rig.by(Role::Owner, "GET /v1/queue").await.ok();
    let (before, after) = (copies(&said), copies(&done));
    assert_eq!(before.len(), after.len());
    for ((was, waits), (is, _)) in before.iter().zip(&after) {
        assert_eq!(was, "queued");
        assert_eq!(is == "assigned", !waits, "seed {seed}: {said:#}\n{done:#}");
    }
}

#[tokio::test]
async fn who_is_said_to_wait_for_nothing_gets_a_printer_and_nobody_else_does() {
    for seed in 0..WORLDS {
        world(seed).await;
    }
}
