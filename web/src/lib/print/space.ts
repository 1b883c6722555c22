/** How much room an organisation's files take. Pure. */
import type { Limits } from '../api/shapes';

export interface Space {
  used_bytes: number;
  total_bytes: number;
  /** 0 to 100, whole; 100 only when nothing more fits. */
  used_pct: number;
  /** Little is left: time to tidy up. */
  is_tight: boolean;
}

const TIGHT_PCT = 90;

export function spaceOf({ used_bytes, quota_bytes }: Pick<Limits, 'used_bytes' | 'quota_bytes'>): Space {
  const used_pct = used_bytes >= quota_bytes ? 100 : Math.floor((used_bytes / quota_bytes) * 100);
  return { used_bytes, total_bytes: quota_bytes, used_pct, is_tight: used_pct >= TIGHT_PCT };
}
