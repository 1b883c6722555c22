import type { Project, ProjectFile } from '../../lib/api';
import { t } from '../../lib/i18n';

/** Why this file cannot be printed by this person at all, and what would help. */
export function blockOf(project: Project, file: ProjectFile): { title: string; text: string } | null {
  if (file.prints_later) return { title: t('print.later'), text: t('print.later_text') };
  if (file.kind === 'gltf' || file.kind === 'glb') return { title: t('print.not_printable'), text: t('files.export') };
  if (!file.printable) return { title: t('print.not_printable'), text: t('print.not_printable_text') };
  if (!project.allowed.includes('print')) return { title: t('print.viewer'), text: t('print.viewer_text') };
  return null;
}
