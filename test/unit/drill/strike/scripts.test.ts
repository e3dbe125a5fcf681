import { expect, test } from 'vitest';
import type { HostFault } from '../../../../src/drill/fault.ts';
import { besides, scanResidue } from '../../../../src/drill/heal/residue.ts';
import { healHost } from '../../../../src/drill/heal/heal-host.ts';
import { arm } from '../../../../src/drill/strike/arm.ts';
import { drillLines } from '../../../../src/drill/strike/drill-lines.ts';
import { inject } from '../../../../src/drill/strike/inject.ts';
import { undoOf } from '../../../../src/drill/strike/undo.ts';
import type { Ran } from '../../../../src/ports.ts';
import { fakeHost } from '../../../support/fake-host.ts';

const ports = { templates: {}, signal: new AbortController().signal };

function hostThatSays(stdout: string, more: Partial<Ran> = {}) {
  return fakeHost({ name: 'm1', programs: { sh: () => ({ stdout, ...more }) } });
}

const line = (drill: string, detail: string, more = {}) =>
  `${JSON.stringify({ drill, id: 'd1', uptimeMs: 5000, detail: btoa(detail), ...more })}\n`;

test('what a login shell prints before, after and in the same line is not taken for an answer', () => {
  const text = `Welcome!\n> ${line('injected', 'kill x', { beforeMs: 1, afterMs: 2 })}{"drill":"nonsense"}\n{"drill":\nbye\n`;
  expect(drillLines(text)).toEqual([
    { drill: 'injected', id: 'd1', uptimeMs: 5000, detail: 'kill x', beforeMs: 1, afterMs: 2 },
  ]);
});

test('what hosts say goes to a terminal without its control characters', () => {
  expect(drillLines(line('failed', 'a\u001b[31mb\nc'))[0]?.detail).toBe('a [31mb c');
});

test('a host that arms nothing and says nothing is told with what its shell said', async () => {
  const order = { id: 'd1', undo: [], deadlineS: 5 };
  await expect(
    arm(hostThatSays('', { exitCode: 2, stderr: 'sh: head: not found\n' }), order, ports),
  ).rejects.toMatchObject({ code: 'STEP_FAILED', host: 'm1', evidence: ['sh: head: not found'] });
  await expect(arm(hostThatSays(line('refused', 'no')), order, ports)).rejects.toMatchObject({
    ...{ code: 'DRILL_NOT_ARMED', message: "the dead-man's switch on m1 is not armed: no" },
  });
});

test.each(['', 'a b', '../x', 'x'.repeat(24), '-x', 'a;b'])(
  '"%s" is no id of a drill',
  async (id) => {
    await expect(arm(hostThatSays(''), { id, undo: [], deadlineS: 5 }, ports)).rejects.toThrow(
      'no id of a drill',
    );
  },
);

test('an injection that failed half-way says so', async () => {
  const remote = hostThatSays(line('failed', 'docker stop x failed'));
  const fault = { kind: 'stop', container: 'x' } as const;
  await expect(inject(remote, { id: 'd1', fault }, ports)).rejects.toMatchObject({
    code: 'DRILL_NOT_INJECTED',
    message: 'the fault was not injected on m1: docker stop x failed',
  });
});

test('a name that is none of a container never gets to a host', () => {
  expect(() => undoOf({ kind: 'kill', container: 'x\nstart y' })).toThrow('no name of a container');
});

test.each<[HostFault, readonly string[]]>([
  [{ kind: 'kill', container: 'x' }, ['start x']],
  [{ kind: 'pause', container: 'x' }, ['unpause x', 'start x']],
  [{ kind: 'cut', rules: [] }, ['chain']],
  [{ kind: 'loss', percent: 5, rules: [] }, ['chain']],
  [{ kind: 'delay', ms: 1, jitterMs: 0, addresses: [] }, ['qdisc']],
  [{ kind: 'clock-step', seconds: 5 }, ['clock']],
  [{ kind: 'reboot' }, ['docker']],
])('%j is taken back', (fault, undo) => {
  expect(undoOf(fault)).toEqual(undo);
});

test('healing that ended before its end is not taken for done', async () => {
  const remote = hostThatSays(line('healed', 'failover-drill heal at 5 ms'));
  expect(await healHost(remote, 'all', ports)).toEqual([
    { id: 'd1', healed: true, detail: 'failover-drill heal at 5 ms' },
    { id: 'all', healed: false, detail: 'its script ended early' },
  ]);
});

test('a scan that was cut off finds nothing out, and says so', async () => {
  await expect(
    scanResidue(hostThatSays('residue\tchain\tCICD-d1\tiptables\n'), ports),
  ).rejects.toMatchObject({ code: 'FACTS_UNREADABLE' });
});

test('besides the drill itself, its effects are still told', () => {
  const residue = [
    { kind: 'drill', name: 'd1', detail: 'healed' },
    { kind: 'unit', name: 'ci-cluster-drill-d1.service', detail: '/run/x' },
    { kind: 'drill', name: 'd2', detail: 'armed' },
    { kind: 'chain', name: 'CICD-d1', detail: 'iptables' },
  ] as const;
  expect(besides(residue, 'd1').map(({ name }) => name)).toEqual(['d2', 'CICD-d1']);
});
