/** Room between a popover, what it belongs to, and the edge of the window. */
const GAP = 4;
const EDGE = 8;

/** Puts a popover below what it belongs to (above when there is no room), inside the window. */
export function place(box: HTMLElement, beside: HTMLElement, align: 'start' | 'end'): void {
  const at = beside.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const rtl = getComputedStyle(beside).direction === 'rtl';
  const left = (align === 'start') !== rtl ? at.left : at.right - width;
  const below = at.bottom + GAP + height <= innerHeight || at.top < height + EDGE;
  box.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
  box.style.top = `${below ? at.bottom + GAP : at.top - height - GAP}px`;
}
