// Lighthouse over three pages, as a phone sees them: the first look, then signed in by a one-time
// link. Prints one line of JSON for each page. A figure is the median of its rounds.
import lighthouse from 'lighthouse';
import puppeteer from 'puppeteer-core';

const url = process.env.FLUXPRINT_URL;
const rounds = Number(process.env.FLUXPRINT_ROUNDS ?? 3);
/** How often a round is tried in which the browser has lost the beginning of its own recording. */
const TRIES = 3;

const browser = await puppeteer.launch({
  executablePath: process.env.FLUXPRINT_CHROMIUM,
  headless: true,
  args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
});
try {
  const page = await browser.newPage();
  // A process of the browser that has just begun may miss the first events of a recording.
  await page.goto(`${url}/sign-in`, { waitUntil: 'networkidle0' });
  await measure(page, 'sign_in', '/sign-in');
  const project = await signIn(page);
  await measure(page, 'files', `/projects/${project}`);
  await measure(page, 'queue', '/queue');
} finally {
  await browser.close();
}

/** By the link, as a person opens it; then the first project that has files. */
async function signIn(page) {
  await page.goto(process.env.FLUXPRINT_LINK.replace(/^.*(?=\/link#)/, url));
  await page.locator('button::-p-text(Sign in as)').click();
  await page.waitForFunction(() => location.pathname === '/');
  return page.evaluate(async () => {
    const answer = await fetch('/api/projects');
    const { projects } = await answer.json();
    return (projects.find((project) => project.files > 0) ?? projects[0]).id;
  });
}

async function measure(page, name, path) {
  const results = [];
  let lost = 0;
  const browserSide = await page.createCDPSession();
  for (let round = 0; round < rounds; round += 1) {
    const { lhr, tries } = await look(page, browserSide, path);
    results.push(lhr);
    lost += tries - 1;
  }
  const audit = (id) => median(results.map((lhr) => lhr.audits[id]?.numericValue ?? 0));
  const score = (id) => median(results.map((lhr) => (lhr.categories[id]?.score ?? 0) * 100));
  const missed = new Set(
    results.flatMap((lhr) =>
      lhr.categories.accessibility.auditRefs
        .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 1)
        .map(({ id }) => id),
    ),
  );
  const requests = results.at(-1).audits['network-requests'].details.items;
  const scripts = requests.filter(({ resourceType }) => resourceType === 'Script');
  console.log(
    JSON.stringify({
      page: name,
      final_url: results.at(-1).finalDisplayedUrl,
      performance: score('performance'),
      accessibility: score('accessibility'),
      best_practices: score('best-practices'),
      lcp_ms: audit('largest-contentful-paint'),
      tbt_ms: audit('total-blocking-time'),
      cls: audit('cumulative-layout-shift'),
      bytes: audit('total-byte-weight'),
      missed: [...missed],
      lost,
      scripts: [...new Set(scripts.map((script) => new URL(script.url).pathname))],
    }),
  );
}

/** One round: a first visit, by somebody who stays signed in. */
async function look(page, browserSide, path) {
  for (let nth = 1; ; nth += 1) {
    await browserSide.send('Network.clearBrowserCache');
    const flags = { output: 'json', logLevel: 'error', disableStorageReset: true };
    const { lhr } = await lighthouse(`${url}${path}`, flags, undefined, page);
    if (!lhr.runtimeError) return { lhr, tries: nth };
    const { code, message } = lhr.runtimeError;
    if (code !== 'NO_NAVSTART' || nth === TRIES) throw new Error(`${path}: ${message}`);
  }
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
