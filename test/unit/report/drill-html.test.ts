import { SaxesParser } from 'saxes';
import { expect, test } from 'vitest';
import { pastDrill, type PastDrill } from '../../../src/drill/record/drill-history.ts';
import type { JudgedDrill } from '../../../src/drill/record/judged.ts';
import type { Sample, Seen } from '../../../src/drill/sample.ts';
import { drillHtml } from '../../../src/report/drill-html/page.ts';
import {
  drillBounds,
  drillInvariants,
  drillJudgement,
  drillPlan,
  drillRecording,
  drillSamples,
  drillTimeline,
  injectedAt,
  judgedDrill,
  judgedRun,
} from '../../support/drill-recording.ts';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Of itself and everything in it. */
  text: string;
}

/** The page is XML, too: what is not closed or not escaped is a fault. */
function elementsOf(page: string): readonly Element[] {
  const found: Element[] = [];
  const open: Element[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes, text: '' };
    found.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    for (const element of open) element.text += text;
  });
  parser.on('closetag', () => open.pop());
  parser.write(page).close();
  return found;
}

function pageOf(drill: JudgedDrill, past: readonly PastDrill[] = []): readonly Element[] {
  return elementsOf(drillHtml(judgedRun({ drills: [drill] }), () => past));
}

const classed = (elements: readonly Element[], name: string) =>
  elements.filter(({ attributes }) => attributes.class?.split(' ').includes(name));

/** What a pointer finds on the bands of one lane, in the order of time. */
function bandsOf(elements: readonly Element[], lane: string): readonly string[] {
  const titles = elements.filter(
    ({ name, text }) => name === 'title' && text.startsWith(`${lane}: `),
  );
  return titles.map(({ text }) => text.slice(lane.length + 2));
}

/** Words of the rows of a table, by the title above it. */
function rowsBelow(page: readonly Element[], title: string): readonly string[] {
  const from = page.findIndex(({ name, text }) => name === 'h3' && text === title);
  const next = page.findIndex(({ name }, index) => index > from && name === 'h3');
  const section = page.slice(from, next === -1 ? undefined : next);
  return section.filter(({ name }) => name === 'tr').map(({ text }) => text);
}

test('the page needs nothing but itself: no script, no other file, and a policy that allows none', () => {
  const html = drillHtml(judgedRun());
  const elements = elementsOf(html);
  const names = new Set(elements.map(({ name }) => name));
  for (const name of ['script', 'link', 'img', 'iframe', 'object'])
    expect(names).not.toContain(name);
  expect(html).not.toMatch(/(?:src|href)="(?!#)/);
  expect(html).not.toMatch(/url\((?!#)|@import|\son\w+=/);
  const policy = elements.find(({ attributes }) => attributes['http-equiv'] !== undefined);
  expect(policy?.attributes.content).toContain("default-src 'none'");
});

test('verdict, reason, victim, what was done and the notice stand at the top', () => {
  const elements = pageOf(judgedDrill());
  expect(classed(elements, 'badge')[0]?.text).toBe('✔ PASS');
  expect(classed(elements, 'reason')[0]?.text).toContain('26.4 s after the fault');
  expect(classed(elements, 'notice')[0]?.text).toContain('no measure of the real programs');
  const facts = elements.filter(({ name }) => name === 'dd').map(({ text }) => text);
  expect(facts).toContain(
    'm2, ci-zookeeper (roles: zookeeper, mesos-master, marathon; led zookeeper)',
  );
  expect(facts).toContain('PID 4121 is gone; the container runs as PID 4588');
});

test('each member has a lane with what was seen of it, from when to when', () => {
  const elements = pageOf(judgedDrill());
  expect(bandsOf(elements, 'ZooKeeper m2')).toEqual([
    expect.stringMatching(/^leads, .* to 0\.0 s, seen from operator$/),
    expect.stringMatching(/^refused, 0\.0 s to 3\.2 s/),
    expect.stringMatching(/^follows, 3\.2 s to /),
  ]);
  const elected = bandsOf(elements, 'Marathon by znode').filter((text) => text.endsWith(' via m1'));
  expect(elected.map((text) => text.split(',')[0])).toEqual([...['m1', 'nobody', 'm3']]);
  expect(bandsOf(elements, 'Mesos frameworks').map((text) => text.split(',')[0])).toEqual([
    ...['2 of 2', '1 of 2', '2 of 2'],
  ]);
  expect(bandsOf(elements, 'Builds new')).toEqual(['main 42: SUCCESS, 10.4 s to 26.4 s']);
  const groups = classed(elements, 'group').map(({ text }) => text);
  expect(groups).toEqual([
    ...['ZooKeeper', 'Writes', 'Mesos', 'Marathon', 'Jenkins', 'Gateways', 'Builds'],
  ]);
});

test('the bands keep to the fault window and the scale of time', () => {
  const elements = pageOf(judgedDrill());
  const [window] = classed(elements, 'fault-window');
  const [line] = classed(elements, 'fault-line');
  expect(window?.attributes.x).toBe(line?.attributes.x1);
  const begins = Number(window?.attributes.x);
  const ends = begins + Number(window?.attributes.width);
  const perSecond = (ends - begins) / 27.5;
  const dots = classed(elements, 'dot').filter(({ name }) => name === 'circle');
  const places = dots.map(({ attributes }) => (Number(attributes.cx) - begins) / perSecond);
  for (const after of [1.74, 9.56, 26.4]) {
    expect(
      places.some((place) => Math.abs(place - after) < 0.02),
      String(after),
    ).toBe(true);
  }
});

test('where nobody looked, a lane is empty; a probe that was not sent is no outage', () => {
  const blind = (seen: Seen): Seen =>
    seen.probe === 'gateway' ? { ...seen, open: false, error: 'not-connected' } : seen;
  const samples = drillSamples()
    .filter(({ at, seen }) => seen.probe !== 'zookeeper' || at < 8000 || at > 12_000)
    .map((sample) => (sample.at > 10_000 ? { ...sample, seen: blind(sample.seen) } : sample));
  const elements = pageOf(judgedDrill({ recording: drillRecording({ samples }) }));
  const [before, after] = bandsOf(elements, 'ZooKeeper m3').slice(-2);
  expect(before).toMatch(/^leads, 1\.7 s to 3\.\d s/);
  expect(after).toMatch(/^leads, 7\.0 s to/);
  expect(bandsOf(elements, 'Gateways m1')[1]).toMatch(/^not-connected/);
  expect(classed(elements, 'blind').length).toBe(2);
});

test('a probe that was left out now and then makes no hole, but no mark either', () => {
  const samples = drillSamples().map((sample): Sample =>
    sample.seen.probe === 'gateway' && Math.round(sample.at / 100) % 5 === 0
      ? { ...sample, seen: { ...sample.seen, open: false, error: 'skipped' } }
      : sample,
  );
  const whole = pageOf(judgedDrill());
  const elements = pageOf(judgedDrill({ recording: drillRecording({ samples }) }));
  expect(bandsOf(elements, 'Gateways m1')).toHaveLength(1);
  // The last one is the legend's.
  const marks = (page: readonly Element[]) =>
    classed(page, 'ticks').at(-2)!.attributes.d!.split('M').length;
  expect(marks(elements)).toBeLessThan(marks(whole));
});

test('runs of equal samples are drawn as the samples would be', () => {
  const seen: Seen = { probe: 'gateway', host: 'g1', open: true };
  const run = {
    ...{ at: 4000, tookMs: 1, from: 'operator', seen },
    same: { count: 251, until: 29_000, longestGapMs: 104 },
  };
  const single = Array.from({ length: 251 }, (_, index): Sample => ({
    ...{ at: 4000 + index * 100, tookMs: 1, from: 'operator', seen },
  }));
  const [drawnRun, drawnSingle] = [[run], single].map((samples) => {
    const elements = pageOf(judgedDrill({ recording: drillRecording({ samples }) }));
    return [bandsOf(elements, 'Gateways g1'), classed(elements, 'ticks')[0]?.attributes.d];
  });
  expect(drawnRun).toEqual(drawnSingle);
});

test('what several observers saw is drawn one below the other, the operator first', () => {
  const samples = drillSamples().flatMap((sample): Sample[] =>
    sample.seen.probe === 'zookeeper'
      ? [sample, { ...sample, from: 'm1' }, { ...sample, from: 'm3' }]
      : [sample],
  );
  const elements = pageOf(judgedDrill({ recording: drillRecording({ samples }) }));
  const places = bandsOf(elements, 'ZooKeeper m1').filter((text) => text.startsWith('no leader'));
  expect(places.map((text) => text.split('seen from ')[1])).toEqual(['operator', 'm1', 'm3']);
  expect(classed(elements, 'observer')[0]?.text).toContain('seen from operator and 2 more');
});

test('of hundreds of hosts those are drawn that saw something', () => {
  const samples = Array.from({ length: 100 }, (_, host) =>
    [4000, 4500, 6000, 6500].map((at): Sample => {
      const open = host !== 77 || at < 5000;
      return {
        at,
        tookMs: 1,
        from: 'operator',
        seen: { probe: 'gateway', host: `a${host}`, open },
      };
    }),
  ).flat();
  const elements = pageOf(judgedDrill({ recording: drillRecording({ samples }) }));
  expect(bandsOf(elements, 'Gateways a77')[1]).toMatch(/^closed/);
  const labels = classed(elements, 'label').map(({ text }) => text);
  expect(labels).toContain('88 more, nothing changed');
  expect(labels).not.toContain('a50');
});

test('a bound tells its formula and where each input comes from', () => {
  const rows = rowsBelow(pageOf(judgedDrill()), 'Bounds');
  expect(rows[1]).toBe(
    'ZooKeeper leader1.7 s5.0 s30.0 s✔ in timeD + 0.2 s + connect + sync' +
      'tick = 2 s (m1: zoo.cfg tickTime)T = 6 s (m1: --zk_session_timeout)',
  );
});

test('slow, late and not seen have forms of their own', () => {
  const bounds = drillBounds.slice(0, 3).map((bound, index) => ({
    ...bound,
    ...[
      { tookMs: 1740, kept: 'slow' as const },
      { tookMs: 1960, kept: 'no' as const },
      { tookMs: undefined, kept: 'no' as const },
    ][index]!,
  }));
  const timeline = drillTimeline.filter(({ name }) => name !== 'marathon-leader');
  const judgement = drillJudgement({ verdict: 'SLOW', bounds, timeline });
  const elements = pageOf(judgedDrill({ judgement }));
  expect(classed(elements, 'dot').some(({ name }) => name === 'path')).toBe(true);
  expect(classed(elements, 'cross').length).toBe(1);
  expect(classed(elements, 'unseen')[0]?.text).toBe('not seen');
});

test('invariants that do not hold come first', () => {
  const invariants = drillInvariants.map((one, index) =>
    index === 4 ? { ...one, holds: false } : index === 6 ? { ...one, holds: undefined } : one,
  );
  const elements = pageOf(judgedDrill({ judgement: drillJudgement({ invariants }) }));
  const rows = rowsBelow(elements, 'Invariants');
  expect(rows.slice(1, 4)).toEqual([
    '✘ brokenframework ids stay2 of 2',
    '? not knownno task is lost2 of 2',
    '✔ holdsacknowledged writes are kept862 of 862',
  ]);
});

test('earlier runs stand beside this one; a moment that was not seen now is not taken from them', () => {
  const past = ['R1', 'R2', 'R3'].map((run) => pastDrill(run, judgedDrill()));
  const timeline = drillTimeline.map((moment) =>
    moment.name === 'new-build' ? { ...moment, at: undefined } : moment,
  );
  const elements = pageOf(judgedDrill({ judgement: drillJudgement({ timeline }) }), past);
  const captions = elements.filter(({ name }) => name === 'figcaption').map(({ text }) => text);
  expect(captions).toContain('ZooKeeper leader: 1.7 s');
  expect(captions).toContain('new build ended: not seen');
  expect(rowsBelow(elements, 'Earlier runs of this drill')).toHaveLength(5);
  expect(rowsBelow(pageOf(judgedDrill()), 'Earlier runs of this drill')).toEqual(
    expect.not.arrayContaining([expect.stringContaining('R1')]),
  );
});

test('a refused drill has its gates and no drawing', () => {
  const gates = [{ name: 'ZooKeeper quorum', holds: undefined, detail: 'm2 does not answer' }];
  const recording = drillRecording({
    ...{ plan: drillPlan({ gates }), baseline: undefined, injectedAt: undefined, samples: [] },
    ...{ confirmedAt: undefined, healedAt: undefined, builds: [], confirmations: [] },
    ...{ aftermath: undefined, clocks: [] },
  });
  const judgement = drillJudgement({
    ...{ verdict: 'REFUSED', timeline: [], bounds: [], invariants: [], coverage: [] },
  });
  const elements = pageOf(judgedDrill({ recording, judgement }));
  expect(classed(elements, 'timeline')).toEqual([]);
  expect(rowsBelow(elements, 'Gates before the fault')[1]).toBe(
    '? not knownZooKeeper quorumm2 does not answer',
  );
});

test('a drill whose program was ended is drawn as far as it was seen', () => {
  const recording = drillRecording({
    ...{ samples: drillSamples(9000), healedAt: undefined, aftermath: undefined, builds: [] },
  });
  const timeline = [{ name: 'injected' as const, at: injectedAt, errorMs: 0, detail: '' }];
  const judgement = drillJudgement({ verdict: 'ABORTED', timeline, bounds: [], coverage: [] });
  const elements = pageOf(judgedDrill({ recording, judgement, diedIn: 'observe' }));
  expect(classed(elements, 'fault-word')[0]?.text).toBe('fault, not known to be healed');
  expect(bandsOf(elements, 'ZooKeeper m3').at(-1)).toMatch(/^leads, 1\.7 s to [34]\.\d s/);
  expect(
    elements.some(({ name, text }) => name === 'dd' && text === 'ended in phase observe'),
  ).toBe(true);
});

test('several drills have a table with links; a skipped one its reason', () => {
  const skipped = {
    id: 'D24',
    name: 'clock-step',
    title: 'clock',
    class: 'ask',
    reason: 'shared clock',
  } as const;
  const run = judgedRun({ drills: [judgedDrill(), judgedDrill()], skipped: [skipped] });
  const elements = elementsOf(drillHtml(run));
  const links = elements
    .filter(({ name }) => name === 'a')
    .map(({ attributes }) => attributes.href);
  expect(links).toEqual(['#drill-1', '#drill-2']);
  const ids = elements.map(({ attributes }) => attributes.id).filter((id) => id !== undefined);
  expect(new Set(ids).size).toBe(ids.length);
  expect(rowsBelow(elements, 'Drills of this run')[3]).toBe('– SKIPPEDD24 clock-stepshared clock');
});

test('what hosts say is text, wherever it stands', () => {
  const evil = '</title></svg><script>alert(1)</script>"\'&\u0000\u001b[31m';
  const plan = drillPlan({
    ...{ title: evil, does: [evil], undoes: [evil], bounds: [] },
    victims: [{ host: evil, container: evil, roles: [], leads: [] }],
    gates: [{ name: evil, holds: true, detail: evil }],
  });
  const samples: Sample[] = [4000, 5000, 30_000].flatMap((at) =>
    (['gateway', 'elected'] as const).map((probe): Sample => ({
      ...{ at, tookMs: 1, from: evil },
      seen:
        probe === 'gateway'
          ? { probe, host: evil, open: false, error: evil }
          : { probe, host: evil, mesos: evil, marathon: evil },
    })),
  );
  const recording = drillRecording({
    ...{ plan, samples, clocks: [{ host: evil, offsetMs: 0, errorMs: 0 }] },
    confirmations: [{ confirmed: true, evidence: evil }],
    aftermath: { lostWrites: [], jobs: [], residue: [evil], steady: false, unsteady: evil },
  });
  const judgement = drillJudgement({
    ...{ reason: evil, invariants: [{ name: evil, holds: false, detail: evil }] },
    bounds: [{ ...drillBounds[0]!, formula: evil, tookMs: 1, kept: 'yes' }],
    timeline: drillTimeline.map((moment) => ({ ...moment, detail: evil })),
  });
  const drill = judgedDrill({ recording, judgement, armed: [{ host: evil, detail: evil }] });
  const run = judgedRun({
    drills: [drill],
    cluster: evil,
    owner: evil,
    notice: evil,
    command: [evil],
  });
  const html = drillHtml(run, () => [{ ...pastDrill(evil, drill), run: evil }]);
  expect(elementsOf(html).map(({ name }) => name)).not.toContain('script');
  expect(html).not.toMatch(/[\u0000\u001b]/);
});
