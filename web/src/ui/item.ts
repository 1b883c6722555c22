import type { IconName } from './icons';

/** One thing in a menu. */
export interface Item {
  label: string;
  icon?: IconName | undefined;
  run?: (() => void) | undefined;
  href?: string | undefined;
  download?: true | undefined;
  danger?: boolean | undefined;
  /** Why it cannot be done now; it stays readable. */
  why?: string | null | undefined;
  /** A line above it. */
  apart?: boolean | undefined;
}
