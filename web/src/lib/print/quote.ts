/** The live estimate of a form: asked a moment after the last change, and honest about what it is. */
import { type ApiError, asApiError } from '../api/problem';
import type { Estimate, PrintChoice } from '../api/shapes';
import { cell, type Readable } from '../cell';
import { choiceOf, type PrintForm, sameChoice } from './form';

export interface Quote {
  /** The newest numbers; while `is` is not `ready` they belong to earlier settings. */
  estimate: Estimate | null;
  is: 'asking' | 'slow' | 'measuring' | 'ready' | 'failed';
  error: ApiError | null;
}

export interface Outside {
  ask: (choice: PrintChoice, signal: AbortSignal) => Promise<Estimate>;
  later: (run: () => void, ms: number) => () => void;
}

/** People drag sliders: ask when they rest. */
const REST_MS = 250;
/** After so long the page says that it takes a while. */
const SLOW_MS = 1_500;
/** The model is still being looked at: asked again so often. */
const AGAIN_MS = 1_500;
const NOT_READY = new Set(['MODEL_NOT_READY', 'MODEL_NOT_SENT']);

export class Quoter {
  readonly #outside: Outside;
  readonly #quote = cell<Quote>({ estimate: null, is: 'asking', error: null });
  #choice: PrintChoice | null = null;
  #under_way: AbortController | null = null;
  #stop_timer: () => void = () => undefined;
  #stop_slow: () => void = () => undefined;

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  get quote(): Readable<Quote> {
    return this.#quote;
  }

  /** The form as it is now; the same settings are not asked twice. */
  want(form: PrintForm): void {
    const choice = choiceOf(form);
    if (this.#choice && sameChoice(choice, this.#choice)) return;
    const first = this.#choice === null;
    this.#choice = choice;
    this.#say({ is: 'asking', error: null });
    this.#after(first ? 0 : REST_MS);
  }

  again(): void {
    this.#say({ is: 'asking', error: null });
    this.#after(0);
  }

  stop(): void {
    this.#under_way?.abort();
    this.#under_way = null;
    this.#stop_timer();
    this.#stop_slow();
  }

  #say(change: Partial<Quote>): void {
    this.#quote.update((before) => ({ ...before, ...change }));
  }

  #after(ms: number): void {
    this.stop();
    this.#stop_timer = this.#outside.later(() => void this.#ask(), ms);
  }

  async #ask(): Promise<void> {
    const choice = this.#choice;
    if (!choice) return;
    const mine = new AbortController();
    this.#under_way = mine;
    this.#stop_slow = this.#outside.later(() => this.#say({ is: 'slow' }), SLOW_MS);
    try {
      const estimate = await this.#outside.ask(choice, mine.signal);
      if (this.#under_way === mine) this.#quote.set({ estimate, is: 'ready', error: null });
    } catch (thrown) {
      if (this.#under_way === mine) this.#failed(asApiError(thrown));
    } finally {
      if (this.#under_way === mine) this.#stop_slow();
    }
  }

  #failed(error: ApiError): void {
    if (!NOT_READY.has(error.code)) return this.#say({ is: 'failed', error });
    this.#say({ is: 'measuring', error: null });
    this.#stop_timer = this.#outside.later(() => void this.#ask(), AGAIN_MS);
  }
}
