//! `GET /v1/choices`.

use super::door::Caller;
use super::dto::choices::{
    ChoicesShown, DefaultsShown, LimitsShown, MaterialChoice, QualityChoice,
};
use super::dto::{MaterialWord, QualityWord};
use super::failure::Failure;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::limits::{COPIES_MAX, NAME_CHARS_MAX, NOTE_CHARS_MAX, OTHER_BYTES_MAX};
use fluxprint_domain::print_choice::{DEFAULTS, Material, Quality};
use fluxprint_estimate::Prices;
use fluxprint_slicer::{material_settings, quality_settings};
use std::sync::Arc;

/// What can be chosen for a print, what it costs, and what is chosen at first.
#[utoipa::path(get, path = "/v1/choices", tag = "jobs",
    responses((status = 200, body = ChoicesShown)))]
pub async fn choices(
    State(service): State<Arc<Service>>,
    caller: Caller,
) -> Result<Json<ChoicesShown>, Failure> {
    let printers = service.store.printers(caller.org()).list().await?;
    let loaded = |material| {
        let here = printers.iter().filter_map(|printer| printer.loaded);
        here.into_iter().any(|loaded| loaded.material == material)
    };
    let prices = Prices::default();
    let materials = Material::ALL.into_iter().map(|id| {
        let settings = material_settings(id).ok_or(Failure::Broken)?;
        Ok(MaterialChoice {
            id: MaterialWord(id),
            nozzle_c: settings.nozzle_c,
            bed_c: settings.bed_c,
            price_micros_per_g: prices.per_gram_micros.get(&id).copied().unwrap_or(0),
            loaded: loaded(id),
        })
    });
    let qualities = Quality::ALL.into_iter().map(|id| {
        let settings = quality_settings(id).ok_or(Failure::Broken)?;
        Ok(QualityChoice {
            id: QualityWord(id),
            layer_mm: settings.layer_mm,
            infill_pct: settings.infill_pct,
        })
    });
    Ok(Json(ChoicesShown {
        materials: materials.collect::<Result<_, Failure>>()?,
        qualities: qualities.collect::<Result<_, Failure>>()?,
        defaults: defaults(),
        limits: limits(&service),
        currency: prices.currency.clone(),
    }))
}

fn defaults() -> DefaultsShown {
    DefaultsShown {
        material: MaterialWord(DEFAULTS.material),
        quality: QualityWord(DEFAULTS.quality),
        copies: DEFAULTS.copies,
        supports: DEFAULTS.supports,
        infill_pct: DEFAULTS.infill_pct,
    }
}

fn limits(service: &Service) -> LimitsShown {
    let limits = &service.settings.limits;
    LimitsShown {
        copies_max: COPIES_MAX,
        name_chars_max: NAME_CHARS_MAX,
        notes_chars_max: NOTE_CHARS_MAX,
        model_bytes_max: limits.model_bytes,
        gcode_bytes_max: limits.gcode_bytes,
        other_bytes_max: OTHER_BYTES_MAX,
    }
}
