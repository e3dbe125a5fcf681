import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pastDrill } from '../../src/drill/record/drill-history.ts';
import { drillHtml } from '../../src/report/drill-html/page.ts';
import { chromium, startChromium, type Browser } from '../support/chromium.ts';
import { drillJudgement, judgedDrill, judgedRun } from '../support/drill-recording.ts';

/** A browser opens the report of a run of drills. Without Debian's Chromium there is no judge. */
const judge = test.skipIf(chromium === undefined);

let folder: string;
let url: string;
let browser: Browser;

beforeAll(async () => {
  if (chromium === undefined) return;
  folder = await mkdtemp(join(tmpdir(), 'judge-html-'));
  const file = join(folder, 'report.html');
  await writeFile(file, page());
  url = pathToFileURL(file).href;
  browser = await startChromium(chromium);
});

afterAll(async () => {
  if (chromium === undefined) return;
  await browser[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function page(): string {
  const invariants = [{ name: 'x', holds: false, detail: '<img src="http://127.0.0.1:9/x">' }];
  const bad = judgedDrill({
    judgement: drillJudgement({
      verdict: 'VIOLATION',
      reason: '<script>alert(1)</script>',
      invariants,
    }),
  });
  const past = [1, 2, 3].map((day) => ({ ...pastDrill(`R${day}`, judgedDrill()), run: `R${day}` }));
  return drillHtml(judgedRun({ drills: [judgedDrill(), bad] }), () => past);
}

/** Pairs of words in the drawings that stand on each other. */
const overlapping = `
  [...document.querySelectorAll('svg.timeline')].flatMap((drawing) => {
    const words = [...drawing.querySelectorAll('text')].map((one) => [one.textContent, one.getBoundingClientRect()]);
    return words.flatMap(([left, a], index) => words.slice(index + 1).flatMap(([right, b]) => {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      return wide > 0.5 && high > 3 ? [left + ' / ' + right] : [];
    }));
  })`;

/** Words of the drawings that are cut off at its edges. */
const cut = `
  [...document.querySelectorAll('svg.timeline')].flatMap((drawing) => {
    const edge = drawing.getBoundingClientRect();
    return [...drawing.querySelectorAll('text')].filter((one) => {
      const box = one.getBoundingClientRect();
      return box.left < edge.left - 1 || box.right > edge.right + 1 || box.bottom > edge.bottom + 1;
    }).map((one) => one.textContent);
  })`;

/** Contrast of each text with what it stands on, as WCAG 2.2 counts it; those below 4.5. */
const faint = `
  (() => {
    const parse = (text) => text.match(/[\\d.]+/g).map(Number);
    const light = (text) => parse(text).slice(0, 3).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
      .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const contrast = (left, right) => {
      const [dark, bright] = [light(left), light(right)].sort((a, b) => a - b);
      return (bright + 0.05) / (dark + 0.05);
    };
    const ground = (one) => {
      for (let at = one; at !== null; at = at.parentElement) {
        const colour = getComputedStyle(at).backgroundColor;
        if ((parse(colour)[3] ?? 1) > 0) return colour;
      }
      return 'rgb(255, 255, 255)';
    };
    const told = [...document.querySelectorAll('h1, h2, h3, p, dt, dd, td, th, .badge, li, a, figcaption')]
      .filter((one) => one.textContent !== '')
      .map((one) => [one.textContent, getComputedStyle(one).color, ground(one)]);
    const drawn = [...document.querySelectorAll('svg text.word')].map((one) => {
      const band = getComputedStyle(one.previousElementSibling).fill;
      const under = band.startsWith('url') ? getComputedStyle(document.querySelector('.hatch-ground')).fill : band;
      return [one.textContent, getComputedStyle(one).fill, under];
    });
    return [...told, ...drawn].filter(([, left, right]) => contrast(left, right) < 4.5).map((one) => one.join(' '));
  })()`;

judge.each([
  ['wide, light', { width: 1280, height: 1600, scheme: 'light' }],
  ['wide, dark', { width: 1280, height: 1600, scheme: 'dark' }],
  ['narrow, light', { width: 800, height: 1200, scheme: 'light' }],
] as const)('the page can be read: %s', async (_, viewport) => {
  await browser.open(url, viewport);
  expect(await browser.ask(overlapping)).toEqual([]);
  expect(await browser.ask(cut)).toEqual([]);
  expect(await browser.ask(faint)).toEqual([]);
  const room = await browser.ask<number>('document.documentElement.scrollWidth');
  expect(room).toBeLessThanOrEqual(viewport.width);
  const dark = await browser.ask('getComputedStyle(document.body).backgroundColor');
  expect(dark).toBe(viewport.scheme === 'dark' ? 'rgb(20, 23, 27)' : 'rgb(255, 255, 255)');
  expect((await browser.picture()).length).toBeGreaterThan(50_000);
});

judge('the page shows two drills with a timeline each, and asks for nothing else', async () => {
  await browser.open(url, { width: 1280, height: 1600, scheme: 'light' });
  expect(await browser.ask(`document.querySelectorAll('svg.timeline').length`)).toBe(2);
  expect(await browser.ask(`document.querySelectorAll('script, img, link, iframe').length`)).toBe(
    0,
  );
  expect(await browser.ask(`document.querySelectorAll('.reason')[1].textContent`)).toBe(
    '<script>alert(1)</script>',
  );
  expect(new Set(browser.requests)).toEqual(new Set([url]));
  expect(browser.complaints).toEqual([]);
});

judge('a link goes from the table of drills to each of them', async () => {
  await browser.open(url, { width: 1280, height: 900, scheme: 'light' });
  await browser.ask(`document.querySelector('a[href="#drill-2"]').click()`);
  const top = await browser.ask<number>(
    `document.getElementById('drill-2').getBoundingClientRect().top`,
  );
  expect(Math.abs(top)).toBeLessThan(200);
});
