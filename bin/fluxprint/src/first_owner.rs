//! The very first link: whoever opens it becomes the first owner. Told once, when the studio is new.

use crate::databases;
use crate::house::House;
use crate::problem::Problem;
use fluxprint_store::StoreError;
use fluxprint_studio::{Studio, first_link};

/// Tells the person at the terminal how somebody becomes the first owner, as long as nobody is. A
/// link is made at the first start only; it goes to the terminal and to no log of ours.
///
/// # Errors
/// Those of the database.
pub async fn tell(studio: &Studio, house: &House, is_new: bool) -> Result<(), Problem> {
    let problem = |error: StoreError| databases::problem(&error);
    if !is_new {
        if !studio.store.people().any().await.map_err(problem)? {
            eprintln!(
                "\nNobody owns this FluxPrint yet. `fluxprint user link --first-owner` makes a link for whoever does.\n"
            );
        }
        return Ok(());
    }
    let link = first_link(studio, house.organisation).await;
    if let Some(link) = link.map_err(problem)? {
        eprintln!(
            "\nNobody owns this FluxPrint yet. Whoever opens this link becomes its first owner:\n\n    {link}\n\n\
             It works once. `fluxprint user link --first-owner` makes another one.\n"
        );
    }
    Ok(())
}
