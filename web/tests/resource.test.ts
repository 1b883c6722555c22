import { expect, test, vi } from 'vitest';
import { askFailedAgain, resource } from '../src/lib/resource';

const settled = (): Promise<void> => new Promise((done) => setTimeout(done));

test('what failed while the service was away is asked again when it is back', async () => {
  const ask = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error('away')).mockResolvedValue('gear');
  const file = resource(ask);
  const stop = file.subscribe(() => undefined);
  await settled();
  expect(file.get().state).toBe('failed');
  askFailedAgain();
  await settled();
  expect(file.get()).toEqual({ state: 'ready', value: 'gear' });
  askFailedAgain();
  expect(ask).toHaveBeenCalledTimes(2);
  stop();
});

test('what is known but could not be asked again is asked again too', async () => {
  const ask = vi.fn<() => Promise<number>>().mockResolvedValueOnce(1).mockRejectedValueOnce(new Error('away'));
  ask.mockResolvedValue(2);
  const count = resource(ask);
  const stop = count.subscribe(() => undefined);
  await settled();
  await count.reload();
  expect(count.get()).toMatchObject({ state: 'ready', value: 1, error: { code: 'NO_ANSWER' } });
  askFailedAgain();
  await settled();
  expect(count.get()).toEqual({ state: 'ready', value: 2 });
  stop();
});

test('nothing is asked for a page that nobody looks at any more', async () => {
  const ask = vi.fn<() => Promise<string>>().mockRejectedValue(new Error('away'));
  const stop = resource(ask).subscribe(() => undefined);
  await settled();
  stop();
  askFailedAgain();
  expect(ask).toHaveBeenCalledTimes(1);
});
