/** A sample part for people who have no file at hand: a tea-light holder, 36 mm wide. Pure. */

/** Radius and height of the outline, from the middle of the base outside round to the inside. */
const OUTLINE_MM: readonly (readonly [number, number])[] = [
  [0, 0],
  [15, 0],
  [16.5, 1.5],
  [18, 24],
  [15.6, 24],
  [14.2, 4],
  [0, 4],
];
const SIDES = 72;
const HEADER_BYTES = 84;
const TRIANGLE_BYTES = 50;

type Point = readonly [number, number, number];
export type Triangle = readonly [Point, Point, Point];

function at(radius: number, height: number, side: number): Point {
  const angle = (2 * Math.PI * (side % SIDES)) / SIDES;
  return [radius * Math.cos(angle), radius * Math.sin(angle), height];
}

/** The outline turned once around the upright axis. */
export function sampleTriangles(): Triangle[] {
  const triangles: Triangle[] = [];
  for (const [nth, [r1, z1]] of OUTLINE_MM.entries()) {
    const [r2, z2] = OUTLINE_MM[nth + 1] ?? [0, 0];
    for (let side = 0; nth + 1 < OUTLINE_MM.length && side < SIDES; side += 1) {
      const low = [at(r1, z1, side), at(r1, z1, side + 1)] as const;
      const high = [at(r2, z2, side), at(r2, z2, side + 1)] as const;
      if (r1 > 0) triangles.push([low[0], low[1], high[1]]);
      if (r2 > 0) triangles.push([low[0], high[1], high[0]]);
    }
  }
  return triangles;
}

/** The part as a binary STL. */
export function sampleStl(): Uint8Array<ArrayBuffer> {
  const triangles = sampleTriangles();
  const bytes = new Uint8Array(HEADER_BYTES + triangles.length * TRIANGLE_BYTES);
  bytes.set(new TextEncoder().encode('FluxPrint sample: tea-light holder, mm'));
  const view = new DataView(bytes.buffer);
  view.setUint32(80, triangles.length, true);
  for (const [nth, points] of triangles.entries()) {
    // The normal stays zero: readers take it from the order of the points.
    const start = HEADER_BYTES + nth * TRIANGLE_BYTES + 12;
    for (const [n, value] of points.flat().entries()) view.setFloat32(start + n * 4, value, true);
  }
  return bytes;
}

export function sampleFile(name: string): File {
  return new File([sampleStl()], name, { type: 'model/stl', lastModified: 0 });
}
