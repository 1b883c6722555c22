/**
 * A modal `<dialog>` that follows a wish. The browser tells of a closed dialog late, when the next one
 * may already have been asked for; so whoever waits for the end is told at once, and only once.
 */
export class Modal {
  /** Shown by us, and its end not told yet. */
  #shown = false;
  readonly #dialog: () => HTMLDialogElement;
  readonly #left: () => void;

  /** `left` is told when it is closed, by whomever; the focus is back by then. */
  constructor(dialog: () => HTMLDialogElement, left: () => void) {
    this.#dialog = dialog;
    this.#left = left;
  }

  follow(open: boolean): void {
    if (!open) return this.leave();
    if (this.#shown) return;
    this.#shown = true;
    this.#dialog().showModal();
  }

  leave = (): void => {
    if (!this.#shown) return;
    this.#shown = false;
    this.#dialog().close();
    this.#left();
  };

  /** Escape, the gesture for back, a press beside it. A field inside may be left too: that is not ours. */
  cancel = (event: Event): void => {
    if (event.target !== this.#dialog()) return;
    event.preventDefault();
    this.leave();
  };

  /** Closed by something else. */
  close = (): void => {
    if (this.#shown && !this.#dialog().open) this.leave();
  };
}
