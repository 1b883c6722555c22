use crate::world::{World, on_both_engines};
use fluxprint_domain::Sha256;
use fluxprint_store::service::model::{Model, ModelState, NewModel};
use fluxprint_store::service::reason::Reason;
use fluxprint_store::service::task::{NewTask, Task, TaskKind};

async fn send(world: &World, sha256: Sha256) -> (Model, bool) {
    send_as(world, sha256, "ada", "bracket.stl").await
}

async fn send_as(world: &World, sha256: Sha256, who: &str, name: &str) -> (Model, bool) {
    let new = NewModel {
        sha256,
        size_bytes: 684,
        kind: "stl",
        name,
    };
    let check = NewTask {
        id: world.id(),
        kind: TaskKind::CheckModel,
        subject: sha256.to_string(),
        payload: "{}".to_owned(),
    };
    let models = world.store.models(world.org);
    models.insert(&new, &check, who, world.now()).await.unwrap()
}

async fn claim(world: &World) -> Option<Task> {
    let tasks = world.store.tasks(world.org);
    tasks.claim("worker", 60, world.now()).await.unwrap()
}

on_both_engines! {
    async fn a_refused_model_that_is_sent_again_is_checked_again_and_any_other_is_not(world) {
        let (models, sha256) = (world.store.models(world.org), world.hash());
        assert!(send(&world, sha256).await.1);
        let (model, added) = send(&world, sha256).await;
        assert_eq!((model.state, added), (ModelState::Received, false));
        let task = claim(&world).await.unwrap();
        assert_eq!(claim(&world).await, None);
        let reason = Reason {
            code: "DISK_FULL".to_owned(),
            sentence: "There was no room.".to_owned(),
            remedy: "Make room.".to_owned(),
        };
        models.mark_refused(sha256, &reason, &task, world.now()).await.unwrap();
        assert_eq!(models.get(sha256).await.unwrap().state, ModelState::Refused(reason));

        let (model, added) = send(&world, sha256).await;
        assert_eq!((model.state, added), (ModelState::Received, false));
        let task = claim(&world).await.unwrap();
        models.mark_checked(sha256, None, "{}", &task, world.now()).await.unwrap();
        let (model, _) = send(&world, sha256).await;
        assert!(matches!(model.state, ModelState::Checked { .. }), "{model:?}");
        assert_eq!(claim(&world).await, None);
    }

    async fn everybody_keeps_the_name_they_sent_a_model_under(world) {
        let models = world.store.models(world.org);
        let (bracket, hook) = (world.hash(), world.hash());
        send_as(&world, bracket, "ada", "bracket.stl").await;
        world.clock.advance_s(1);
        send_as(&world, hook, "olu", "hook.stl").await;
        world.clock.advance_s(1);
        let (model, added) = send_as(&world, bracket, "olu", "Halterung.stl").await;
        assert_eq!((model.name.as_str(), added), ("bracket.stl", false));
        send_as(&world, bracket, "olu", "Halter.stl").await;
        assert_eq!(models.name_by(bracket, "ada").await.unwrap().as_deref(), Some("bracket.stl"));
        assert_eq!(models.name_by(bracket, "olu").await.unwrap().as_deref(), Some("Halter.stl"));
        assert_eq!(models.name_by(hook, "ada").await.unwrap(), None);
        let sent = models.sent_by("olu", None, 1).await.unwrap();
        assert_eq!((sent[0].sha256, sent[0].name.as_str()), (bracket, "Halter.stl"));
        let after = Some((sent[0].created_at, sent[0].sha256));
        let rest = models.sent_by("olu", after, 9).await.unwrap();
        assert_eq!(rest.iter().map(|model| model.sha256).collect::<Vec<_>>(), [hook]);
        assert_eq!(models.sent_by("eve", None, 9).await.unwrap(), []);
    }
}
