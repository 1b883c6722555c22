import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../src/lib/api/problem';
import type { Estimate, PrintChoice } from '../../src/lib/api/shapes';
import { emptyForm } from '../../src/lib/print/form';
import { Quoter } from '../../src/lib/print/quote';

const form = emptyForm({ material: 'PLA', quality: 'standard', infill_pct: 20, supports: true, copies: 1 });
const estimate = (copies: number): Estimate => ({ copies }) as Estimate;

interface Asked {
  choice: PrintChoice;
  signal: AbortSignal;
  answer: (estimate: Estimate) => Promise<void>;
  refuse: (code: string) => Promise<void>;
}
let asked: Asked[];
let timers: { run: () => void; ms: number; on: boolean }[];
let quoter: Quoter;

const settle = async (): Promise<void> => {
  for (let n = 0; n < 8; n += 1) await Promise.resolve();
};

/** Lets the timer that was set for so long ring. */
function ring(ms: number): void {
  const due = timers.filter((timer) => timer.on && timer.ms === ms);
  for (const timer of due) {
    timer.on = false;
    timer.run();
  }
}

beforeEach(() => {
  asked = [];
  timers = [];
  quoter = new Quoter({
    ask: (choice, signal) =>
      new Promise((answer, refuse) => {
        asked.push({
          choice,
          signal,
          answer: (found) => (answer(found), settle()),
          refuse: (code) => (
            refuse(new ApiError({ code, status: 409, sentence: code, remedy: '' })), settle()
          ),
        });
      }),
    later: (run, ms) => {
      const timer = { run, ms, on: true };
      timers.push(timer);
      return () => (timer.on = false);
    },
  });
});

describe('the live estimate', () => {
  it('asks at once the first time, then only when people rest', async () => {
    quoter.want(form);
    ring(0);
    await asked[0]?.answer(estimate(1));
    quoter.want({ ...form, infill_pct: 25 });
    quoter.want({ ...form, infill_pct: 30 });
    expect(asked).toHaveLength(1);
    ring(250);
    expect(asked.map(({ choice }) => choice.infill_pct)).toEqual([20, 30]);
  });

  it('keeps the old numbers while new ones are asked, and says so', async () => {
    quoter.want(form);
    ring(0);
    await asked[0]?.answer(estimate(1));
    expect(quoter.quote.get()).toEqual({ is: 'ready', estimate: estimate(1), error: null });
    quoter.want({ ...form, copies: 2 });
    expect(quoter.quote.get()).toMatchObject({ is: 'asking', estimate: estimate(1) });
  });

  it('lets an answer that comes too late fall', async () => {
    quoter.want(form);
    ring(0);
    quoter.want({ ...form, copies: 2 });
    ring(250);
    await asked[1]?.answer(estimate(2));
    await asked[0]?.answer(estimate(1));
    expect(asked[0]?.signal.aborted).toBe(true);
    expect(quoter.quote.get()).toMatchObject({ is: 'ready', estimate: estimate(2) });
  });

  it('says that it takes a while instead of making up a number', async () => {
    quoter.want(form);
    ring(0);
    ring(1_500);
    expect(quoter.quote.get()).toMatchObject({ is: 'slow', estimate: null });
    await asked[0]?.answer(estimate(1));
    expect(quoter.quote.get().is).toBe('ready');
  });

  it('asks again by itself while the part is still being measured', async () => {
    quoter.want(form);
    ring(0);
    await asked[0]?.refuse('MODEL_NOT_READY');
    expect(quoter.quote.get()).toMatchObject({ is: 'measuring', error: null });
    ring(1_500);
    await asked[1]?.answer(estimate(1));
    expect(quoter.quote.get().is).toBe('ready');
  });

  it('shows any other refusal and asks again when told to', async () => {
    quoter.want(form);
    ring(0);
    await asked[0]?.refuse('PRINTING_SERVICE_UNAVAILABLE');
    expect(quoter.quote.get()).toMatchObject({ is: 'failed', error: { code: 'PRINTING_SERVICE_UNAVAILABLE' } });
    expect(asked).toHaveLength(1);
    quoter.again();
    ring(0);
    expect(asked).toHaveLength(2);
  });

  it('does not ask the same twice, also when only the notes change', () => {
    quoter.want(form);
    ring(0);
    quoter.want({ ...form, notes: 'blue', printer: 'prn_1' });
    ring(250);
    expect(asked).toHaveLength(1);
  });

  it('asks no more once its page is left', () => {
    quoter.want(form);
    quoter.stop();
    ring(0);
    expect(asked).toHaveLength(0);
  });
});
