use super::*;
use fluxprint_domain::units::SizeMm;
use proptest::prelude::*;

fn told(duration_s: u64, filament_g: f64) -> Told {
    Told {
        duration_s,
        filament_g,
        by: Author::OurSlicer,
    }
}

fn dear() -> Prices {
    Prices {
        machine_hour_micros: 1_500_000,
        set_up_micros: 2_000_000,
        ..Prices::default()
    }
}

#[test]
fn a_price_is_grams_and_hours_per_copy_and_the_set_up_fee_once() {
    let estimate = exact(told(7_200, 12.5), Material::Pla, 3, &dear());
    let all = &estimate.all_copies;
    assert_eq!(all.duration_s, 21_600);
    assert_eq!(all.filament_g, 37.5);
    assert_eq!(all.price.material_micros, 750_000);
    assert_eq!(all.price.machine_micros, 9_000_000);
    assert_eq!(all.price.set_up_micros, 2_000_000);
    assert_eq!(all.price.total_micros, 11_750_000);
    assert_eq!(
        estimate.one_copy.price.total_micros,
        250_000 + 3_000_000 + 2_000_000
    );
    assert_eq!(estimate.confidence, Confidence::High);
}

#[test]
fn the_share_of_one_copy_multiplies_to_that_of_all_and_is_kept_as_text() {
    let estimate = exact(told(7_200, 12.5), Material::Pla, 3, &dear());
    assert_eq!(estimate.one_copy.times(3), estimate.all_copies);
    assert_eq!(estimate.one_copy.times(1), estimate.one_copy);
    let text = serde_json::to_string(&estimate).unwrap();
    assert!(text.contains(r#""within_pct":5"#), "{text}");
    assert_eq!(serde_json::from_str::<Estimate>(&text).unwrap(), estimate);
}

#[test]
fn the_total_is_rounded_once_and_not_from_rounded_lines() {
    // Two lines of 0.4 micros each: shown as 0, together 1.
    let prices = Prices {
        currency: "EUR".to_owned(),
        per_gram_micros: [(Material::Pla, 400)].into(),
        machine_hour_micros: 1_440,
        set_up_micros: 0,
    };
    let price = exact(told(1, 0.001), Material::Pla, 1, &prices)
        .one_copy
        .price;
    assert_eq!((price.material_micros, price.machine_micros), (0, 0));
    assert_eq!(price.total_micros, 1);
}

#[test]
fn defaults_are_the_prices_of_the_print_dialog() {
    let per_gram = |material| exact(told(0, 1.0), material, 1, &Prices::default());
    let micros = Material::ALL.map(|m| per_gram(m).one_copy.price.total_micros);
    assert_eq!(micros, [20_000, 25_000, 22_000, 35_000, 40_000]);
}

#[test]
fn an_uploaded_files_own_words_count_less_than_our_slicers() {
    let uploaded = Told {
        by: Author::Uploader,
        ..told(60, 1.0)
    };
    let estimate = exact(uploaded, Material::Abs, 1, &Prices::default());
    assert_eq!(estimate.confidence.within_pct(), 20);
    assert!(estimate.reason.contains("uploaded"));
}

fn shapes() -> impl Strategy<Value = Shape> {
    (1.0..200.0, 1.0..200.0, 0.2..200.0, 0.05..1.0_f64).prop_map(|(x_mm, y_mm, z_mm, full)| Shape {
        volume_mm3: x_mm * y_mm * z_mm * full,
        area_mm2: 2.0 * (x_mm * y_mm + x_mm * z_mm + y_mm * z_mm),
        size: SizeMm { x_mm, y_mm, z_mm },
        overhang_mm2: None,
    })
}

fn settings(infill_pct: u8) -> Settings {
    Settings {
        layer_mm: 0.2,
        infill_pct,
        supports: false,
        speed_factor: 1.0,
        flow_mm3_s_max: 12.0,
        density_g_cm3: 1.24,
    }
}

proptest! {
    #[test]
    fn more_copies_never_take_less(
        duration_s: u64, filament_g: f64, hour: u64, set_up: u64, copies in 1_u32..=10,
    ) {
        let prices = Prices { machine_hour_micros: hour, set_up_micros: set_up, ..Prices::default() };
        let of = |copies| exact(told(duration_s, filament_g), Material::Tpu, copies, &prices).all_copies;
        let (fewer, more) = (of(copies), of(copies + 1));
        prop_assert!(fewer.duration_s <= more.duration_s);
        prop_assert!(fewer.filament_g <= more.filament_g);
        prop_assert!(fewer.price.total_micros <= more.price.total_micros);
    }

    #[test]
    fn no_number_makes_a_sum_overflow(
        duration_s: u64, filament_g: f64, gram: u64, hour: u64, set_up: u64, copies: u32,
    ) {
        let prices = Prices {
            per_gram_micros: [(Material::Pla, gram)].into(),
            machine_hour_micros: hour,
            set_up_micros: set_up,
            ..Prices::default()
        };
        let all = exact(told(duration_s, filament_g), Material::Pla, copies, &prices).all_copies;
        prop_assert!(all.price.total_micros >= all.price.set_up_micros);
        prop_assert!(all.filament_g.is_finite() && all.filament_g >= 0.0);
    }

    #[test]
    fn the_total_differs_from_the_shown_lines_by_rounding_only(
        duration_s in 0_u64..1_000_000, filament_g in 0.0..10_000.0_f64, copies in 1_u32..=10,
    ) {
        let price = exact(told(duration_s, filament_g), Material::Nylon, copies, &dear()).all_copies.price;
        let lines = price.material_micros + price.machine_micros + price.set_up_micros;
        prop_assert!(price.total_micros.abs_diff(lines) <= 1);
    }

    #[test]
    fn more_infill_never_weighs_less_and_a_part_never_more_than_solid(
        shape in shapes(), infill_pct in 0_u8..100,
    ) {
        let of = |infill| quick(&shape, &settings(infill), Material::Pla, 1, &Prices::default());
        let (less, more) = (of(infill_pct), of(infill_pct + 1));
        prop_assert!(less.one_copy.filament_g <= more.one_copy.filament_g);
        let solid_g = shape.volume_mm3 * 1.24 / 1000.0;
        prop_assert!(more.one_copy.filament_g <= solid_g + 0.001);
        prop_assert!(less.one_copy.duration_s > 0);
    }

    #[test]
    fn a_shape_that_is_no_shape_gives_nothing_rather_than_nonsense(
        volume_mm3: f64, area_mm2: f64, z_mm: f64, layer_mm: f64,
    ) {
        let size = SizeMm { x_mm: 1.0, y_mm: 1.0, z_mm };
        let shape = Shape { volume_mm3, area_mm2, size, overhang_mm2: Some(f64::NAN) };
        let settings = Settings { layer_mm, supports: true, ..settings(20) };
        let estimate = quick(&shape, &settings, Material::Pla, 10, &dear());
        prop_assert!(estimate.all_copies.filament_g.is_finite());
    }
}
