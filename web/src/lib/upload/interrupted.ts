import type { Upload } from './state';

/** Uploads that an earlier visit of this browser began and did not finish. */
export interface Interrupted {
  key: string;
  name: string;
  project: string;
  size_bytes: number;
}

/** The tus client keeps its notes under this name. */
const NOTES = 'tus::';

/** What this person can go on with by picking the file again; what the tray holds is not among it. */
export function interrupted(storage: Storage, person: string, tray: readonly Upload[]): Interrupted[] {
  return notes(storage, person).filter(
    (one) => !tray.some(({ name, project, size_bytes }) =>
      name === one.name && project === one.project && size_bytes === one.size_bytes),
  );
}

function notes(storage: Storage, person: string): Interrupted[] {
  const found: Interrupted[] = [];
  for (let at = 0; at < storage.length; at += 1) {
    const key = storage.key(at);
    if (!key?.startsWith(`${NOTES}fluxprint|${person}|`)) continue;
    const note = read(storage.getItem(key));
    if (note) found.push({ key, ...note });
  }
  return found;
}

function read(text: string | null): Omit<Interrupted, 'key'> | null {
  try {
    const { size, metadata } = JSON.parse(text ?? '') as {
      size: number;
      metadata: { filename: string; project: string };
    };
    return { name: metadata.filename, project: metadata.project, size_bytes: size };
  } catch {
    return null;
  }
}
