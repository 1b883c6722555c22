/** Materials, qualities and confidence in the words of the print dialog. */
import type { Estimate, Material, Printer, PrintChoice, Quality, SettledAs } from '../api/shapes';
import { number } from '../format/index';
import { say, t, type Key } from '../i18n/index';
import type { Heat } from './machines';

export const MATERIALS = ['PLA', 'PETG', 'ABS', 'TPU', 'NYLON'] as const satisfies readonly Material[];

export function materialName(material: Material): string {
  return say(`material.${material}` as Key);
}

export function materialHint(material: Material): string {
  return say(`material.${material}.hint` as Key);
}

export function qualityName(quality: Quality): string {
  return say(`quality.${quality}` as Key);
}

export function qualityHint(quality: Quality): string {
  return say(`quality.${quality}.hint` as Key);
}

export function heatWord(heat: Heat): string {
  return say(`heat.${heat}` as Key);
}

export function settledWord(outcome: SettledAs): string {
  return say(`settle.${outcome}` as Key);
}

export function confidenceWord({ confidence }: Pick<Estimate, 'confidence'>): string {
  const known = ['high', 'medium', 'low'].includes(confidence);
  return known ? say(`confidence.${confidence}` as Key) : confidence;
}

/** "2 copies, supports on, 20 % full": the Advanced drawer in one line. */
export function advancedWords(choice: Omit<PrintChoice, 'material' | 'quality'>, notes: string): string {
  const parts = [
    t('print.copies_n', { n: choice.copies }),
    choice.supports ? t('print.supports_on') : t('print.supports_off'),
    t('print.infill_n', { pct: number(choice.infill_pct) }),
  ];
  if (notes.trim()) parts.push(t('print.with_notes'));
  return parts.join(' · ');
}

/** "220 × 220 × 250 mm" */
export function buildWords({ x_mm, y_mm, z_mm }: Pick<Printer['build'], 'x_mm' | 'y_mm' | 'z_mm'>): string {
  return `${number(x_mm)} × ${number(y_mm)} × ${number(z_mm)}\u00a0mm`;
}
