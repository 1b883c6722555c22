// What can be measured of a page as it stands: is it usable for everybody?
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../../web/package.json', import.meta.url));
const axe = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds wrong, a line each. Its program runs beside the page's own policy, by the devtools. */
export async function violations(page) {
  const loaded = await page.evaluate(() => 'axe' in globalThis);
  if (!loaded) await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations, passes } = await globalThis.axe.run(document);
    if (passes.length < 5) return [`axe looked at next to nothing: ${passes.map(({ id }) => id)}`];
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`);
  });
}

/**
 * Waits until colours stand still after a change. Asking for the animations makes the browser work the
 * change out; it is asked again by the clock, since a page nobody looks at draws no frames to wait for.
 */
export const atRest = (page) =>
  page.waitForFunction(
    () =>
      document
        .getAnimations()
        .every(({ playState, effect }) => playState !== 'running' || effect.getComputedTiming().endTime === Infinity),
    null,
    { polling: 50 },
  );

/** How many pixels the page is wider than its window. */
export const sidewards = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Targets smaller than 24 × 24 px that are no words in a sentence (WCAG 2.5.8). */
export function smallTargets(page) {
  return page.evaluate(() => {
    const LEAST_PX = 24;
    const targets = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=menuitem], [role=switch]';
    return [...document.querySelectorAll(targets)]
      .filter((target) => target.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      .filter((target) => !target.closest('.unseen') && getComputedStyle(target).position !== 'fixed')
      .filter((target) => !(target.matches('a') && getComputedStyle(target).display === 'inline'))
      .map((target) => [target, (target.closest('label') ?? target).getBoundingClientRect()])
      .filter(([, box]) => box.width > 0 && (box.width < LEAST_PX || box.height < LEAST_PX))
      .map(([target, box]) => `${target.outerHTML.slice(0, 120)} ${box.width.toFixed(0)}×${box.height.toFixed(0)}`);
  });
}
