/** A price line by line, as far as there is something to pay. Pure. */
import type { Price } from '../api/shapes';

export type PriceKey = 'price.material' | 'price.machine' | 'price.set_up';

/** What nobody asks money for is no line of its own. */
export function priceLines(price: Price): { key: PriceKey; micros: number }[] {
  const all: { key: PriceKey; micros: number }[] = [
    { key: 'price.material', micros: price.material_micros },
    { key: 'price.machine', micros: price.machine_micros },
    { key: 'price.set_up', micros: price.set_up_micros },
  ];
  return all.filter(({ micros }) => micros !== 0);
}
