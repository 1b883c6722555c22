// What the badge of a file says over time, on a page that nobody touches.
import assert from 'node:assert/strict';

/** Notes each text of the badge of `file` from now on; ask the answer for them. */
export async function watchBadge(person, file) {
  const card = person.get('article', file);
  await card.waitFor();
  const said = await card.evaluateHandle((element) => {
    const texts = [];
    const look = () => {
      const text = element.querySelector('.chip')?.textContent.replaceAll(/\s+/g, ' ').trim() ?? '';
      if (text !== texts.at(-1)) texts.push(text);
    };
    look();
    new MutationObserver(look).observe(element, { subtree: true, childList: true, characterData: true });
    return texts;
  });
  return () => said.jsonValue();
}

/** Each of these was said, one after the other; what came between does not matter. */
export function saidInOrder(texts, patterns) {
  let at = 0;
  for (const text of texts) if (patterns[at]?.test(text)) at += 1;
  assert.equal(at, patterns.length, `${patterns[at]} is missing in: ${texts.join(' | ')}`);
}
