// Runs before the first paint: the theme chosen on this computer, if any.
try {
  const theme = localStorage.getItem('fluxprint.theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  document.documentElement.dataset.theme = 'system';
}
