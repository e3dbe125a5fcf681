import { beforeAll, describe, expect, test } from 'vitest';
import type { ClusterSpec } from '../../../src/config/cluster-spec.ts';
import { frameworkFault, orphansAmong } from '../../../src/health/frameworks.ts';
import { clusterFile, controller, specOf } from '../../support/cluster-file.ts';

let spec: ClusterSpec;

beforeAll(async () => {
  const home = { kind: 'pinned', host: 'a2' };
  const jenkins = { main: controller(), tools: controller({ home }) };
  spec = await specOf(clusterFile({ jenkins }));
});

const own = { id: 'ci-jenkins-main', name: 'jenkins-main', registered: undefined };
const on = { active: true, connected: true };
const off = { active: false, connected: false };

describe('an orphan', () => {
  test.each([
    ['bears the name of a controller and another id, with nobody connected', { id: 'x' }, true],
    ['is none if it is connected', { id: 'x', ...on }, false],
    ['is none if its stream is open though it gets no offers', { id: 'x', connected: true }, false],
    ['is none if it has the id of its controller', {}, false],
    ['is none if it has the id of another controller', { id: 'ci-jenkins-tools' }, false],
    ['is none if it has the id of Marathon', { id: 'marathon-id' }, false],
    ['is none if its name is nobody’s', { id: 'x', name: 'spark' }, false],
    ['is none if its name only begins with one', { id: 'x', name: 'jenkins-main-2' }, false],
  ])('%s', (_what, parts, isOrphan) => {
    const found = orphansAmong([{ ...own, ...off, ...parts }], spec.jenkins, 'marathon-id');
    expect(found).toHaveLength(isOrphan ? 1 : 0);
  });

  test('a controller that was called like Marathon would not make it one', () => {
    const [main] = spec.jenkins;
    const named = { ...main!, framework: { ...main!.framework, name: 'marathon' } };
    expect(orphansAmong([{ ...own, id: 'x', name: 'marathon', ...off }], [named])).toEqual([]);
  });
});

describe('a framework', () => {
  test.each([
    ['as it should be', [{ ...own, ...on }], ''],
    ['that is not there', [], 'no framework ci-jenkins-main on the leading Mesos master'],
    ['that is not connected', [{ ...own, ...off }], 'framework ci-jenkins-main is not connected'],
    ['without offers', [{ ...own, ...on, active: false }], 'is connected but gets no offers'],
    [
      'under another id',
      [
        { ...own, ...off },
        { ...own, ...on, id: 'x' },
      ],
      'registered with Mesos as x, not as ci-jenkins-main',
    ],
    [
      'beside a stranger of its name',
      [
        { ...own, ...on },
        { ...own, ...on, id: 'x' },
      ],
      '',
    ],
  ])('%s', (_what, frameworks, fault) => {
    const told = frameworkFault(spec.jenkins[0]!, frameworks);
    if (fault === '') expect(told).toBe('');
    else expect(told).toContain(fault);
  });
});
