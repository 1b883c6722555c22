import { describe, expect, it } from 'vitest';
import { drawBox } from '../../src/lib/print/box';
import { familyOf, isUnderWay, kindWord, shownFiles } from '../../src/lib/print/files';
import { sampleStl, sampleTriangles } from '../../src/lib/print/sample';
import type { ProjectFile } from '../../src/lib/api/shapes';

describe('the sample part', () => {
  const triangles = sampleTriangles();
  const name = (point: readonly number[]): string => point.map((n) => n.toFixed(5)).join(',');

  it('is closed: every edge is met once in each direction', () => {
    const edges = new Map<string, number>();
    for (const [a, b, c] of triangles) {
      for (const [from, to] of [[a, b], [b, c], [c, a]] as const) {
        const edge = `${name(from)} ${name(to)}`;
        edges.set(edge, (edges.get(edge) ?? 0) + 1);
      }
    }
    for (const [edge, times] of edges) {
      const [from, to] = edge.split(' ');
      expect(times).toBe(1);
      expect(edges.get(`${to} ${from}`)).toBe(1);
    }
  });

  it('has its outside outside: a volume of some cubic centimetres, not less than nothing', () => {
    const volume_mm3 = triangles.reduce((all, [a, b, c]) => {
      const cross = [b[1] * c[2] - b[2] * c[1], b[2] * c[0] - b[0] * c[2], b[0] * c[1] - b[1] * c[0]] as const;
      return all + (a[0] * cross[0] + a[1] * cross[1] + a[2] * cross[2]) / 6;
    }, 0);
    expect(volume_mm3).toBeGreaterThan(5_000);
    expect(volume_mm3).toBeLessThan(12_000);
  });

  it('is a binary STL whose size fits its number of triangles', () => {
    const bytes = sampleStl();
    const count = new DataView(bytes.buffer).getUint32(80, true);
    expect(count).toBe(triangles.length);
    expect(bytes.length).toBe(84 + 50 * count);
    expect(new TextDecoder().decode(bytes.slice(0, 5))).not.toBe('solid');
  });
});

describe('the drawn box', () => {
  const points = (text: string): [number, number][] =>
    text.split(' ').map((pair) => pair.split(',').map(Number) as [number, number]);

  it.each([
    [62.4, 40, 18],
    [0.5, 0.5, 200],
    [900, 3, 1],
  ])('of %d × %d × %d mm stays inside its frame', (x_mm, y_mm, z_mm) => {
    const drawing = drawBox({ x_mm, y_mm, z_mm });
    const [left = 0, top = 0, wide = 0, high = 0] = drawing.view_box.split(' ').map(Number);
    for (const face of [drawing.top, drawing.left, drawing.right, drawing.card, ...drawing.layers]) {
      for (const [u, v] of points(face)) {
        expect(u).toBeGreaterThanOrEqual(left);
        expect(u).toBeLessThanOrEqual(left + wide);
        expect(v).toBeGreaterThanOrEqual(top);
        expect(v).toBeLessThanOrEqual(top + high);
      }
    }
    expect(drawing.labels.map(({ mm }) => mm)).toEqual([x_mm, y_mm, z_mm]);
  });

  it.each([
    [20, 20, 20],
    [200, 200, 40],
    [0.5, 0.5, 200],
    [60, 300, 3],
  ])('of %d × %d × %d mm keeps its words off the bank card', (x_mm, y_mm, z_mm) => {
    const { card, labels } = drawBox({ x_mm, y_mm, z_mm });
    const depth = labels.find(({ side }) => side === 'y')!;
    // How far a spot lies along the part's width, on the ground.
    const along = ([u = 0, v = 0]: readonly number[]): number => u / Math.cos(Math.PI / 6) + v / 0.5;
    const edge = Math.min(...points(card).map(along));
    const words_wide = 13;
    expect(along([depth.u + words_wide, depth.v + 1])).toBeLessThan(edge);
  });
});

describe('files', () => {
  const file = (name: string, change: Partial<ProjectFile>): ProjectFile =>
    ({ name, printable: true, size_bytes: 1, version: { created_at: '2026-01-01T00:00:00Z' }, ...change }) as ProjectFile;

  it('stand in the wanted order, and only the printable ones when so wished', () => {
    const files = [
      file('part 10.stl', { size_bytes: 5 }),
      file('part 2.stl', { size_bytes: 9, version: { created_at: '2026-02-01T00:00:00Z' } as never }),
      file('mood.png', { printable: false, size_bytes: 7 }),
    ];
    const names = (printable: boolean, order: 'newest' | 'name' | 'size') =>
      shownFiles(files, printable, order).map(({ name }) => name);
    expect(names(true, 'name')).toEqual(['part 2.stl', 'part 10.stl']);
    expect(names(false, 'size')).toEqual(['part 2.stl', 'mood.png', 'part 10.stl']);
    expect(names(false, 'newest')[0]).toBe('part 2.stl');
    expect(files[0]?.name).toBe('part 10.stl');
  });

  it('show the ending people know, and their family', () => {
    expect(kindWord('gcode', 'axle.gco')).toBe('GCO');
    expect(kindWord('stl', 'no ending')).toBe('STL');
    expect(familyOf('3mf')).toBe('part');
    expect(familyOf('document')).toBe('paper');
  });

  it('are under way from the queue until somebody has looked', () => {
    expect(['queued', 'printing', 'needs_you', 'printed', 'idle'].map((state) => isUnderWay({ state } as never))).toEqual([
      true, true, true, false, false,
    ]);
  });
});
