import type { Project, ProjectFile, Size } from '../../lib/api';
import { t } from '../../lib/i18n';
import { fitsNowhere } from '../../lib/print/machines';
import type { ShownPrinter } from '../../lib/print/shown';

/** Why this file cannot be printed by this person at all, and what would help. */
export function blockOf(project: Project, file: ProjectFile): { title: string; text: string } | null {
  if (file.prints_later) return { title: t('print.later'), text: t('print.later_text') };
  if (file.kind === 'gltf' || file.kind === 'glb') return { title: t('print.not_printable'), text: t('files.export') };
  if (!file.printable) return { title: t('print.not_printable'), text: t('print.not_printable_text') };
  if (!project.allowed.includes('print')) return { title: t('print.viewer'), text: t('print.viewer_text') };
  return null;
}

/** Why this part cannot be sent: the printers are known, and none is large enough. */
export function sizeBlockOf(size_mm: Size | null, printers: readonly Pick<ShownPrinter, 'build'>[]): string | null {
  return size_mm && fitsNowhere(size_mm, printers) ? t('print.why_too_large') : null;
}
