import { t } from './i18n/index';

/** Fewest characters of a password; the studio says the rest. */
const PASSWORD_CHARS_MIN = 8;

export const required = (value: string): string | null => (value.trim() ? null : t('field.required'));

/** Only the shape that a slip would break; whether it exists is the studio's to say. */
export function email(value: string): string | null {
  if (!value.trim()) return t('field.required');
  return /^[^\s@]+@[^\s@]+$/.test(value.trim()) ? null : t('field.email');
}

export function newPassword(value: string): string | null {
  if (!value) return t('field.required');
  return [...value].length >= PASSWORD_CHARS_MIN
    ? null
    : t('field.password_short', { min: PASSWORD_CHARS_MIN });
}

/** Focuses the first field that is wrong; answers whether all are right. */
export function allRight(errors: Record<string, string | null>, form: HTMLElement | null | undefined): boolean {
  const right = Object.values(errors).every((error) => error === null);
  if (!right) {
    // After the errors are drawn.
    requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  }
  return right;
}
