/** What kinds of files look like and may become. Pure. */
import type { Badge, FileKind, ProjectFile } from '../api/shapes';
import { byName } from '../format/index';

/** A part, a picture, words, or machine lines. */
export type Family = 'part' | 'lines' | 'image' | 'paper';

export function familyOf(kind: FileKind): Family {
  if (kind === 'gcode') return 'lines';
  if (kind === 'image') return 'image';
  return ['stl', 'obj', '3mf', 'gltf', 'glb'].includes(kind) ? 'part' : 'paper';
}

/** Short name on the tile. */
export function kindWord(kind: FileKind, name: string): string {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1];
  return (ending ?? kind).toUpperCase();
}

/** Something of the file is in the queue or on a printer. */
export function isUnderWay({ state }: Badge): boolean {
  return ['queued', 'printing', 'needs_you'].includes(state);
}

export type Order = 'newest' | 'name' | 'size';

export function shownFiles(files: readonly ProjectFile[], printable: boolean, order: Order): ProjectFile[] {
  const kept = files.filter((file) => !printable || file.printable);
  if (order === 'name') return kept.sort(byName);
  if (order === 'size') return kept.sort((a, b) => b.size_bytes - a.size_bytes);
  return kept.sort((a, b) => Date.parse(b.version.created_at) - Date.parse(a.version.created_at));
}
