/** Focuses an element that people do not reach by Tab (a heading, a summary). */
export function focusOn(element: HTMLElement | null | undefined): void {
  if (!element) return;
  if (!element.matches('a[href], button, input, select, textarea, [tabindex]')) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: 'nearest' });
}

export function focusMain(): void {
  document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
}

/** Ancestors of what was focused last, nearest first. */
let trail: HTMLElement[] = [];

function remember({ target }: FocusEvent): void {
  trail = [];
  for (let at = target as HTMLElement | null; at && at !== document.body; at = at.parentElement) trail.push(at);
}

function isShown(element: HTMLElement): boolean {
  return element.isConnected && element.getClientRects().length > 0;
}

/** Where focus goes when its element is gone: the first control of what is left around it. */
function restore(): void {
  if (document.activeElement && document.activeElement !== document.body) return;
  const [gone] = trail;
  if (!gone || (isShown(gone) && !gone.matches(':disabled'))) return;
  const left = trail.find(isShown);
  if (!left) return focusMain();
  const control = left.querySelector<HTMLElement>('button:not(:disabled), a[href], input, select, textarea');
  if (control && isShown(control)) control.focus({ preventScroll: true });
  else focusOn(left);
}

/** Keeps focus inside the page when the focused thing disappears; answers how to stop. */
export function keepFocus(): () => void {
  let asked = false;
  const observer = new MutationObserver(() => {
    if (asked) return;
    asked = true;
    // After the change is drawn: whoever removed the element may move the focus itself.
    requestAnimationFrame(() => {
      asked = false;
      restore();
    });
  });
  document.addEventListener('focusin', remember);
  observer.observe(document.body, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ['disabled', 'hidden'],
  });
  return () => {
    document.removeEventListener('focusin', remember);
    observer.disconnect();
  };
}
