/** A part's measures as a drawn box beside a bank card, seen from the front corner. Pure. */
import type { Size } from '../api/shapes';

interface Spot {
  u: number;
  v: number;
}
export interface Label extends Spot {
  mm: number;
  side: 'x' | 'y' | 'z';
  anchor: 'start' | 'middle' | 'end';
}
export interface Drawing {
  view_box: string;
  top: string;
  left: string;
  right: string;
  /** Lines around the sides, as layers lie. */
  layers: string[];
  card: string;
  card_label: Spot;
  labels: Label[];
}

/** A bank card (ISO/IEC 7810 ID-1): everybody knows its size. */
const CARD_MM = { long: 85.6, short: 53.98 };
/** Everything is drawn into a square so wide. */
const WIDE = 100;
/** Room for the longest label between the part and the card. */
const LABEL_WIDE = 18;
const LAYERS = 9;
const COS = Math.cos(Math.PI / 6);
const SIN = 0.5;

type Corner = readonly [number, number, number];
const seen = ([x, y, z]: Corner): Spot => ({ u: (x - y) * COS, v: (x + y) * SIN - z });

/** Where the card lies when it is so far from the part, and how all of it fits into the square. */
function layOut({ x_mm: x, y_mm: y, z_mm: z }: Size, gap: number) {
  const near = x + gap;
  const far = near + CARD_MM.short;
  // A little back, so that it leaves room for the words along the part.
  const front = y - gap;
  const back = front - CARD_MM.long;
  const card: Corner[] = [[near, back, 0], [far, back, 0], [far, front, 0], [near, front, 0]];
  const solid: Corner[] = [[0, 0, z], [x, 0, 0], [0, y, 0], [x, y, 0], [0, y, z], [x, 0, z]];
  const all = [...card, ...solid].map(seen);
  const min = { u: Math.min(...all.map((p) => p.u)), v: Math.min(...all.map((p) => p.v)) };
  const max = { u: Math.max(...all.map((p) => p.u)), v: Math.max(...all.map((p) => p.v)) };
  const scale = WIDE / Math.max(max.u - min.u, max.v - min.v, 1);
  return { card, middle: [(near + far) / 2, (back + front) / 2, 0] as Corner, min, max, scale };
}

export function drawBox(part: Size): Drawing {
  const { x_mm: x, y_mm: y, z_mm: z } = part;
  let gap = 0;
  // The gap is given in the drawing, whose scale depends on it; each round comes closer.
  for (let round = 0; round < 4; round += 1) gap = LABEL_WIDE / layOut(part, gap).scale;
  const { card, middle, min, max, scale } = layOut(part, gap);
  const spot = (corner: Corner): Spot => {
    const { u, v } = seen(corner);
    return { u: round((u - min.u) * scale), v: round((v - min.v) * scale) };
  };
  const path = (corners: Corner[]): string => corners.map(spot).map(({ u, v }) => `${u},${v}`).join(' ');
  const between = (a: Corner, b: Corner): Corner => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2];
  const label = (side: Label['side'], mm: number, a: Corner, b: Corner, shift: Spot, anchor: Label['anchor']): Label => {
    const at = spot(between(a, b));
    return { side, mm, u: at.u + shift.u, v: at.v + shift.v, anchor };
  };
  return {
    view_box: viewBox((max.u - min.u) * scale, (max.v - min.v) * scale),
    top: path([[0, 0, z], [x, 0, z], [x, y, z], [0, y, z]]),
    left: path([[0, y, 0], [x, y, 0], [x, y, z], [0, y, z]]),
    right: path([[x, 0, 0], [x, y, 0], [x, y, z], [x, 0, z]]),
    layers: Array.from({ length: LAYERS }, (_, n) => {
      const height = (z * (n + 1)) / (LAYERS + 1);
      return path([[0, y, height], [x, y, height], [x, 0, height]]);
    }),
    card: path(card),
    card_label: spot(middle),
    labels: [
      label('x', x, [0, y, 0], [x, y, 0], { u: -2.5, v: 5.5 }, 'end'),
      label('y', y, [x, y, 0], [x, 0, 0], { u: 1.5, v: 5 }, 'start'),
      label('z', z, [0, y, 0], [0, y, z], { u: -2.5, v: 1.5 }, 'end'),
    ],
  };
}

/** Room around the drawing for the words. */
function viewBox(wide: number, high: number): string {
  return `-20 -6 ${round(wide + 26)} ${round(high + 18)}`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
